package dev.hawser.tests.processes;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.Authentication;
import dev.hawser.ConnectionState;
import dev.hawser.NetClient;
import dev.hawser.netcode.NetcodeClient;
import dev.hawser.online.token.TokenClient;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.protocol.RandomBytes;
import dev.hawser.protocol.token.ConnectToken;
import dev.hawser.protocol.token.TokenMint;
import dev.hawser.protocol.token.TokenRequest;
import dev.hawser.tests.Built;
import dev.hawser.time.SystemClock;
import dev.hawser.token.FetchedToken;
import dev.hawser.web.webtransport.WebTransportClient;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// The programs that the pages show run as they stand there, but for their ports and files. Those
/// of Steam's page want a running Steam, so they are compiled only (`ReadmeTest`).
@Execution(ExecutionMode.CONCURRENT)
class ProgramsOfPagesTest {
    /// How many programs each page has: one that is added is run here, or by the test that is
    /// named.
    private static final Map<String, Integer> PROGRAMS =
            new TreeMap<>(
                    Map.of(
                            "README.md", 2,
                            "docs/local.md", 1,
                            "docs/multi.md", 1,
                            "docs/packaging.md", 1, // A descriptor of a module.
                            "docs/quickstart.md", 3, // QuickstartTest
                            "docs/steam.md", 3, // ReadmeTest
                            "docs/testing.md", 1,
                            "docs/udp.md", 1,
                            "docs/web.md", 2));

