#!/usr/bin/env bash
# A release, step by step; docs/releasing.md has the way from one to the next.
#
#   .build/release.sh version X    writes version X wherever the version stands
#   .build/release.sh bundle       makes what Maven Central takes, of the commit that is checked out; signs it
#                                  where MAVEN_GPG_KEY has a key
#   .build/release.sh validate     looks at that bundle by the rules of Maven Central, without a network
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. .build/jdk.sh

out=$PWD/target/release
# The project's own is the only one at this indentation.
version=$(sed -n 's|^  <version>\(.*\)</version>$|\1|p' pom.xml)
bundle=$out/hawser-$version-bundle.zip
# Nobody gets these.
inner='!:hawser-parent,!:hawser-examples,!:hawser-benchmarks,!:hawser-tests'

fail() {
    echo "release: $1" >&2
    exit 1
}

set_version() {
    local new=$1
    [[ $new =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[A-Za-z0-9.]+)?$ ]] ||
        fail "'$new' is no version: three numbers, and perhaps a suffix, as in 0.2.0 or 0.3.0-SNAPSHOT"
    command -v npm >/dev/null || fail "there is no npm on PATH, which writes the version of the browser's client: install Node.js with npm"
    sed -i.old "s|^  <version>.*</version>$|  <version>$new</version>|" pom.xml
    # Children have it where they name their parent.
    sed -i.old "/^  <parent>/,/^  <\/parent>/s|^    <version>.*</version>$|    <version>$new</version>|" \
        modules/*/pom.xml examples/pom.xml
    # What the pages tell others to depend on.
    local old=${version//./\\.}
    sed -i.old -e "s|<version>$old</version>|<version>$new</version>|" -e "s|\(dev\.hawser:[a-z-]*:\)$old\"|\1$new\"|" \
        README.md docs/*.md
    # npm knows no snapshots.
    (cd browser && npm version "${new%-SNAPSHOT}" --no-git-tag-version --allow-same-version --ignore-scripts >/dev/null)
    rm -f pom.xml.old modules/*/pom.xml.old examples/pom.xml.old README.md.old docs/*.md.old
}

# Javadoc finds the pages of another module by the list of its packages, which is there before the pages are.
list_packages() {
    local module
    for module in modules/*/src/main/java/module-info.java; do
        module=${module#modules/}
        module=${module%%/*}
        mkdir -p "target/release/links/$module"
        sed -n -e 's/^module \(.*\) {$/module:\1/p' -e 's/^    exports \(.*\);$/\1/p' \
            "modules/$module/src/main/java/module-info.java" >"target/release/links/$module/element-list"
    done
}

make_bundle() {
    local time signing=()
    case $version in
    *-SNAPSHOT) fail "pom.xml says $version, and Maven Central takes no snapshots: run '.build/release.sh version ${version%-SNAPSHOT}' and commit that" ;;
    esac
    [ -z "$(git status --porcelain)" ] ||
        fail "a bundle is made of a commit, and these files differ from it: commit them, or put them away"$'\n'"$(git status --short)"
    find_jdk
    [ -z "${MAVEN_GPG_KEY:-}" ] || signing=(-Psign)

    # Two builds of a commit give the same bytes: in a folder that has nothing else, with the commit's time, and with
    # the same rights, which the jars of sources have too.
    time=$(TZ=UTC0 git log -1 --date=format-local:%Y-%m-%dT%H:%M:%SZ --format=%cd)
    umask 022
    rm -rf "$out"
    git clone -q . "$out/tree"
    cd "$out/tree"
    browser/build
    list_packages
    mvn -B -ntp -T 2 -Dquick -Prelease ${signing[@]+"${signing[@]}"} -Dmaven.test.skip -pl "$inner" \
        -Dproject.build.outputTimestamp="$time" -DaltDeploymentRepository="bundle::file:$out/repository" deploy
    # The portal makes the lists of versions itself, and wants no checksums of signatures.
    find "$out/repository" \( -name 'maven-metadata.*' -o -name '*.asc.*' \) -delete
    cd "$out/repository"
    find . -type f | sed 's|^\./||' | LC_ALL=C sort >"$out/files"
    "$JAVA_HOME/bin/jar" --create --no-manifest --date="$time" --file="$bundle" "@$out/files"
    echo "made $bundle, of $(wc -l <"$out/files") files; '.build/release.sh validate' looks at it"
}

case "${1:-} $#" in
'version 2') set_version "$2" ;;
'bundle 1') make_bundle ;;
'validate 1')
    [ -e "$bundle" ] || fail "there is no $bundle: run '.build/release.sh bundle'"
    find_jdk
    exec "$JAVA_HOME/bin/java" modules/hawser-tests/src/test/java/dev/hawser/tests/release/ValidateBundle.java \
        "$bundle" .build/natives.sha256
    ;;
*) fail "the steps are 'version X', 'bundle' and 'validate', see docs/releasing.md" ;;
esac
