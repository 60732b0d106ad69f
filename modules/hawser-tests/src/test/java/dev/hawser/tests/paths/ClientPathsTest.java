package dev.hawser.tests.paths;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.Drop;
import dev.hawser.protocol.machine.ClientMachine;
import dev.hawser.protocol.machine.ClientState;
import dev.hawser.tests.rig.Guest;
import dev.hawser.tests.rig.RawPacket;
import dev.hawser.tests.rig.Rig;
import dev.hawser.tests.rig.Sent;
import dev.hawser.tests.rig.Token;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/// docs/extension.md, the client's side: when it asks for its path, and how.
class ClientPathsTest {
    private static final long PATH_ID = 0x1122_3344_5566_7788L;
    private static final byte[] WORD = new byte[16];
    private static final byte[] CONFIRMED = new byte[8];
    private static final byte[] NOTHING_HEARD = {-1, -1, -1, -1, -1, -1, -1, -1};
    private static final byte[] CHALLENGE = {1, 2, 3, 4, 5, 6, 7, 8};

    private final Rig rig = new Rig();
    private final Token token = rig.token().survivesMoves().mint();

    private Guest connected() {
        return connected(token, Guest.slot(2, 16, PATH_ID, WORD));
    }

    private Guest connected(Token token, byte[] keepAlive) {
        Guest guest = rig.guest().connecting(token);
        guest.receiveChallenge();
        guest.receive(RawPacket.KEEP_ALIVE, 0, keepAlive);
        assertThat(guest.state()).isEqualTo(ClientState.CONNECTED);
        return guest;
    }

    private static List<Integer> types(List<Sent> sent) {
        return sent.stream().map(Sent::type).toList();
    }

    private RawPacket opened(Sent sent) {
        return RawPacket.openPath(
                sent.bytes(), token.clientToServerKey(), token.claims().protocolId());
    }

    private Guest probing() {
        Guest guest = connected();
        guest.machine().networkChanged(rig.nanos());
        assertThat(types(guest.tick())).containsExactly(RawPacket.PATH_REQUEST);
        return guest;
    }

    // ---- When it asks

    @Test
    void aClientThatHearsNothingAsksForItsPath() {
        Guest guest = connected();
        rig.passMillis(499);
        assertThat(types(guest.tick())).doesNotContain(RawPacket.PATH_REQUEST);
        assertThat(guest.machine().isProbing()).isFalse();
        rig.passMillis(1);
        assertThat(guest.machine().nextTimeout() - rig.nanos()).isNotPositive();

        assertThat(types(guest.tick())).contains(RawPacket.PATH_REQUEST);
        assertThat(guest.machine().isProbing()).isTrue();
    }

    @Test
    void aRequestNamesThePathInClearAndHoldsSixteenZeros() {
        Guest guest = connected();
        guest.machine().networkChanged(rig.nanos());

        Sent request = guest.tick().getFirst();

        byte[] bytes = request.bytes();
        assertThat(Arrays.copyOfRange(bytes, 1, 9))
                .containsExactly(0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11);
        assertThat(request.size()).isEqualTo(42);
        assertThat(opened(request).body()).isEqualTo(new byte[16]);
    }

    @Test
    void aClientAsksTenTimesASecondAndSendsNoKeepAliveBeside() {
        Guest guest = probing();
        for (int i = 0; i < 20; i++) {
            rig.passMillis(99);
            assertThat(guest.tick()).isEmpty();
            rig.passMillis(1);
            assertThat(types(guest.tick())).containsExactly(RawPacket.PATH_REQUEST);
        }
    }

    @Test
    void payloadsGoOnMeanwhile() {
        Guest guest = probing();

        assertThat(types(guest.send((byte) 1))).containsExactly(RawPacket.PAYLOAD);
        guest.receive(RawPacket.PAYLOAD, 1, new byte[] {5});
        assertThat(guest.lastPayload()).containsExactly(5);
    }

