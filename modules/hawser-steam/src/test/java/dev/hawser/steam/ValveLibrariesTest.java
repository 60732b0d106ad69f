package dev.hawser.steam;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The tests leave nothing of Valve's behind.
class ValveLibrariesTest {
    @TempDir private Path folder;

    @Test
    void whatIsUnpackedIsGoneWithItsProcess() throws Exception {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Djava.io.tmpdir=" + folder,
                                "-cp",
                                System.getProperty("java.class.path"),
                                Unpacker.class.getName())
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        String unpacked =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("it has ended").isTrue();

        assertThat(unpacked.strip()).startsWith(folder.toString()).endsWith(ValveLibraries.LINUX);
        assertThat(folder).isEmptyDirectory();
    }

    /// A process that unpacks a library, says where, and ends.
    static final class Unpacker {
        private Unpacker() {}

        static void main() {
            IO.println(ValveLibraries.file(ValveLibraries.LINUX));
        }
    }
}
