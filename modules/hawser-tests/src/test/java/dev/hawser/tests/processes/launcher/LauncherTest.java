package dev.hawser.tests.processes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.tests.Built;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// When the launcher builds, what it says where it cannot, and what it gives to Java: in a copy of
/// the project's outside, with programs that stand for Maven, Node.js and Java.
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class LauncherTest {
    /// What the scripts need of the system, so that a Maven that is there is not found.
    private static final List<String> TOOLS =
            List.of(
                    "bash",
                    "cat",
                    "cp",
                    "date",
                    "dirname",
                    "find",
                    "flock",
                    "head",
                    "id",
                    "ls",
                    "mkdir",
                    "mv",
                    "od",
                    "readlink",
                    "rm",
                    "sed",
                    "sleep",
                    "touch",
                    "tr");

    private static final String NEWER = "hawser: the sources are newer than what is built";

    @TempDir private Path folder;
    private Path root;
    private Path programs;
    private final Map<String, String> environment = new HashMap<>();
    private List<String> user = List.of();

    @BeforeEach
    void makeProject() throws IOException {
        root = Files.createDirectory(folder.resolve("a project"));
        programs = Files.createDirectory(folder.resolve("programs"));
        copy("hawser");
        try (Stream<Path> parts = Files.list(Built.root().resolve(".build"))) {
            for (Path part : parts.toList()) {
                copy(".build/" + part.getFileName());
            }
        }
        for (String file :
                List.of(
                        "pom.xml",
                        ".mvn/jvm.config",
                        "modules/hawser-cli/pom.xml",
                        "modules/hawser-cli/src/main/java/Main.java",
                        "browser/package-lock.json",
                        "browser/src/client.ts")) {
            write(root.resolve(file), "");
        }
        program(
                root.resolve("browser/build"),
                "mkdir -p \"$0.d\" browser/dist && echo page >>\"$0.log\"",
                "touch browser/dist/hawser-client.min.js");
        program(
                programs.resolve("mvn"),
                "mkdir -p modules/hawser-cli/target/launcher/lib",
                "echo jar >modules/hawser-cli/target/launcher/hawser-cli-1.jar",
                "echo jar >modules/hawser-cli/target/launcher/lib/lib.jar",
                "echo built >>mvn.log");
        Path java = folder.resolve("a jdk/bin/java");
        program(
                java,
                "for arg in \"$@\"; do",
                "    case $arg in -XX:AOTCacheOutput=*) echo cache >\"${arg#*=}\" ;; esac",
                "done",
                "case \" $* \" in *' --echo '*) echo listening on 127.0.0.1:1; exec sleep 60 ;; esac",
                "echo \"java $*\"");
        program(java.resolveSibling("javac"), "exit 1");
        write(folder.resolve("a jdk/release"), "JAVA_VERSION=\"99.0.1\"\n");
        for (String tool : TOOLS) {
            Files.createSymbolicLink(programs.resolve(tool), find(tool));
        }
        environment.put("JAVA_HOME", folder.resolve("a jdk").toString());
        environment.put("PATH", programs.toString());
        for (String variable :
                List.of(
                        "HAWSER_BUILD",
                        "HAWSER_JAVA_OPTS",
                        "JDK_JAVA_OPTIONS",
                        "JAVA_TOOL_OPTIONS",
                        "_JAVA_OPTIONS")) {
            environment.put(variable, "");
        }
    }

    private void copy(String file) throws IOException {
        write(root.resolve(file), Files.readString(Built.root().resolve(file)));
        root.resolve(file).toFile().setExecutable(true, false);
    }

    private static void write(Path file, String content) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }

    /// Each runs in the project's folder, as the launcher calls them.
    private void program(Path file, String... lines) throws IOException {
        write(file, "#!/usr/bin/env bash\ncd '" + root + "'\n" + String.join("\n", lines) + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static Path find(String tool) {
        return Stream.of(System.getenv("PATH").split(":"))
                .map(place -> Path.of(place, tool))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new AssertionError("this machine has no " + tool));
    }

    private HawserProcess start(String... args) {
        List<String> command = new ArrayList<>(user);
        command.add(root.resolve("hawser").toString());
        command.addAll(List.of(args));
        return HawserProcess.startCommand(environment, command);
    }

    private HawserProcess hawser(int exitCode, String... args) {
        HawserProcess process = start(args);
        assertThat(process.awaitExit()).as(process.out() + process.err()).isEqualTo(exitCode);
        return process;
    }

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
        assertThat(first.out()).startsWith("java ").endsWith("dev.hawser.cli.Main keys new\n");
        assertThat(second.err()).isEmpty();
        assertThat(second.out()).endsWith("dev.hawser.cli.Main keys list file\n");
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
                    .endsWith("dev.hawser.cli.Main keys a file\n");
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
        assertThat(stale.out()).endsWith("dev.hawser.cli.Main server\n");
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
    void anotherJavaOrAnotherPlaceDoesWithoutTheCache() throws IOException {
        hawser(0, "--version");
        Path release = folder.resolve("a jdk/release");
        String former = Files.readString(release);
        write(release, "JAVA_VERSION=\"99.0.2\"\n");
        assertThat(hawser(0, "server").out()).doesNotContain("AOTCache");
        write(release, former);
        assertThat(hawser(0, "server").out()).contains("AOTCache");

        root = Files.move(root, folder.resolve("moved"));
        assertThat(hawser(0, "server").out()).doesNotContain("AOTCache");
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
