# Sourced by ./check and ./hawser: finds a JDK that is new enough, without starting it.

jdk_min=25

# Sets jdk_feature to the feature version of the JDK in folder $1, to 0 when none is there.
jdk_version() {
    jdk_feature=0
    [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 0
    local line
    while IFS= read -r line || [ -n "$line" ]; do
        case $line in
        JAVA_VERSION=*)
            line=${line#JAVA_VERSION=}
            line=${line//\"/}
            line=${line%%[!0-9]*}
            jdk_feature=${line:-0}
            return 0
            ;;
        esac
    done <"$1/release"
}

# Sets jdk_home to the home of the `java` on PATH, to nothing when there is none.
jdk_on_path() {
    jdk_home=
    local java link
    java=$(command -v java) || return 0
    while [ -L "$java" ]; do
        link=$(readlink "$java")
        case $link in
        /*) java=$link ;;
        *) java=$(dirname "$java")/$link ;;
        esac
    done
    jdk_home=$(cd "$(dirname "$java")/.." && pwd -P)
    # A shim of a version manager says only when asked which JDK it starts.
    [ -r "$jdk_home/release" ] ||
        jdk_home=$(java -XshowSettings:properties -version 2>&1 |
            sed -n 's/^ *java\.home = //p') || jdk_home=
}

# Sets JAVA_HOME to a JDK of at least jdk_min: the one it names, else the one on PATH, else the
# newest in the folders where systems and version managers put them. Ends the script without one.
find_jdk() {
    if [ -n "${JAVA_HOME:-}" ]; then
        jdk_version "$JAVA_HOME"
        [ "$jdk_feature" -lt "$jdk_min" ] || return 0
    fi

    jdk_on_path
    if [ -n "$jdk_home" ]; then
        jdk_version "$jdk_home"
        if [ "$jdk_feature" -ge "$jdk_min" ]; then
            export JAVA_HOME=$jdk_home
            return 0
        fi
    fi

    local home newest=0
    for home in /usr/lib/jvm/* /usr/java/* /Library/Java/JavaVirtualMachines/*/Contents/Home \
        ~/Library/Java/JavaVirtualMachines/*/Contents/Home ~/.sdkman/candidates/java/* ~/.jdks/*; do
        jdk_version "$home"
        if [ "$jdk_feature" -ge "$jdk_min" ] && [ "$jdk_feature" -gt "$newest" ]; then
            newest=$jdk_feature
            export JAVA_HOME=$home
        fi
    done
    if [ "$newest" -eq 0 ]; then
        echo "Hawser needs a JDK $jdk_min or newer and found none: install one, for example Eclipse Temurin $jdk_min from https://adoptium.net, or set JAVA_HOME to one." >&2
        exit 1
    fi
}
