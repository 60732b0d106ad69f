# Sourced by ./hawser: one build at a time, and whose jars are in use.

# One build at a time: who waited may find that there is nothing left to do.
lock() {
    if command -v flock >/dev/null; then
        exec 9>"$out/lock"
        flock -n 9 || {
            echo "Waiting for another build of Hawser ..." >&2
            flock 9
        }
        return
    fi
    local tries=0
    until mkdir "$out/lock.d" 2>/dev/null; do
        tries=$((tries + 1))
        if [ "$tries" -gt 600 ]; then
            fail "waited 600 s for another build to end; if none runs, remove $out/lock.d"
        fi
        sleep 1
    done
    trap 'rmdir "$out/lock.d"' EXIT
}

unlock() {
    if command -v flock >/dev/null; then
        exec 9>&-
    else
        rmdir "$out/lock.d"
        trap - EXIT
    fi
}

# A start holds the folder of its jars, for as long as its process lives.
hold() {
    if command -v flock >/dev/null; then
        exec 8<"$app"
        flock -s 8
    fi
}

is_used() {
    command -v flock >/dev/null && ! (exec 7<"$1" && flock -n -x 7)
}
