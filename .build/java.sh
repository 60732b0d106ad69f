# Sourced by ./hawser and by the launcher of a distribution: how they start Java. app is the folder
# of the jars, and of what Java has learnt from them; JAVA_HOME is set.

# Java, with what every start has in common. The serial collector starts fastest and suits a program
# that allocates next to nothing per packet, unless the options choose another; from a small heap,
# since it would fill the sixteenth of a gigabyte that it gets otherwise before it looks for garbage.
# Compact headers keep more of many clients in the processor's cache (JEP 519), and huge pages, where
# Linux has them, find them sooner.
huge_pages=()
case "$(cat /sys/kernel/mm/transparent_hugepage/enabled 2>/dev/null || true)" in
    *'[madvise]'* | *'[always]'*) huge_pages=(-XX:+UseTransparentHugePages) ;;
esac

# All options that Java gets besides its own: HAWSER_JAVA_OPTS, and what java and the JVM read.
options="${JDK_JAVA_OPTIONS:-} ${JAVA_TOOL_OPTIONS:-} ${_JAVA_OPTIONS:-} ${HAWSER_JAVA_OPTS:-}"

collector=(-XX:+UseSerialGC)
case " $options " in
*' -XX:+Use'*'GC '*) collector=() ;;
esac

# A heap that is told how large it may be begins as Java likes.
heap=(-Xms16m)
case " $options " in
*' -Xmx'* | *' -XX:MaxHeapSize='* | *' -XX:MaxRAM'*) heap=() ;;
esac

# The jar's manifest names the others, and grants native access. On the class path all of that may be
# moved to another place, and Java still takes what it has learnt; on a module path it does not.
run_java() {
    # To older shells an empty array is not set.
    # shellcheck disable=SC2086
    ${replace[@]+"${replace[@]}"} "$JAVA_HOME/bin/java" ${collector[@]+"${collector[@]}"} -XX:+UseCompactObjectHeaders ${heap[@]+"${heap[@]}"} \
        ${huge_pages[@]+"${huge_pages[@]}"} ${aot[@]+"${aot[@]}"} ${HAWSER_JAVA_OPTS:-} \
        -jar "$app"/hawser-cli-*.jar "$@"
}

# Becomes the command, with what Java has learnt of it.
become_hawser() {
    local replace=(exec) known=$app/hawser.aot
    # Where the cache is not taken after all, nobody needs to read why at each start.
    local aot=('-Xlog:aot*=off')
    [ "${1:-}" != server ] || known=$app/server.aot
    ! fits "$known" || aot+=("-XX:AOTCache=$known")
    run_java "$@"
}

# Whether Java would take what it found out at the build. An archive that it refuses takes the place of
# the one that comes with the JDK, and the start is slower than without. Taken it is by the Java that
# made it, with options that change neither classes nor the layout of objects; those that are known
# to are listed. Flight Recorder, agents and other modules are refused.
fits() {
    [ -s "$1" ] && [ -r "$app/learnt" ] || return 1
    [ "$(<"$app/learnt")" = "$(<"$JAVA_HOME/release")" ] || return 1
    local option
    for option in $options; do
        case $option in
        -Djava.system.class.loader=*) return 1 ;;
        -D* | -Xlog* | -Xint | -ea* | -da* | -esa | -dsa) ;;
        -Xmx*[kKmM] | -Xmx[0-9][gG] | -Xmx[12][0-9][gG] | -Xms* | -Xmn* | -Xss*) ;;
        -XX:MaxDirectMemorySize=* | -XX:NativeMemoryTracking=* | -XX:TieredStopAtLevel=*) ;;
        -XX:*OnOutOfMemoryError* | -XX:HeapDumpPath=* | -XX:ErrorFile=* | -XX:+AlwaysPreTouch) ;;
        *) return 1 ;;
        esac
    done
}