    private static final Pattern PROGRAM = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL);
    private static final Pattern TEXT = Pattern.compile("```text\\n(.*?)```", Pattern.DOTALL);
    private static final long PROTOCOL_ID = 0x5ea_f00d;

    /// The protocol id of the programs in the manual.
    private static final long PROTOCOL_ID_OF_MANUAL = 1;

    private static final int TIMEOUT_SECONDS = 300;
    private static final String ANY_PORT = "127.0.0.1:0";

    private final PrivateKey key = PrivateKey.random(new SecureRandom()::nextBytes);

    @TempDir Path folder;

    @Test
    void everyProgramOfAPageHasATest() throws IOException {
        Map<String, Integer> found = new TreeMap<>();
        try (Stream<Path> pages = Files.list(Built.root().resolve("docs"))) {
            for (Path page :
                    Stream.concat(pages, Stream.of(Built.root().resolve("README.md"))).toList()) {
                if (page.toString().endsWith(".md")) {
                    int count = (int) PROGRAM.matcher(Files.readString(page)).results().count();
                    found.put(Built.root().relativize(page).toString(), count);
                }
            }
        }
        found.values().removeIf(count -> count == 0);
        assertThat(found).isEqualTo(PROGRAMS);
    }

    @ProcessTest
    void serverAndClientOfTheReadmeTalk() throws Exception {
        try (HawserProcess server = start("README.md", 0, "127.0.0.1:40000", ANY_PORT)) {
            NetAddress address =
                    NetAddress.parse(server.awaitOut("^listening on (\\S+)$").group(1));
            Path token = folder.resolve("player.token");
            // A token lives for half a minute, and on a busy machine a start may take longer.
            while (!server.out().contains("netcode:7 is here")) {
                Files.write(token, token(address).toBytes());
                try (HawserProcess client =
                        start("README.md", 1, "player.token", token.toString())) {
                    if (client.awaitOut("^(echo of 3 bytes$|No answer from )")
                            .group()
                            .startsWith("echo")) {
                        server.awaitOut("^netcode:7 is here$");
                    }
                }
            }
        }
    }

    private ConnectToken token(NetAddress server) {
        RandomBytes random = new SecureRandom()::nextBytes;
        return new TokenMint(key, PROTOCOL_ID, random, SystemClock.WALL_CLOCK)
                .mint(TokenRequest.builder(7).server(server).build());
    }

    @ProcessTest
    void aServerWithAThreadOfItsOwnRefusesWhoIsBanned() throws Exception {
        try (HawserProcess server = start("docs/udp.md", 0, "127.0.0.1:7777", ANY_PORT)) {
            NetAddress address = NetAddress.parse(server.awaitOut("listening on (\\S+)$").group(1));
            try (NetClient banned = client(address, 13);
                    NetClient player = client(address, 5)) {
                assertThat(outcome(banned))
                        .isInstanceOfSatisfying(
                                ConnectionState.Disconnected.class,
                                end ->
                                        assertThat(end.reason().playerMessage())
                                                .contains("You cheated yesterday"));
                assertThat(outcome(player)).isInstanceOf(ConnectionState.Connected.class);
                player.disconnect();
            }
            server.awaitOut("^netcode:5 has left: ");
            server.type("");
            assertThat(server.awaitExit()).as(server.said()).isZero();
        }
    }

    @ProcessTest
    void aPlayerInTheServersProcessIsHeardAndSentAway() throws Exception {
        try (HawserProcess program = start("docs/local.md", 0)) {
            assertThat(program.awaitExit()).as(program.said()).isZero();
            assertThat(program.out().lines())
                    .containsExactly(
                            "local:1 says hello",
                            "The server ended the connection: the show is over (code 1000).");
        }
    }

    @ProcessTest
    void aHostAndAGuestAreAtOneServer() throws Exception {
        try (HawserProcess server = start("docs/multi.md", 0, "127.0.0.1:7777", ANY_PORT)) {
            NetAddress address =
                    NetAddress.parse(server.awaitOut("^guests come to (\\S+)$").group(1));
            server.awaitOut("^local:1 is here$");
            try (NetClient guest = client(address, 2)) {
                assertThat(outcome(guest)).isInstanceOf(ConnectionState.Connected.class);
                server.awaitOut("^netcode:2 is here$");
                // Any payload may get lost.
                while (!server.out().contains("the host hears ahoy")) {
                    guest.send(UTF_8.encode("ahoy"));
                    guest.update();
                    Thread.sleep(10);
                }
            }
            server.awaitOut("^netcode:2 has left: ");
        }
    }

    @ProcessTest
    void aTestInVirtualTimePrintsWhatThePageSays() throws Exception {
        String page = Files.readString(Built.root().resolve("docs/testing.md"));
        MatchResult printed = TEXT.matcher(page).results().findFirst().orElseThrow();
        try (HawserProcess program = start("docs/testing.md", 0)) {
            assertThat(program.awaitExit()).as(program.said()).isZero();
            assertThat(program.out()).isEqualTo(printed.group(1));
        }
    }

    @ProcessTest
    void aServerForBrowsersListens() throws Exception {
        X509Bundle bundle =
                new CertificateBuilder()
                        .subject("CN=localhost")
                        .setIsCertificateAuthority(true)
                        .buildSelfSigned();
        Path chain = Files.writeString(folder.resolve("chain.pem"), bundle.getCertificatePathPEM());
        Path secret =
                Files.createFile(
                        folder.resolve("key.pem"),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")));
        Files.writeString(secret, bundle.getPrivateKeyPEM());
        try (HawserProcess server =
                start(
                        "docs/web.md",
                        0,
                        "fullchain.pem",
                        chain.toString(),
                        "privkey.pem",
                        secret.toString(),
                        "0.0.0.0:7778",
                        ANY_PORT,
                        "0.0.0.0:7777",
                        ANY_PORT)) {
            // The last is WebSocket's, over TCP.
            String tcp = server.awaitOut("^listening on \\[\\S+, \\S+, (\\S+)]$").group(1);
            int port = NetAddress.parse(tcp).port();
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                assertThat(socket.isConnected()).isTrue();
            }
        }
    }

    /// Its ports stand in what it announces, so it cannot leave them to the system.
    @ProcessTest
    void aServerIsWhereItsTokenServiceSaysThatBrowsersFindIt() throws Exception {
        HawserProcess server;
        String service;
        do {
            String udp = "127.0.0.1:" + freePort();
            String web = "127.0.0.1:" + freePort();
            service = "127.0.0.1:" + freePort();
            server =
                    start(
                            "docs/web.md",
                            1,
                            "Path.of(\"certificates\")",
                            "Path.of(\"" + folder.resolve("certificates") + "\")",
                            "127.0.0.1:7777",
                            udp,
                            "127.0.0.1:7778",
                            web,
                            "127.0.0.1:8080",
                            service);
        } while (!listens(server));
        try (HawserProcess running = server;
                TokenClient tokens =
                        TokenClient.builder()
                                .endpoint(URI.create("http://" + service))
                                .credentials(() -> "ada")
                                .build()) {
            boolean isConnected;
            do {
                assertThat(running.isAlive()).as(running.said()).isTrue();
                try (NetClient client = overTheWeb(tokens.fetch().join())) {
                    isConnected = outcome(client) instanceof ConnectionState.Connected;
                }
                // A token times out on a machine that is busy for long.
            } while (!isConnected);
        }
    }

    /// {@return false when one of its ports was taken by somebody else meanwhile}
    private static boolean listens(HawserProcess server) {
        try {
            server.awaitOut("^listening on ");
            return true;
        } catch (AssertionError notListening) {
            if (server.isAlive() || !server.err().contains("in use")) {
                throw notListening;
            }
            return false;
        }
    }

    private static NetClient overTheWeb(FetchedToken fetched) {
        return NetcodeClient.builder()
                .transport(
                        WebTransportClient.to(
                                server -> fetched.webOf(server).webTransport(),
                                fetched.webTransportCertificateHashes()))
                .authentication(new Authentication.Token(fetched.token()))
                .build();
    }

    private NetClient client(NetAddress server, long id) {
        return NetcodeClient.builder()
                .authentication(
                        new Authentication.Manual(
                                server, id, key, PROTOCOL_ID_OF_MANUAL, TIMEOUT_SECONDS))
                .build();
    }

    /// {@return where a client stands when it has stopped connecting}
    private static ConnectionState outcome(NetClient client) throws InterruptedException {
        client.connect();
        while (client.state() instanceof ConnectionState.Connecting) {
            client.update();
            client.flush();
            Thread.sleep(10);
        }
        return client.state();
    }

    /// Starts a program of a page, with some of its text replaced.
    private HawserProcess start(String page, int index, String... replacements) throws IOException {
        String text =
                PROGRAM.matcher(Files.readString(Built.root().resolve(page)))
                        .results()
                        .skip(index)
                        .findFirst()
                        .orElseThrow()
                        .group(1);
        for (int i = 0; i < replacements.length; i += 2) {
            assertThat(text).contains(replacements[i]);
            text = text.replace(replacements[i], replacements[i + 1]);
        }
        String name = "Program" + index;
        Path source = Files.writeString(folder.resolve(name + ".java"), text);
        String classPath = System.getProperty("java.class.path");
        StringWriter said = new StringWriter();
        PrintWriter out = new PrintWriter(said);
        int code =
                ToolProvider.findFirst("javac")
                        .orElseThrow()
                        .run(
                                out,
                                out,
                                "-d",
                                folder.toString(),
                                "-cp",
                                classPath,
                                source.toString());
        assertThat(code).as(said.toString()).isZero();
        return HawserProcess.startCommand(
                Map.of("HAWSER_PRIVATE_KEY", key.toHex()),
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        folder + File.pathSeparator + classPath,
                        name));
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }
}
