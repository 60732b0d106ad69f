package dev.hawser.tests.processes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.hawser.ClientId;
import dev.hawser.ConnectedClient;
import dev.hawser.ConnectionState;
import dev.hawser.DisconnectReason;
import dev.hawser.LinkStatus;
import dev.hawser.Refusal;
import dev.hawser.SendResult;
import dev.hawser.ServerHandler;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.StatedReason;
import dev.hawser.steam.SteamApi;
import dev.hawser.steam.SteamClient;
import dev.hawser.steam.SteamIdentity;
import dev.hawser.steam.SteamOptions;
import dev.hawser.steam.SteamSendMode;
import dev.hawser.steam.SteamServer;
import dev.hawser.tests.processes.programs.SteamGuest;
import dev.hawser.tests.processes.programs.SteamHost;
import dev.hawser.transport.LinkConditions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Steam's networking without Steam, between processes, over real sockets: on the library whose
/// file the property `hawser.steam.gns` names. Without it these tests are skipped, and say so.
class GameNetworkingSocketsTest implements ServerHandler {
    private static final String LIBRARY = System.getProperty("hawser.steam.gns");
    private static final NetAddress ANY_PORT = NetAddress.parse("127.0.0.1:0");
    private static final long SERVER_ID = 76_561_197_960_287_930L;
    private static final long ANN = 76_561_197_960_265_729L;
    private static final long BEN = 76_561_197_960_265_730L;
    private static final int PAYLOADS = 10_000;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(600);

    private final List<String> seen = new ArrayList<>();
    private final List<HawserProcess> processes = new ArrayList<>();
    private SteamApi steam;
    private SteamServer server;
    private int payloads;
    private int damaged;

    @BeforeEach
    void begin() throws Exception {
        assumeTrue(
                LIBRARY != null,
                "set -Dhawser.steam.gns to the file of GameNetworkingSockets to run this");
        steam =
                SteamApi.gameNetworkingSockets(
                        Path.of(LIBRARY), new SteamIdentity.SteamId(SERVER_ID));
    }

    @AfterEach
    void end() {
        processes.forEach(HawserProcess::close);
        if (server != null) {
            server.stop();
        }
        if (steam != null) {
            steam.fakeNetwork(LinkConditions.NONE, LinkConditions.NONE);
            steam.close();
        }
    }

    @Test
    void tenThousandPayloadsGoBothWaysIntact() throws Exception {
        start(builder());
        HawserProcess guest = guest(ANN, 1, PAYLOADS, "leave");
        until(() -> !guest.isAlive());

        assertThat(guest.awaitExit()).as(guest.err()).isZero();
        assertThat(guest.out()).contains("intact " + PAYLOADS + " damaged 0");
        assertThat(payloads).isEqualTo(PAYLOADS);
        assertThat(damaged).isZero();
    }

    @Test
    void theServerKnowsItsClientsBySteamIdAndHearsWhyTheyLeave() throws Exception {
        start(builder());
        HawserProcess ann = guest(ANN, 1, 10, "leave");
        HawserProcess ben = guest(BEN, 1, 10, "leave");
        until(() -> !ann.isAlive() && !ben.isAlive());
        until(() -> seen.size() == 4);

        DisconnectReason dinner =
                new DisconnectReason.ClientLeft(new StatedReason(1001, 7, "dinner"));
        assertThat(seen)
                .containsExactlyInAnyOrder(
                        "connect " + new ClientId.Steam(ANN),
                        "connect " + new ClientId.Steam(BEN),
                        "disconnect " + new ClientId.Steam(ANN) + " " + dinner,
                        "disconnect " + new ClientId.Steam(BEN) + " " + dinner);
    }

    @Test
    void aRefusedClientReadsWhy() throws Exception {
        start(
                builder()
                        .connectionRequests(
                                request -> request.refuse(new Refusal.Banned("cheating", 60))));
        HawserProcess guest = guest(ANN, 1, 0, "stay");
        until(() -> !guest.isAlive());

        assertThat(guest.awaitExit()).as(guest.err()).isZero();
        assertThat(guest.out())
                .contains(
                        "ended "
                                + new DisconnectReason.Denied(
                                        new StatedReason(StatedReason.BANNED, 60, "cheating")));
    }

