package dev.hawser.tests.processes.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.tests.processes.HawserProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What `./hawser dist` packs, and what the launcher in the archive does. Whether the real one
/// starts where there is no Java, `.build/try-dist.sh` tries.
class DistributionTest extends LauncherProject {
    private static final String NAME = "hawser-1.2-SNAPSHOT-linux-x86_64";

    @BeforeEach
    void makeTools() throws IOException {
        write(root.resolve("LICENSE"), "a licence");
        for (String page :
                List.of(
                        "docs/hosting.md",
                        "docs/images/who.svg",
                        "BENCHMARKS.md",
                        "CHANGELOG.md",
                        "SECURITY.md",
                        "browser/README.md",
                        "examples/README.md")) {
            write(root.resolve(page), "how");
        }
        release("a jdk", "Linux", "x86_64");
        Files.delete(programs.resolve("mvn"));
        program(
                programs.resolve("mvn"),
                "made=modules/hawser-cli/target/dist",
                "mkdir -p $made/lib",
                "echo jar >$made/hawser-cli-1.2-SNAPSHOT.jar",
                "for system in linux-x86_64 linux-aarch_64 osx-aarch_64 windows-x86_64; do",
                "    echo jar >$made/lib/netty-codec-native-quic-4.2.18.Final-$system.jar",
                "done",
                "echo jar >$made/lib/netty-codec-native-quic-4.2.18.Final.jar",
                "echo jar >$made/lib/netty-transport-native-epoll-4.2.18.Final-linux-x86_64.jar",
                "echo jar >$made/lib/caffeine-3.jar",
                "echo libraries >$made/THIRD-PARTY.txt");
        Files.createFile(programs.resolve("npm"));
        program(programs.resolve("npm"), "exit 1");
        java("a jdk", "");
    }

    private void release(String jdk, String os, String arch) throws IOException {
        write(
                folder.resolve(jdk + "/release"),
                "JAVA_VERSION=\"99.0.1\"\nOS_ARCH=\"" + arch + "\"\nOS_NAME=\"" + os + "\"\n");
    }

    /// A Java, and what makes another one of it.
    ///
    /// @param first what it does before anything else
    private void java(String jdk, String first) throws IOException {
        Path java = folder.resolve(jdk + "/bin/java");
        program(
                java,
                first,
                "for arg in \"$@\"; do",
                "    case $arg in -XX:AOTCacheOutput=*) echo cache >\"${arg#*=}\" ;; esac",
                "done",
                "case \" $* \" in",
                "*' --echo '*) echo listening on 127.0.0.1:1; exec sleep 60 ;;",
                "*' --dry-run '*)",
                "    echo 'root dev.hawser.cli file:///app/hawser-cli.jar'",
                "    echo 'dev.hawser.cli requires java.logging jrt:/java.logging'",
                "    echo 'dev.hawser.cli requires dev.hawser file:///app/hawser.jar'",
                "    echo 'dev.hawser requires java.logging jrt:/java.logging'",
                "    echo 'dev.hawser binds dev.hawser.sodium file:///app/sodium.jar'",
                "    echo 'dev.hawser.sodium requires jdk.unsupported jrt:/jdk.unsupported'",
                "    echo 'java.base binds jdk.jlink jrt:/jdk.jlink'",
                "    echo 'jdk.jlink requires jdk.jdeps jrt:/jdk.jdeps' ;;",
                "*) echo \"java $*\" ;;",
                "esac");
        program(java.resolveSibling("javac"), "exit 1");
        program(
                java.resolveSibling("jlink"),
                "echo \"" + jdk + ": $*\" >jlink.log",
                "from='" + folder.resolve(jdk) + "'",
                "case $1 in --module-path) from=${2%/jmods} ;; esac",
                "while [ $# -gt 1 ]; do shift; done",
                "mkdir -p \"$1/bin\"",
                "cp \"$from/release\" \"$1/\"",
                "cp \"$from/bin/java\" \"$1/bin/java\"");
        copyByAnotherProcess();
    }

