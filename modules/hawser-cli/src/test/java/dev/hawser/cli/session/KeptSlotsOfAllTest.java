package dev.hawser.cli.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.Authentication;
import dev.hawser.ConnectionState;
import dev.hawser.DisconnectReason;
import dev.hawser.Refusal;
import dev.hawser.multi.MultiServer;
import dev.hawser.netcode.NetcodeClient;
import dev.hawser.netcode.NetcodeServer;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.protocol.WallClock;
import dev.hawser.transport.MemoryNetwork;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Several servers that keep the slots of clients that fell silent, full together.
class KeptSlotsOfAllTest {
    private static final long PROTOCOL_ID = 7;
    private static final long ADA = 1;
    private static final long BOB = 2;
    private static final long CID = 3;
    private static final NetAddress ONE = NetAddress.parse("10.0.0.1:7777");
    private static final NetAddress OTHER = NetAddress.parse("10.0.0.2:7777");

    private final MemoryNetwork network = new MemoryNetwork();
    private final PrivateKey key = PrivateKey.random(new Random(1)::nextBytes);
    private final WallClock wallClock = () -> 1_800_000_000 + this.nowNanos / 1_000_000_000;
    private final NetcodeServer one = member(ONE);
    private final NetcodeServer other = member(OTHER);
    private final MultiServer server =
            MultiServer.builder()
                    .add("one", one)
                    .add("other", other)
                    .connectionRequests(new SlotsOfAll(List.of(one, other), 2))
                    .build();
    private final List<NetcodeClient> clients = new ArrayList<>();
    private long nowNanos;

    private NetcodeServer member(NetAddress address) {
        return NetcodeServer.builder()
                .transport(network.bind(address))
                .protocolId(PROTOCOL_ID)
                .privateKey(key)
                .maxClients(2)
                .keepSlotFor(Duration.ofMinutes(1))
                .monotonicClock(() -> nowNanos)
                .wallClock(wallClock)
                .build();
    }

    @BeforeEach
    void start() throws IOException {
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop();
    }

    private NetcodeClient dial(NetAddress address, long id) {
        NetcodeClient client =
                NetcodeClient.builder()
                        .transport(network.bind(NetAddress.ipv4(0x0a000100 + clients.size(), 0)))
                        .authentication(new Authentication.Manual(address, id, key, PROTOCOL_ID))
                        .monotonicClock(() -> nowNanos)
                        .wallClock(wallClock)
                        .build();
        clients.add(client);
        client.connect();
        driveUntil(() -> !(client.state() instanceof ConnectionState.Connecting));
        return client;
    }

    /// For a minute of virtual time at most.
    private void driveUntil(BooleanSupplier condition) {
        for (int i = 0; i < 6000 && !condition.getAsBoolean(); i++) {
            nowNanos += 10_000_000;
            clients.forEach(NetcodeClient::update);
            server.update();
            server.receive((_, _) -> {});
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }

    /// Ada was connected to the first, is not there any more, and her slot is kept.
    private void loseAda() {
        NetcodeClient ada = dial(ONE, ADA);
        assertThat(dial(OTHER, BOB).isConnected()).isTrue();
        clients.remove(ada);
        driveUntil(() -> one.stats().suspendedClients() == 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.1:7777", "10.0.0.2:7777"})
    void whoComesBackAsSomebodyNewHasTheSlotThatIsKept(String address) {
        loseAda();

        assertThat(dial(NetAddress.parse(address), ADA).isConnected()).isTrue();
        assertThat(one.stats().suspendedClients()).isZero();
        assertThat(server.connectedClients()).hasSize(2);
    }

    @Test
    void nobodyElseHasIt() {
        loseAda();

        assertThat(dial(OTHER, CID).state())
                .isInstanceOfSatisfying(
                        ConnectionState.Disconnected.class,
                        end ->
                                assertThat(end.reason())
                                        .isEqualTo(
                                                new DisconnectReason.Denied(
                                                        new Refusal.Full(0).stated())));
    }
}
