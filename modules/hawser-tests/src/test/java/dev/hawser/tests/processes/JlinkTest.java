package dev.hawser.tests.processes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.tests.ModuleFiles;
import java.io.File;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;

/// An image with Java, a game and all of Hawser's libraries, one of which would be enough to make
/// jlink refuse it. That none is in the way alone, `ModulePathTest` shows.
class JlinkTest {
    private static final List<String> LIBRARIES =
            List.of(
                    "dev.hawser.backend",
                    "dev.hawser.sodium",
                    "dev.hawser.steam",
                    "dev.hawser.testkit",
                    "dev.hawser.web");

    private static final String GAME = "dev.hawser.examples";

    @TempDir private Path folder;

    @ProcessTest
    void aGameRunsInAnImageWithAllLibraries() {
        Set<String> needed = new TreeSet<>(ModuleFiles.needed(GAME));
        LIBRARIES.forEach(library -> needed.addAll(ModuleFiles.needed(library)));
        Path image = folder.resolve("image");

        StringWriter said = new StringWriter();
        int code =
                ToolProvider.findFirst("jlink")
                        .orElseThrow()
                        .run(
                                new PrintWriter(said),
                                new PrintWriter(said),
                                "--module-path",
                                ModuleFiles.of(needed).stream()
                                        .map(Path::toString)
                                        .collect(Collectors.joining(File.pathSeparator)),
                                "--add-modules",
                                GAME + "," + String.join(",", LIBRARIES),
                                // Bouncy Castle's jars are signed.
                                "--ignore-signing-information",
                                "--no-header-files",
                                "--no-man-pages",
                                "--output",
                                image.toString());
        assertThat(code).as(said.toString()).isZero();

        try (HawserProcess game =
                HawserProcess.startCommand(
                        Map.of(),
                        List.of(
                                image.resolve("bin/java").toString(),
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "--enable-native-access=dev.hawser,dev.hawser.sodium",
                                "--module",
                                GAME + "/" + GAME + ".HostMode"))) {
            assertThat(game.awaitExit()).as(game.said()).isZero();
            assertThat(game.out()).contains("guest reads local:1: welcome aboard");
            assertThat(game.err()).contains("Packets are encrypted by libsodium");
        }
    }
}
