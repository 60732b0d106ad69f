package dev.hawser.tests.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.Drop;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.machine.ClientState;
import dev.hawser.protocol.machine.ServerConfig;
import dev.hawser.tests.rig.Guest;
import dev.hawser.tests.rig.Host;
import dev.hawser.tests.rig.Link;
import dev.hawser.tests.rig.Peer;
import dev.hawser.tests.rig.RawPacket;
import dev.hawser.tests.rig.Rig;
import dev.hawser.tests.rig.Sent;
import dev.hawser.tests.rig.Token;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Somebody records packets and sends them again.
class ReplayTest {
    private static final NetAddress SECOND = NetAddress.parse("203.0.113.6:40000");

    private final Rig rig = new Rig();
    private final Host host = rig.host();
    private final Guest guest = rig.guest();
    private final Link link = new Link(rig, guest, Rig.CLIENT, host, Rig.SERVER);

    private void connect(Token token) {
        guest.connect(token);
        link.run(400);
        assertThat(guest.state()).isEqualTo(ClientState.CONNECTED);
        link.carryToServer(guest.send((byte) 1));
        link.carryToClient(host.send(0, new byte[] {2}));
        link.run(400);
    }

    /// Sends everything again, and asserts that nothing comes of it.
    private void assertIdle(Host server, NetAddress from, List<byte[]> packets) {
        server.events();
        for (byte[] packet : packets) {
            assertThat(server.receive(from, packet)).as("answers").isEmpty();
            assertThat(server.lastPayload()).isNull();
        }
        assertThat(server.events()).isEmpty();
    }

    // ---- At the same server

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void requestAndResponseOfAConnectionThatEndedSeatNobody(boolean isSameAddress) {
        connect(rig.token().mint());
        link.carryToServer(guest.disconnect(StatedReason.NONE));
        assertThat(host.machine().connectedClients()).isZero();

        assertIdle(host, isSameAddress ? Rig.CLIENT : Rig.STRANGER, link.toServer());

        assertThat(host.state()).isEqualTo("0 pending, 1 remembered, slots - - - -");
    }

    @Test
    void requestAndResponseOfAConnectionThatTimedOutSeatNobody() {
        connect(rig.token().mint());
        link.cut();
        link.run(5020);
        assertThat(host.machine().connectedClients()).isZero();

        assertIdle(host, Rig.CLIENT, link.toServer());
        assertIdle(host, Rig.STRANGER, link.toServer());
    }

    @Test
    void whatIsReplayedDuringAConnectionChangesNothing() {
        connect(rig.token().mint());
        String before = host.state();

        assertIdle(host, Rig.CLIENT, link.toServer());
        assertIdle(host, Rig.STRANGER, link.toServer());

        assertThat(host.state()).isEqualTo(before);
    }

    @Test
    void replayedPacketsDoNotKeepAGhostAlive() {
        connect(rig.token().mint());
        List<byte[]> recorded = link.toServer();
        link.cut();
        for (int i = 0; i < 60; i++) {
            rig.passMillis(100);
            assertIdle(host, Rig.CLIENT, recorded.subList(0, Math.min(5, recorded.size())));
            host.tick();
        }

        assertThat(host.machine().connectedClients()).isZero();
    }

    @Test
    void replayedPayloadsAreDeliveredOnce() {
        connect(rig.token().mint());
        byte[] payload = guest.send((byte) 9).getFirst().bytes();
        host.receive(Rig.CLIENT, payload);
        assertThat(host.lastPayload()).containsExactly(9);

        for (int i = 0; i < 300; i++) {
            host.receive(Rig.CLIENT, payload);
            assertThat(host.lastDrop()).isEqualTo(Drop.ALREADY_RECEIVED);
            link.carryToServer(guest.send((byte) i));
        }
    }

    @Test
    void packetsOfTheConnectionBeforeDoNotReachTheNextOne() {
        connect(rig.token().mint());
        link.carryToServer(guest.disconnect(StatedReason.NONE));
        List<byte[]> before = link.toServer();
        connect(rig.token().mint());

        assertIdle(host, Rig.CLIENT, before);

        assertThat(host.machine().connectedClients()).isEqualTo(1);
    }

