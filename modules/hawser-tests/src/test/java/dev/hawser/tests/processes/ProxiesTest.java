package dev.hawser.tests.processes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.backend.TokenService;
import dev.hawser.backend.audit.AuditEntry;
import dev.hawser.backend.player.DevelopmentAuthenticator;
import dev.hawser.backend.registry.InMemoryServerRegistry;
import dev.hawser.online.fleet.ServerAnnouncement;
import dev.hawser.online.token.TokenClient;
import dev.hawser.protocol.KeyRing;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.tests.Built;
import dev.hawser.token.FetchedToken;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The configurations of `docs/proxies.md`, in the real nginx and the real HAProxy, in front of a
/// token service.
class ProxiesTest {
    private static final int PER_ADDRESS = 8;
    private static final long PATIENCE_SECONDS = 600;
    private static final PrivateKey KEY = PrivateKey.random(new SecureRandom()::nextBytes);

    private final List<AuditEntry> audited = new CopyOnWriteArrayList<>();
    private TokenService service;
    private Process proxy;
    private int port;

    @TempDir private Path folder;

    @BeforeEach
    void start() throws IOException {
        NetAddress server = NetAddress.parse("203.0.113.5:7777");
        InMemoryServerRegistry registry =
                InMemoryServerRegistry.builder()
                        .server(
                                ServerAnnouncement.builder()
                                        .serverId("one")
                                        .publicAddress(server)
                                        .protocolId(1)
                                        .maxClients(1000)
                                        .keyIds(List.of(KEY.id()))
                                        .build())
                        .build();
        service =
                TokenService.builder()
                        .bind(NetAddress.parse("127.0.0.1:0"))
                        .plainHttp()
                        .authenticator(new DevelopmentAuthenticator())
                        .keyRing(KeyRing.of(KEY))
                        .protocolIds(1)
                        .registry(registry)
                        .requestsPerMinute(PER_ADDRESS, 1000)
                        .proxies("127.0.0.1")
                        .audit(audited::add)
                        .build();
        service.start();
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
    }

    @AfterEach
    void stop() throws InterruptedException {
        if (proxy != null) {
            proxy.destroy();
            if (!proxy.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                proxy.destroyForcibly();
            }
        }
        service.close();
    }

    @Test
    void nginxAsThePageHasIt() throws Exception {
        String server =
                documented("nginx")
                        .replace("listen 443 ssl;", "listen 127.0.0.1:" + port + ";")
                        .replaceAll("(?m)^ *ssl_certificate.*$", "");
        Path configuration =
                write(
                        "nginx.conf",
                        """
                        daemon off;
                        master_process off;
                        pid nginx.pid;
                        error_log stderr warn;
                        events {}
                        http {
                            access_log off;
                            client_body_temp_path body;
                            proxy_temp_path proxy;
                            fastcgi_temp_path fastcgi;
                            uwsgi_temp_path uwsgi;
                            scgi_temp_path scgi;
                        %s
                        }
                        """
                                .formatted(server));
        run("nginx", "-e", "stderr", "-p", folder.toString(), "-c", configuration.toString());

        assertPlayersGetTokensAndHaveLimitsOfTheirOwn();
    }

    @Test
    void haproxyAsThePageHasIt() throws Exception {
        String server =
                documented("haproxy")
                        .replaceAll("bind :443 ssl crt .*", "bind 127.0.0.1:" + port)
                        // A busy machine is no fault of the page.
                        .replaceAll("(timeout \\S+) \\d+s", "$1 " + PATIENCE_SECONDS + "s");
        Path control = folder.resolve("control");
        Path configuration =
                write(
                        "haproxy.cfg",
                        "global\n    stats socket " + control + " mode 600\n\n" + server);
        run("haproxy", "-db", "-f", configuration.toString());

        await(() -> isUp(control), "its check of /health/ready passes");
        assertPlayersGetTokensAndHaveLimitsOfTheirOwn();
    }

