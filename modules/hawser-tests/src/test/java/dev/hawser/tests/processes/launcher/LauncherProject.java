package dev.hawser.tests.processes.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.tests.Built;
import dev.hawser.tests.processes.HawserProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// A copy of the project's outside, in which the launcher runs with programs that stand for Maven,
/// Node.js and Java.
abstract class LauncherProject {
    /// What the scripts need of the system, so that a Maven that is there is not found.
    private static final List<String> TOOLS =
            List.of(
                    "awk",
                    "bash",
                    "cat",
                    "chmod",
                    "cp",
                    "date",
                    "dirname",
                    "env",
                    "find",
                    "flock",
                    "gzip",
                    "head",
                    "id",
                    "ls",
                    "mkdir",
                    "mv",
                    "od",
                    "readlink",
                    "rm",
                    "sed",
                    "sha256sum",
                    "sleep",
                    "sort",
                    "tar",
                    "touch",
                    "tr");

    @TempDir Path folder;
    Path root;
    Path programs;
    final Map<String, String> environment = new HashMap<>();
    List<String> user = List.of();

    @BeforeEach
    void makeProject() throws IOException {
        root = Files.createDirectory(folder.resolve("a project"));
        programs = Files.createDirectory(folder.resolve("programs"));
        copy("hawser");
        try (Stream<Path> parts = Files.walk(Built.root().resolve(".build"))) {
            for (Path part : parts.filter(Files::isRegularFile).toList()) {
                copy(Built.root().relativize(part).toString());
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

    static void write(Path file, String content) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }

    /// Each runs in the project's folder, as the launcher calls them.
    void program(Path file, String... lines) throws IOException {
        write(file, "#!/usr/bin/env bash\ncd '" + root + "'\n" + String.join("\n", lines) + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    static Path find(String tool) {
        return Stream.of(System.getenv("PATH").split(":"))
                .map(place -> Path.of(place, tool))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new AssertionError("this machine has no " + tool));
    }

    HawserProcess start(String... args) {
        List<String> command = new ArrayList<>(user);
        command.add(root.resolve("hawser").toString());
        command.addAll(List.of(args));
        return HawserProcess.startCommand(environment, command);
    }

    HawserProcess hawser(int exitCode, String... args) {
        HawserProcess process = start(args);
        assertThat(process.awaitExit()).as(process.out() + process.err()).isEqualTo(exitCode);
        return process;
    }
}
