package dev.hawser.tests.paths;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.Drop;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.machine.ServerEvent;
import dev.hawser.tests.rig.Guest;
import dev.hawser.tests.rig.Host;
import dev.hawser.tests.rig.Peer;
import dev.hawser.tests.rig.RawPacket;
import dev.hawser.tests.rig.RawPath;
import dev.hawser.tests.rig.Rig;
import dev.hawser.tests.rig.Sent;
import dev.hawser.tests.rig.Token;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// docs/extension.md, the server's side: where a client is whose connection survives a changed
/// address.
class ServerPathsTest {
    private static final NetAddress ELSEWHERE = NetAddress.parse("198.51.100.99:7000");
    private static final NetAddress ELSEWHERE_TOO = NetAddress.parse("[2001:db8::7]:7001");
    private static final NetAddress SECOND_CLIENT = NetAddress.parse("198.51.100.8:50002");
    private static final byte[] CONFIRMED = new byte[8];
    private static final byte[] NOTHING_HEARD = {-1, -1, -1, -1, -1, -1, -1, -1};

    private final Rig rig = new Rig();
    private final Host host = rig.host();
    private final Token token = rig.token().survivesMoves().mint();
    private final Peer peer = rig.peer(token, Rig.CLIENT);
    private final RawPath path = new RawPath(rig.privateKey(), Rig.SERVER);

    /// Connects and confirms, with packets up to sequence 2.
    private long connect() {
        long pathId = peer.pathId(peer.connectTo(host));
        host.receive(Rig.CLIENT, peer.keepAlive(2));
        host.events();
        return pathId;
    }

    private Sent challengeAt(NetAddress address, long pathId, long sequence) {
        List<Sent> answers = host.receive(address, peer.pathRequest(pathId, sequence));
        assertThat(host.lastDrop()).isEqualTo(Drop.NONE);
        assertThat(answers).hasSize(1);
        Sent answer = answers.getFirst();
        assertThat(answer.to()).isEqualTo(address);
        assertThat(answer.type()).isEqualTo(RawPacket.PATH_ANSWER);
        return answer;
    }

    private byte[] body(Sent sent) {
        return sent.openedByClient(token).body();
    }

    private NetAddress payloadsGoTo() {
        List<Sent> sent = host.send(0, new byte[] {1});
        assertThat(sent).isNotEmpty();
        return sent.getLast().to();
    }

    private void assertDropped(NetAddress from, byte[] packet, Drop drop) {
        assertThat(host.receive(from, packet)).isEmpty();
        assertThat(host.lastDrop()).isEqualTo(drop);
        assertThat(host.events()).isEmpty();
    }

    // ---- The name of a path

    @Test
    void aKeepAliveNamesThePathAndTheResetWord() {
        Sent keepAlive = peer.connectTo(host);

        byte[] body = body(keepAlive);
        long pathId = peer.pathId(keepAlive);
        assertThat(Arrays.copyOf(body, 8)).isEqualTo(Guest.slot(0, 4));
        assertThat(path.fits(pathId)).isTrue();
        assertThat(peer.resetWord(keepAlive)).isEqualTo(path.resetWord(pathId));
    }

    @Test
    void theNameStaysTheSame() {
        Sent first = peer.connectTo(host);
        host.receive(Rig.CLIENT, peer.keepAlive(2));
        rig.passMillis(100);

        Sent later = ofType(RawPacket.KEEP_ALIVE, host.tick());

        assertThat(body(later)).isEqualTo(body(first));
    }

    private Sent ofType(int type, List<Sent> sent) {
        List<Sent> found = sent.stream().filter(packet -> packet.type() == type).toList();
        assertThat(found).as("packets of type %s among %s", type, sent).hasSize(1);
        return found.getFirst();
    }

    @Test
    void withoutTheFlagAKeepAliveIsTheStandards() {
        Peer standard = rig.peer(rig.token().mint(), Rig.CLIENT);

        Sent keepAlive = standard.connectTo(host);

        assertThat(keepAlive.openedByClient(standard.token()).body()).isEqualTo(Guest.slot(0, 4));
    }

