package dev.hawser.tests.processes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.tests.Built;
import dev.hawser.tests.StagedArtifacts;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// The quickstart does what it says: its text is carried out line by line in an empty folder, with
/// the artifacts of this build in the place of those of Maven Central. All that differs is the
/// port, which the system chooses.
///
/// A fence of Java or XML is the file that the text before it names, one of `sh` are commands, one
/// of `text` is what the programs print.
@Execution(ExecutionMode.CONCURRENT)
class QuickstartTest {
    private static final Pattern FENCE = Pattern.compile("```(\\w+)\\n(.*?)```", Pattern.DOTALL);
    private static final Pattern FILE = Pattern.compile(" this as `(.+?)`");
    private static final String ADDRESS = "127.0.0.1:7777";
    private static final String ANY_PORT = "127.0.0.1:0";

    /// The shortest starts; what Maven and the programs do is the same.
    private static final String JAVA_OPTIONS = "-XX:+UseSerialGC -XX:TieredStopAtLevel=1";

    @TempDir Path temporary;

    private final List<HawserProcess> servers = new ArrayList<>();
    private final List<String> started = new ArrayList<>();
    private final StringBuilder printed = new StringBuilder();
    private Path folder;
    private Path tools;
    private String address = ADDRESS;

    /// Puts a Maven first on the path that knows where the artifacts are.
    @BeforeEach
    void stage() throws IOException {
        folder = Files.createDirectory(temporary.resolve("ahoy"));
        tools = Files.createDirectory(temporary.resolve("tools"));
        Path settings =
                StagedArtifacts.in(temporary.resolve("staged"))
                        .settings(temporary.resolve("settings.xml"));
        Path script =
                Files.writeString(
                        temporary.resolve("mvn"),
                        """
                        #!/bin/sh
                        PATH=${PATH#*:}
                        exec mvn -B -ntp -gs '%s' -Dmaven.repo.local='%s' "$@"
                        """
                                .formatted(settings, localRepository()));
        // By another process: what a test beside this one starts inherits, for a moment, the files
        // that this one is writing, and Linux runs no file that is open for writing.
        HawserProcess install =
                HawserProcess.startCommand(
                        Map.of(), List.of("install", script.toString(), tools.toString()));
        assertThat(install.awaitExit()).as(install.said()).isZero();
    }

    /// It outlives the test, so that what has to come from Maven Central comes once; but for
    /// Hawser's own.
    private static Path localRepository() throws IOException {
        Path local = Built.target().resolve("quickstart");
        deleteAll(local.resolve("dev/hawser"));
        return local;
    }

    private static void deleteAll(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (var all = Files.walk(folder)) {
                for (Path each : all.toList().reversed()) {
                    Files.delete(each);
                }
            }
        }
    }

    @AfterEach
    void end() {
        servers.forEach(HawserProcess::close);
    }

    @ProcessTest
    void thePageLeadsToConnectedProcesses() throws IOException {
        String page = Files.readString(Built.root().resolve("docs/quickstart.md"));
        int before = 0;
        for (MatchResult fence : FENCE.matcher(page).results().toList()) {
            String text = fence.group(2);
            switch (fence.group(1)) {
                case "xml", "java" -> save(page.substring(before, fence.start()), text);
                case "sh" -> text.lines().forEach(this::run);
                case "text" -> text.lines().forEach(this::awaitPrinted);
                default -> throw new AssertionError("a fence that means nothing: " + text);
            }
            before = fence.end();
        }

        assertThat(started)
                .as("programs started: a server and a client on either path")
                .satisfiesExactly(
                        server -> assertThat(server).contains(" -cp ", ".Server "),
                        client -> assertThat(client).contains(" -cp ", ".Client "),
                        server -> assertThat(server).contains(" -p ", ".Server "),
                        client -> assertThat(client).contains(" -p ", ".Client "));
    }

    private void save(String textBefore, String content) throws IOException {
        Matcher name = FILE.matcher(textBefore);
        assertThat(name.find()).as("a name of a file in: %s", textBefore).isTrue();
        Files.writeString(folder.resolve(name.group(1)), content);
    }

    private void run(String line) {
        if (line.contains(".Server ")) {
            started.add(line);
            startServer(line);
        } else if (line.contains(".Client ")) {
            started.add(line);
            runClient(line);
        } else {
            HawserProcess command = start(line);
            assertThat(command.awaitExit()).as("%s%n%s", line, command.said()).isZero();
        }
    }

    /// As the page says: the one that runs is ended first.
    private void startServer(String line) {
        servers.forEach(HawserProcess::interrupt);
        HawserProcess server = start(line.replace(ADDRESS, ANY_PORT));
        servers.add(server);
        address = server.awaitOut("^listening on (\\S+)$").group(1);
    }

    /// On a machine that is busy for longer than a token's timeout, it tries again.
    private void runClient(String line) {
        HawserProcess client;
        do {
            client = start(line.replace(ADDRESS, address));
            assertThat(client.awaitExit()).as(client.said()).isZero();
        } while (client.out().contains("No answer from ") || client.out().contains(" was lost"));
        printed.append(client.out());
    }

    private void awaitPrinted(String line) {
        String expected = line.replace(ADDRESS, address);
        if (printed.toString().lines().noneMatch(expected::equals)) {
            servers.getLast().awaitOut("^" + Pattern.quote(expected) + "$");
        }
    }

    private HawserProcess start(String line) {
        Path javaHome = Path.of(System.getProperty("java.home"));
        String path =
                String.join(
                        File.pathSeparator,
                        tools.toString(),
                        javaHome.resolve("bin").toString(),
                        System.getenv("PATH"));
        return HawserProcess.startCommand(
                Map.of(
                        "PATH",
                        path,
                        "JAVA_HOME",
                        javaHome.toString(),
                        "MAVEN_OPTS",
                        JAVA_OPTIONS,
                        HawserProcess.JAVA_OPTIONS,
                        JAVA_OPTIONS),
                List.of("bash", "-c", "cd \"$0\" && exec " + line, folder.toString()));
    }
}
