package dev.hawser.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.hawser.ClientId;
import dev.hawser.ConnectedClient;
import dev.hawser.DisconnectReason;
import dev.hawser.ServerHandler;
import dev.hawser.ServerRunner;
import dev.hawser.cli.Cli;
import dev.hawser.cli.option.DevelopmentKey;
import dev.hawser.linux.Linux;
import dev.hawser.netcode.NetcodeServer;
import dev.hawser.protocol.Drop;
import dev.hawser.protocol.NetAddress;
import dev.hawser.transport.UdpTransport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Against a real server, over real sockets. Without a rate the command keeps two processors busy
/// for its second, so a test gives it one unless this is what it looks at.
@Execution(ExecutionMode.CONCURRENT)
class LoadCommandTest {
    private static final long OWN_PID = ProcessHandle.current().pid();

    /// Each takes a second or more.
    private static final int RUNS_MAX = 600;

    /// Servers warn of what tests do, and should.
    private static final Logger LOG = Logger.getLogger("dev.hawser");

    private final NetAddress loopback = NetAddress.parse("127.0.0.1");
    private NetcodeServer server = server(loopback);
    private ServerRunner runner = start((client, payload) -> server.send(client, payload));

    @BeforeAll
    static void beQuiet() {
        LOG.setLevel(Level.OFF);
    }

    @AfterAll
    static void speakAgain() {
        LOG.setLevel(null);
    }

    private static NetcodeServer server(NetAddress bind) {
        return NetcodeServer.builder()
                .transport(UdpTransport.bind(bind))
                .protocolId(1)
                .privateKey(DevelopmentKey.get())
                .maxClients(32)
                .maxConnectTokenLifetimeOff()
                .build();
    }

    private ServerRunner start(BiConsumer<ConnectedClient, ByteBuffer> onPayload) {
        ServerHandler handler =
                new ServerHandler() {
                    @Override
                    public void onPayload(ConnectedClient client, ByteBuffer payload) {
                        onPayload.accept(client, payload);
                    }

                    @Override
                    public void onConnect(ConnectedClient client) {}

                    @Override
                    public void onDisconnect(ConnectedClient client, DisconnectReason reason) {}
                };
        try {
            return ServerRunner.builder(server, handler).start();
        } catch (IOException e) {
            throw new AssertionError("no port on loopback", e);
        }
    }

    private void restart(NetAddress bind, BiConsumer<ConnectedClient, ByteBuffer> onPayload) {
        runner.close();
        server = server(bind);
        runner = start(onPayload);
    }

    @AfterEach
    void stop() {
        runner.close();
        assertThat(runner.failure()).isEmpty();
    }

    private Cli.Result load(String... options) {
        List<String> args = new ArrayList<>();
        args.addAll(List.of("load", "--server", server.localAddress().toString()));
        args.addAll(List.of("--seconds", "1", "--warmup", "0", "--max-token-lifetime", "off"));
        args.addAll(List.of(options));
        return Cli.run(args.toArray(String[]::new));
    }

    private JsonNode loadWell(String... options) {
        List<String> args = new ArrayList<>(List.of(options));
        args.add("--json");
        Cli.Result result = load(args.toArray(String[]::new));
        assertThat(result.exitCode()).as(result.err() + result.out()).isZero();
        return json(result.out());
    }

    private static JsonNode json(String text) {
        try {
            return JsonMapper.builder().build().readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError(text, e);
        }
    }

    // ---- Echoes

