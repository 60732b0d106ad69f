# Sourced by ./hawser, where something is to be built. It builds in a folder of its own.

# Builds for $1, the reason, unless somebody else has meanwhile; the rest is what the command was called with.
build_unless_current() {
    local why=$1
    shift
    check_can_build "$why"
    # It says itself what is missing.
    if wants_page "$@"; then
        "$root/browser/build" || exit 1
    fi
    mkdir -p "$out"
    lock
    is_current "$@" || build
    unlock
}

# Ends the script where a build cannot even begin: says what to do, for $1, the reason of the build.
check_can_build() {
    local folder listed
    folder=$(unwritable)
    if [ -n "$folder" ]; then
        read -r -a listed <<<"$(ls -ld "$folder")"
        fail "$1, and $(me) may not write to $folder, where it would be built: let ${listed[2]}, its owner, run '$root/hawser build' once"
    fi
    command -v mvn >/dev/null ||
        fail "$1, and building needs Maven, but there is no mvn on PATH: install it (on Debian: apt-get install maven), or build elsewhere and copy the whole folder to the same path"
}

# Prints a folder that a build writes to and may not.
unwritable() {
    local folder
    for folder in "$out" "$root"/modules/*/target/launcher "$root"/modules/*/; do
        until [ -e "$folder" ]; do
            folder=$(dirname "$folder")
        done
        [ -w "$folder" ] || {
            echo "$folder"
            return
        }
    done
}

build() {
    if [ -e "$out/current" ]; then
        echo "Building Hawser ..." >&2
    else
        echo "Building Hawser (first time only) ..." >&2
    fi

    local name previous made=$root/modules/hawser-cli/target/launcher
    name=app-$(date +%Y%m%d%H%M%S)-$$
    previous=$(cat "$out/current" 2>/dev/null || true)
    echo "$name" >"$out/next"
    # What an older version left would be picked up beside its successor.
    rm -rf "${made:?}/lib" "$made"/*.jar
    if ! (cd "$root" && mvn -B -q -ntp -Dquick -Dhawser.target=target/launcher -Dmaven.test.skip \
        -pl :hawser-cli -am package) </dev/null >"$out/build.log" 2>&1; then
        cat "$out/build.log" >&2
        fail "the build failed, see above"
    fi
    mkdir "$out/$name"
    cp "$made"/hawser-cli-*.jar "$made"/lib/*.jar "$out/$name/"
    app=$out/$name
    [ ! -e "$root/browser/dist/hawser-client.min.js" ] || touch "$app/page"
    rehearse
    cp "$JAVA_HOME/release" "$app/learnt"
    mv "$out/next" "$out/current"
    remove_others "$name" "$previous"
}

# A program that still runs from an older build keeps its jars.
remove_others() {
    local old
    for old in "$out"/app-*; do
        case ${old##*/} in
        "$1" | "$2") ;;
        *) is_used "$old" || rm -rf "$old" ;;
        esac
    done
}
