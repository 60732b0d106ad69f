package dev.hawser.tests.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.Drop;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.protocol.machine.ServerEvent;
import dev.hawser.tests.rig.Footprint;
import dev.hawser.tests.rig.Host;
import dev.hawser.tests.rig.Peer;
import dev.hawser.tests.rig.RawPacket;
import dev.hawser.tests.rig.Rig;
import dev.hawser.tests.rig.Sent;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Somebody sends a great deal, with and without valid tokens.
class FloodTest {
    private final Rig rig = new Rig();
    private final Host host = rig.host();
    private final Random random = new Random(2);

    private byte[] garbage() {
        byte[] datagram = new byte[random.nextInt(1300)];
        random.nextBytes(datagram);
        if (datagram.length > 0 && random.nextBoolean()) {
            // Half of it gets past the first look.
            int type = random.nextInt(7);
            datagram[0] = (byte) (type == 0 ? 0 : (1 + random.nextInt(8)) << 4 | type);
        }
        return datagram;
    }

    private NetAddress anyAddress() {
        return NetAddress.ofNumbers(random.nextLong(), random.nextLong(), random.nextInt(65_536));
    }

    // ---- Without a token

    @Test
    void garbageIsNotAnsweredAndLeavesNothing() {
        Peer peer = rig.peer();
        peer.connectAndConfirmTo(host);
        rig.peer(rig.token(2), Rig.STRANGER).challengeOf(host);
        host.events();
        // The last datagrams stay in buffers that are there already.
        host.receive(Rig.CLIENT, garbage());
        // The first path request makes what paths are named with, once for each private key.
        byte[] pathRequest = new byte[42];
        pathRequest[0] = 0x17;
        host.receive(Rig.CLIENT, pathRequest);
        String before = host.state();
        long footprint = Footprint.of(host.machine());

        for (int i = 0; i < 30_000; i++) {
            NetAddress from =
                    switch (i % 4) {
                        case 0 -> Rig.CLIENT;
                        case 1 -> Rig.STRANGER;
                        default -> anyAddress();
                    };
            assertThat(host.receive(from, garbage())).isEmpty();
            assertThat(host.lastPayload()).isNull();
            assertThat(host.lastDrop()).isNotEqualTo(Drop.NONE);
        }

        assertThat(host.state()).isEqualTo(before);
        assertThat(host.events()).isEmpty();
        assertThat(Footprint.of(host.machine())).isEqualTo(footprint);
        host.receive(Rig.CLIENT, peer.payload(3, (byte) 1));
        assertThat(host.lastPayload()).containsExactly(1);
    }

    @Test
    void requestsWithForgedTokensLeaveNothing() {
        PrivateKey guessed = PrivateKey.random(rig::nextBytes);
        byte[] request = rig.token().privateKey(guessed).mint().request();
        host.receive(anyAddress(), request);
        long footprint = Footprint.of(host.machine());

        for (int i = 0; i < 2000; i++) {
            random.nextBytes(request);
            byte[] authenticLooking = rig.token().privateKey(guessed).mint().request();
            System.arraycopy(request, 60, authenticLooking, 60, 900);
            assertThat(host.receive(anyAddress(), authenticLooking)).isEmpty();
            assertThat(host.lastDrop()).isEqualTo(Drop.TOKEN_NOT_AUTHENTIC);
        }

        assertThat(host.state()).isEqualTo("0 pending, 0 remembered, slots - - - -");
        assertThat(Footprint.of(host.machine())).isEqualTo(footprint);
    }

    @Test
    void aClientIsDeafToGarbageToo() {
        var guest = rig.guest().connecting(rig.token().mint());
        guest.receiveSlot();
        guest.receive(Rig.SERVER, garbage());
        long footprint = Footprint.of(guest.machine());
        for (int i = 0; i < 10_000; i++) {
            assertThat(guest.receive(i % 2 == 0 ? Rig.SERVER : anyAddress(), garbage())).isFalse();
        }

        assertThat(guest.state().number()).isEqualTo(3);
        assertThat(Footprint.of(guest.machine())).isEqualTo(footprint);
    }

