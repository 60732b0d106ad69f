package dev.hawser.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.hawser.protocol.PrivateKey;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// How the service refuses to start. That it runs is shown where processes are tested.
class BackendCommandTest {
    private static final String COMPLETE =
            """
            listen = "127.0.0.1:0"
            protocol-ids = ["1"]
            client-id-secret-file = "ids.secret"
            keys.file = "game.keys"
            players.development = true
            servers.credential-files = ["servers.secret"]
            tokens.lifetime-seconds = 30
            """;

    @TempDir private Path folder;
    private Path config;

    @BeforeEach
    void makeSecrets() {
        config = folder.resolve("backend.toml");
        made(Cli.run("keys", "new", inFolder("game.keys")));
        made(Cli.run("keys", "secret", inFolder("ids.secret")));
        made(Cli.run("keys", "secret", inFolder("servers.secret")));
    }

    private static void made(Cli.Result result) {
        assertThat(result.exitCode()).as(result.err()).isZero();
    }

    private String inFolder(String name) {
        return folder.resolve(name).toString();
    }

    @Test
    void aFileThatIsNotThereIsNamed() {
        Cli.Result result = Cli.run("backend", "--config", inFolder("nothing.toml"));
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err()).contains("nothing.toml").doesNotContain("\tat ");
    }

    @ParameterizedTest(name = "{0} becomes {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                // What is not there.
                "listen = \"127.0.0.1:0\"|``|'listen' is missing",
                "protocol-ids = [\"1\"]|``|'protocol-ids' is missing",
                "players.development = true|``|'players' is missing",
                "players.development = true|players.development = false|[players] says nothing",
                "players.development = true|players.jwt.issuer = \"i\"|'players.jwt.audience' is"
                        + " missing",
                "servers.credential-files = [\"servers.secret\"]|servers.timeout-seconds = 9|"
                        + "'servers.credential-files' is missing",
                "keys.file = \"game.keys\"|``|HAWSER_PRIVATE_KEY",
                // What nobody understands.
                "protocol-ids|protocol-id|'protocol-id' is not known; there are browsers, client-id",
                "tokens.lifetime-seconds|tokens.lifetime|'tokens.lifetime' is not known; there are"
                        + " lifetime-seconds",
                "[\"1\"]|1|'protocol-ids' is of the wrong kind",
                "= 30|= \"soon\"|'tokens.lifetime-seconds' is of the wrong kind",
                "listen =|listen|not TOML at line 1",
                // What cannot be.
                "127.0.0.1:0|localhost|listen: ",
                "[\"1\"]|[\"one\"]|protocol-ids: ",
                "= 30|= 0|tokens.lifetime-seconds is 0 ms",
                // What would not be safe.
                "127.0.0.1:0|0.0.0.0:0|plain HTTP at 0.0.0.0 would",
                "listen = \"127.0.0.1:0\"|`listen = \"0.0.0.0:0\"\ntls.self-signed-for = [\"a\"]`|"
                        + "would let anybody be anybody: bind to 127.0.0.1",
                "listen|`tls.certificate = \"no.pem\"\ntls.key = \"no.key\"\nlisten`|no.pem",
                "tokens.lifetime|`browsers.allowed-origins = [\"https://a/\"]\ntokens.lifetime`|"
                        + "the allowed origin 'https://a/' is never that of a page",
                "tokens.lifetime-seconds = 30|browsers = {}|'browsers.allowed-origins' is missing",
                "tokens.lifetime-seconds = 30|limits.connections-per-address = 0|"
                        + "connectionsPerAddress is 0",
                "tokens.lifetime-seconds = 30|`[[server]]\nid = \"a\"\npublic-address ="
                        + " \"203.0.113.5:1\"\nmax-clients = 4\nweb-transport = \"wss://a/\"`|"
                        + "[[server]]: web-transport is 'wss://a/': write it as https://",
                "tokens.lifetime-seconds = 30|`[[server]]\nid = \"a\"\npublic-address ="
                        + " \"0.0.0.0:1\"\nmax-clients = 4`|"
                        + "server.public-address 0.0.0.0:1 is all interfaces of a server",
                // Files that are not there.
                "game.keys|other.keys|other.keys",
                "ids.secret|other.secret|'hawser keys secret",
            })
    void whatIsWrongIsNamed(String part, String otherwise, String complaint) throws IOException {
        assertThat(COMPLETE).contains(part);
        Cli.Result result = backend(COMPLETE.replace(part, otherwise));
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err()).contains(complaint).hasLineCount(1);
    }

    @Test
    void aSecretThatOthersCanReadIsRefused() throws IOException {
        assumeTrue(Files.getFileStore(folder).supportsFileAttributeView("posix"));
        Path secret = folder.resolve("servers.secret");
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-r--r--"));

        Cli.Result result = backend(COMPLETE);

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err())
                .contains("can be used by others", "chmod 600 " + secret)
                .doesNotContain(Files.readString(secret).strip());
    }

    @Test
    void aTornKeyFileIsRefusedAndNotShown() throws IOException {
        Path keys = folder.resolve("game.keys");
        String whole = Files.readString(keys);
        Files.writeString(keys, whole.substring(0, whole.length() - 6));

        Cli.Result result = backend(COMPLETE);

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err()).contains(keys.toString()).hasLineCount(1);
        whole.lines()
                .filter(line -> line.startsWith("key "))
                .map(line -> line.substring(line.lastIndexOf(' ') + 1))
                .forEach(digits -> assertThat(result.err()).doesNotContain(digits));
    }

    @Test
    void aKeyInTheEnvironmentThatIsNoneIsNotShown() throws IOException {
        String noKey = PrivateKey.random(new Random(7)::nextBytes).toHex().substring(2);
        Files.writeString(config, COMPLETE.replace("keys.file = \"game.keys\"", ""));

        Cli.Result result =
                Cli.run(
                        Map.of("HAWSER_PRIVATE_KEY", noKey),
                        "backend",
                        "--config",
                        config.toString());

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err()).contains("HAWSER_PRIVATE_KEY").doesNotContain(noKey);
    }

    @Test
    void aPortInUseIsNamed() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String address = "127.0.0.1:" + taken.getLocalPort();

            Cli.Result result = backend(COMPLETE.replace("127.0.0.1:0", address));

            assertThat(result.exitCode()).isEqualTo(1);
            assertThat(result.err()).contains(address).hasLineCount(1);
        }
    }

    private Cli.Result backend(String text) throws IOException {
        Files.writeString(config, text);
        return Cli.run("backend", "--config", config.toString());
    }
}