    @Test
    void whatTheServerSaidDoesNotReachAClientTwice() {
        connect(rig.token().mint());
        for (byte[] packet : link.toClient()) {
            assertThat(guest.receive(Rig.SERVER, packet)).isFalse();
            assertThat(guest.lastDrop()).isIn(Drop.ALREADY_RECEIVED, Drop.WRONG_STATE);
        }
        assertThat(guest.state()).isEqualTo(ClientState.CONNECTED);
    }

    @Test
    void whatTheServerSaidBeforeDoesNotReachTheNextConnection() {
        connect(rig.token().mint());
        link.carryToClient(host.disconnect(0, StatedReason.NONE));
        List<byte[]> before = link.toClient();
        guest.tick();
        guest.connect(rig.token().mint());
        guest.tick();

        for (byte[] packet : before) {
            assertThat(guest.receive(Rig.SERVER, packet)).isFalse();
            assertThat(guest.lastDrop()).isEqualTo(Drop.NOT_AUTHENTIC);
        }
        assertThat(guest.state()).isEqualTo(ClientState.SENDING_CONNECTION_REQUEST);
    }

    @Test
    void packetsSentBackToWhereTheyCameFromAreNobodys() {
        connect(rig.token().mint());

        assertIdle(host, Rig.CLIENT, link.toClient());
        for (byte[] packet : link.toServer()) {
            assertThat(guest.receive(Rig.SERVER, packet)).isFalse();
        }

        assertThat(guest.state()).isEqualTo(ClientState.CONNECTED);
        assertThat(host.machine().connectedClients()).isEqualTo(1);
    }

    // ---- A challenge answered twice

    @Test
    void aChallengeAnsweredTwiceSeatsOneClient() {
        Peer peer = rig.peer();
        Sent challenge = peer.challengeOf(host);
        host.receive(Rig.CLIENT, peer.response(1, challenge));
        host.events();

        assertIdle(
                host,
                Rig.CLIENT,
                List.of(peer.response(1, challenge), peer.response(2, challenge)));
        assertIdle(host, Rig.STRANGER, List.of(peer.response(3, challenge)));

        assertThat(host.machine().connectedClients()).isEqualTo(1);
    }

    @Test
    void aChallengeAnsweredAfterItsConnectionEndedSeatsNobody() {
        Peer peer = rig.peer();
        Sent challenge = peer.challengeOf(host);
        host.receive(Rig.CLIENT, peer.response(1, challenge));
        host.receive(Rig.CLIENT, peer.disconnect(2));

        assertIdle(host, Rig.CLIENT, List.of(peer.response(3, challenge)));

        assertThat(host.machine().connectedClients()).isZero();
    }

    @Test
    void aChallengeStolenOnTheWayIsWorthNothingWithoutTheKey() {
        Peer peer = rig.peer();
        byte[] stolen = peer.challengeOf(host).bytes();
        Peer thief = rig.peer(rig.token(2), Rig.STRANGER);
        thief.challengeOf(host);

        host.receive(Rig.STRANGER, stolen);
        host.receive(Rig.STRANGER, thief.responseOf(1, new byte[308]));

        assertThat(host.machine().connectedClients()).isZero();
    }

    // ---- A restart in the middle

    @Test
    void everythingRecordedBeforeARestartIsWorthNothingAfterIt() {
        connect(rig.token().mint());
        rig.passSeconds(1);
        Host restarted = rig.start(config -> config);

        assertIdle(restarted, Rig.CLIENT, link.toServer());
        assertIdle(restarted, Rig.STRANGER, link.toServer());

        assertThat(restarted.state()).isEqualTo("0 pending, 0 remembered, slots - - - -");
    }

    /// A token of the second in which the server starts again may come from after it, so its
    /// request is answered; the recorded response is to a challenge that nobody knows any more.
    @Test
    void aRestartInTheSecondOfTheTokenSeatsNobodyEither() {
        connect(rig.token().mint());
        Host restarted = rig.start(config -> config);
        restarted.events();

        int answers = 0;
        for (byte[] packet : link.toServer()) {
            List<Sent> sent = restarted.receive(Rig.CLIENT, packet);
            assertThat(sent).allMatch(each -> each.type() == RawPacket.CHALLENGE);
            answers += sent.size();
        }

        assertThat(answers).isGreaterThan(0);
        assertThat(restarted.machine().connectedClients()).isZero();
        assertThat(restarted.events()).isEmpty();
    }

