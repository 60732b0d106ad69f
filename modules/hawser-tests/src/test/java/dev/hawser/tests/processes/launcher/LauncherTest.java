package dev.hawser.tests.processes.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.tests.processes.HawserProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// When the launcher builds, what it says where it cannot, and what it gives to Java.
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class LauncherTest extends LauncherProject {
    private static final String NEWER = "hawser: the sources are newer than what is built";

    private long builds() throws IOException {
        Path log = root.resolve("mvn.log");
        return Files.exists(log) ? Files.readAllLines(log).size() : 0;
    }

    private Path current() throws IOException {
        return root.resolve("target/launcher").resolve(currentName());
    }

    private String currentName() throws IOException {
        return Files.readString(root.resolve("target/launcher/current")).strip();
    }

    private void editSources() throws IOException {
        Files.setLastModifiedTime(
                root.resolve("target/launcher/current"), FileTime.from(Instant.EPOCH));
    }

    // ---- When it builds

    @Test
    void itBuildsOnce() throws IOException {
        HawserProcess first = hawser(0, "keys", "new");
        HawserProcess second = hawser(0, "keys", "list", "file");

        assertThat(first.err()).isEqualTo("Building Hawser (first time only) ...\n");
        assertThat(first.out()).startsWith("java ").endsWith("hawser-cli-1.jar keys new\n");
        assertThat(second.err()).isEmpty();
        assertThat(second.out()).endsWith("hawser-cli-1.jar keys list file\n");
        assertThat(builds()).isEqualTo(1);
    }

    /// As an installation does, with links to links, whose targets are absolute or relative.
    @ParameterizedTest
    @ValueSource(
            strings = {"links/hawser", "links/absolute", "links/to a link", "a project/hawser"})
    void itIsFoundFromAnyFolderThroughLinks(String called) throws IOException {
        Path links = Files.createDirectory(folder.resolve("links"));
        Path elsewhere = Files.createDirectory(folder.resolve("else where"));
        Files.createSymbolicLink(links.resolve("hawser"), Path.of("../a project/hawser"));
        Files.createSymbolicLink(links.resolve("absolute"), root.resolve("hawser"));
        Files.createSymbolicLink(links.resolve("to a link"), Path.of("absolute"));

        for (String path : List.of(folder.resolve(called).toString(), "../" + called)) {
            HawserProcess process =
                    HawserProcess.startCommand(
                            environment,
                            List.of(
                                    find("bash").toString(),
                                    "-c",
                                    "cd '" + elsewhere + "' && exec \"$0\" \"$@\"",
                                    path,
                                    "keys",
                                    "a file"));

            assertThat(process.awaitExit()).as(process.err()).isZero();
            assertThat(process.out())
                    .contains("-XX:AOTCache=" + current() + "/hawser.aot")
                    .endsWith("hawser-cli-1.jar keys a file\n");
        }
        assertThat(builds()).isEqualTo(1);
        assertThat(elsewhere).isEmptyDirectory();
    }

    @Test
    void newerSourcesAreSaidAndBuiltWhenAskedFor() throws IOException {
        hawser(0, "--version");
        editSources();

        HawserProcess stale = hawser(0, "server");
        assertThat(stale.err())
                .startsWith(NEWER)
                .contains("'" + root + "/hawser build'", "HAWSER_BUILD=1")
                .hasLineCount(1);
        assertThat(stale.out()).endsWith("hawser-cli-1.jar server\n");
        assertThat(builds()).isEqualTo(1);

        HawserProcess build = hawser(0, "build");
        assertThat(build.err()).isEqualTo("Building Hawser ...\n");
        assertThat(build.out()).isEmpty();
        assertThat(builds()).isEqualTo(2);

        assertThat(hawser(0, "build").err()).contains("is built from these sources already");
        assertThat(hawser(0, "server").err()).isEmpty();
        assertThat(builds()).isEqualTo(2);
    }

    @Test
    void whoWorksOnItHasItBuiltAtEachStart() throws IOException {
        environment.put("HAWSER_BUILD", "1");
        hawser(0, "--version");
        hawser(0, "--version");
        assertThat(builds()).isEqualTo(1);
        editSources();

        assertThat(hawser(0, "--version").err()).isEqualTo("Building Hawser ...\n");

        assertThat(builds()).isEqualTo(2);
    }

    @Test
    void whoForbidsItGetsNone() throws IOException {
        environment.put("HAWSER_BUILD", "0");

        HawserProcess none = hawser(1, "server");

        assertThat(none.err())
                .isEqualTo(
                        "hawser: nothing is built yet, and HAWSER_BUILD is 0: run '"
                                + root
                                + "/hawser build'\n");
        assertThat(builds()).isZero();
        hawser(0, "build");
        assertThat(builds()).isEqualTo(1);
    }

    @Test
    void thePageIsBuiltWhereItIsAskedFor() throws IOException {
        hawser(0, "demo");
        assertThat(root.resolve("browser/build.log")).doesNotExist();

        hawser(0, "demo", "--web");
        hawser(0, "demo", "--web");
        hawser(0, "demo");

        assertThat(root.resolve("browser/build.log")).hasContent("page");
        assertThat(builds()).isEqualTo(2);
    }

    @Test
    void wrongUseIsTwo() {
        environment.put("HAWSER_BUILD", "yes");
        assertThat(hawser(2, "server").err())
                .contains("HAWSER_BUILD is 'yes', but must be 1")
                .hasLineCount(1);
        environment.put("HAWSER_BUILD", "");
        assertThat(hawser(2, "build", "--fast").err()).contains("'--fast' is no option of build");
        assertThat(hawser(2, "build", "--web", "x").err()).contains("build takes no more than");
    }

    // ---- Where it cannot build

    @Test
    void withoutMavenItSaysSoUnlessThereIsNothingToBuild() throws IOException {
        Path mvn = programs.resolve("mvn");
        byte[] program = Files.readAllBytes(mvn);
        Files.delete(mvn);

        assertThat(hawser(1, "server").err())
                .startsWith(
                        "hawser: nothing is built yet, and building needs Maven, but there is no"
                                + " mvn on PATH: install it (on Debian: apt-get install maven)")
                .hasLineCount(1);

        Files.write(mvn, program);
        mvn.toFile().setExecutable(true, false);
        hawser(0, "server");
        Files.delete(mvn);
        editSources();
        assertThat(hawser(0, "server").err()).startsWith(NEWER).hasLineCount(1);
    }

    @Test
    void whoMayNotWriteThereIsToldWhoMay() throws IOException {
        becomeSomebodyWhoMayNotWrite();

        assertThat(hawser(1, "server").err())
                .startsWith("hawser: nothing is built yet, and ")
                .contains(
                        " may not write to " + root,
                        ", where it would be built: let ",
                        ", its owner, run '" + root + "/hawser build' once")
                .hasLineCount(1);
    }

    @Test
    void whoMayNotWriteRunsWhatIsBuilt() throws IOException {
        hawser(0, "--version");
        editSources();
        becomeSomebodyWhoMayNotWrite();

        HawserProcess server = hawser(0, "server");
        assertThat(server.err()).startsWith(NEWER).hasLineCount(1);
        assertThat(server.out()).contains("-XX:AOTCache=");

        environment.put("HAWSER_BUILD", "1");
        assertThat(hawser(1, "server").err())
                .startsWith("hawser: the sources are newer than what is built, and HAWSER_BUILD")
                .contains(" may not write to " + root)
                .hasLineCount(1);
    }

    /// Root may write everywhere, and so becomes somebody else.
    private void becomeSomebodyWhoMayNotWrite() throws IOException {
        if (System.getProperty("user.name").equals("root")) {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
            user =
                    List.of(
                            find("setpriv").toString(),
                            "--reuid=65534",
                            "--regid=65534",
                            "--clear-groups");
        } else {
            root.resolve("modules/hawser-cli").toFile().setWritable(false);
        }
    }

    @Test
    void aBuildThatFailsShowsWhyAndLeavesTheFormerOne() throws IOException {
        hawser(0, "--version");
        String former = currentName();
        editSources();
        program(programs.resolve("mvn"), "echo it does not compile", "exit 1");

        assertThat(hawser(1, "build").err())
                .contains("it does not compile", "hawser: the build failed, see above");

        assertThat(currentName()).isEqualTo(former);
    }

    // ---- What Java gets

    @Test
    void aServerHasACacheOfItsOwn() throws IOException {
        hawser(0, "--version");

        assertThat(hawser(0, "server").out()).contains("-XX:AOTCache=" + current() + "/server.aot");
        assertThat(hawser(0, "client").out()).contains("-XX:AOTCache=" + current() + "/hawser.aot");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-XX:StartFlightRecording",
                "-XX:StartFlightRecording=filename=a.jfr -Xmx64m",
                "-javaagent:a.jar",
                "-agentlib:jdwp=transport=dt_socket",
                "--add-modules=jdk.jfr",
                "-XX:+UseZGC",
                "-XX:-UseCompactObjectHeaders",
                "-Djava.system.class.loader=a",
                "-Xmx32g",
            })
    void whatJavaWouldRefuseIsNotPassed(String options) throws IOException {
        hawser(0, "--version");
        for (String variable : List.of("HAWSER_JAVA_OPTS", "JDK_JAVA_OPTIONS")) {
            environment.put(variable, options);
            assertThat(hawser(0, "server").out()).doesNotContain("AOTCache");
            environment.put(variable, "");
        }
    }

    @Test
    void optionsThatLeaveTheCacheUsableGoWithIt() throws IOException {
        hawser(0, "--version");
        environment.put("HAWSER_JAVA_OPTS", "-Xmx512m -Da=b -Xlog:gc -XX:+ExitOnOutOfMemoryError");

        assertThat(hawser(0, "server").out())
                .contains("AOTCache", "-XX:+UseSerialGC", "-Xmx512m -Da=b -Xlog:gc");
    }

    @Test
    void optionsMayChooseAnotherCollector() {
        environment.put("HAWSER_JAVA_OPTS", "-Xmx512m -XX:+UseZGC");

        assertThat(hawser(0, "server").out()).contains("-XX:+UseZGC").doesNotContain("SerialGC");
    }

    @Test
    void anotherJavaDoesWithoutTheCacheAndAnotherPlaceKeepsIt() throws IOException {
        hawser(0, "--version");
        Path release = folder.resolve("a jdk/release");
        String former = Files.readString(release);
        write(release, "JAVA_VERSION=\"99.0.2\"\n");
        assertThat(hawser(0, "server").out()).doesNotContain("AOTCache");
        write(release, former);
        assertThat(hawser(0, "server").out()).contains("AOTCache");

        root = Files.move(root, folder.resolve("moved"));
        assertThat(hawser(0, "server").out()).contains("AOTCache=" + current());
    }

    @Test
    void whatRunsKeepsItsJars() throws IOException {
        hawser(0, "--version");
        Path first = current();
        try (HawserProcess server = start("server", "--echo")) {
            server.awaitOut("^listening on ");
            for (int i = 0; i < 2; i++) {
                editSources();
                hawser(0, "build");
            }
            assertThat(first.resolve("lib.jar")).exists();

            server.kill();
            server.awaitExit();
        }
        editSources();
        hawser(0, "build");
        assertThat(first).doesNotExist();
        assertThat(current()).exists();
    }
}