    private Path archive(String name) {
        return root.resolve("target/dist/" + name + ".tar.gz");
    }

    /// Another name for it, so that the launcher is found through the link only.
    private Path unpack(String name) throws IOException {
        Path place = Files.createDirectories(folder.resolve("another machine"));
        run(List.of("tar", "-C", place.toString(), "-xzf", archive(name).toString()));
        return place.resolve(name);
    }

    private String run(List<String> command) {
        HawserProcess process = HawserProcess.startCommand(environment, command);
        assertThat(process.awaitExit()).as(process.err()).isZero();
        return process.out();
    }

    @Test
    void theArchiveHasWhatAMachineNeedsAndNothingOfThisOne() throws IOException {
        assertThat(hawser(0, "dist").out()).isEqualTo(archive(NAME) + "\n");

        List<String> files =
                run(List.of("tar", "--numeric-owner", "-tvzf", archive(NAME).toString()))
                        .lines()
                        .toList();
        assertThat(files).allMatch(line -> line.contains(" 0/0 ") && line.contains(" 2026-01-01 "));
        List<String> names =
                files.stream()
                        .map(line -> line.substring(line.indexOf(NAME) + NAME.length()))
                        .filter(name -> !name.endsWith("/"))
                        .toList();
        assertThat(names)
                .isSorted()
                .containsExactlyInAnyOrder(
                        "/BENCHMARKS.md",
                        "/CHANGELOG.md",
                        "/LICENSE",
                        "/README.md",
                        "/SECURITY.md",
                        "/THIRD-PARTY.txt",
                        "/app/caffeine-3.jar",
                        "/app/hawser-cli-1.2-SNAPSHOT.jar",
                        "/app/hawser.aot",
                        "/app/java.sh",
                        "/app/learnt",
                        "/app/netty-codec-native-quic-4.2.18.Final-linux-x86_64.jar",
                        "/app/netty-codec-native-quic-4.2.18.Final.jar",
                        "/app/netty-transport-native-epoll-4.2.18.Final-linux-x86_64.jar",
                        "/app/server.aot",
                        "/backend.toml",
                        "/bin/hawser",
                        "/browser/README.md",
                        "/docs/hosting.md",
                        "/docs/images/who.svg",
                        "/examples/README.md",
                        "/runtime/bin/java",
                        "/runtime/release",
                        "/share/bash-completion/completions/hawser",
                        "/systemd/hawser-backend.service",
                        "/systemd/hawser-server.service");
        assertThat(root.resolve("jlink.log"))
                .content()
                .startsWith("a jdk: --add-modules java.logging,jdk.unsupported,jdk.jcmd,jdk.jfr ");
        assertThat(root.resolve("browser/build.log")).hasContent("page");
        assertThat(run(List.of("sha256sum", archive(NAME).toString())))
                .startsWith(Files.readString(Path.of(archive(NAME) + ".sha256")).substring(0, 64));
    }

    /// Two at once would empty each other's folders.
    @Test
    void oneWaitsForTheOther() throws Exception {
        Path lock = Files.createDirectories(root.resolve("target/dist")).resolve("lock");
        HawserProcess other =
                HawserProcess.startCommand(
                        environment,
                        List.of(
                                "flock",
                                lock.toString(),
                                "bash",
                                "-c",
                                "echo holds it; read -r _"));
        HawserProcess dist;
        try (other) {
            other.awaitOut("^holds it$");
            dist = start("dist");
            dist.awaitErr("^Waiting for another build of Hawser ");
            assertThat(archive(NAME)).doesNotExist();
        }
        assertThat(dist.awaitExit()).as(dist.said()).isZero();
        assertThat(archive(NAME)).exists();
    }