    @Test
    void aServerThatStartsAgainNeverUsesANumberTwiceUnderAKey() {
        Set<Long> used = new HashSet<>();
        Token token = rig.token().mint();
        for (int start = 0; start < 10; start++) {
            Host server = rig.start(config -> config);
            Peer peer = rig.peer(token, Rig.CLIENT);
            Sent challenge = peer.challengeOf(server);
            assertThat(used.add(challenge.openedByClient(token).sequence())).isTrue();
            for (Sent sent : server.receive(Rig.CLIENT, peer.response(1, challenge))) {
                assertThat(used.add(sent.openedByClient(token).sequence())).isTrue();
            }
            for (int i = 0; i < 50; i++) {
                for (Sent sent : server.send(0, new byte[] {1})) {
                    assertThat(used.add(sent.openedByClient(token).sequence())).isTrue();
                }
            }
        }
    }

    // ---- Two servers of one token

    private Host second() {
        rig.setUnixSeconds(Rig.EPOCH);
        return new Host(
                rig,
                ServerConfig.builder(Rig.PROTOCOL_ID, rig.privateKey(), List.of(SECOND))
                        .maxConnectTokenLifetimeSeconds(0),
                rig::nextBytes);
    }

    @Test
    void whatWasRecordedAtTheFirstServerIsWorthNothingAtTheSecond() {
        Host other = second();
        Token token = rig.token().servers(Rig.SERVER, SECOND).mint();
        Peer peer = rig.peer(token, Rig.CLIENT);
        peer.connectTo(host);
        List<byte[]> recorded = new ArrayList<>();
        for (int i = 2; i < 60; i++) {
            byte[] packet = peer.payload(i, (byte) i);
            host.receive(Rig.CLIENT, packet);
            recorded.add(packet);
            recorded.add(peer.keepAlive(100 + i));
        }
        recorded.add(peer.disconnect(200));

        // The client goes on to the second server, its numbers still growing.
        Sent challenge = peer.challengeOf(other);
        other.receive(Rig.CLIENT, peer.response(300, challenge));
        assertThat(other.machine().connectedClients()).isEqualTo(1);

        assertIdle(other, Rig.CLIENT, recorded);
        assertThat(other.machine().connectedClients()).isEqualTo(1);
        other.receive(Rig.CLIENT, peer.payload(301, (byte) 7));
        assertThat(other.lastPayload()).containsExactly(7);
    }

    @Test
    void theResponseToTheFirstServerDoesNotCountAtTheSecond() {
        Host other = second();
        Token token = rig.token().servers(Rig.SERVER, SECOND).mint();
        Peer peer = rig.peer(token, Rig.CLIENT);
        byte[] response = peer.response(1, peer.challengeOf(host));
        peer.challengeOf(other);

        other.receive(Rig.CLIENT, response);

        assertThat(other.lastDrop()).isEqualTo(Drop.CHALLENGE_NOT_AUTHENTIC);
        assertThat(other.machine().connectedClients()).isZero();
    }

    @Test
    void whatTheFirstServerSaidIsNotHeardFromTheSecond() {
        Guest client = rig.guest().connecting(rig.token().servers(Rig.SERVER, SECOND).mint());
        client.tick();
        byte[] challenge = client.fromServer(RawPacket.CHALLENGE, 1L << 63, new byte[308]);
        byte[] seat = client.fromServer(RawPacket.KEEP_ALIVE, 0, Guest.seat(0, 4));
        client.idleMillis(5001);
        client.tick();
        assertThat(client.machine().serverAddress()).isEqualTo(SECOND);

        client.receive(Rig.SERVER, challenge);
        client.receive(Rig.SERVER, seat);

        assertThat(client.state()).isEqualTo(ClientState.SENDING_CONNECTION_REQUEST);
    }
}
