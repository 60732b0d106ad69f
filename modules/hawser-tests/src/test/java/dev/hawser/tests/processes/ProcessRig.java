package dev.hawser.tests.processes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.hawser.cli.Main;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.protocol.token.ConnectToken;
import dev.hawser.protocol.token.TokenMint;
import dev.hawser.protocol.token.TokenRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// What the tests with processes share: a key, tokens in files, and an end for whatever they
/// started.
public final class ProcessRig implements AfterEachCallback {
    static final long PROTOCOL_ID = 0x1122334455667788L;

    /// Longer than any test takes: an end within it was told, and is no timeout; nor does it end a
    /// connection whose two sides wait for a processor.
    static final int LONG_TIMEOUT_SECONDS = 300;

    private static final String MAX_LIFETIME = "--max-token-lifetime";
    private static final int LIFETIME_SECONDS = 3_600;

    private static final String ANY_IPV4_PORT = "127.0.0.1:0";

    private final List<HawserProcess> processes = new ArrayList<>();
    private final List<HawserProcess> serversInside = new ArrayList<>();
    private final PrivateKey key = PrivateKey.random(new SecureRandom()::nextBytes);
    private final TokenMint mint =
            new TokenMint(
                    key,
                    PROTOCOL_ID,
                    new SecureRandom()::nextBytes,
                    () -> System.currentTimeMillis() / 1000);
    private final Path folder;
    private int files;