    // ---- With tokens

    @Test
    void aFullPendingTableDoesNotDisturbWhoIsConnected() {
        Peer peer = rig.peer();
        peer.connectAndConfirmTo(host);
        for (int i = 0; i < 60; i++) {
            host.receive(anyAddress(), rig.token(1000 + i).request());
        }
        assertThat(host.machine().pendingConnections()).isEqualTo(16);
        assertThat(host.machine().drops().count(Drop.PENDING_FULL)).isGreaterThan(0);

        host.receive(Rig.CLIENT, peer.payload(3, (byte) 1));

        assertThat(host.lastPayload()).containsExactly(1);
    }

    @Test
    void aFullPendingTableServesThoseWhoAreInIt() {
        Peer early = rig.peer();
        Sent challenge = early.challengeOf(host);
        for (int i = 0; i < 60; i++) {
            host.receive(anyAddress(), rig.token(1000 + i).request());
        }

        assertThat(host.receive(Rig.CLIENT, early.response(1, challenge)))
                .extracting(Sent::type)
                .containsExactly(RawPacket.KEEP_ALIVE);
    }

    @Test
    void aPendingTableEmptiesWithTime() {
        for (int i = 0; i < 30; i++) {
            host.receive(anyAddress(), rig.token(1000 + i).request());
        }
        rig.passSeconds(5);
        host.tick();

        assertThat(host.machine().pendingConnections()).isZero();
        rig.peer().connectTo(host);
    }

    @Test
    void aFullHistoryTurnsNewTokensAwayUntilOldOnesExpire() {
        Host small = rig.host(config -> config.tokenHistoryMax(8));
        List<Peer> peers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Peer peer = rig.peer(rig.token(100 + i), Rig.CLIENT.withPort(100 + i));
            peer.connectAndConfirmTo(small);
            small.receive(peer.address(), peer.disconnect(3));
            peers.add(peer);
        }
        long footprint = Footprint.of(small.machine());
        small.events();
        for (int i = 0; i < 100; i++) {
            small.receive(anyAddress(), rig.token(1000 + i).request());
            assertThat(small.lastDrop()).isEqualTo(Drop.TOKEN_HISTORY_FULL);
        }
        for (Peer peer : peers) {
            small.receive(peer.address(), peer.request());
            assertThat(small.lastDrop()).isEqualTo(Drop.TOKEN_CONSUMED);
        }
        assertThat(Footprint.of(small.machine())).isLessThanOrEqualTo(footprint);
        rig.passSeconds(Rig.LIFETIME_SECONDS);

        rig.peer(rig.token(1), Rig.CLIENT).connectTo(small);
    }

    @Test
    void oneTokenRaisesOneQuestionToTheApplicationHoweverOftenItIsSent() {
        Host asking = rig.host(config -> config.asksAdmission(true));
        Peer peer = rig.peer();
        Sent challenge = peer.challengeOf(asking);
        for (int i = 1; i < 500; i++) {
            asking.receive(Rig.CLIENT, peer.response(i, challenge));
            asking.receive(Rig.CLIENT, peer.request());
        }

        assertThat(asking.events()).singleElement().isInstanceOf(ServerEvent.Requested.class);
    }

    @Test
    void connectingAndLeavingForEverLeavesNothingButTheTokens() {
        Peer first = rig.peer(rig.token(7), Rig.CLIENT);
        first.connectAndConfirmTo(host);
        host.receive(Rig.CLIENT, first.disconnect(3));
        host.events();
        long footprint = Footprint.of(host.machine());
        for (int i = 0; i < 300; i++) {
            rig.passSeconds(1);
            Peer peer = rig.peer(rig.token(i), anyAddress());
            peer.connectAndConfirmTo(host);
            host.receive(peer.address(), peer.disconnect(3));
            host.tick();
            host.events();
        }

        assertThat(host.machine().connectedClients()).isZero();
        assertThat(host.machine().pendingConnections()).isZero();
        assertThat(host.machine().rememberedTokens()).isLessThanOrEqualTo(31);
        assertThat(Footprint.of(host.machine())).isEqualTo(footprint);
    }
}
