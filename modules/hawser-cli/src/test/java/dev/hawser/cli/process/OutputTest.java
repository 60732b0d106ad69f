package dev.hawser.cli.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.cli.Cli;
import dev.hawser.protocol.PrivateKey;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What becomes of a command whose output does not arrive.
@Timeout(
        value = 30,
        unit = TimeUnit.MINUTES,
        threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // A server that starts does not end.
class OutputTest {
    private static final Map<String, String> KEY =
            Map.of("HAWSER_PRIVATE_KEY", "5b".repeat(PrivateKey.BYTES));

    @TempDir private Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--help",
                "--version",
                "keys new",
                "keys new FOLDER/key",
                "keys secret FOLDER/secret",
                "token --server 127.0.0.1:1",
                "token --server 127.0.0.1:1 --out FOLDER/token",
                "conformance FOLDER/vectors.json",
                "server --bind 127.0.0.1:0",
                "backend --config FOLDER/backend.toml",
                "client --server 127.0.0.1:1",
                "demo --seconds 60 --clients 1",
            })
    void whatCannotBePrintedIsAnErrorAndSaidOnce(String command) throws IOException {
        Cli.Result result = run(new Unwritable("No space left on device"), false, command);

        assertThat(result.exitCode()).as(result.err()).isEqualTo(1);
        assertThat(result.err())
                .containsOnlyOnce(
                        "hawser: cannot write to standard output (No space left on device): what"
                                + " was to be printed is lost");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--help",
                "keys new",
                "server --bind 127.0.0.1:0",
                "client --server 127.0.0.1:1",
                "demo --seconds 60 --clients 1",
            })
    void aReaderThatHasGoneEndsItQuietly(String command) throws IOException {
        Cli.Result result = run(new Unwritable("Broken pipe"), true, command);

        assertThat(result.exitCode()).as(result.err()).isEqualTo(141);
        assertThat(result.err()).doesNotContain("hawser:", "pipe", "\tat ");
    }

    private Cli.Result run(OutputStream out, boolean isPipe, String command) throws IOException {
        Files.writeString(
                folder.resolve("vectors.json"),
                "{\"addresses\": [{\"text\": \"1.2.3.4:80\", \"accepted\": true, \"printed\":"
                        + " \"1.2.3.4:80\"}]}");
        Files.writeString(
                folder.resolve("backend.toml"),
                """
                listen = "127.0.0.1:0"
                protocol-ids = ["1"]
                players.development = true
                [[server]]
                id = "one"
                public-address = "127.0.0.1:40000"
                max-clients = 1
                """);
        String[] args = command.replace("FOLDER", folder.toString()).split(" ");
        return Cli.runInto(out, isPipe, KEY, args);
    }

    @Test
    void aServiceGoesOnWithoutItsLinesUnlessNobodyWantsThem() {
        Output full = output(false);
        full.writer().println("connected");
        assertThat(full.hasFailed()).isTrue();
        assertThat(full.isClosedPipe()).isFalse();

        Output unwanted = output(true);
        unwanted.writer().println("connected");
        assertThat(unwanted.isClosedPipe()).isTrue();
    }

    @Test
    void whatFailedOtherwiseKeepsItsExitCode() {
        Output full = output(false);
        full.writer().println("1 of 2");

        assertThat(full.conclude(2)).isEqualTo(2);
        assertThat(full.conclude(0)).isEqualTo(1);
    }

    @Test
    void whatArrivesHasNoEffect() {
        Cli.Result result = Cli.run("keys", "new");

        assertThat(result.exitCode()).isZero();
        assertThat(result.err()).isEmpty();
    }

    private static Output output(boolean isPipe) {
        return new Output(
                new Unwritable("No space left on device"),
                StandardCharsets.UTF_8,
                new PrintWriter(new StringWriter()),
                () -> isPipe);
    }

    /// A disk that is full, a pipe that nobody reads.
    private static final class Unwritable extends OutputStream {
        private final String why;

        Unwritable(String why) {
            this.why = why;
        }

        @Override
        public void write(int octet) throws IOException {
            throw new IOException(why);
        }
    }
}