    public ProcessRig() {
        try {
            folder = Files.createTempDirectory("hawser-processes");
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException {
        processes.forEach(HawserProcess::close);
        // They look at their key file as long as they run.
        serversInside.forEach(HawserProcess::awaitExit);
        try (var entries = Files.list(folder)) {
            for (Path file : entries.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }

    /// Skips a test, visibly, on a machine that has no IPv6 loopback.
    static void assumeIpv6() {
        assumeTrue(canBind("::1"), "this machine has no ::1");
    }

    private static boolean canBind(String host) {
        try (DatagramSocket _ =
                new DatagramSocket(new InetSocketAddress(InetAddress.getByName(host), 0))) {
            return true;
        } catch (IOException noSuchAddress) {
            return false;
        }
    }

    /// {@return a wish for a token under which nobody times out and which does not expire before
    /// whoever has it has started, unless told otherwise}
    static TokenRequest.Builder request(long clientId) {
        return TokenRequest.builder(clientId)
                .timeoutSeconds(LONG_TIMEOUT_SECONDS)
                .lifetimeSeconds(LIFETIME_SECONDS);
    }

    public HawserProcess hawser(String... args) {
        return hawser(List.of(args));
    }

    /// {@return the command inside this JVM: what is said and what comes of it is the same, it
    /// costs no start of a JVM, and no signal reaches it}
    HawserProcess inside(String... args) {
        return inside(List.of(args));
    }

    private HawserProcess inside(List<String> args) {
        HawserProcess process = HawserProcess.inside(args);
        processes.add(process);
        return process;
    }

    private HawserProcess hawser(List<String> args) {
        HawserProcess process = HawserProcess.start(args);
        processes.add(process);
        return process;
    }

    /// {@return the command in a script of bash, which starts it with `"$@"`}
    HawserProcess hawserIn(String script, String... args) {
        HawserProcess process = HawserProcess.startIn(script, List.of(args));
        processes.add(process);
        return process;
    }

    /// {@return the command, with options for its Java}
    HawserProcess hawserWith(String javaOptions, String... args) {
        HawserProcess process =
                HawserProcess.start(
                        Main.class.getName(),
                        Map.of(HawserProcess.JAVA_OPTIONS, javaOptions),
                        List.of(args));
        processes.add(process);
        return process;
    }

    /// {@return one of the programs in `examples`, with the private key in its environment}
    HawserProcess example(String name, String... args) {
        Map<String, String> environment =
                Map.of(
                        "HAWSER_PRIVATE_KEY",
                        key.toHex(),
                        // For those that call Steam.
                        "JDK_JAVA_OPTIONS",
                        "--enable-native-access=ALL-UNNAMED");
        HawserProcess process =
                HawserProcess.start("dev.hawser.examples." + name, environment, List.of(args));
        processes.add(process);
        return process;
    }

    /// {@return a program of the tests}
    HawserProcess program(Class<?> main, String... args) {
        HawserProcess process = HawserProcess.start(main.getName(), Map.of(), List.of(args));
        processes.add(process);
        return process;
    }

    /// {@return an echo server on a port of its own}
    HawserProcess echoServer(String... options) {
        return echoServerAt(ANY_IPV4_PORT, options);
    }

    HawserProcess echoServerAt(String bind, String... options) {
        return echoServer(keyFile(), bind, options);
    }

    /// {@return an echo server on a port of its own, inside this JVM, which stops after the test}
    HawserProcess echoServerInside(String... options) {
        return echoServerInside(keyFile(), ANY_IPV4_PORT, options);
    }

    HawserProcess echoServerInsideAt(String bind, String... options) {
        return echoServerInside(keyFile(), bind, options);
    }

    /// {@return one with keys that the test changes}
    HawserProcess echoServerInsideWith(Path keys, String... options) {
        return echoServerInside(keys, ANY_IPV4_PORT, options);
    }

    private HawserProcess echoServerInside(Path keys, String bind, String... options) {
        return insideUntilTheEnd(echoServerArgs(keys, bind, options));
    }

    /// {@return a server of the chat inside this JVM, which stops after the test}
    HawserProcess chatServerInside(String bind) {
        return insideUntilTheEnd(List.of("server", "--bind", bind));
    }

    /// {@return a demo inside this JVM, which stops after the test}
    public HawserProcess demoInside(String... options) {
        List<String> args = new ArrayList<>(List.of("demo"));
        args.addAll(List.of(options));
        return insideUntilTheEnd(args);
    }

    private HawserProcess insideUntilTheEnd(List<String> args) {
        HawserProcess server = inside(args);
        serversInside.add(server);
        return server;
    }

    private HawserProcess echoServer(Path keys, String bind, String... options) {
        return hawser(echoServerArgs(keys, bind, options));
    }

    private static List<String> echoServerArgs(Path keys, String bind, String... options) {
        List<String> args =
                new ArrayList<>(
                        List.of(
                                "server",
                                "--echo",
                                "--bind",
                                bind,
                                "--protocol-id",
                                "0x" + Long.toHexString(PROTOCOL_ID),
                                "--private-key-file",
                                keys.toString()));
        args.addAll(List.of(options));
        if (!args.contains(MAX_LIFETIME)) {
            args.addAll(List.of(MAX_LIFETIME, "off"));
        }
        return args;
    }

    /// {@return an echo server on a port of its own, with keys that the test changes}
    HawserProcess echoServerWith(Path keys, String... options) {
        return echoServer(keys, ANY_IPV4_PORT, options);
    }

    /// {@return a path for a file that is deleted after the test}
    Path path(String name) {
        return folder.resolve(name);
    }

    /// {@return where a server listens; it prints that first}
    static NetAddress address(HawserProcess server) {
        return NetAddress.parse(server.awaitOut("^listening on (\\S+)$").group(1));
    }

    /// {@return a client with a token of its own, inside this JVM}
    HawserProcess client(TokenRequest.Builder request, String... options) {
        return client(token(request), options);
    }

    /// {@return a client with this token, inside this JVM}
    HawserProcess client(ConnectToken token, String... options) {
        return inside(clientArgs(token, options));
    }

    /// {@return a client that is a process}
    HawserProcess clientProcess(TokenRequest.Builder request, String... options) {
        return hawser(clientArgs(token(request), options));
    }

    private List<String> clientArgs(ConnectToken token, String... options) {
        Path file = write("token", token.toBytes());
        List<String> args = new ArrayList<>(List.of("client", "--token", file.toString()));
        args.addAll(List.of(options));
        return args;
    }

    /// Waits for the end of a client that was to send something, and looks whether anything came
    /// back and nothing was damaged: how much, and so its exit code, is the machine's affair.
    static void assertEchoes(HawserProcess client) {
        client.awaitExit();
        assertThat(client.out())
                .as(client.err())
                .containsPattern("(?m)^sent \\d+ echoed [1-9]\\d* lost \\d+ damaged 0 ");
    }

    /// Waits for the end of a demo, whose last line says how many clients were well, as its exit
    /// code does. Whether all were, on UDP and in time, is the machine's affair.
    static void assertDemoEnded(HawserProcess demo, int clients) {
        int exitCode = demo.awaitExit();
        MatchResult last = demo.awaitOut("^(\\d+) of " + clients + " clients well after ");
        assertThat(exitCode)
                .as(demo.out() + demo.err())
                .isEqualTo(Integer.parseInt(last.group(1)) == clients ? 0 : 1);
        assertThat(demo.out().lines()).last().asString().startsWith(last.group());
    }

    ConnectToken token(TokenRequest.Builder request) {
        return mint.mint(request.build());
    }

    /// {@return the private key of servers, for programs that take it as an argument}
    String keyHex() {
        return key.toHex();
    }

    Path keyFile() {
        byte[] bytes = new byte[PrivateKey.BYTES];
        key.copyTo(bytes);
        return write("key", bytes);
    }

    Path write(String name, byte[] content) {
        try {
            files++;
            Path file = Files.write(folder.resolve(name + "-" + files), content);
            if (Files.getFileStore(file).supportsFileAttributeView("posix")) {
                // Nothing to warn of.
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
            }
            return file;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
