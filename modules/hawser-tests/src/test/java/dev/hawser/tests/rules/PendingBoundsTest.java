package dev.hawser.tests.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.Drop;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.tests.rig.Host;
import dev.hawser.tests.rig.Peer;
import dev.hawser.tests.rig.RawPacket;
import dev.hawser.tests.rig.Rig;
import dev.hawser.tests.rig.Sent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// docs/protocol.md "Hardening" 4: bounded pending state.
class PendingBoundsTest {
    private final Rig rig = new Rig();
    private final Host host = rig.host();
    private final Host large = rig.host(config -> config.maxClients(256).tokenHistoryMax(5000));
    private long nextClientId = 1000;

    private Peer pending(Host server, NetAddress address) {
        Peer peer = rig.peer(rig.token(nextClientId++), address);
        peer.challengeOf(server);
        return peer;
    }

    private Drop dropOf(Host server, NetAddress address) {
        assertThat(server.receive(address, rig.token(nextClientId++).request())).isEmpty();
        return server.lastDrop();
    }

    // ---- Bounds

    @Test
    void anAddressHasAtMostFourPendingConnections() {
        for (int i = 0; i < 4; i++) {
            pending(large, Rig.CLIENT);
        }

        assertThat(dropOf(large, Rig.CLIENT)).isEqualTo(Drop.PENDING_FULL);
        assertThat(dropOf(large, Rig.CLIENT)).isEqualTo(Drop.PENDING_FULL);
        assertThat(large.machine().pendingConnections()).isEqualTo(4);
        pending(large, Rig.CLIENT.withPort(1));
    }

    @Test
    void noPendingConnectionOverwritesAnother() {
        List<Peer> peers = new ArrayList<>();
        List<Sent> challenges = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Peer peer = rig.peer(rig.token(nextClientId++), Rig.CLIENT);
            peers.add(peer);
            challenges.add(peer.challengeOf(large));
        }
        dropOf(large, Rig.CLIENT);

        for (int i = 0; i < 4; i++) {
            // Each is still answered with its own challenge.
            assertThat(peers.get(i).challengeOf(large).openedByClient(peers.get(i).token()).body())
                    .isEqualTo(challenges.get(i).openedByClient(peers.get(i).token()).body());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void aResponseIsTriedUnderEachPendingConnectionOfItsAddress(int which) {
        List<Peer> peers = new ArrayList<>();
        List<Sent> challenges = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Peer peer = rig.peer(rig.token(nextClientId++), Rig.CLIENT);
            peers.add(peer);
            challenges.add(peer.challengeOf(host));
        }

        List<Sent> answers =
                host.receive(Rig.CLIENT, peers.get(which).response(1, challenges.get(which)));

        assertThat(answers).extracting(Sent::type).containsExactly(RawPacket.KEEP_ALIVE);
        assertThat(host.machine().clientId(0))
                .isEqualTo(peers.get(which).token().claims().clientId());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void anAuthenticDisconnectEndsItsPendingConnectionAndNoOther(int which) {
        List<Peer> peers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            peers.add(pending(host, Rig.CLIENT));
        }

        assertThat(host.receive(Rig.CLIENT, peers.get(which).disconnect(1))).isEmpty();

        assertThat(host.lastDrop()).isEqualTo(Drop.NONE);
        assertThat(host.machine().pendingConnections()).isEqualTo(3);
        assertThat(host.events()).isEmpty();
        host.receive(Rig.CLIENT, peers.get(which).disconnect(2));
        assertThat(host.lastDrop()).isEqualTo(Drop.NOT_AUTHENTIC);
        peers.remove(which);
        for (Peer peer : peers) {
            host.receive(Rig.CLIENT, peer.disconnect(2));
            assertThat(host.lastDrop()).isEqualTo(Drop.NONE);
        }
        assertThat(host.machine().pendingConnections()).isZero();
    }

    @Test
    void anIpv4AddressHasAtMost64PendingConnections() {
        for (int i = 0; i < 64; i++) {
            pending(large, Rig.CLIENT.withPort(1 + i));
        }

        assertThat(dropOf(large, Rig.CLIENT.withPort(100))).isEqualTo(Drop.PENDING_FULL);
        pending(large, NetAddress.parse("198.51.100.8:100"));
    }

    @Test
    void anIpv6NetworkOf64BitsHasAtMost64PendingConnections() {
        for (int i = 0; i < 64; i++) {
            pending(large, NetAddress.ipv6(0x20010db800000001L, 0x100000000000000L * i + i, 7));
        }

        assertThat(dropOf(large, NetAddress.ipv6(0x20010db800000001L, -1, 7)))
                .isEqualTo(Drop.PENDING_FULL);
        pending(large, NetAddress.ipv6(0x20010db800000002L, 1, 7));
        pending(large, NetAddress.parse("198.51.100.8:100"));
    }