    @Test
    void theUnitsAreHardened() throws IOException {
        hawser(0, "dist");
        try (Stream<Path> units = Files.list(unpack(NAME).resolve("systemd"))) {
            assertThat(units)
                    .hasSize(2)
                    .allSatisfy(unit ->
                            assertThat(unit)
                                    .content()
                                    .contains(
                                            "\nDynamicUser=yes\n",
                                            "\nProtectSystem=strict\n",
                                            "\n\n[Install]\n")
                                    .doesNotContain("@HARDENING"));
        }
    }

    /// But for what Java learns, which stands for itself here.
    @Test
    void theSameSourcesMakeTheSameArchive() throws IOException {
        hawser(0, "dist");
        byte[] first = Files.readAllBytes(archive(NAME));
        Files.delete(archive(NAME));

        hawser(0, "dist");

        assertThat(Files.readAllBytes(archive(NAME))).isEqualTo(first);
    }

    @Test
    void whatIsUnpackedStartsByItsOwnJavaAndWhatItHasLearnt() throws IOException {
        hawser(0, "dist");
        Path there = unpack(NAME);
        Path link =
                Files.createSymbolicLink(programs.resolve("hawser"), there.resolve("bin/hawser"));
        environment.remove("JAVA_HOME");

        String server = run(List.of(link.toString(), "server", "--bind", "127.0.0.1:0"));
        String demo = run(List.of(link.toString(), "demo"));

        assertThat(server)
                .contains(
                        " -XX:AOTCache=" + there + "/app/server.aot ",
                        " -jar " + there + "/app/hawser-cli-1.2-SNAPSHOT.jar ")
                .endsWith(".jar server --bind 127.0.0.1:0\n");
        assertThat(demo).contains(" -XX:AOTCache=" + there + "/app/hawser.aot ");
        environment.put("HAWSER_JAVA_OPTS", "-XX:StartFlightRecording");
        assertThat(run(List.of(link.toString(), "demo"))).doesNotContain("AOTCache");
    }

    @Test
    void aJdkForAnotherSystemMakesAnArchiveForThat() throws IOException {
        java("arm", "exit 126");
        release("arm", "Darwin", "aarch64");
        Files.createDirectory(folder.resolve("arm/jmods"));

        hawser(0, "dist", "--jdk", folder.resolve("arm").toString());

        Path there = unpack("hawser-1.2-SNAPSHOT-macos-aarch64");
        assertThat(root.resolve("jlink.log"))
                .content()
                .startsWith(
                        "a jdk: --module-path " + folder.resolve("arm/jmods") + " --add-modules ");
        try (Stream<Path> app = Files.list(there.resolve("app"))) {
            assertThat(app.map(file -> file.getFileName().toString()).collect(Collectors.toSet()))
                    .contains("netty-codec-native-quic-4.2.18.Final-osx-aarch_64.jar")
                    .doesNotContain(
                            "netty-codec-native-quic-4.2.18.Final-linux-x86_64.jar",
                            "hawser.aot",
                            "learnt");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "2 | dist --fast               | '--fast' is no option of dist: there is --jdk DIR",
                "2 | dist --jdk a b            | dist takes one --jdk DIR and nothing else",
                "2 | dist --jdk                | dist takes one --jdk DIR and nothing else",
                "1 | dist --jdk /              | is no folder of a JDK: there is no file 'release'",
                "1 | dist --jdk FOLDER/windows | is for Windows, but the launcher is a script of bash",
                "1 | dist --jdk FOLDER/arm     | is for linux-aarch64, and has no folder 'jmods'",
            })
    void whatCannotBeMadeIsSaid(int exitCode, String command, String message) throws IOException {
        release("windows", "Windows", "x86_64");
        release("arm", "Linux", "aarch64");

        HawserProcess refused =
                hawser(exitCode, command.replace("FOLDER", folder.toString()).split(" "));

        assertThat(refused.err()).startsWith("hawser: ").contains(message).hasLineCount(1);
        assertThat(root.resolve("target/dist")).doesNotExist();
    }
}