    @Test
    void whereTheTransportHasPathsOfItsOwnNoneIsNamed() {
        Host still = rig.host(config -> config.clientsMayMove(false));

        Sent keepAlive = peer.connectTo(still);

        assertThat(body(keepAlive)).isEqualTo(Guest.slot(0, 4));
        still.receive(Rig.CLIENT, peer.keepAlive(2));
        assertThat(still.receive(ELSEWHERE, peer.pathRequest(path.pathId(1), 3))).isEmpty();
        assertThat(still.lastDrop()).isEqualTo(Drop.PATH_UNKNOWN);
    }

    @Test
    void theNameDependsOnTheKeyAndOnEveryAddressOfTheServer() {
        Host two = rig.host(rig.group(), rig.config(ELSEWHERE, Rig.SERVER));

        Sent keepAlive = peer.connectTo(two);

        long pathId = peer.pathId(keepAlive);
        RawPath ofBoth = new RawPath(rig.privateKey(), Rig.SERVER, ELSEWHERE);
        assertThat(ofBoth.fits(pathId)).isTrue();
        assertThat(peer.resetWord(keepAlive)).isEqualTo(ofBoth.resetWord(pathId));
        assertThat(path.fits(pathId)).isFalse();
    }

    @Test
    void noTwoConnectionsHaveOneName() {
        long first = connect();
        Peer second = rig.peer(rig.token().clientId(2).survivesMoves().mint(), SECOND_CLIENT);

        assertThat(second.pathId(second.connectTo(host))).isNotEqualTo(first);
    }

    // ---- From where the client is

    @Test
    void aRequestFromWhereTheClientIsIsConfirmed() {
        long pathId = connect();

        Sent answer = challengeAt(Rig.CLIENT, pathId, 3);

        assertThat(body(answer)).isEqualTo(CONFIRMED);
        assertThat(host.events()).isEmpty();
    }

    @Test
    void aRequestCountsOnce() {
        long pathId = connect();
        byte[] request = peer.pathRequest(pathId, 3);
        host.receive(Rig.CLIENT, request);

        assertDropped(Rig.CLIENT, request, Drop.ALREADY_RECEIVED);
        assertDropped(ELSEWHERE, request, Drop.ALREADY_RECEIVED);
    }

    @Test
    void aRequestShowsThatTheClientIsThere() {
        long pathId = connect();
        host.idleMillis(4_900);
        host.receive(Rig.CLIENT, peer.pathRequest(pathId, 3));
        host.idleMillis(4_900);
        host.tick();

        assertThat(host.machine().isConnected(0)).isTrue();
        assertThat(host.events()).isEmpty();
    }

    @Test
    void aRequestFromWhereTheClientIsConfirmsItsConnection() {
        long pathId = peer.pathId(peer.connectTo(host));
        host.receive(Rig.CLIENT, peer.pathRequest(pathId, 3));

        assertThat(host.send(0, new byte[] {1})).hasSize(1);
    }

    // ---- From elsewhere

    @Test
    void theNewestPacketFromElsewhereIsChallenged() {
        long pathId = connect();

        Sent challenge = challengeAt(ELSEWHERE, pathId, 3);

        assertThat(body(challenge)).isNotEqualTo(CONFIRMED).isNotEqualTo(NOTHING_HEARD);
        assertThat(host.events()).isEmpty();
        assertThat(payloadsGoTo()).isEqualTo(Rig.CLIENT);
    }

    @Test
    void aRequestFromElsewhereShowsThatTheClientIsThere() {
        long pathId = connect();
        host.idleMillis(4_900);
        host.receive(ELSEWHERE, peer.pathRequest(pathId, 3));
        host.idleMillis(4_900);
        host.tick();

        assertThat(host.machine().isConnected(0)).isTrue();
    }

