package dev.hawser.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeysCommandTest {
    @TempDir private Path folder;

    @Test
    void printsAnotherKeyEachTime() {
        Cli.Result one = Cli.run("keys", "new");
        Cli.Result other = Cli.run("keys", "new");

        assertThat(one.exitCode()).isZero();
        assertThat(one.out()).matches("[0-9a-f]{64}\\R");
        assertThat(one.out()).isNotEqualTo(other.out());
        assertThat(one.err()).isEmpty();
    }

    @Test
    void writesAFileAndNeverShowsTheKey() throws IOException {
        Path file = folder.resolve("key");

        Cli.Result result = Cli.run("keys", "new", "--out", file.toString());

        assertThat(result.exitCode()).isZero();
        assertThat(result.out()).contains(file.toString());
        assertThat(Files.readString(file)).matches("[0-9a-f]{64}\\n");
        assertThat(result.out() + result.err()).doesNotContain(Files.readString(file).strip());
    }

    @Test
    void replacesAFileOnlyByForce() throws IOException {
        Path file = Files.writeString(folder.resolve("key"), "precious");

        Cli.Result refused = Cli.run("keys", "new", "--out", file.toString());

        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err()).contains(file.toString(), "is there already", "--force");
        assertThat(Files.readString(file)).isEqualTo("precious");

        Cli.Result forced = Cli.run("keys", "new", "--force", "--out", file.toString());

        assertThat(forced.exitCode()).isZero();
        assertThat(Files.readString(file)).matches("[0-9a-f]{64}\\n");
        assertThat(KeyFile.warning(file)).isEmpty();
    }

    @Test
    void aFolderThatIsMissingIsNamed() {
        Path file = folder.resolve("missing").resolve("key");

        Cli.Result result = Cli.run("keys", "new", "--out", file.toString());

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err())
                .startsWith("hawser: ")
                .contains(file.toString(), "folder")
                .hasLineCount(1);
    }

    @Test
    void keysAloneIsWrongUsage() {
        Cli.Result result = Cli.run("keys");

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).contains("hawser keys new");
    }
}
