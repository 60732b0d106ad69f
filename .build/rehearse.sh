# Sourced by ./hawser: the rehearsal at the end of a build, from which Java learns for later starts.

# Lets Java keep what it finds out while a command runs (JEP 483, 514, 515): later starts take half
# the time. The server has a file of its own, learnt from a server and holding no more than it needs;
# all other commands share one. Where that fails, they start as they always did.
rehearse() {
    local demo server
    rehearse_demo >>"$out/build.log" 2>&1 &
    demo=$!
    rehearse_server >>"$out/build.log" 2>&1 &
    server=$!
    wait "$demo" || true
    wait "$server" || true
}

rehearse_demo() {
    # On a slow machine not all clients are connected in time, and Java has learnt something all the same.
    rehearse_one hawser.aot demo --seconds 4 --clients 4
}

# An echo server with players: what it does for each packet is what later starts should know.
rehearse_server() {
    local key pid tries=0 address='' lines=$app/rehearsal
    key=$(od -An -v -tx1 -N32 /dev/urandom | tr -d ' \n')
    HAWSER_PRIVATE_KEY=$key rehearse_one server.aot server --echo --bind 127.0.0.1:0 >"$lines" &
    pid=$!
    until [ -n "$address" ]; do
        tries=$((tries + 1))
        if [ "$tries" -gt 300 ] || ! kill -0 "$pid"; then
            break
        fi
        sleep 0.1
        # On a busy machine the file may not be there yet, and that must not end this here.
        address=$(sed -n 's/^listening on //p' "$lines" 2>/dev/null || true)
    done
    if [ -n "$address" ]; then
        (HAWSER_PRIVATE_KEY=$key rehearse_one '' load --server "$address" --clients 16 --rate 60 --warmup 0 --seconds 4) || true
    fi
    kill "$pid"
    wait "$pid"
}

# Becomes Java, so the caller is a process of its own.
rehearse_one() {
    local replace=(exec) aot=() collector=(-XX:+UseSerialGC)
    unset JDK_JAVA_OPTIONS JAVA_TOOL_OPTIONS _JAVA_OPTIONS
    [ -z "$1" ] || aot=("-XX:AOTCacheOutput=$app/$1")
    shift
    HAWSER_JAVA_OPTS='' run_java "$@" </dev/null
}
