package dev.hawser.tests.release;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.tests.Built;
import dev.hawser.tests.processes.HawserProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// What `.build/release.sh` does before it builds, in a copy of the files that have a version.
@Execution(ExecutionMode.CONCURRENT)
class ReleaseScriptTest {
    private static final String NEW = "97.98.99";

    @TempDir Path folder;

    private String version;

    @BeforeEach
    void copy() throws IOException {
        List<String> files = new ArrayList<>(poms());
        files.addAll(List.of("README.md", "browser/package.json", "browser/package-lock.json"));
        for (String of : List.of(".build", "docs")) {
            try (Stream<Path> parts = Files.list(Built.root().resolve(of))) {
                parts.filter(Files::isRegularFile)
                        .map(part -> of + "/" + part.getFileName())
                        .forEach(files::add);
            }
        }
        for (String file : files) {
            Files.createDirectories(folder.resolve(file).getParent());
            Files.copy(Built.root().resolve(file), folder.resolve(file));
        }
        version = versions("pom.xml", "(?m)^  <version>(.*)</version>").getFirst();
    }

    @Test
    void aVersionIsWrittenWhereverItStands() throws IOException {
        HawserProcess script = script("version", NEW);
        assertThat(script.awaitExit()).as(script.said()).isZero();

        for (String pom : poms()) {
            assertThat(read(pom))
                    .as(pom)
                    .doesNotContain(">" + version + "<")
                    .contains(">" + NEW + "<");
        }
        assertThat(read("README.md")).doesNotContain(version).contains("hawser-bom:" + NEW);
        assertThat(read("docs/quickstart.md")).doesNotContain(version).contains(">" + NEW + "<");
        String npm = "(?m)^  \"version\": \"(.*)\"";
        assertThat(versions("browser/package.json", npm)).containsExactly(NEW);
        assertThat(versions("browser/package-lock.json", npm)).containsExactly(NEW);
        // Nothing else has changed.
        assertThat(read("pom.xml").replace(NEW, version))
                .isEqualTo(Files.readString(Built.root().resolve("pom.xml")));
        try (Stream<Path> files = Files.walk(folder)) {
            assertThat(files).noneMatch(file -> file.toString().endsWith(".old"));
        }
    }

    @Test
    void whatIsNoVersionIsRefused() {
        HawserProcess script = script("version", "next");
        assertThat(script.awaitExit()).isEqualTo(1);
        assertThat(script.err()).contains("'next' is no version", "0.2.0");
    }

    @Test
    void aSnapshotIsNoRelease() throws IOException {
        assertThat(script("version", NEW + "-SNAPSHOT").awaitExit()).isZero();
        assertThat(versions("browser/package.json", "(?m)^  \"version\": \"(.*)\""))
                .as("npm's version")
                .containsExactly(NEW);
        HawserProcess script = script("bundle");
        assertThat(script.awaitExit()).isEqualTo(1);
        assertThat(script.err())
                .contains(NEW + "-SNAPSHOT", "run '.build/release.sh version " + NEW);
    }

    @Test
    void withoutABundleThereIsNothingToValidate() {
        HawserProcess script = script("validate");
        assertThat(script.awaitExit()).isEqualTo(1);
        assertThat(script.err()).contains("-bundle.zip", "run '.build/release.sh bundle'");
    }

    private HawserProcess script(String... args) {
        List<String> command = new ArrayList<>(List.of("bash", folder + "/.build/release.sh"));
        command.addAll(List.of(args));
        return HawserProcess.startCommand(Map.of(), command);
    }

    private static List<String> poms() throws IOException {
        List<String> poms = new ArrayList<>(List.of("pom.xml", "examples/pom.xml"));
        try (Stream<Path> modules = Files.list(Built.root().resolve("modules"))) {
            modules.map(module -> "modules/" + module.getFileName() + "/pom.xml")
                    .filter(pom -> Files.exists(Built.root().resolve(pom)))
                    .forEach(poms::add);
        }
        return poms;
    }

    private List<String> versions(String file, String pattern) throws IOException {
        return Pattern.compile(pattern)
                .matcher(read(file))
                .results()
                .map(match -> match.group(1))
                .toList();
    }

    private String read(String file) throws IOException {
        return Files.readString(folder.resolve(file));
    }
}