    @Test
    void theLowIpv6NetworkIsNotTheOneOfIpv4() {
        for (int i = 0; i < 64; i++) {
            pending(large, NetAddress.ipv6(0, 1 + i, 7));
        }

        assertThat(dropOf(large, NetAddress.ipv6(0, 99, 7))).isEqualTo(Drop.PENDING_FULL);
        pending(large, Rig.CLIENT);
    }

    @Test
    void aMappedIpv4AddressCountsAsTheIpv4Address() {
        for (int i = 0; i < 64; i++) {
            NetAddress address = Rig.CLIENT.withPort(1 + i);
            pending(
                    large,
                    i % 2 == 0
                            ? address
                            : NetAddress.ipv6(address.high(), address.low(), address.port()));
        }

        assertThat(dropOf(large, Rig.CLIENT.withPort(100))).isEqualTo(Drop.PENDING_FULL);
    }

    @Test
    void aServerHasAtMostFourPendingConnectionsForEachSlot() {
        for (int i = 0; i < 16; i++) {
            pending(host, NetAddress.ipv4(0x0a000000 + i, 5));
        }

        assertThat(dropOf(host, Rig.CLIENT)).isEqualTo(Drop.PENDING_FULL);
        assertThat(host.machine().pendingConnections()).isEqualTo(16);
    }

    @Test
    void theBoundsAreSettings() {
        Host bounded = rig.host(config -> config.pendingLimits(2, 3, 5));
        pending(bounded, Rig.CLIENT);
        pending(bounded, Rig.CLIENT);
        assertThat(dropOf(bounded, Rig.CLIENT)).isEqualTo(Drop.PENDING_FULL);
        pending(bounded, Rig.CLIENT.withPort(1));
        assertThat(dropOf(bounded, Rig.CLIENT.withPort(2))).isEqualTo(Drop.PENDING_FULL);
        pending(bounded, Rig.STRANGER);
        pending(bounded, Rig.STRANGER);
        assertThat(dropOf(bounded, Rig.SERVER)).isEqualTo(Drop.PENDING_FULL);
    }

    @Test
    void whatEndsMakesRoomInEveryBound() {
        Host bounded = rig.host(config -> config.pendingLimits(1, 1, 1));
        for (int i = 0; i < 6; i++) {
            Peer peer = pending(bounded, Rig.CLIENT);
            assertThat(dropOf(bounded, Rig.CLIENT)).isEqualTo(Drop.PENDING_FULL);
            switch (i % 3) {
                case 0 -> bounded.receive(Rig.CLIENT, peer.disconnect(1));
                case 1 -> {
                    rig.passMillis(5000);
                    bounded.tick();
                }
                default -> {
                    peer.connectTo(bounded);
                    bounded.receive(Rig.CLIENT, peer.disconnect(2));
                }
            }
        }
        assertThat(bounded.machine().pendingConnections()).isZero();
    }

    // ---- How long it lives

    @ParameterizedTest(name = "timeout {0} s: {1} s")
    @CsvSource({"1, 1", "5, 5", "29, 29", "30, 30", "31, 30", "2147483647, 30", "0, 30", "-1, 30"})
    void aPendingConnectionLivesAsLongAsTheTimeoutAndAtMost30Seconds(int timeout, int life) {
        rig.peer(rig.token().timeoutSeconds(timeout).mint(), Rig.CLIENT).challengeOf(host);

        rig.passMillis(life * 1000L - 1);
        host.tick();
        assertThat(host.machine().pendingConnections()).isEqualTo(1);
        rig.passMillis(1);
        host.tick();

        assertThat(host.machine().pendingConnections()).isZero();
        assertThat(host.events()).isEmpty();
    }

    @Test
    void anAcceptedRequestOrResponseStartsItsLifeAnew() {
        Host asking = rig.host(config -> config.asksAdmission(true));
        Peer peer = rig.peer();
        peer.challengeOf(asking);
        rig.passMillis(4000);
        Sent challenge = peer.challengeOf(asking);
        rig.passMillis(4000);
        asking.tick();
        assertThat(asking.machine().pendingConnections()).isEqualTo(1);
        asking.receive(Rig.CLIENT, peer.response(1, challenge));
        rig.passMillis(4999);
        asking.tick();
        assertThat(asking.machine().pendingConnections()).isEqualTo(1);
        rig.passMillis(1);
        asking.tick();

        assertThat(asking.machine().pendingConnections()).isZero();
    }

