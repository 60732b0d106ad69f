package dev.hawser.cli.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.hawser.cli.Cli;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.tls.ServerCertificate;
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
import org.junit.jupiter.params.provider.ValueSource;

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
                "= 30|= 30.5|'tokens.lifetime-seconds' is of the wrong kind",
                "= 30|= \"30\"|'tokens.lifetime-seconds' is of the wrong kind",
                "= 30|= \"\"|'tokens.lifetime-seconds' is of the wrong kind",
                "= 30|= 99999999999|'tokens.lifetime-seconds' is of the wrong kind",
                "development = true|development = \"true\"|'players.development' is of the wrong"
                        + " kind",
                "servers.credential-files =|`[server]\nid = [\"a\"]\nb =`|'server' is of the wrong"
                        + " kind",
                // What would have no effect.
                "players.development|`players.tickets.secret-file = \"ids.secret\""
                        + "\nplayers.development`|[players] says several of jwt, tickets and",
                "players.development|`players.jwt.issuer = \"i\"\nplayers.development`|[players]"
                        + " says several of jwt, tickets and development = true: set one",
                "listen|`tls.self-signed-for = [\"a\"]\ntls.key = \"no.key\"\nlisten`|"
                        + "tls.self-signed-for beside tls.certificate and tls.key: set one",
                "servers.credential-files = [\"servers.secret\"]|``|there are no game servers",
                "[\"servers.secret\"]|[]|there are no game servers: set servers.credential-files",
                "tokens.lifetime-seconds = 30|`[[server]]\nid = \"a\"\n[[server]]\nid = \"a\"`|"
                        + "two [[server]] have the id 'a'",
                "tokens.lifetime-seconds = 30|`store.url = \"redis://a\"\n[[server]]\nid = \"a\"`|"
                        + "[store] beside [[server]]",
                // A store that cannot be used.
                "tokens.lifetime-seconds = 30|store.key-prefix = \"a\"|'store.url' is missing",
                "tokens.lifetime-seconds = 30|store.url = \"http://a\"|the store's url cannot be used",
                "tokens.lifetime-seconds = 30|`store.url = \"redis://a\"\nstore.key-prefix = \"a b\"`|"
                        + "is 'a b', but must be 1 to 64 letters",
                "tokens.lifetime-seconds = 30|`store.url = \"redis://127.0.0.1:1\"\n"
                        + "store.password-file = \"no.secret\"`|no.secret is not there",
                "tokens.lifetime-seconds = 30|store.url = \"redis://127.0.0.1:1\"|"
                        + "the store at redis://127.0.0.1:1 cannot be reached",
                "tokens.lifetime-seconds = 30|`[[server]]\nid = \"a\"\n"
                        + "web-transport-certificate-hashes = []`|without web-transport: set that",
                // What cannot be.
                "127.0.0.1:0|localhost|listen: ",
                "[\"1\"]|[\"one\"]|protocol-ids: ",
                "= 30|`= 30\ntokens.timeout-seconds = 0`|tokens.timeout-seconds is 0 ms",
                "= 30|`= 30\ntokens.servers-max = 33`|tokens.servers-max is 33, but must be from 1",
                "= 30|`= 30\nservers.timeout-seconds = 0`|servers.timeout-seconds is 0 ms, but",
                "= 30|`= 30\nlimits.per-address-per-minute = 0`|limits.per-address-per-minute is 0",
                "= 30|`= 30\nlimits.per-account-per-minute = 0`|limits.per-account-per-minute is 0",
                "players.development = true|players.jwt = { issuer = \"i\", audience = \"a\", jwks ="
                        + " \"a b\" }|players.jwt.jwks is 'a b', which is no URL",
                "tokens.lifetime-seconds = 30|`[[server]]\nid = \"a\"\npublic-address ="
                        + " \"0.0.0.0:1\"\nmax-clients = 4`|server.public-address 0.0.0.0:1 is all",
                "tokens.lifetime-seconds = 30|`[[server]]\nid = \"a\"\npublic-address ="
                        + " \"127.0.0.1:0\"\nmax-clients = 4`|has port 0, which no server has",
                "tokens.lifetime-seconds = 30|`[[server]]\nid = \"a\"\npublic-address ="
                        + " \"127.0.0.1:1\"\nmax-clients = 0`|[[server]]: max-clients is 0, but",
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
                        + "limits.connections-per-address is 0",
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
    void whoeverIsNoDeveloperNeedsASecretForClientIds() throws IOException {
        Cli.Result result =
                backend(
                        COMPLETE.replace("client-id-secret-file = \"ids.secret\"", "")
                                .replace(
                                        "players.development = true",
                                        "players.tickets.secret-file = \"ids.secret\""));

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err())
                .contains(
                        "'client-id-secret-file' is missing: 'hawser keys secret FILE' makes one");
    }

    @Test
    void whatIsNoFileOfTextIsNamed() throws IOException {
        Cli.Result isFolder = Cli.run("backend", "--config", folder.toString());
        assertThat(isFolder.exitCode()).isEqualTo(1);
        assertThat(isFolder.err())
                .startsWith("hawser: " + folder + " is a directory: pass the file in it")
                .hasLineCount(1);

        Files.write(config, new byte[] {(byte) 0xff, (byte) 0xfe, 0});
        Cli.Result isGarbage = Cli.run("backend", "--config", config.toString());
        assertThat(isGarbage.exitCode()).isEqualTo(1);
        assertThat(isGarbage.err()).contains(config + " is no text in UTF-8").hasLineCount(1);

        Files.write(config, new byte[(1 << 20) + 1]);
        Cli.Result isLong = Cli.run("backend", "--config", config.toString());
        assertThat(isLong.exitCode()).isEqualTo(1);
        assertThat(isLong.err()).contains(config + " has more than 1048576 bytes").hasLineCount(1);

        assertThat(backend("").exitCode()).isEqualTo(1);
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

    /// That the port is taken is noticed when it was read.
    @ParameterizedTest
    @ValueSource(strings = {"game.keys", "ids.secret", "servers.secret", "tls.key"})
    void aSecretThatWasMountedMayBeReadByItsGroupWhereThatWasSaid(String name) throws IOException {
        assumeTrue(Files.getFileStore(folder).supportsFileAttributeView("posix"));
        ServerCertificate.selfSigned("localhost")
                .writePem(folder.resolve("tls.pem"), folder.resolve("tls.key"));
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String owner =
                    "tls.certificate = \"tls.pem\"\ntls.key = \"tls.key\"\n"
                            + COMPLETE.replace(":0", ":" + taken.getLocalPort());
            String group = "group-may-read = true\n" + owner;

            setMode(name, "r--r-----");
            assertThat(backend(group).err()).contains("is in use").hasLineCount(1);
            assertThat(backend(owner).err())
                    .contains(name, "let its group read it with group-may-read = true")
                    .hasLineCount(1);
            setMode(name, "r--r--r--");
            assertThat(backend(group).err())
                    .contains(name, "(r--r--r--)", "chmod 640")
                    .hasLineCount(1);
        }
    }

    private void setMode(String name, String mode) throws IOException {
        Files.setPosixFilePermissions(folder.resolve(name), PosixFilePermissions.fromString(mode));
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
