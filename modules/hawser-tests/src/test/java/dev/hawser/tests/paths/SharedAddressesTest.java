package dev.hawser.tests.paths;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.Drop;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import dev.hawser.protocol.machine.ClientMachine;
import dev.hawser.protocol.machine.ClientState;
import dev.hawser.protocol.machine.ServerEvent;
import dev.hawser.protocol.machine.ServerMachine;
import dev.hawser.tests.rig.Rig;
import dev.hawser.tests.rig.TokenDraft;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/// Clients behind one NAT, which gives the address of one to another.
class SharedAddressesTest {
    private static final NetAddress FIRST = NetAddress.parse("198.51.100.7:1001");
    private static final NetAddress SECOND = NetAddress.parse("198.51.100.7:1002");
    private static final NetAddress THIRD = NetAddress.parse("198.51.100.7:1003");
    private static final int STEP_MILLIS = 10;

    private record Packet(NetAddress address, byte[] bytes) {}

    private final class Player {
        final ClientMachine machine = new ClientMachine();
        final Queue<Packet> inbox = new ArrayDeque<>();
        NetAddress address;

        /// Whether it runs.
        boolean isThere = true;

        Player(long id, NetAddress address, boolean survivesMoves) {
            this.address = address;
            TokenDraft token = rig.token().clientId(id);
            if (survivesMoves) {
                token = token.survivesMoves();
            }
            machine.connect(rig.nanos(), token.mint().toConnectToken(), (_, _) -> {});
            players.add(this);
            stepUntil(() -> machine.state() == ClientState.CONNECTED);
            step(300);
        }

        void update() {
            PeerAddress server = PeerAddress.of(Rig.SERVER);
            for (Packet packet = inbox.poll(); packet != null; packet = inbox.poll()) {
                machine.handleDatagram(rig.nanos(), server, ByteBuffer.wrap(packet.bytes));
            }
            machine.handleTimeout(
                    rig.nanos(), (_, packet) -> toServer.add(new Packet(address, bytes(packet))));
        }

        int slot() {
            return machine.clientIndex();
        }

        boolean isConnected() {
            return machine.state() == ClientState.CONNECTED;
        }
    }

    private final Rig rig = new Rig();
    private final ServerMachine server =
            new ServerMachine(rig.config().build(), rig::unixSeconds, rig::nextBytes);
    private final List<Player> players = new ArrayList<>();
    private final Queue<Packet> toServer = new ArrayDeque<>();
    private final List<ServerEvent> events = new ArrayList<>();
    private boolean isWayBackFromThirdCut;

    private void stepUntil(BooleanSupplier condition) {
        for (int i = 0; i < 1000 && !condition.getAsBoolean(); i++) {
            step(STEP_MILLIS);
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }

    private void step(int millis) {
        for (int passed = 0; passed < millis; passed += STEP_MILLIS) {
            rig.passMillis(STEP_MILLIS);
            for (Packet packet = toServer.poll(); packet != null; packet = toServer.poll()) {
                server.handleDatagram(
                        rig.nanos(),
                        PeerAddress.of(packet.address),
                        ByteBuffer.wrap(packet.bytes),
                        this::serverSends);
            }
            server.handleTimeout(rig.nanos(), this::serverSends);
            for (ServerEvent event = server.pollEvent();
                    event != null;
                    event = server.pollEvent()) {
                events.add(event);
            }
            players.stream().filter(player -> player.isThere).forEach(Player::update);
        }
    }

    private void serverSends(PeerAddress to, ByteBuffer packet) {
        NetAddress address = to.toNetAddress();
        for (Player player : players) {
            boolean isCut = isWayBackFromThirdCut && address.equals(THIRD);
            if (player.isThere && !isCut && player.address.equals(address)) {
                player.inbox.add(new Packet(address, bytes(packet)));
            }
        }
    }

    private static byte[] bytes(ByteBuffer packet) {
        byte[] bytes = new byte[packet.remaining()];
        packet.get(packet.position(), bytes);
        return bytes;
    }

    @Test
    void twoWhoseAddressesAreSwappedGoOn() {
        Player one = new Player(1, FIRST, true);
        Player two = new Player(2, SECOND, true);
        one.address = SECOND;
        two.address = FIRST;
        step(1000);
        assertThat(events)
                .contains(
                        new ServerEvent.Moved(one.slot(), 1, FIRST, SECOND),
                        new ServerEvent.Moved(two.slot(), 2, SECOND, FIRST));
        step(11_000);
        assertThat(List.of(one, two)).allMatch(Player::isConnected);
        assertThat(events).filteredOn(ServerEvent.Moved.class::isInstance).hasSize(2);
    }

    @Test
    void whoIsThereKeepsItsAddress() {
        Player one = new Player(1, FIRST, true);
        Player two = new Player(2, SECOND, true);
        one.address = SECOND;
        step(12_000);
        assertThat(two.isConnected()).isTrue();
        assertThat(server.connectedClients()).isOne();
        assertThat(server.drops().count(Drop.ADDRESS_CONNECTED)).isGreaterThan(10);
        assertThat(events).noneMatch(ServerEvent.Moved.class::isInstance);
    }

    /// It comes back to where it was, if it comes back.
    @Test
    void whoCannotMoveKeepsItsAddress() {
        Player one = new Player(1, FIRST, true);
        Player two = new Player(2, SECOND, false);
        two.isThere = false;
        one.address = SECOND;
        step(3000);
        assertThat(events).noneMatch(ServerEvent.Moved.class::isInstance);
        one.address = THIRD;
        two.isThere = true;
        step(12_000);
        assertThat(List.of(one, two)).allMatch(Player::isConnected);
    }

    /// The server has its word that it has left, and the way back to where it was.
    @Test
    void whoLeavesIsFollowedFromTheAddressThatItWasGiven() {
        Player one = new Player(1, FIRST, true);
        Player two = new Player(2, SECOND, true);
        one.address = SECOND;
        two.address = THIRD;
        isWayBackFromThirdCut = true;
        step(1500);
        assertThat(events).contains(new ServerEvent.Moved(one.slot(), 1, FIRST, SECOND));
        isWayBackFromThirdCut = false;
        step(12_000);
        assertThat(events).last().isEqualTo(new ServerEvent.Moved(two.slot(), 2, FIRST, THIRD));
        assertThat(List.of(one, two)).allMatch(Player::isConnected);
    }

    @Test
    void threeWhoseAddressesGoRoundGoOn() {
        Player one = new Player(1, FIRST, true);
        Player two = new Player(2, SECOND, true);
        Player three = new Player(3, THIRD, true);
        one.address = SECOND;
        two.address = THIRD;
        three.address = FIRST;
        step(12_000);
        assertThat(List.of(one, two, three)).allMatch(Player::isConnected);
    }

    @Test
    void whoGetsTheAddressOfOneThatCrashedGoesOn() {
        Player one = new Player(1, FIRST, true);
        Player two = new Player(2, SECOND, true);
        two.isThere = false;
        one.address = SECOND;
        step(12_000);
        assertThat(one.isConnected()).isTrue();
        assertThat(server.connectedClients()).isOne();
    }
}