    @Test
    void aRepeatFromTheSameAddressGetsTheSameChallenge() {
        long pathId = connect();

        byte[] first = body(challengeAt(ELSEWHERE, pathId, 3));
        byte[] second = body(challengeAt(ELSEWHERE, pathId, 4));

        assertThat(second).isEqualTo(first);
    }

    @Test
    void aResponseMovesTheConnection() {
        long pathId = connect();
        Sent challenge = challengeAt(ELSEWHERE, pathId, 3);

        List<Sent> answers = host.receive(ELSEWHERE, peer.pathResponse(pathId, 4, challenge));

        assertThat(answers).hasSize(1);
        assertThat(answers.getFirst().to()).isEqualTo(ELSEWHERE);
        assertThat(body(answers.getFirst())).isEqualTo(CONFIRMED);
        assertThat(host.events())
                .containsExactly(new ServerEvent.Moved(0, 1, Rig.CLIENT, ELSEWHERE));
        assertThat(payloadsGoTo()).isEqualTo(ELSEWHERE);
        host.receive(ELSEWHERE, peer.payload(5, (byte) 9));
        assertThat(host.lastPayload()).containsExactly(9);
        assertDropped(Rig.CLIENT, peer.payload(6, (byte) 9), Drop.UNKNOWN_ADDRESS);
    }

    @Test
    void aConnectionMovesFromOneFamilyToTheOther() {
        long pathId = connect();
        Sent challenge = challengeAt(ELSEWHERE_TOO, pathId, 3);

        host.receive(ELSEWHERE_TOO, peer.pathResponse(pathId, 4, challenge));

        assertThat(host.events())
                .containsExactly(new ServerEvent.Moved(0, 1, Rig.CLIENT, ELSEWHERE_TOO));
    }

    @Test
    void aMoveConfirmsTheConnection() {
        long pathId = peer.pathId(peer.connectTo(host));
        Sent challenge = challengeAt(ELSEWHERE, pathId, 3);
        host.receive(ELSEWHERE, peer.pathResponse(pathId, 4, challenge));

        assertThat(host.send(0, new byte[] {1})).hasSize(1);
    }

    @Test
    void theOldAddressIsFreeAfterAMove() {
        long pathId = connect();
        Sent challenge = challengeAt(ELSEWHERE, pathId, 3);
        host.receive(ELSEWHERE, peer.pathResponse(pathId, 4, challenge));

        rig.peer(rig.token(2), Rig.CLIENT).connectAndConfirmTo(host);

        assertThat(host.machine().connectedClients()).isEqualTo(2);
        host.receive(ELSEWHERE, peer.disconnect(5));
        assertThat(host.machine().isConnected(0)).isFalse();
        assertThat(host.machine().isConnected(1)).isTrue();
    }

    @Test
    void whatIsNotTheNewestFromElsewhereIsDropped() {
        long pathId = connect();
        host.receive(Rig.CLIENT, peer.payload(7, (byte) 1));

        assertDropped(ELSEWHERE, peer.pathRequest(pathId, 6), Drop.PATH_OVERTAKEN);
        assertThat(body(challengeAt(Rig.CLIENT, pathId, 5))).isEqualTo(CONFIRMED);
        challengeAt(ELSEWHERE, pathId, 8);
    }

    @Test
    void anAddressOfAnotherClientIsTaken() {
        long pathId = connect();
        rig.peer(rig.token(2), SECOND_CLIENT).connectAndConfirmTo(host);
        host.events();

        assertDropped(SECOND_CLIENT, peer.pathRequest(pathId, 3), Drop.ADDRESS_CONNECTED);
    }

    @Test
    void anAddressThatIsTakenMeanwhileIsNotMovedTo() {
        long pathId = connect();
        Sent challenge = challengeAt(SECOND_CLIENT, pathId, 3);
        rig.peer(rig.token(2), SECOND_CLIENT).connectAndConfirmTo(host);
        host.events();

        byte[] response = peer.pathResponse(pathId, 4, challenge);
        assertDropped(SECOND_CLIENT, response, Drop.ADDRESS_CONNECTED);
    }