    /// What HAProxy says of the server: its check passed on the seventh layer, with 200.
    private static boolean isUp(Path control) throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(control));
            channel.write(ByteBuffer.wrap("show stat\n".getBytes(StandardCharsets.US_ASCII)));
            String stats =
                    new String(
                            Channels.newInputStream(channel).readAllBytes(),
                            StandardCharsets.US_ASCII);
            return stats.lines()
                    .filter(line -> line.startsWith("tokens,service,"))
                    .anyMatch(line -> line.contains(",UP,") && line.contains(",L7OK,200,"));
        }
    }

    private void assertPlayersGetTokensAndHaveLimitsOfTheirOwn() throws Exception {
        await(() -> ask("127.0.0.1", "GET /health/live HTTP/1.1", "").contains(" 200 "), "it runs");
        assertThat(ask("127.0.0.1", "GET /health/ready HTTP/1.0", "")).contains(" 200 ", "ready");
        assertThat(ask("127.0.0.1", "HEAD /health/ready HTTP/1.1", ""))
                .contains(" 200 ")
                .endsWith("\r\n\r\n");

        TokenClient tokens =
                TokenClient.builder()
                        .endpoint(URI.create("http://127.0.0.1:" + port))
                        .credentials(() -> "ada")
                        .build();
        try (tokens) {
            FetchedToken token = tokens.fetch().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertThat(token.servers()).containsExactly(NetAddress.parse("203.0.113.5:7777"));
        }

        audited.clear();
        for (int i = 0; i < PER_ADDRESS; i++) {
            assertThat(token("127.0.0.2", "eve", "198.51.100." + i)).contains(" 200 ");
        }
        assertThat(token("127.0.0.2", "eve", "198.51.100.99")).contains(" 429 ", "retry-after");
        assertThat(token("127.0.0.3", "bob", "127.0.0.2")).contains(" 200 ");
        assertThat(audited)
                .extracting(AuditEntry::callerAddress)
                .containsOnly("127.0.0.2", "127.0.0.3");
        assertThat(audited.getLast().callerAddress()).isEqualTo("127.0.0.3");
        assertThat(service.stats().requestsMalformed()).isZero();
    }

    private String token(String from, String player, String forged) throws IOException {
        return ask(
                from,
                "POST /v1/connect-token HTTP/1.1",
                "Authorization: Bearer "
                        + player
                        + "\r\nX-Forwarded-For: "
                        + forged
                        + "\r\nContent-Type: application/json\r\nContent-Length: 2\r\n");
    }

    /// {@return the whole answer, its headers in lower case}
    private String ask(String from, String line, String headers) throws IOException {
        try (Socket socket = new Socket()) {
            socket.bind(new InetSocketAddress(from, 0));
            socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            String body = headers.contains("Content-Length: 2") ? "{}" : "";
            String request =
                    line
                            + "\r\nHost: play.example.org\r\nConnection: close\r\n"
                            + headers
                            + "\r\n"
                            + body;
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1)
                    .toLowerCase(java.util.Locale.ROOT);
        }
    }

    // ---- The proxy

    /// {@return a block of the page, in front of the service of this test}
    private String documented(String language) throws IOException {
        String page = Files.readString(Built.root().resolve("docs/proxies.md"));
        Matcher block =
                Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL).matcher(page);
        assertThat(block.find()).as("a block in %s", language).isTrue();
        String text = block.group(1);
        assertThat(text).contains("127.0.0.1:8443");
        return text.replace("127.0.0.1:8443", "127.0.0.1:" + service.uri().getPort());
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private void run(String... command) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("output").toFile());
        builder.command().set(0, executable(command[0]));
        proxy = builder.start();
    }

    /// {@return where it is: Debian has servers where not every user's path leads}
    private static String executable(String name) {
        return List.of("/usr/sbin", "/usr/local/sbin", "/usr/bin", "/usr/local/bin").stream()
                .map(bin -> Path.of(bin, name))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst()
                .orElse(name);
    }

    private interface Condition {
        boolean holds() throws IOException;
    }

    private void await(Condition condition, String what) throws Exception {
        long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (true) {
            try {
                if (condition.holds()) {
                    return;
                }
            } catch (IOException e) {
                // Not yet.
            }
            if (!proxy.isAlive() || System.nanoTime() - deadlineNanos > 0) {
                throw new AssertionError(
                        "not so: " + what + "\n" + Files.readString(folder.resolve("output")));
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }
}
