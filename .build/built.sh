# Sourced by ./hawser: what it has built, and whether that is what its sources say.

# Apart from what ./check builds, so that neither gets in the way of the other. A build ends as a
# folder of jars that is never changed again, and `current` names it; its time is that at which the
# build began, so that a source saved during the build is newer.
out=$root/target/launcher

fail() {
    echo "hawser: $1" >&2
    exit "${2:-1}"
}

me() {
    id -un 2>/dev/null || id -u
}

# Whether a page is asked for, which needs the browser's client: nothing else needs Node.js.
wants_page() {
    case ${1:-} in
    demo | build) ;;
    *) return 1 ;;
    esac
    local arg
    for arg in "$@"; do
        [ "$arg" != --web ] || return 0
    done
    return 1
}

# Sets app, unless nothing is built, or nothing with the page that is asked for.
is_built() {
    [ -e "$out/current" ] || return 1
    [ -r "$out/current" ] || fail "$(me) may not read what is built in $out: let its owner run 'chmod -R a+rX $out'"
    app=$out/$(<"$out/current")
    [ -d "$app" ] || return 1
    ! wants_page "$@" || [ -e "$app/page" ]
}

is_current() {
    local sources=("$root/pom.xml" "$root/.mvn" "$root"/modules/*/pom.xml "$root"/modules/*/src/main)
    ! wants_page "$@" || sources+=("$root/browser/src" "$root/browser/package-lock.json")
    is_built "$@" && [ -z "$(find "${sources[@]}" -newer "$out/current" -print 2>/dev/null | head -n 1)" ]
}