    @Test
    void aClientWhoseNetworkHasChangedAsksAtOnce() {
        Guest guest = connected();
        guest.machine().networkChanged(rig.nanos());

        assertThat(guest.machine().isProbing()).isTrue();
        assertThat(guest.machine().nextTimeout() - rig.nanos()).isNotPositive();
        assertThat(types(guest.tick())).containsExactly(RawPacket.PATH_REQUEST);
    }

    @Test
    void aClientOfWhichNothingIsHeardAsksAtOnce() {
        Guest guest = connected();
        guest.receive(RawPacket.PATH_ANSWER, 1, NOTHING_HEARD);

        assertThat(guest.lastDrop()).isEqualTo(Drop.NONE);
        assertThat(guest.machine().isProbing()).isTrue();
        assertThat(types(guest.tick())).containsExactly(RawPacket.PATH_REQUEST);
        rig.passMillis(50);
        guest.receive(RawPacket.PATH_ANSWER, 2, NOTHING_HEARD);
        assertThat(guest.tick()).as("told once more, it asks no sooner").isEmpty();
    }

    @Test
    void aClientThatHearsSomethingDoesNotAsk() {
        Guest guest = connected();
        for (int i = 1; i < 20; i++) {
            rig.passMillis(100);
            guest.receive(RawPacket.KEEP_ALIVE, i, Guest.slot(2, 16, PATH_ID, WORD));
            rig.passMillis(1);
            assertThat(types(guest.tick())).doesNotContain(RawPacket.PATH_REQUEST);
        }
    }

    // ---- When it may not

    @Test
    void aClientWithoutAPathIdNeverAsks() {
        Guest guest = connected(token, Guest.slot(2, 16));
        guest.machine().networkChanged(rig.nanos());
        guest.receive(RawPacket.PATH_ANSWER, 1, NOTHING_HEARD);
        for (int i = 0; i < 20; i++) {
            rig.passMillis(101);
            assertThat(types(guest.tick())).containsExactly(RawPacket.KEEP_ALIVE);
        }
        assertThat(guest.machine().isProbing()).isFalse();
    }

    @Test
    void withoutTheFlagAKeepAliveWithAPathIsDropped() {
        Token standard = rig.token().mint();
        Guest guest = rig.guest().connecting(standard);
        guest.receiveChallenge();
        guest.receive(RawPacket.KEEP_ALIVE, 0, Guest.slot(2, 16, PATH_ID, WORD));

        assertThat(guest.lastDrop()).isEqualTo(Drop.WRONG_SIZE);
        assertThat(guest.state()).isEqualTo(ClientState.SENDING_CONNECTION_RESPONSE);
    }

    @Test
    void withoutTheFlagPathAnswersAndPingsAreDropped() {
        Guest guest = connected(rig.token().mint(), Guest.slot(2, 16));
        guest.receive(RawPacket.PATH_ANSWER, 1, NOTHING_HEARD);
        assertThat(guest.lastDrop()).isEqualTo(Drop.WRONG_TYPE);
        guest.receive(RawPacket.PING, 2, new byte[24]);
        assertThat(guest.lastDrop()).isEqualTo(Drop.WRONG_TYPE);
    }

    @Test
    void aNetworkThatChangesBeforeTheConnectionMeansNothing() {
        ClientMachine machine = rig.guest().machine();
        machine.networkChanged(rig.nanos());
        assertThat(machine.isProbing()).isFalse();

        Guest guest = rig.guest().connecting(token);
        guest.machine().networkChanged(rig.nanos());
        guest.receiveChallenge();
        guest.machine().networkChanged(rig.nanos());
        assertThat(guest.machine().isProbing()).isFalse();
    }

    // ---- Answers

    @Test
    void whatIsConfirmedIsNotAskedForAgain() {
        Guest guest = probing();
        guest.receive(RawPacket.PATH_ANSWER, 1, CONFIRMED);

        assertThat(guest.lastDrop()).isEqualTo(Drop.NONE);
        assertThat(guest.machine().isProbing()).isFalse();
        rig.passMillis(101);
        assertThat(types(guest.tick())).containsExactly(RawPacket.KEEP_ALIVE);
    }