    @Test
    void aClientThatIsSentAwayReadsWhyAfterWhatWasSentToIt() throws Exception {
        start(builder());
        HawserProcess guest = guest(ANN, 1, 50, "stay");
        until(() -> payloads == 50);
        StatedReason stated = new StatedReason(65_535, 65_535, "x".repeat(113));
        server.disconnect(server.connectedClients().iterator().next(), stated);
        until(() -> !guest.isAlive());

        assertThat(guest.awaitExit()).as(guest.err()).isZero();
        assertThat(guest.out()).contains("ended " + new DisconnectReason.ServerEnded(stated));
    }

    @Test
    void aServerThatStopsSaysSo() throws Exception {
        start(builder());
        HawserProcess guest = guest(ANN, 1, 1, "stay");
        until(() -> payloads == 1);
        guest.awaitOut("intact 1");
        server.stop();

        assertThat(guest.awaitExit()).as(guest.err()).isZero();
        assertThat(guest.out()).contains("ended ServerStopped");
    }

    @Test
    void aKilledClientIsNoticedInSeconds() throws Exception {
        start(builder().livenessTimeout(Duration.ofSeconds(3)));
        HawserProcess guest = guest(ANN, 1, 1, "stay");
        until(() -> payloads == 1);
        pause(Duration.ofMillis(1500));
        guest.kill();
        until(() -> seen.size() == 2);

        assertThat(seen.getLast()).contains("TimedOut[timeoutSeconds=3]");
    }

    @Test
    void aKilledServerIsNoticedInSeconds() throws Exception {
        HawserProcess host = start(SteamHost.class, LIBRARY, Long.toString(BEN));
        NetAddress address = ProcessRig.address(host);
        try (SteamClient client = client(address)) {
            client.connect();
            while (!client.isConnected()) {
                client.update();
                pause(Duration.ofMillis(5));
            }
            long lastNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(1500);
            while (System.nanoTime() < lastNanos) {
                client.update();
                pause(Duration.ofMillis(5));
            }
            host.kill();
            while (!(client.state() instanceof ConnectionState.Disconnected)) {
                client.update();
                pause(Duration.ofMillis(5));
            }

            assertThat(client.state())
                    .isEqualTo(new ConnectionState.Disconnected(new DisconnectReason.TimedOut(3)));
        }
    }

    @Test
    void nobodyAtTheAddressIsNoticed() throws Exception {
        try (SteamClient client =
                SteamClient.builder(steam)
                        .server(NetAddress.parse("127.0.0.1:9"))
                        .allowUnauthenticated()
                        .options(SteamOptions.DEFAULT.initialTimeout(Duration.ofSeconds(2)))
                        .build()) {
            client.connect();
            while (!(client.state() instanceof ConnectionState.Disconnected)) {
                client.update();
                pause(Duration.ofMillis(5));
            }

            assertThat(client.state().toString()).contains("RequestTimedOut");
        }
    }

    @Test
    void badWeatherDelaysReliablePayloadsAndLosesNone() throws Exception {
        start(builder());
        steam.fakeNetwork(
                LinkConditions.NONE.latencyMillis(40).loss(0.1),
                LinkConditions.NONE.latencyMillis(40).loss(0.1));
        HawserProcess guest = guest(ANN, 1, 500, "leave");
        until(() -> payloads == 500);
        ConnectedClient client = server.connectedClients().iterator().next();
        until(() -> client.stats().link().map(LinkStatus::pingMillis).orElse(0) >= 80);
        until(() -> !guest.isAlive());

        assertThat(guest.awaitExit()).as(guest.err()).isZero();
        assertThat(guest.out()).contains("intact 500 damaged 0");
        assertThat(damaged).isZero();
    }