    @Test
    void whatIsNotAcceptedDoesNotStartItsLifeAnew() {
        Peer peer = rig.peer();
        Sent challenge = peer.challengeOf(host);
        rig.passMillis(4999);
        byte[] wrong = challenge.openedByClient(peer.token()).body();
        wrong[9] ^= 1;
        host.receive(Rig.CLIENT, peer.responseOf(1, wrong));
        host.receive(Rig.CLIENT, peer.keepAlive(2));
        byte[] forged = peer.disconnect(3);
        forged[3] ^= 1;
        host.receive(Rig.CLIENT, forged);
        byte[] otherVersion = peer.request();
        otherVersion[2] ^= 1;
        host.receive(Rig.CLIENT, otherVersion);

        rig.passMillis(1);
        host.tick();

        assertThat(host.machine().pendingConnections()).isZero();
    }

    // ---- What a packet may cost

    @ParameterizedTest
    @ValueSource(ints = {RawPacket.KEEP_ALIVE, RawPacket.PAYLOAD})
    void withoutASlotKeepAlivesAndPayloadsAreNotTried(int type) {
        Peer peer = pending(host, Rig.CLIENT);
        int before = host.ciphers().total();

        host.receive(Rig.CLIENT, peer.seal(type, 1, new byte[8]));
        assertThat(host.lastDrop()).isEqualTo(Drop.UNKNOWN_ADDRESS);
        host.receive(Rig.STRANGER, peer.seal(type, 1, new byte[8]));
        assertThat(host.lastDrop()).isEqualTo(Drop.UNKNOWN_ADDRESS);

        assertThat(host.ciphers().total()).isEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource({"3, 307", "3, 309", "3, 0", "6, 1", "6, 3", "6, 129", "6, 308", "6, 1200"})
    void packetsOfAnImpossibleLengthAreNotTried(int type, int bodyBytes) {
        Peer peer = pending(host, Rig.CLIENT);
        int before = host.ciphers().total();

        host.receive(Rig.CLIENT, peer.seal(type, 1, new byte[bodyBytes]));

        assertThat(host.lastDrop()).isEqualTo(Drop.WRONG_SIZE);
        assertThat(host.ciphers().total()).isEqualTo(before);
    }

    @Test
    void aForgedPacketCostsOneTryForEachPendingConnectionOfItsAddress() {
        for (int i = 0; i < 3; i++) {
            pending(host, Rig.CLIENT);
        }
        byte[] forged = rig.peer(rig.token(1), Rig.CLIENT).responseOf(1, new byte[308]);
        int before = host.ciphers().packetsOpened();

        host.receive(Rig.CLIENT, forged);

        assertThat(host.lastDrop()).isEqualTo(Drop.NOT_AUTHENTIC);
        assertThat(host.ciphers().packetsOpened()).isEqualTo(before + 3);
    }

    @Test
    void fromAStrangerNoSealedPacketIsTried() {
        Peer peer = rig.peer();
        int before = host.ciphers().total();
        for (int type = 1; type < 16; type++) {
            for (int bodyBytes : new int[] {0, 8, 308, 1200}) {
                host.receive(Rig.STRANGER, peer.seal(type, 1, new byte[bodyBytes]));
            }
        }

        assertThat(host.ciphers().total()).isEqualTo(before);
        assertThat(host.state()).isEqualTo("0 pending, 0 remembered, slots - - - -");
    }

    @Test
    void beforeTheTokenOpensThereAreComparesAlone() {
        byte[] request = rig.token().mint().request();
        byte[] wrongVersion = request.clone();
        wrongVersion[13] ^= 1;
        byte[] wrongProtocolId = request.clone();
        wrongProtocolId[14] ^= 1;
        int before = host.ciphers().total();

        host.receive(Rig.CLIENT, Arrays.copyOf(request, 1077));
        host.receive(Rig.CLIENT, wrongVersion);
        host.receive(Rig.CLIENT, wrongProtocolId);
        host.receive(Rig.CLIENT, rig.token().expires(Rig.EPOCH).mint().request());
        host.receive(Rig.CLIENT, rig.token().expires(Rig.EPOCH + 31).mint().request());
        assertThat(host.ciphers().total()).isEqualTo(before);

        host.receive(
                Rig.CLIENT,
                rig.token().privateKey(PrivateKey.random(rig::nextBytes)).mint().request());
        assertThat(host.ciphers().tokensOpened()).isEqualTo(1);
        assertThat(host.ciphers().total()).isEqualTo(before + 1);
    }

    @Test
    void aRepeatedRequestCostsNoNewChallenge() {
        Peer peer = pending(host, Rig.CLIENT);
        int before = host.ciphers().packetsSealed();

        peer.challengeOf(host);

        assertThat(host.ciphers().packetsSealed()).isEqualTo(before + 1);
    }

    @Test
    void aClientThatStartsOverWithANewTokenUsesTheSameAddress() {
        pending(host, Rig.CLIENT);
        Peer second = rig.peer(rig.token(1), Rig.CLIENT);

        second.connectTo(host);

        assertThat(host.machine().connectedClients()).isEqualTo(1);
    }
}
