# Sourced by ./hawser for 'hawser dist': an archive that starts where no Java is.

# What operators look for in a runtime, besides what the modules require: Flight Recorder, jcmd.
tools=jdk.jcmd,jdk.jfr
# Of all files, so that the same sources make the same archive, but for what Java learns.
fixed_time=202601010000.00

dist() {
    local target=$root/target/dist jdk=$JAVA_HOME platform name stage app
    case ${1:-} in
    '') ;;
    --jdk)
        [ $# -eq 2 ] || fail "dist takes one --jdk DIR and nothing else" 2
        jdk=$2
        ;;
    *) fail "'$1' is no option of dist: there is --jdk DIR" 2 ;;
    esac
    check_jdk "$jdk"
    platform=$(platform_of "$jdk")
    check_can_build 'a distribution is asked for'
    mkdir -p "$target"
    local out=$target
    lock
    if command -v npm >/dev/null; then
        "$root/browser/build" || exit 1
    else
        echo "hawser: without npm there will be no page for 'hawser demo --web'" >&2
    fi
    echo "Building the distribution for $platform ..." >&2
    build_jars "$target/build.log"
    name=hawser-$(version_of "$root"/modules/hawser-cli/target/dist/hawser-cli-*.jar)-$platform
    stage=$target/$name
    app=$stage/app
    rm -rf "$stage"
    mkdir -p "$app"
    copy_jars "$platform"
    make_runtime "$jdk" "$stage/runtime"
    copy_files "$stage"
    find "$stage" -exec env TZ=UTC touch -h -t "$fixed_time" {} +
    learn "$stage/runtime"
    pack "$target" "$name"
    unlock
}

build_jars() {
    local made=$root/modules/hawser-cli/target/dist
    # What an older version left would be picked up beside its successor.
    rm -rf "${made:?}/lib" "$made"/*.jar
    if ! (cd "$root" && mvn -B -q -ntp -Dquick -Ddist -Dhawser.target=target/dist -Dmaven.test.skip \
        -pl :hawser-cli -am package) </dev/null >"$1" 2>&1; then
        cat "$1" >&2
        fail "the build failed, see above"
    fi
}

version_of() {
    local jar=${1##*/hawser-cli-}
    echo "${jar%.jar}"
}

# Native libraries for other systems stay behind.
copy_jars() {
    local made=$root/modules/hawser-cli/target/dist jar
    for jar in "$made"/hawser-cli-*.jar "$made"/lib/*.jar; do
        case $jar in
        *-native-*-"$(netty_name "$1")".jar) ;;
        *-native-*-linux-*.jar | *-native-*-osx-*.jar | *-native-*-windows-*.jar) continue ;;
        esac
        cp "$jar" "$app/"
    done
}

copy_files() {
    local parts=$root/.build/dist completion=$1/share/bash-completion/completions unit
    mkdir -p "$1/bin" "$completion" "$1/systemd"
    cp "$parts/hawser" "$1/bin/"
    cp "$root/.build/java.sh" "$app/"
    cp "$root/LICENSE" "$root/modules/hawser-cli/target/dist/THIRD-PARTY.txt" "$parts/README.md" "$parts/backend.toml" "$1/"
    copy_manual "$1"
    for unit in "$parts"/*.service; do
        sed -e "/^@HARDENING@\$/{r $parts/hardening" -e 'd;}' "$unit" >"$1/systemd/${unit##*/}"
    done
    run_java completion >"$completion/hawser"
}

# The pages and what they show and lead to, as they lie in the project.
copy_manual() {
    local page
    cp -R "$root/docs" "$1/"
    for page in BENCHMARKS CHANGELOG SECURITY browser/README examples/README; do
        mkdir -p "$1/$(dirname "$page")"
        cp "$root/$page.md" "$1/$page.md"
    done
}

# GNU tar, since it sorts. The archive itself has no name and no time in it.
pack() {
    local tar=tar
    ! command -v gtar >/dev/null || tar=gtar
    "$tar" -C "$1" --sort=name --owner=0 --group=0 --numeric-owner --mode=u+rwX,go+rX,go-w \
        --format=gnu -cf - "$2" | gzip -n -9 >"$1/$2.tar.gz"
    (cd "$1" && sha256sum "$2.tar.gz" >"$2.tar.gz.sha256")
    echo "$1/$2.tar.gz"
}