    @Test
    void aHundredConnectionsWithoutASteamIdAreToldApart() throws Exception {
        start(builder().maxClients(100).allowWithoutSteamId());
        HawserProcess guests = guest(0, 100, 20, "leave");
        until(() -> payloads == 2000);
        until(() -> !guests.isAlive());

        assertThat(guests.awaitExit()).as(guests.err()).isZero();
        assertThat(guests.out()).contains("intact 2000 damaged 0");
        assertThat(seen.stream().filter(line -> line.startsWith("connect")).distinct())
                .hasSize(100);
    }

    @Test
    void aClientWithoutASteamIdIsRefusedUnlessAllowed() throws Exception {
        start(builder());
        HawserProcess guest = guest(0, 1, 0, "stay");
        until(() -> !guest.isAlive());

        assertThat(guest.awaitExit()).as(guest.err()).isZero();
        assertThat(guest.out()).contains("ended Denied").contains("accounts of Steam");
    }

    @Test
    void whatIsNotCertifiedMustBeAllowed() {
        SteamServer strict = SteamServer.builder(steam).listen(ANY_PORT).build();

        assertThat(catchThrowable(strict::start))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("allowUnauthenticated()");
    }

    @Test
    void theLibraryCanBeEndedAndBegunAgain() throws Exception {
        start(builder());
        server.stop();
        server = null;
        steam.close();
        steam = SteamApi.gameNetworkingSockets(Path.of(LIBRARY), new SteamIdentity.SteamId(BEN));

        assertThat(steam.identity()).contains(new SteamIdentity.SteamId(BEN));
        assertThat(steam.relayNetworkStatus()).isEmpty();
    }

    // ---- The server's side

    private SteamServer.Builder builder() {
        return SteamServer.builder(steam)
                .listen(ANY_PORT)
                .allowUnauthenticated()
                .sendMode(SteamSendMode.RELIABLE)
                .options(SteamOptions.DEFAULT.sendRate(20_000_000));
    }

    private void start(SteamServer.Builder builder) throws IOException {
        server = builder.build();
        server.start();
    }

    @Override
    public void onConnect(ConnectedClient client) {
        client.attach(0);
        seen.add("connect " + client.id());
    }

    @Override
    public void onPayload(ConnectedClient client, ByteBuffer payload) {
        int number = (int) client.attachment();
        client.attach(number + 1);
        ByteBuffer expected = ByteBuffer.allocate(server.maxPayloadBytes());
        SteamGuest.fill(expected, number);
        if (!payload.equals(expected)) {
            damaged++;
        }
        payloads++;
        assertThat(server.send(client, payload)).isEqualTo(SendResult.SENT);
    }

    @Override
    public void onDisconnect(ConnectedClient client, DisconnectReason reason) {
        seen.add("disconnect " + client.id() + " " + reason);
    }

    private void until(BooleanSupplier condition) throws InterruptedException {
        long startNanos = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - startNanos > PATIENCE_NANOS) {
                throw new AssertionError(
                        "it does not come about: the server has "
                                + server.stats()
                                + ", took "
                                + payloads
                                + " payloads and saw "
                                + seen
                                + "; the processes said "
                                + processes.stream().map(HawserProcess::said).toList());
            }
            server.update();
            server.receive(this);
            server.flush();
            pause(Duration.ofMillis(2));
        }
    }

    private static void pause(Duration duration) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(duration.toNanos());
    }

    // ---- Processes

    private SteamClient client(NetAddress address) {
        return SteamClient.builder(steam)
                .server(address)
                .allowUnauthenticated()
                .livenessTimeout(Duration.ofSeconds(3))
                .build();
    }

    private HawserProcess guest(long id, int connections, int payloads, String end) {
        return start(
                SteamGuest.class,
                LIBRARY,
                Long.toString(id),
                server.localAddresses().getFirst().toString(),
                Integer.toString(connections),
                Integer.toString(payloads),
                end);
    }

    private HawserProcess start(Class<?> main, String... args) {
        HawserProcess process =
                HawserProcess.start(
                        main.getName(),
                        Map.of("JDK_JAVA_OPTIONS", "--enable-native-access=ALL-UNNAMED"),
                        List.of(args));
        processes.add(process);
        return process;
    }
}