    @Test
    void echoesAreCountedAndIntact() {
        JsonNode report = loadWell("--clients", "8", "--size", "100");

        assertThat(report.path("mode").asText()).isEqualTo("echo");
        assertThat(report.path("clients").asInt()).isEqualTo(8);
        assertThat(report.path("payloadBytes").asInt()).isEqualTo(100);
        assertThat(report.path("window").asInt()).isEqualTo(64);
        assertThat(report.path("echoes").asLong()).isPositive();
        assertThat(report.path("echoesPerSecond").asDouble()).isPositive();
        assertThat(report.path("verified").asLong()).isPositive();
        assertThat(report.path("generatorIdle").asDouble(-1)).isBetween(0.0, 1.0);
        assertThat(report.path("damaged").asLong(-1)).isZero();
        assertThat(report.path("disconnected").asInt(-1)).isZero();
        JsonNode roundTrip = report.path("roundTripNanos");
        assertThat(roundTrip.path("p50").asLong()).isPositive();
        assertThat(roundTrip.path("p999").asLong())
                .isBetween(roundTrip.path("p50").asLong(), roundTrip.path("max").asLong());
        assertThat(server.stats().drops()).doesNotContainKey(Drop.NOT_AUTHENTIC);
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 1200})
    void theSmallestAndTheLargestPayloadsComeBack(int size) {
        JsonNode report = loadWell("--clients", "2", "--rate", "200", "--size", "" + size);

        assertThat(report.path("verified").asLong()).isPositive();
        assertThat(report.path("damaged").asLong(-1)).isZero();
    }

    @Test
    void whatComesBackChangedIsFoundOut() {
        restart(
                loopback,
                (client, payload) -> {
                    int last = payload.limit() - 1;
                    payload.put(last, (byte) ~payload.get(last));
                    server.send(client, payload);
                });

        Cli.Result result = load("--clients", "2", "--rate", "200", "--json");

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(json(result.out()).path("damaged").asLong()).isPositive();
        assertThat(json(result.out()).path("verified").asLong(-1)).isZero();
    }

    @Test
    void whatNeverComesBackIsLost() {
        long[] received = new long[1];
        restart(
                loopback,
                (client, payload) -> {
                    if (received[0]++ % 10 != 0) {
                        server.send(client, payload);
                    }
                });

        JsonNode report = loadWell("--clients", "2", "--rate", "50");

        assertThat(report.path("lost").asLong()).isBetween(1L, report.path("sent").asLong());
        assertThat(report.path("damaged").asLong(-1)).isZero();
    }

    @Test
    void aRateIsKept() {
        long startNanos = System.nanoTime();

        JsonNode report = loadWell("--clients", "4", "--rate", "50");

        // A machine that stands still for a moment catches up, however long its second has become.
        double secondsMax = (System.nanoTime() - startNanos) / 1e9;
        assertThat(report.path("sent").asDouble()).isBetween(1.0, 4 * 50 * secondsMax);
        assertThat(report.path("packetsPerSecondOfClient").asDouble()).isEqualTo(50);
    }

    @Test
    void anIpv6ServerGetsASocketForEachClient() {
        NetAddress loopback6 = NetAddress.parse("::1");
        restart(loopback6, (client, payload) -> server.send(client, payload));

        JsonNode report = loadWell("--clients", "3", "--rate", "100");

        assertThat(report.path("network").asText()).isEqualTo("a socket for each client");
        assertThat(report.path("verified").asLong()).isPositive();
    }

    @Test
    void clientsOfOneSocketHaveAnAddressEach() {
        assumeTrue(Linux.obstacle(false).isEmpty());

        JsonNode report = loadWell("--clients", "32", "--rate", "20");

        assertThat(report.path("network").asText())
                .isEqualTo("one socket with an address for each client");
        assertThat(report.path("echoes").asLong()).isPositive();
    }

    @Test
    void clientsTakeTurnsWhereFewerAreToBeInFlight() {
        Set<ClientId> heard = ConcurrentHashMap.newKeySet();
        restart(
                loopback,
                (client, payload) -> {
                    heard.add(client.id());
                    server.send(client, payload);
                });

        // Once round takes eight echoes, for which a busy machine may need more than one second.
        while (heard.size() < 8) {
            JsonNode report = loadWell("--clients", "8", "--window", "2", "--in-flight", "1");

            assertThat(report.path("inFlightMax").asInt()).isEqualTo(1);
        }
    }

    @Test
    void noMoreAreInFlightThanAskedFor() {
        restart(loopback, (_, _) -> {});
        long startNanos = System.nanoTime();

        JsonNode report = json(load("--clients", "8", "--in-flight", "3", "--json").out());

        // What has not come back after a second is lost, and makes room for as many.
        long secondsMax = (System.nanoTime() - startNanos) / 1_000_000_000;
        assertThat(report.path("sent").asLong()).isBetween(3L, 3 * (1 + secondsMax));
    }

    @Test
    void clientsAnswerPingsAsThoseOfPlayersDo() {
        // On a machine that stands still, a run may see none.
        long pings = 0;
        for (int run = 0; pings == 0; run++) {
            assertThat(run).as("runs without a ping").isLessThan(RUNS_MAX);
            JsonNode report = loadWell("--clients", "4", "--rate", "20");
            assertThat(report.path("survivesMoves").asBoolean()).isTrue();
            pings = report.path("pings").asLong();
        }
    }

    @Test
    void clientsOfTheStandardAreNotPinged() {
        JsonNode report = loadWell("--clients", "4", "--rate", "20", "--standard");

        assertThat(report.path("survivesMoves").asBoolean()).isFalse();
        assertThat(report.path("pings").asLong()).isZero();
        assertThat(report.path("damaged").asLong()).isZero();
    }

    // ---- Handshakes and garbage

    @Test
    void clientsConnectAgainAndAgain() {
        JsonNode report = loadWell("--handshakes", "--clients", "4");

        assertThat(report.path("mode").asText()).isEqualTo("handshakes");
        assertThat(report.path("connects").asLong()).isPositive();
        assertThat(report.path("connectsPerSecond").asDouble()).isPositive();
        assertThat(report.path("connectNanos").path("p50").asLong()).isPositive();
    }

    @ParameterizedTest
    @ValueSource(strings = {"forged", "version", "size", "random"})
    void garbageIsRefusedForWhatItIs(String kind) {
        JsonNode report = loadWell("--garbage", kind, "--clients", "4", "--rate", "200");

        assertThat(report.path("kind").asText()).isEqualTo(kind);
        assertThat(report.path("sent").asLong()).isPositive();
        assertThat(report.path("survived").asBoolean()).isTrue();
        Drop expected =
                switch (kind) {
                    case "forged" -> Drop.TOKEN_NOT_AUTHENTIC;
                    case "version" -> Drop.WRONG_VERSION;
                    case "size" -> Drop.WRONG_SIZE;
                    default -> Drop.WRONG_TYPE;
                };
        assertThat(server.stats().drops()).containsKey(expected);
    }

    @Test
    void theServersProcessIsMeasured() {
        assumeTrue(Linux.obstacle(false).isEmpty());

        JsonNode report = loadWell("--clients", "2", "--rate", "200", "--server-pid", "" + OWN_PID);

        JsonNode process = report.path("serverProcess");
        assertThat(process.path("cpuNanos").asLong()).isPositive();
        assertThat(process.path("cpuNanosPerEcho").asDouble()).isPositive();
        assertThat(process.path("userNanosPerEcho").isNumber()).isTrue();
        assertThat(process.path("systemNanosPerEcho").isNumber()).isTrue();
        assertThat(process.path("residentBytes").asLong()).isGreaterThan(10_000_000);
        assertThat(process.path("receiveDrops").isNumber()).isTrue();
        assertThat(report.path("generatorProcess").path("busy").asDouble()).isPositive();
    }

    @Test
    void whatWasMeasuredIsPrintedInLines() {
        Cli.Result result = load("--clients", "2", "--rate", "200");

        assertThat(result.exitCode()).isZero();
        assertThat(result.out()).contains("a second", "round trip   p50");
    }

    // ---- What goes wrong

    @Test
    void aServerThatIsNotThereIsOneClearError() throws IOException {
        // A socket that nobody reads holds the port.
        try (DatagramChannel silent = DatagramChannel.open()) {
            silent.bind(
                    new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0));
            int port = silent.socket().getLocalPort();

            Cli.Result result = Cli.run("load", "--server", "127.0.0.1:" + port, "--clients", "2");

            assertThat(result.exitCode()).isEqualTo(1);
            assertThat(result.out()).isEmpty();
            assertThat(result.err())
                    .contains(
                            "hawser: no answer from 127.0.0.1:" + port,
                            "--protocol-id",
                            "--identity")
                    .hasLineCount(2);
        }
    }

    @Test
    void aServerWithTooFewSlotsSaysSo() {
        Cli.Result result = load("--clients", "33");

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err()).contains("32 of 33 clients", "fewer --clients");
    }

    @Test
    void aProcessThatIsNotThereIsNamed() {
        Cli.Result result = load("--server-pid", "" + Integer.MAX_VALUE);

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err()).contains("cannot see process " + Integer.MAX_VALUE);
    }
}
