#!/usr/bin/env bash
# An AOT cache of the JDK goes along with a program that is moved to another folder, if the program is started by
# `java -jar`. If it is started by a module path, the moved cache is refused as a whole.
#
# Seen with Temurin 25.0.3 (JEP 483, 514): one modular jar, one cache for each way to start it, paths in full. Where they
# were made, both caches are taken. Then the folder is copied, with all times kept. By -jar the program's class still
# comes from the cache. By module path Java prints that "extra module path(s) are specified" and that it is "unable to map
# shared spaces", though there is one module path as before, and starts without.
#
# One would guess that a cache depends on the jars and their times, or on their folder, for both ways alike. Who trains an
# archive with its own Java where it is built, and starts it by module path where it is unpacked, ships a cache that
# nobody's machine takes; with the log of AOT turned off, nothing says so.
#
# Ends with 0 while the JDK behaves so, with 1 when that has changed. Needs JAVA_HOME with a JDK 25.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir -p source/app built
printf 'module app {}\n' >source/module-info.java
printf 'package app;\n\npublic class Main {\n    public static void main(String[] args) {\n        System.out.println("it runs");\n    }\n}\n' >source/app/Main.java
"$JAVA_HOME/bin/javac" -d classes source/module-info.java source/app/Main.java
"$JAVA_HOME/bin/jar" --create --file built/app.jar --main-class app.Main -C classes .

# Runs the program in folder $1, in way $2, with the rest as options.
run() {
    local place=$folder/$1 way=$2
    shift 2
    case $way in
    jar) "$JAVA_HOME/bin/java" "$@" -jar "$place/app.jar" ;;
    module) "$JAVA_HOME/bin/java" "$@" -p "$place/app.jar" -m app/app.Main ;;
    esac
}
run built jar -XX:AOTCacheOutput=built/jar.aot >/dev/null 2>&1
run built module -XX:AOTCacheOutput=built/module.aot >/dev/null 2>&1
cp -a built moved

# Prints where the program's class comes from.
source_of() {
    run "$1" "$2" "-XX:AOTCache=$1/$2.aot" -Xlog:class+load | sed -n 's/.* app\.Main source: //p'
}

result=0
expect() {
    local seen
    case $3 in
    "$2"*) seen='as described' ;;
    *) seen=CHANGED result=1 ;;
    esac
    echo "$1: app.Main from '$3': $seen"
}
"$JAVA_HOME/bin/java" -version 2>&1 | sed -n 2p
expect 'where it was made, by -jar' 'shared objects file' "$(source_of built jar)"
expect 'where it was made, by module path' 'shared objects file' "$(source_of built module)"
expect 'moved, by -jar' 'shared objects file' "$(source_of moved jar)"
expect 'moved, by module path' 'file:' "$(source_of moved module 2>/dev/null)"
said=$(run moved module -XX:AOTCache=moved/module.aot 2>&1)
echo "moved, by module path, it says:"
echo "$said"
case $said in
*'extra module path'*'Unable to map shared spaces'*'it runs') ;;
*) echo CHANGED && result=1 ;;
esac
exit "$result"