    @Test
    void onlyConfirmationEndsTheAsking() {
        Guest guest = probing();
        guest.receive(RawPacket.PAYLOAD, 1, new byte[] {1});
        guest.receive(RawPacket.KEEP_ALIVE, 2, Guest.slot(2, 16, PATH_ID, WORD));
        rig.passMillis(100);

        assertThat(types(guest.tick())).containsExactly(RawPacket.PATH_REQUEST);
    }

    @Test
    void aChallengeIsAnsweredInTheNextUpdate() {
        Guest guest = probing();
        rig.passMillis(10);
        guest.receive(RawPacket.PATH_ANSWER, 1, CHALLENGE);
        assertThat(guest.machine().nextTimeout() - rig.nanos()).isNotPositive();

        List<Sent> sent = guest.tick();

        assertThat(types(sent)).containsExactly(RawPacket.PATH_RESPONSE);
        assertThat(opened(sent.getFirst()).body()).isEqualTo(Arrays.copyOf(CHALLENGE, 16));
        assertThat(guest.tick()).as("a challenge is answered once").isEmpty();
        guest.receive(RawPacket.PATH_ANSWER, 2, CHALLENGE);
        assertThat(types(guest.tick())).containsExactly(RawPacket.PATH_RESPONSE);
    }

    @Test
    void whatWasNotAskedForIsDropped() {
        Guest guest = connected();
        guest.receive(RawPacket.PATH_ANSWER, 1, CONFIRMED);
        assertThat(guest.lastDrop()).isEqualTo(Drop.WRONG_STATE);
        guest.receive(RawPacket.PATH_ANSWER, 2, CHALLENGE);
        assertThat(guest.lastDrop()).isEqualTo(Drop.WRONG_STATE);

        assertThat(types(guest.tick())).doesNotContain(RawPacket.PATH_RESPONSE);
    }

    @Test
    void anAnswerCountsOnce() {
        Guest guest = probing();
        byte[] confirmed = guest.fromServer(RawPacket.PATH_ANSWER, 1, CONFIRMED);
        guest.receive(Rig.SERVER, confirmed);
        guest.machine().networkChanged(rig.nanos());
        guest.tick();

        guest.receive(Rig.SERVER, confirmed);

        assertThat(guest.lastDrop()).isEqualTo(Drop.ALREADY_RECEIVED);
        assertThat(guest.machine().isProbing()).isTrue();
    }

    @Test
    void answersShowThatTheServerIsThere() {
        Guest guest = probing();
        guest.idleMillis(4_900);
        guest.receive(RawPacket.PATH_ANSWER, 1, CHALLENGE);
        guest.idleMillis(4_900);
        guest.tick();

        assertThat(guest.state()).isEqualTo(ClientState.CONNECTED);
    }

    @Test
    void aClientThatIsNeverAnsweredGivesUp() {
        Guest guest = probing();
        guest.idleMillis(5_001);
        guest.tick();

        assertThat(guest.state()).isEqualTo(ClientState.CONNECTION_TIMED_OUT);
        assertThat(guest.machine().isForgotten()).isFalse();
        assertThat(guest.machine().isProbing()).isFalse();
    }

    @Test
    void everyRequestHasANumberOfItsOwn() {
        Guest guest = probing();
        rig.passMillis(100);
        long first = opened(guest.tick().getFirst()).sequence();
        guest.receive(RawPacket.PATH_ANSWER, 1, CHALLENGE);
        long second = opened(guest.tick().getFirst()).sequence();
        rig.passMillis(100);
        long third = opened(guest.tick().getFirst()).sequence();

        assertThat(List.of(second, third)).containsExactly(first + 1, first + 2);
    }

    @Test
    void theNextConnectionHasNoPathUntilItIsNamed() {
        Guest guest = probing();
        guest.connect(rig.token().survivesMoves().mint());
        guest.receiveChallenge();
        guest.receive(RawPacket.KEEP_ALIVE, 0, Guest.slot(2, 16));
        guest.machine().networkChanged(rig.nanos());

        assertThat(guest.machine().isProbing()).isFalse();
    }
}
