package dev.hawser.tests.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.Drop;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.UserData;
import dev.hawser.protocol.machine.ServerEvent;
import dev.hawser.tests.rig.Guest;
import dev.hawser.tests.rig.Host;
import dev.hawser.tests.rig.Peer;
import dev.hawser.tests.rig.RawPacket;
import dev.hawser.tests.rig.Rig;
import dev.hawser.tests.rig.Sent;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// docs/protocol.md "Connection response": each check, the slot, replays from another server.
class ConnectionResponseTest {
    private static final NetAddress SECOND_CLIENT = NetAddress.parse("198.51.100.8:50002");

    private final Rig rig = new Rig();
    private final Host host = rig.host();
    private final Host asking = rig.host(config -> config.asksAdmission(true));

    // ---- The slot

    @Test
    void aValidResponseTakesASlotAndIsAnsweredWithAKeepAlive() {
        Peer peer = rig.peer(rig.token().clientId(-5).userData("name").mint(), Rig.CLIENT);
        Sent answer = peer.connectTo(host);

        assertThat(answer.to()).isEqualTo(Rig.CLIENT);
        assertThat(answer.openedByClient(peer.token()).body()).isEqualTo(Guest.slot(0, 4));
        assertThat(host.machine().isConnected(0)).isTrue();
        assertThat(host.machine().clientId(0)).isEqualTo(-5);
        assertThat(host.machine().pendingConnections()).isZero();
        assertThat(host.events())
                .containsExactly(
                        new ServerEvent.Connected(
                                0, -5, Rig.CLIENT, UserData.ofText("name"), peer.token().shown()));
    }

    @Test
    void theKeepAliveIsSmallerThanTheResponse() {
        assertThat(rig.peer().connectTo(host).size()).isEqualTo(26);
    }

    @Test
    void clientsTakeTheLowestFreeSlot() {
        for (int i = 0; i < 4; i++) {
            Peer peer = rig.peer(rig.token(10 + i), Rig.CLIENT.withPort(100 + i));
            RawPacket keepAlive = peer.connectTo(host).openedByClient(peer.token());
            assertThat(keepAlive.body()).isEqualTo(Guest.slot(i, 4));
        }
        host.disconnect(3, StatedReason.NONE);
        host.disconnect(1, StatedReason.NONE);

        Peer peer = rig.peer(rig.token(20), Rig.CLIENT.withPort(200));
        peer.connectTo(host);

        assertThat(host.machine().clientId(1)).isEqualTo(20);
        assertThat(host.machine().isConnected(3)).isFalse();
    }

