#!/usr/bin/env bash
# Starts what ./hawser dist has packed where there is nothing but bash, five small programs and the C
# library: no Java, no Maven, no sources, no network but loopback. Prints sizes and times.
#
# Pass the archive. It needs root, or a system on which users may make namespaces, and iproute2.
set -euo pipefail

if [ "${2:-}" != inside ]; then
    [ -r "${1:-}" ] || {
        echo "try-dist: pass the archive that ./hawser dist has made" >&2
        exit 2
    }
    export TRY_DIST=$(mktemp -d)
    trap 'rmdir "$TRY_DIST"' EXIT
    user=()
    [ "$(id -u)" -eq 0 ] || user=(--map-root-user)
    unshare ${user[@]+"${user[@]}"} --mount --net "$0" "$(readlink -f "$1")" inside
    exit
fi

# Copies the C library's parts that a program or library needs.
copy_libraries() {
    ldd "$1" 2>/dev/null | grep -o '/[^ ]*' | while read -r library; do
        case $library in
        "$root"/*) ;;
        *) mkdir -p "$root${library%/*}" && cp -L "$library" "$root$library" ;;
        esac
    done || true
}

root=$TRY_DIST
ip link set lo up
mount -t tmpfs tmpfs "$root"
mkdir -p "$root"/{bin,usr/bin,dev,proc,tmp,opt}
for program in bash cat dirname readlink env kill; do
    cp -L "$(type -P "$program")" "$root/bin/"
    copy_libraries "$root/bin/$program"
done
cp "$root/bin/env" "$root/usr/bin/"
mount --rbind /proc "$root/proc"
for device in null urandom random; do
    touch "$root/dev/$device"
    mount --bind "/dev/$device" "$root/dev/$device"
done
ln -s /proc/self/fd "$root/dev/fd"
tar -C "$root/opt" -xzf "$1"
mv "$root"/opt/hawser-* "$root/opt/hawser"
for library in "$root"/opt/hawser/runtime/bin/java $(find "$root/opt/hawser/runtime" -name '*.so'); do
    copy_libraries "$library"
done

cat >"$root/try" <<'TRY'
export PATH=/bin HOME=/tmp
hawser=/opt/hawser/bin/hawser
echo "on PATH: java: $(type -P java || echo none), mvn: $(type -P mvn || echo none)"

# Prints how long a start takes until the first line of output, in milliseconds: the medians of eleven,
# by the clock and of the processor.
first_line() {
    local clock=() processor=() line i began pid stat
    for ((i = 0; i < 11; i++)); do
        began=${EPOCHREALTIME/./}
        exec 3< <(exec "$hawser" "$@" 2>/dev/null)
        pid=$!
        read -r line <&3
        clock+=($(((${EPOCHREALTIME/./} - began) / 1000)))
        read -r -a stat <"/proc/$pid/stat" 2>/dev/null || stat=()
        processor+=($(((${stat[13]:-0} + ${stat[14]:-0}) * 10)))
        kill "$pid" 2>/dev/null
        wait "$pid" 2>/dev/null
        exec 3<&-
    done
    echo "$(median "${clock[@]}") ms, of the processor $(median "${processor[@]}") ms ($line)"
}

# No program here sorts, but an array of bash is in order.
median() {
    local i seen=0 counts=()
    for i in "$@"; do counts[i]=$((${counts[i]:-0} + 1)); done
    for i in "${!counts[@]}"; do
        seen=$((seen + counts[i]))
        [ "$seen" -le $(($# / 2)) ] || { echo "$i"; return; }
    done
}

echo "server, with what Java has learnt:    $(first_line server --bind 127.0.0.1:0)"
echo "server, without (-XX:AOTMode=off):    $(HAWSER_JAVA_OPTS=-XX:AOTMode=off first_line server --bind 127.0.0.1:0)"
HAWSER_JAVA_OPTS=-Xlog:class+load:file=/tmp/loaded "$hawser" --version >/dev/null
all=0 learnt=0
while read -r line; do
    all=$((all + 1))
    case $line in *'source: shared objects file'*) learnt=$((learnt + 1)) ;; esac
done </tmp/loaded
echo "classes of --version from the cache:  $learnt of $all"
"$hawser" demo --seconds 3 --clients 4
TRY
echo "archive: $(stat -c %s "$1") bytes; unpacked: $(du -sb "$root/opt/hawser" | cut -f1) bytes, of it runtime $(du -sb "$root/opt/hawser/runtime" | cut -f1), app $(du -sb "$root/opt/hawser/app" | cut -f1)"
echo "libraries of the system: $(cd "$root" && find lib lib64 usr/lib -name '*.so*' 2>/dev/null | tr '\n' ' ')"
exec chroot "$root" /bin/bash /try
