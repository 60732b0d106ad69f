package dev.hawser.tests.processes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.protocol.RandomBytes;
import dev.hawser.protocol.token.ConnectToken;
import dev.hawser.protocol.token.TokenMint;
import dev.hawser.protocol.token.TokenRequest;
import dev.hawser.tests.Built;
import dev.hawser.time.SystemClock;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// The programs that the pages show run as they stand there, but for their ports and files. Those
/// of Steam's page want a running Steam, so they are compiled only (`ReadmeTest`).
@Execution(ExecutionMode.CONCURRENT)
class ProgramsOfPagesTest {
    private static final Pattern PROGRAM = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL);
    private static final long PROTOCOL_ID = 0x5ea_f00d;

    private final PrivateKey key = PrivateKey.random(new SecureRandom()::nextBytes);

    @TempDir Path folder;

    @ProcessTest
    void serverAndClientOfTheReadmeTalk() throws Exception {
        try (HawserProcess server = start("README.md", 0, "127.0.0.1:40000", "127.0.0.1:0")) {
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
        int port = freePort();
        try (HawserProcess server =
                start(
                        "docs/web.md",
                        0,
                        "fullchain.pem",
                        chain.toString(),
                        "privkey.pem",
                        secret.toString(),
                        "0.0.0.0:7778",
                        "127.0.0.1:" + port,
                        "0.0.0.0:7777",
                        "127.0.0.1:0")) {
            awaitListens(port, server);
        }
    }

    @ProcessTest
    void aServerWithItsOwnTokenServiceListens() throws Exception {
        int port = freePort();
        try (HawserProcess server =
                start(
                        "docs/web.md",
                        1,
                        "Path.of(\"certificates\")",
                        "Path.of(\"" + folder.resolve("certificates") + "\")",
                        "127.0.0.1:7777",
                        "127.0.0.1:0",
                        "127.0.0.1:8080",
                        "127.0.0.1:" + port)) {
            awaitListens(port, server);
        }
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

    private static void awaitListens(int port, HawserProcess server) throws InterruptedException {
        while (server.isAlive()) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                assertThat(socket.isConnected()).isTrue();
                return;
            } catch (IOException notYet) {
                Thread.sleep(50);
            }
        }
        throw new AssertionError(server.said());
    }
}
