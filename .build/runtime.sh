# Sourced by ./hawser for 'hawser dist': the Java of a distribution.

# Ends the script where folder $1 is no JDK that a runtime can be made from.
check_jdk() {
    jdk_version "$1"
    [ -r "$1/release" ] || fail "--jdk $1 is no folder of a JDK: there is no file 'release' in it"
    case $(release_of "$1" OS_NAME) in
    Linux | Darwin) ;;
    *) fail "the JDK in $1 is for $(release_of "$1" OS_NAME), but the launcher is a script of bash: pass a JDK for Linux or macOS" ;;
    esac
    if can_run "$1"; then
        [ "$jdk_feature" -ge "$jdk_min" ] || fail "the JDK in $1 has version $jdk_feature, but Hawser needs $jdk_min or newer"
    elif [ ! -d "$1/jmods" ]; then
        fail "the JDK in $1 is for $(platform_of "$1"), and has no folder 'jmods', which a runtime for another system is made from: add the jmods that belong to it"
    fi
}

release_of() {
    sed -n "s/^$2=\"\\(.*\\)\"\$/\\1/p" "$1/release"
}

# Prints linux-x86_64, macos-aarch64 and so on.
platform_of() {
    local os
    os=$(release_of "$1" OS_NAME)
    case $os in
    Linux) os=linux ;;
    Darwin) os=macos ;;
    esac
    echo "$os-$(release_of "$1" OS_ARCH)"
}

# Prints what Netty calls the platform $1.
netty_name() {
    local os=${1%%-*} arch=${1#*-}
    [ "$os" != macos ] || os=osx
    [ "$arch" != aarch64 ] || arch=aarch_64
    echo "$os-$arch"
}

can_run() {
    "$1/bin/java" -version >/dev/null 2>&1
}

# Makes the runtime in $2 from the JDK in $1: the modules that the jars in app require, and tools. The
# libraries themselves stay in app, so that those can be there that are no modules.
make_runtime() {
    local jlink=$1/bin/jlink modules=()
    can_run "$1" || {
        jlink=$JAVA_HOME/bin/jlink
        modules=(--module-path "$1/jmods")
    }
    "$jlink" ${modules[@]+"${modules[@]}"} --add-modules "$(required),$tools" \
        --no-header-files --no-man-pages --output "$2"
}

# Prints the modules of the JDK that the jars require, with commas between. Java tells of others too,
# which those bring along or which may provide something.
required() {
    local modules
    modules=$("$JAVA_HOME/bin/java" --module-path "$app" --show-module-resolution --dry-run \
        --module dev.hawser.cli/dev.hawser.cli.Main | awk '
            { for (i = 2; i <= NF; i++) if ($i ~ /^file:/) isOurs[$(i - 1)] = 1 }
            $2 == "requires" && $4 ~ /^jrt:/ { requirers[$3] = requirers[$3] " " $1 }
            END {
                for (module in requirers) {
                    count = split(requirers[module], names, " ")
                    for (i = 1; i <= count; i++) if (names[i] in isOurs) print module
                }
            }' | LC_ALL=C sort -u | tr '\n' ,)
    echo "${modules%,}"
}

# Lets the runtime in $1 learn what speeds up later starts. One for another system cannot run here.
learn() {
    local JAVA_HOME=$1
    can_run "$1" || return 0
    rehearse
    rm -f "$app/rehearsal"
    cp "$JAVA_HOME/release" "$app/learnt"
    find "$app" -exec env TZ=UTC touch -t "$fixed_time" {} +
}