    @Test
    void untilAClientConfirmsEachPayloadToItIsPrecededByAKeepAlive() {
        Peer peer = rig.peer();
        peer.connectTo(host);

        for (int i = 0; i < 3; i++) {
            assertThat(host.send(0, new byte[] {1}))
                    .extracting(Sent::type)
                    .containsExactly(RawPacket.KEEP_ALIVE, RawPacket.PAYLOAD);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {RawPacket.KEEP_ALIVE, RawPacket.PAYLOAD})
    void theFirstKeepAliveOrPayloadConfirmsAClient(int type) {
        Peer peer = rig.peer();
        peer.connectTo(host);
        host.receive(peer.address(), peer.seal(type, 2, new byte[8]));

        assertThat(host.send(0, new byte[] {1}))
                .extracting(Sent::type)
                .containsExactly(RawPacket.PAYLOAD);
    }

    @Test
    void aClientIsUnconfirmedWhoeverHadItsSlotBefore() {
        Peer first = rig.peer();
        first.connectAndConfirmTo(host);
        host.receive(Rig.CLIENT, first.disconnect(9));
        rig.peer(rig.token(2), SECOND_CLIENT).connectTo(host);

        assertThat(host.send(0, new byte[] {1})).hasSize(2);
    }

    @Test
    void aForgedPacketConfirmsNobody() {
        Peer peer = rig.peer();
        peer.connectTo(host);
        byte[] forged = peer.keepAlive(2);
        forged[5] ^= 1;
        host.receive(peer.address(), forged);

        assertThat(host.send(0, new byte[] {1})).hasSize(2);
    }

    // ---- Each check

    @Test
    void aResponseFromAnAddressThatAskedForNothingIsDropped() {
        Peer peer = rig.peer();
        Sent challenge = peer.challengeOf(host);

        assertThat(host.receive(Rig.STRANGER, peer.response(1, challenge))).isEmpty();

        assertThat(host.lastDrop()).isEqualTo(Drop.UNKNOWN_ADDRESS);
        assertThat(host.machine().connectedClients()).isZero();
    }

    @Test
    void aResponseUnderAnotherKeyIsDropped() {
        Peer peer = rig.peer();
        Sent challenge = peer.challengeOf(host);
        Peer other = rig.peer(rig.token(2), Rig.CLIENT);
        byte[] body = challenge.openedByClient(peer.token()).body();

        host.receive(Rig.CLIENT, other.responseOf(1, body));

        assertThat(host.lastDrop()).isEqualTo(Drop.NOT_AUTHENTIC);
        assertThat(host.machine().connectedClients()).isZero();
    }

    @ParameterizedTest(name = "byte {0}")
    @ValueSource(ints = {0, 7, 8, 16, 200, 292, 307})
    void aResponseWithAnotherChallengeIsDropped(int at) {
        // In the challenge sequence, the sealed challenge token, its tag.
        Peer peer = rig.peer();
        byte[] body = peer.challengeOf(host).openedByClient(peer.token()).body();
        body[at] ^= 1;

        assertThat(host.receive(Rig.CLIENT, peer.responseOf(1, body))).isEmpty();

        assertThat(host.lastDrop()).isEqualTo(Drop.CHALLENGE_NOT_AUTHENTIC);
        assertThat(host.machine().connectedClients()).isZero();
    }

    @Test
    void aResponseWithTheChallengeOfSomebodyElseIsDropped() {
        Peer other = rig.peer(rig.token(2), SECOND_CLIENT);
        byte[] theirs = other.challengeOf(host).openedByClient(other.token()).body();
        Peer peer = rig.peer();
        peer.challengeOf(host);

        host.receive(Rig.CLIENT, peer.responseOf(1, theirs));

        assertThat(host.lastDrop()).isEqualTo(Drop.CHALLENGE_NOT_AUTHENTIC);
    }

    @Test
    void aResponseWithTheChallengeOfAnotherTokenFromTheSameAddressIsDropped() {
        Peer first = rig.peer(rig.token(1), Rig.CLIENT);
        Peer second = rig.peer(rig.token(1), Rig.CLIENT);
        byte[] body = first.challengeOf(host).openedByClient(first.token()).body();
        second.challengeOf(host);

        host.receive(Rig.CLIENT, second.responseOf(1, body));

        assertThat(host.lastDrop()).isEqualTo(Drop.CHALLENGE_NOT_AUTHENTIC);
    }

    @Test
    void aResponseWithTheChallengeOfAnotherServerIsDropped() {
        Peer peer = rig.peer();
        byte[] body = peer.challengeOf(rig.host()).openedByClient(peer.token()).body();
        peer.challengeOf(host);

        host.receive(Rig.CLIENT, peer.responseOf(1, body));

        assertThat(host.lastDrop()).isEqualTo(Drop.CHALLENGE_NOT_AUTHENTIC);
    }

    @Test
    void aResponseFromAConnectedAddressIsDroppedWithoutAnAnswer() {
        Peer peer = rig.peer();
        Sent challenge = peer.challengeOf(host);
        host.receive(peer.address(), peer.response(1, challenge));

        assertThat(host.receive(peer.address(), peer.response(2, challenge))).isEmpty();

        assertThat(host.lastDrop()).isEqualTo(Drop.ADDRESS_CONNECTED);
        assertThat(host.machine().connectedClients()).isEqualTo(1);
    }

    @Test
    void aResponseOfAClientThatIsConnectedFromElsewhereIsDropped() {
        Peer first = rig.peer(rig.token(1), Rig.CLIENT);
        Peer second = rig.peer(rig.token(1), SECOND_CLIENT);
        Sent challenge = second.challengeOf(host);
        first.connectTo(host);

        assertThat(host.receive(SECOND_CLIENT, second.response(1, challenge))).isEmpty();

        assertThat(host.lastDrop()).isEqualTo(Drop.CLIENT_ID_CONNECTED);
        assertThat(host.machine().connectedClients()).isEqualTo(1);
    }

    @Test
    void aResponseToAServerThatHasBecomeFullIsDenied() {
        Host small = rig.host(config -> config.maxClients(1));
        Peer late = rig.peer(rig.token(2), SECOND_CLIENT);
        Sent challenge = late.challengeOf(small);
        rig.peer().connectTo(small);

        List<Sent> answers = small.receive(SECOND_CLIENT, late.response(1, challenge));

        assertThat(answers)
                .singleElement()
                .satisfies(answer -> {
                    assertThat(answer.openedByClient(late.token()).type())
                            .isEqualTo(RawPacket.DENIED);
                    assertThat(answer.size()).isEqualTo(25);
                });
        assertThat(small.machine().denied()).isEqualTo(1);
    }

    @Test
    void aSlotThatGetsFreeInTimeIsTaken() {
        Host small = rig.host(config -> config.maxClients(1));
        Peer late = rig.peer(rig.token(2), SECOND_CLIENT);
        Sent challenge = late.challengeOf(small);
        rig.peer().connectTo(small);
        small.receive(SECOND_CLIENT, late.response(1, challenge));
        small.disconnect(0, StatedReason.NONE);

        assertThat(small.receive(SECOND_CLIENT, late.response(2, challenge)))
                .extracting(Sent::type)
                .containsExactly(RawPacket.KEEP_ALIVE);
    }

    @Test
    void aResponseAfterItsEntryDiedIsDropped() {
        Peer peer = rig.peer();
        Sent challenge = peer.challengeOf(host);
        rig.passSeconds(5);
        host.tick();

        host.receive(Rig.CLIENT, peer.response(1, challenge));

        assertThat(host.lastDrop()).isEqualTo(Drop.UNKNOWN_ADDRESS);
    }

    // ---- Connecting

    @Test
    void aGivenSlotEndsEveryPendingConnectionOfTheAddressAndConsumesTheirTokens() {
        Peer first = rig.peer(rig.token(1), Rig.CLIENT);
        Peer second = rig.peer(rig.token(2), Rig.CLIENT);
        Peer third = rig.peer(rig.token(3), SECOND_CLIENT);
        first.challengeOf(host);
        third.challengeOf(host);
        second.connectTo(host);

        assertThat(host.machine().pendingConnections()).isEqualTo(1);
        host.disconnect(0, StatedReason.NONE);
        host.receive(Rig.CLIENT, first.request());
        assertThat(host.lastDrop()).isEqualTo(Drop.TOKEN_CONSUMED);
        host.receive(Rig.CLIENT, second.request());
        assertThat(host.lastDrop()).isEqualTo(Drop.TOKEN_CONSUMED);
        assertThat(host.receive(SECOND_CLIENT, third.request())).hasSize(1);
    }

    // ---- Replays from another server

    private ServerEvent.Requested requested(Host server) {
        List<ServerEvent> events = server.events();
        assertThat(events).singleElement().isInstanceOf(ServerEvent.Requested.class);
        return (ServerEvent.Requested) events.getFirst();
    }

    @ParameterizedTest
    @ValueSource(ints = {RawPacket.KEEP_ALIVE, RawPacket.PAYLOAD, RawPacket.DISCONNECT})
    void aSlotDropsWhatIsNotNewerThanTheFirstResponse(int type) {
        Peer peer = rig.peer();
        Sent challenge = peer.challengeOf(host);
        host.receive(Rig.CLIENT, peer.response(300, challenge));
        byte[] body = new byte[type == RawPacket.DISCONNECT ? 0 : 8];

        for (long sequence : new long[] {0, 1, 44, 45, 299, 300}) {
            host.receive(Rig.CLIENT, peer.seal(type, sequence, body));
            assertThat(host.lastDrop()).as("%d", sequence).isEqualTo(Drop.ALREADY_RECEIVED);
        }
        host.receive(Rig.CLIENT, peer.seal(type, 301, body));

        assertThat(host.lastDrop()).isEqualTo(Drop.NONE);
    }

    @Test
    void theFirstResponseOfAnEntryCountsNotTheOneThatTakesTheSlot() {
        Peer peer = rig.peer();
        Sent challenge = peer.challengeOf(asking);
        asking.receive(Rig.CLIENT, peer.response(5, challenge));
        asking.machine().admit(rig.nanos() + 1, requested(asking).entry(), asking.sink());
        asking.receive(Rig.CLIENT, peer.response(9, challenge));
        assertThat(asking.machine().connectedClients()).isEqualTo(1);

        asking.receive(Rig.CLIENT, peer.payload(5, (byte) 1));
        assertThat(asking.lastDrop()).isEqualTo(Drop.ALREADY_RECEIVED);
        asking.receive(Rig.CLIENT, peer.payload(6, (byte) 1));
        assertThat(asking.lastDrop()).isEqualTo(Drop.NONE);
    }

    @Test
    void aResponseThatDoesNotCountLeavesNoMark() {
        Peer peer = rig.peer();
        Sent challenge = peer.challengeOf(host);
        byte[] wrong = challenge.openedByClient(peer.token()).body();
        wrong[100] ^= 1;
        host.receive(Rig.CLIENT, peer.responseOf(4000, wrong));
        host.receive(Rig.CLIENT, peer.response(2, challenge));

        host.receive(Rig.CLIENT, peer.payload(3, (byte) 1));

        assertThat(host.lastDrop()).isEqualTo(Drop.NONE);
    }
}