    @Test
    void anotherAddressReplacesTheCandidate() {
        long pathId = connect();
        Sent first = challengeAt(ELSEWHERE, pathId, 3);
        Sent second = challengeAt(ELSEWHERE_TOO, pathId, 4);
        assertThat(body(second)).isNotEqualTo(body(first));

        assertDropped(ELSEWHERE, peer.pathResponse(pathId, 5, first), Drop.PATH_CHALLENGE);
        host.receive(ELSEWHERE_TOO, peer.pathResponse(pathId, 6, second));
        assertThat(payloadsGoTo()).isEqualTo(ELSEWHERE_TOO);
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                RawPacket.KEEP_ALIVE,
                RawPacket.PAYLOAD,
                RawPacket.PATH_REQUEST,
                RawPacket.PING
            })
    void aNewerPacketFromWhereTheClientIsEndsTheCandidate(int type) {
        long pathId = connect();
        Sent challenge = challengeAt(ELSEWHERE, pathId, 3);
        byte[] newer =
                switch (type) {
                    case RawPacket.KEEP_ALIVE -> peer.keepAlive(4);
                    case RawPacket.PAYLOAD -> peer.payload(4, (byte) 1);
                    case RawPacket.PATH_REQUEST -> peer.pathRequest(pathId, 4);
                    default -> peer.seal(RawPacket.PING, 4, new byte[24]);
                };

        host.receive(Rig.CLIENT, newer);

        assertThat(host.lastDrop()).isEqualTo(Drop.NONE);
        byte[] response = peer.pathResponse(pathId, 5, challenge);
        assertDropped(ELSEWHERE, response, Drop.PATH_CHALLENGE);
    }

    @Test
    void anOlderPacketFromWhereTheClientIsLeavesTheCandidate() {
        long pathId = connect();
        Sent challenge = challengeAt(ELSEWHERE, pathId, 9);
        host.receive(Rig.CLIENT, peer.payload(8, (byte) 1));

        host.receive(ELSEWHERE, peer.pathResponse(pathId, 10, challenge));

        assertThat(payloadsGoTo()).isEqualTo(ELSEWHERE);
    }

    @Test
    void aCandidateAnswersWithinTwoSeconds() {
        long pathId = connect();
        Sent challenge = challengeAt(ELSEWHERE, pathId, 3);
        rig.passMillis(1_999);
        rig.passNanos(999_999);
        challengeAt(ELSEWHERE, pathId, 4); // a repeat does not make it live longer
        rig.passNanos(1);

        assertDropped(ELSEWHERE, peer.pathResponse(pathId, 5, challenge), Drop.PATH_CHALLENGE);
        assertThat(body(challengeAt(ELSEWHERE, pathId, 6))).isNotEqualTo(body(challenge));
    }

    @Test
    void aCandidateMayAnswerInTheLastMoment() {
        long pathId = connect();
        Sent challenge = challengeAt(ELSEWHERE, pathId, 3);
        rig.passNanos(1_999_999_999);

        host.receive(ELSEWHERE, peer.pathResponse(pathId, 4, challenge));

        assertThat(payloadsGoTo()).isEqualTo(ELSEWHERE);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 7})
    void anyOtherNumberIsNoAnswer(int wrongByte) {
        long pathId = connect();
        Sent challenge = challengeAt(ELSEWHERE, pathId, 3);
        byte[] wrong = Arrays.copyOf(body(challenge), 16);
        wrong[wrongByte] ^= 1;

        byte[] response = peer.sealPath(RawPacket.PATH_RESPONSE, pathId, 4, wrong);

        assertDropped(ELSEWHERE, response, Drop.PATH_CHALLENGE);
        assertThat(payloadsGoTo()).isEqualTo(Rig.CLIENT);
    }

    @Test
    void aResponseFromAThirdAddressIsNoAnswer() {
        long pathId = connect();
        Sent challenge = challengeAt(ELSEWHERE, pathId, 3);

        byte[] response = peer.pathResponse(pathId, 4, challenge);

        assertDropped(ELSEWHERE_TOO, response, Drop.PATH_CHALLENGE);
    }

    @Test
    void aResponseWithoutAChallengeIsNoAnswer() {
        long pathId = connect();

        byte[] response = peer.sealPath(RawPacket.PATH_RESPONSE, pathId, 3, new byte[16]);

        assertDropped(ELSEWHERE, response, Drop.PATH_CHALLENGE);
    }

    @Test
    void aResponseFromWhereTheClientIsIsConfirmed() {
        long pathId = connect();
        Sent challenge = challengeAt(ELSEWHERE, pathId, 3);

        List<Sent> answers = host.receive(Rig.CLIENT, peer.pathResponse(pathId, 4, challenge));

        assertThat(body(answers.getFirst())).isEqualTo(CONFIRMED);
        assertThat(payloadsGoTo()).isEqualTo(Rig.CLIENT);
    }

    @Test
    void aClientMovesTenTimesASecond() {
        long pathId = connect();
        Sent there = challengeAt(ELSEWHERE, pathId, 3);
        host.receive(ELSEWHERE, peer.pathResponse(pathId, 4, there));
        host.events();
        rig.passMillis(99);
        Sent back = challengeAt(Rig.CLIENT, pathId, 5);

        byte[] early = peer.pathResponse(pathId, 6, back);
        assertDropped(Rig.CLIENT, early, Drop.PATH_MOVES_LIMIT);
        rig.passMillis(1);
        host.receive(Rig.CLIENT, peer.pathResponse(pathId, 7, back));

        assertThat(host.events())
                .containsExactly(new ServerEvent.Moved(0, 1, ELSEWHERE, Rig.CLIENT));
    }

    @Test
    void aMoveEndsWhoIsComingInFromThere() {
        long pathId = connect();
        Peer newcomer = rig.peer(rig.token(2), ELSEWHERE);
        Sent pending = newcomer.challengeOf(host);
        Sent challenge = challengeAt(ELSEWHERE, pathId, 3);
        assertThat(host.machine().pendingConnections()).isEqualTo(1);

        host.receive(ELSEWHERE, peer.pathResponse(pathId, 4, challenge));

        assertThat(host.machine().pendingConnections()).isZero();
        assertThat(host.receive(ELSEWHERE, newcomer.response(1, pending))).isEmpty();
        host.disconnect(0, StatedReason.NONE);
        host.events();
        assertDropped(ELSEWHERE, newcomer.request(), Drop.TOKEN_CONSUMED);
    }

    // ---- What is not authentic

    @Test
    void aPathPacketUnderTheIdOfAnotherClientDoesNotOpen() {
        connect();
        Peer second = rig.peer(rig.token().clientId(2).survivesMoves().mint(), SECOND_CLIENT);
        long otherId = second.pathId(second.connectTo(host));
        host.events();

        assertDropped(Rig.CLIENT, peer.pathRequest(otherId, 300), Drop.ADDRESS_CONNECTED);
        assertDropped(ELSEWHERE, peer.pathRequest(otherId, 300), Drop.NOT_AUTHENTIC);
    }

    @Test
    void thePathIdIsSealedToo() {
        long pathId = connect();
        Peer second = rig.peer(rig.token().clientId(2).survivesMoves().mint(), SECOND_CLIENT);
        long otherId = second.pathId(second.connectTo(host));
        host.events();
        byte[] request = peer.pathRequest(otherId, 3);
        byte[] own = peer.pathRequest(pathId, 3);
        System.arraycopy(own, 1, request, 1, 8);

        assertDropped(ELSEWHERE, request, Drop.NOT_AUTHENTIC);
    }

    @Test
    void aRequestIsNoResponse() {
        long pathId = connect();
        Sent challenge = challengeAt(ELSEWHERE, pathId, 3);
        byte[] response = peer.pathResponse(pathId, 4, challenge);
        response[0] = (byte) (response[0] & 0xf0 | RawPacket.PATH_REQUEST);

        assertDropped(ELSEWHERE, response, Drop.NOT_AUTHENTIC);
    }

    @Test
    void whatDoesNotOpenMovesNoWindow() {
        long pathId = connect();
        byte[] forged = peer.pathRequest(pathId, 1L << 40);
        forged[forged.length - 1] ^= 1;
        assertDropped(ELSEWHERE, forged, Drop.NOT_AUTHENTIC);

        challengeAt(ELSEWHERE, pathId, 3);
    }

    @Test
    void whatWasMeantForAnEarlierServerIsDropped() {
        Sent challenge = peer.challengeOf(host);
        byte[] response = peer.response(9, challenge);
        long pathId = peer.pathId(host.receive(Rig.CLIENT, response).getFirst());

        assertDroppedQuietly(peer.pathRequest(pathId, 8));
        assertDroppedQuietly(peer.pathRequest(pathId, 9));
        assertThat(body(host.receive(Rig.CLIENT, peer.pathRequest(pathId, 10)).getFirst()))
                .isEqualTo(CONFIRMED);
    }

    private void assertDroppedQuietly(byte[] packet) {
        assertThat(host.receive(Rig.CLIENT, packet)).isEmpty();
        assertThat(host.lastDrop()).isEqualTo(Drop.ALREADY_RECEIVED);
    }

    @Test
    void packetsOfServersAreNotForServers() {
        connect();

        byte[] answer = peer.seal(RawPacket.PATH_ANSWER, 3, CONFIRMED);
        assertDropped(Rig.CLIENT, answer, Drop.WRONG_TYPE);
        byte[] reset = Arrays.copyOf(path.reset(path.pathId(1)), 18);
        assertThat(host.receive(Rig.CLIENT, reset)).isEmpty();
        assertThat(host.lastDrop()).isEqualTo(Drop.WRONG_TYPE);
    }

    @Test
    void pathPacketsOnTopOfAnUpdateAreDropped() {
        long pathId = connect();

        host.surplus(ELSEWHERE, peer.pathRequest(pathId, 3));

        assertThat(host.lastDrop()).isEqualTo(Drop.OVER_LIMIT);
    }

    // ---- Nothing heard

    @Test
    void aClientOfWhichNothingIsHeardIsTold() {
        connect();
        rig.passMillis(499);
        assertThat(typesOf(host.tick())).doesNotContain(RawPacket.PATH_ANSWER);
        rig.passMillis(1);
        Sent notice = ofType(RawPacket.PATH_ANSWER, host.tick());
        assertThat(notice.to()).isEqualTo(Rig.CLIENT);
        assertThat(body(notice)).isEqualTo(NOTHING_HEARD);
        rig.passMillis(99);
        assertThat(typesOf(host.tick())).doesNotContain(RawPacket.PATH_ANSWER);
        rig.passMillis(1);
        assertThat(typesOf(host.tick()))
                .as("it stands for the keep-alive")
                .contains(RawPacket.PATH_ANSWER)
                .doesNotContain(RawPacket.KEEP_ALIVE);
        host.receive(Rig.CLIENT, peer.keepAlive(3));
        rig.passMillis(100);
        assertThat(typesOf(host.tick())).doesNotContain(RawPacket.PATH_ANSWER);
    }

    private static List<Integer> typesOf(List<Sent> sent) {
        return sent.stream().map(Sent::type).toList();
    }

    @Test
    void whosePayloadsArePausedIsNotTold() {
        connect();
        host.machine().pausePayloads(0);
        rig.passMillis(600);
        assertThat(typesOf(host.tick())).doesNotContain(RawPacket.PATH_ANSWER);
        host.machine().resumePayloads(0);
        rig.passMillis(100);
        assertThat(typesOf(host.tick())).contains(RawPacket.PATH_ANSWER);
    }

    @Test
    void withoutTheFlagNobodyIsTold() {
        Peer standard = rig.peer(rig.token().mint(), Rig.CLIENT);
        standard.connectAndConfirmTo(host);
        rig.passMillis(600);

        assertThat(typesOf(host.tick())).containsExactly(RawPacket.KEEP_ALIVE);
    }
}
