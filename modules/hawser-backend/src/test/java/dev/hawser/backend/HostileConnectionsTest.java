package dev.hawser.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.hawser.TestLog;
import dev.hawser.backend.http.Callers;
import dev.hawser.backend.http.Connections;
import dev.hawser.backend.player.PlayerAdmission;
import dev.hawser.backend.problem.LimitedLog;
import dev.hawser.protocol.NetAddress;
import dev.hawser.tls.CertificateSource;
import dev.hawser.tls.ServerCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Peers that open as many connections as they can, and say nothing or little: game servers, health
/// and everybody else still get through.
class HostileConnectionsTest {
    private static final int ALL = 60;
    private static final int SHARE = 20;
    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final String ATTACKER = "127.0.0.2";

    private final List<Socket> sockets = new ArrayList<>();
    private ServiceRig rig;

    /// Loopback has more addresses than one on Linux.
    @BeforeEach
    void checkAddresses() {
        try (Socket socket = new Socket()) {
            socket.bind(new InetSocketAddress(ATTACKER, 0));
        } catch (IOException e) {
            assumeTrue(false, "this machine has no " + ATTACKER);
        }
    }

    @AfterEach
    void close() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        if (rig != null) {
            rig.close();
        }
    }

    private void start(UnaryOperator<TokenService.Builder> settings) {
        rig =
                new ServiceRig(builder ->
                        settings.apply(
                                builder.plainHttp()
                                        .bind(NetAddress.parse("127.0.0.1:0"))
                                        .requestsPerMinute(100_000, 100_000)
                                        .concurrency(ALL, 10)
                                        .connectionsPerAddress(SHARE)
                                        .requestTimeout(Duration.ofMinutes(5))));
        rig.announce("one", 60);
    }

    private void start() {
        start(builder -> builder);
    }

    private Socket connect(String from) throws IOException {
        Socket socket = new Socket();
        sockets.add(socket);
        socket.bind(new InetSocketAddress(from, 0));
        socket.setSoTimeout((int) PATIENCE.toMillis());
        socket.connect(
                new InetSocketAddress(
                        InetAddress.getLoopbackAddress(), rig.service.uri().getPort()));
        return socket;
    }

    private int health(String from) throws IOException {
        Socket socket = connect(from);
        HostileCaller.write(socket, "GET /health/ready HTTP/1.1\r\nHost: a\r\n\r\n");
        return HostileCaller.status(socket);
    }

    private int token(String from) throws IOException {
        Socket socket = connect(from);
        writeTokenRequest(socket, "ada", "");
        return HostileCaller.status(socket);
    }

    private static void writeTokenRequest(Socket socket, String player, String header)
            throws IOException {
        HostileCaller.write(
                socket,
                "POST /v1/connect-token HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                        + header
                        + "Authorization: Bearer player:"
                        + player
                        + "\r\nContent-Length: 2\r\n\r\n{}");
    }

    private int announce(Socket socket) throws IOException {
        HostileCaller.write(socket, rig.announcement("nine", 8));
        return HostileCaller.status(socket);
    }

    private static void await(BooleanSupplier condition) {
        long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("it is so by now").isLessThan(deadlineNanos);
            Thread.onSpinWait();
        }
    }

    @Test
    void oneAddressHasItsShareAndNobodyElseNoticesIt() throws Exception {
        start();
        for (int i = 0; i < 5 * ALL; i++) {
            Socket socket = connect(ATTACKER);
            if (i % 2 == 0) {
                HostileCaller.write(socket, "POST /v1/connect-token HTTP/1.1\r\nX: ");
            }
        }
        await(() -> rig.service.stats().connectionsDisplaced() == 5 * ALL - SHARE);

        assertThat(rig.service.stats().connections()).isEqualTo(SHARE);
        assertThat(health("127.0.0.1")).isEqualTo(200);
        assertThat(announce(connect("127.0.0.3"))).isEqualTo(200);
        assertThat(token("127.0.0.4")).isEqualTo(200);
        // Whoever shares the address with it, and says what they want.
        assertThat(token(ATTACKER)).isEqualTo(200);
        assertThat(rig.log.lines)
                .filteredOn(line -> line.contains("connections"))
                .singleElement()
                .asString()
                .contains(ATTACKER + " has all 20 connections", "limits.proxies");
    }

    @Test
    void whoHasManyAddressesDisplacesNoGameServerAndNobodyWhoIsQuick() throws Exception {
        start();
        Socket server = connect("127.0.0.3");
        assertThat(announce(server)).isEqualTo(200);
        for (int address = 10; address < 30; address++) {
            for (int i = 0; i < SHARE; i++) {
                connect("127.0.0." + address);
            }
        }
        await(() -> rig.service.stats().connectionsDisplaced() >= 20 * SHARE - ALL);

        assertThat(rig.service.stats().connections()).isEqualTo(ALL + 1);
        assertThat(announce(server)).as("on the connection that it has").isEqualTo(200);
        assertThat(announce(connect("127.0.0.4"))).isEqualTo(200);
        assertThat(health("127.0.0.1")).isEqualTo(200);
        assertThat(token("127.0.0.5")).isEqualTo(200);
    }

    /// A flood of newcomers from some addresses is at the expense of these.
    @Test
    void whoeverHasOneConnectionIsNotDisplacedByThoseThatHaveMany() throws Exception {
        start();
        Socket slow = connect("127.0.0.5");
        await(() -> rig.service.stats().connections() == 1);
        for (int i = 0; i < 3 * ALL; i++) {
            connect("127.0.0." + (10 + i % 4));
        }
        await(() -> rig.service.stats().connectionsDisplaced() >= 2 * ALL);

        writeTokenRequest(slow, "ada", "");
        assertThat(HostileCaller.status(slow)).isEqualTo(200);
    }

    /// Whose headers are there and whose body is not still keeps the service waiting.
    @Test
    void aBodyThatComesSlowlyKeepsNobodyOut() throws Exception {
        start(builder -> builder.concurrency(ALL, 10).connectionsPerAddress(SHARE));
        CountDownLatch allKnown = new CountDownLatch(2 * SHARE);
        rig.whenAuthenticated = allKnown::countDown;
        for (int i = 0; i < 2 * SHARE; i++) {
            HostileCaller.write(
                    connect(i % 2 == 0 ? ATTACKER : "127.0.0.12"),
                    String.join(
                            "\r\n",
                            "POST /v1/connect-token HTTP/1.1",
                            "Host: a",
                            "Content-Type: application/json",
                            "Authorization: Bearer player:slow",
                            "Content-Length: 9",
                            "",
                            "{"));
        }
        assertThat(allKnown.await(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .as("%s not known, %s", allKnown, rig.service.stats())
                .isTrue();

        assertThat(token("127.0.0.4")).isEqualTo(200);
        assertThat(token(ATTACKER)).as("by another one of its share").isEqualTo(200);
        assertThat(rig.service.stats().requestsRefused()).isZero();
        assertThat(rig.service.stats().connectionsRefused()).isZero();
    }

    /// A peer may reset a connection and come again from the same port before anybody has noticed.
    @Test
    @Timeout(value = 30, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void aPortThatComesAgainTakesOnePlace() throws Exception {
        try (ServerSocketChannel server = ServerSocketChannel.open();
                Connections connections =
                        new Connections(
                                2,
                                2,
                                Duration.ofMinutes(5),
                                new Callers(List.of()),
                                new LimitedLog(new TestLog(), () -> 0))) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            int port = 0;
            for (int i = 0; i < 5; i++) {
                try (Socket socket = new Socket()) {
                    socket.setReuseAddress(true);
                    socket.bind(new InetSocketAddress(ATTACKER, port));
                    socket.connect(server.getLocalAddress());
                    port = socket.getLocalPort();
                    connections.accept(server.accept());
                    socket.setSoLinger(true, 0);
                }
                assertThat(connections.counts().connections()).isOne();
            }
            assertThat(connections.counts().displaced()).isZero();
            for (int i = 0; i < 5; i++) {
                try (Socket socket = new Socket()) {
                    socket.bind(new InetSocketAddress(ATTACKER, 0));
                    socket.connect(server.getLocalAddress());
                    connections.accept(server.accept());
                }
            }
            assertThat(connections.counts().connections()).isEqualTo(2);
            assertThat(connections.counts().displaced()).isEqualTo(4);
        }
    }

    /// A connection that waits for the service is not one that the service waits for.
    @Test
    void requestsThatAreBeingAnsweredAreDisplacedByNobody() throws Exception {
        start(builder -> builder.concurrency(10, 10).connectionsPerAddress(5));
        CountDownLatch inside = new CountDownLatch(5);
        CountDownLatch goOn = new CountDownLatch(1);
        rig.admission = ServiceRig.refusingLate(inside, goOn);
        List<Socket> asking = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            Socket socket = connect(ATTACKER);
            writeTokenRequest(socket, "player" + i, "");
            asking.add(socket);
        }
        assertThat(inside.await(60, java.util.concurrent.TimeUnit.SECONDS)).isTrue();

        Socket tooMany = connect(ATTACKER);
        assertEnds(tooMany);
        assertThat(rig.service.stats().connectionsRefused()).isEqualTo(1);
        assertThat(rig.service.stats().connectionsDisplaced()).isZero();
        assertThat(health("127.0.0.1")).isEqualTo(200);

        goOn.countDown();
        for (Socket socket : asking) {
            assertThat(HostileCaller.status(socket)).isEqualTo(403);
        }
    }

    /// Players behind a proxy share its address, and have shares of their own in what is answered.
    @Test
    void behindAProxyEachCallerHasAShareOfTheRequests() throws Exception {
        start(builder -> builder.concurrency(ALL, 6).connectionsPerAddress(4).proxies("127.0.0.1"));
        CountDownLatch inside = new CountDownLatch(4);
        CountDownLatch goOn = new CountDownLatch(1);
        PlayerAdmission late = ServiceRig.refusingLate(inside, goOn);
        rig.admission =
                (player, id) ->
                        player.subject().equals("slow")
                                ? late.admit(player, id)
                                : new PlayerAdmission.Answer.Refused("no");
        for (int i = 0; i < 4; i++) {
            writeTokenRequest(connect("127.0.0.1"), "slow", "X-Forwarded-For: 198.51.100.7\r\n");
        }
        assertThat(inside.await(60, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
        for (int i = 0; i < 30; i++) {
            Socket more = connect("127.0.0.1");
            writeTokenRequest(more, "ada", "X-Forwarded-For: 198.51.100.7\r\n");
            assertThat(HostileCaller.status(more)).isEqualTo(429);
        }
        Socket other = connect("127.0.0.1");
        writeTokenRequest(other, "ada", "X-Forwarded-For: 198.51.100.8\r\n");
        assertThat(HostileCaller.status(other)).isEqualTo(403);
        assertThat(rig.service.stats().requestsRefused()).isEqualTo(30);
        goOn.countDown();
    }

    private static void assertEnds(Socket socket) throws IOException {
        try {
            assertThat(socket.getInputStream().read()).isNegative();
        } catch (SocketTimeoutException e) {
            throw new AssertionError("it goes on", e);
        } catch (SocketException e) {
            // Reset: an end too.
        }
    }

    /// Each keeps its connection as long as it can: none keeps it for long, also where the bytes
    /// come in one by one, and where there is nothing left to be answered.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "G",
                "GET / HTTP/1.0\r\nX: ",
                "GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /health/live HTTP/1.1\r\nHost: a\r\nX: ",
                "POST /v1/connect-token HTTP/1.1\r\nHost: a\r\nContent-Length: 90000\r\n\r\n",
                "PUT /v1/servers/a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
                "PUT /v1/servers/a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;x="
            })
    void whoDripsIsEnded(String beginning) throws Exception {
        start(builder -> builder.requestTimeout(Duration.ofSeconds(1)));
        drip(connect(ATTACKER), beginning);
        await(() -> rig.service.stats().connections() == 0);
    }

    @Test
    void aHandshakeThatDripsIsEnded() throws Exception {
        start(builder ->
                builder.certificate(CertificateSource.of(ServerCertificate.selfSigned("localhost")))
                        .requestTimeout(Duration.ofSeconds(1)));
        Socket silent = connect(ATTACKER);
        // The beginning of a ClientHello of 16 KiB.
        drip(connect(ATTACKER), "\26\3\1?\377\1\0?\373");
        assertEnds(silent);
        await(() -> rig.service.stats().connections() == 0);
        assertThat(rig.service.stats().connectionsTimedOut()).isEqualTo(2);
    }

    /// Whoever has the addresses says how long that takes, and every connection would wait for it.
    @Test
    void nobodyAsksForTheNamesOfPeers() throws Exception {
        assertThat(InetAddress.getByName("127.0.0.76").getHostName()).isEqualTo("127.0.0.76");
        assertThat(NameService.wasAskedFor(InetAddress.getByName("127.0.0.76"))).isTrue();
        start();
        assertThat(health("127.0.0.77")).isEqualTo(200);
        assertThat(NameService.wasAskedFor(InetAddress.getByName("127.0.0.77"))).isFalse();
        rig.close();

        ServerCertificate certificate = ServerCertificate.selfSigned("localhost");
        start(builder -> builder.certificate(CertificateSource.of(certificate)));
        Socket plain = connect("127.0.0.78");
        Socket secure =
                ServiceRig.trusting(certificate)
                        .getSocketFactory()
                        .createSocket(plain, "localhost", plain.getPort(), true);
        HostileCaller.write(secure, "GET /health/ready HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(HostileCaller.status(secure)).isEqualTo(200);
        assertThat(NameService.wasAskedFor(InetAddress.getByName("127.0.0.78"))).isFalse();
    }

    private static void drip(Socket socket, String beginning) throws IOException {
        long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
        socket.setSoTimeout(50);
        HostileCaller.write(socket, beginning);
        while (true) {
            assertThat(System.nanoTime()).as("it has ended by now").isLessThan(deadlineNanos);
            try {
                HostileCaller.write(socket, "x");
                if (socket.getInputStream().read() < 0) {
                    return;
                }
            } catch (SocketTimeoutException e) {
                // Nothing said: the next byte.
            } catch (SocketException e) {
                return;
            }
        }
    }

    /// A line of a chunk's size that never ends would be kept until memory is gone.
    @Test
    void aRequestHasALargestSizeWhateverItIsMadeOf() throws Exception {
        start();
        Socket socket = connect(ATTACKER);
        HostileCaller.write(
                socket,
                String.join(
                        "\r\n",
                        "POST /v1/connect-token HTTP/1.1",
                        "Host: a",
                        "Transfer-Encoding: chunked",
                        "Content-Type: application/json",
                        "Authorization: Bearer player:a",
                        "",
                        "1;x="));
        long sent = 0;
        byte[] block = new byte[64 << 10];
        java.util.Arrays.fill(block, (byte) 'x');
        try {
            while (sent < 64 << 20) {
                socket.getOutputStream().write(block);
                sent += block.length;
            }
        } catch (SocketException e) {
            // Cut off.
        }
        assertThat(sent).as("bytes that the service and the kernel took").isLessThan(40 << 20);
        assertThat(health("127.0.0.1")).isEqualTo(200);
    }

    /// Without a descriptor for the next one, the web server would never listen again.
    @ParameterizedTest
    @CsvSource({
        "10000, 1000000, 10000",
        "10000, 1000, 750",
        "100, 133, 99",
        "10, 0, 1",
        "1, 99, 1"
    })
    void thereAreNoMoreConnectionsThanTheProcessHasDescriptors(
            int wanted, long left, int affordable) {
        assertThat(Connections.affordable(wanted, left)).isEqualTo(affordable);
        assertThat(Connections.affordable(wanted)).isBetween(1, wanted);
    }

    /// Accepting, displacing and asking at once: no place is lost.
    @Test
    void placesAreGivenBackHoweverConnectionsEnd() throws Exception {
        start();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int thread = 0; thread < 8; thread++) {
                String from = "127.0.0." + (10 + thread % 3);
                var _ =
                        threads.submit(() -> {
                            for (int i = 0; i < 60; i++) {
                                try (Socket socket = new Socket()) {
                                    socket.bind(new InetSocketAddress(from, 0));
                                    socket.connect(
                                            new InetSocketAddress(
                                                    InetAddress.getLoopbackAddress(),
                                                    rig.service.uri().getPort()));
                                    if (i % 3 == 0) {
                                        HostileCaller.write(
                                                socket, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
                                    }
                                    if (i % 6 == 0) {
                                        socket.getInputStream().read();
                                    }
                                }
                            }
                            return null;
                        });
            }
        }
        await(() -> rig.service.stats().connections() == 0);
        for (int i = 0; i < SHARE; i++) {
            connect("127.0.0.10");
        }
        await(() -> rig.service.stats().connections() == SHARE);
        long displaced = rig.service.stats().connectionsDisplaced();
        connect("127.0.0.10");
        await(() -> rig.service.stats().connectionsDisplaced() == displaced + 1);
    }
}
