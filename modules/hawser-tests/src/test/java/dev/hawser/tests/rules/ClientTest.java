package dev.hawser.tests.rules;

import static dev.hawser.protocol.machine.ClientState.CONNECTED;
import static dev.hawser.protocol.machine.ClientState.CONNECTION_DENIED;
import static dev.hawser.protocol.machine.ClientState.CONNECTION_REQUEST_TIMED_OUT;
import static dev.hawser.protocol.machine.ClientState.CONNECTION_RESPONSE_TIMED_OUT;
import static dev.hawser.protocol.machine.ClientState.DISCONNECTED;
import static dev.hawser.protocol.machine.ClientState.INVALID_CONNECT_TOKEN;
import static dev.hawser.protocol.machine.ClientState.SENDING_CONNECTION_REQUEST;
import static dev.hawser.protocol.machine.ClientState.SENDING_CONNECTION_RESPONSE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.Drop;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.machine.ClientMachine;
import dev.hawser.protocol.machine.ClientState;
import dev.hawser.protocol.token.ConnectToken;
import dev.hawser.protocol.wire.ReasonBody;
import dev.hawser.protocol.wire.Wire;
import dev.hawser.tests.rig.Guest;
import dev.hawser.tests.rig.RawPacket;
import dev.hawser.tests.rig.Rig;
import dev.hawser.tests.rig.Sent;
import dev.hawser.tests.rig.Token;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// docs/protocol.md "Client": its states, connecting and leaving, and what it does with packets
/// before it is connected.
class ClientTest extends ClientRules {

    private static byte[] body(StatedReason reason) {
        ByteBuffer body = ByteBuffer.allocate(Wire.REASON_BODY_BYTES_MAX);
        ReasonBody.put(reason, body);
        return Arrays.copyOf(body.array(), body.position());
    }

    // ---- States

    @ParameterizedTest
    @CsvSource({
        "CONNECT_TOKEN_EXPIRED, -6",
        "INVALID_CONNECT_TOKEN, -5",
        "CONNECTION_TIMED_OUT, -4",
        "CONNECTION_RESPONSE_TIMED_OUT, -3",
        "CONNECTION_REQUEST_TIMED_OUT, -2",
        "CONNECTION_DENIED, -1",
        "DISCONNECTED, 0",
        "SENDING_CONNECTION_REQUEST, 1",
        "SENDING_CONNECTION_RESPONSE, 2",
        "CONNECTED, 3"
    })
    void theNumbersOfTheStatesAreTheStandards(ClientState state, int number) {
        assertThat(state.number()).isEqualTo(number);
        assertThat(state.isActive()).isEqualTo(number > 0);
    }

    @Test
    void thereAreTenStates() {
        assertThat(ClientState.values()).hasSize(10);
    }

    @Test
    void aClientBeginsDisconnected() {
        assertThat(guest.state()).isEqualTo(DISCONNECTED);
        assertThat(guest.machine().nextTimeout()).isEqualTo(ClientMachine.NO_TIMEOUT);
        assertThat(guest.tick()).isEmpty();
    }

    // ---- connect()

    @Test
    void connectingWithBytesThatAreNoTokenEndsInInvalidConnectToken() {
        guest.machine().connect(rig.nanos(), ConnectToken.ofBytes(new byte[2047]), (_, _) -> {});

        assertThat(guest.state()).isEqualTo(INVALID_CONNECT_TOKEN);
        assertThat(guest.tick()).isEmpty();
    }

    @ParameterizedTest(name = "byte {0} is {1}")
    @CsvSource({"0, 0", "12, 1", "1089, 0", "1089, 33", "1093, 0", "1093, 3"})
    void connectingWithATokenThatCannotBeReadEndsInInvalidConnectToken(int at, int value) {
        // The version, the count of servers, the type of the first one.
        byte[] bytes = tokenOf(Rig.SERVER).bytes();
        bytes[at] = (byte) value;

        guest.machine().connect(rig.nanos(), ConnectToken.ofBytes(bytes), (_, _) -> {});

        assertThat(guest.state()).isEqualTo(INVALID_CONNECT_TOKEN);
    }

    @Test
    void connectingWithATokenThatExpiredBeforeItWasMadeEndsInInvalidConnectToken() {
        guest.connect(rig.token().created(1001).expires(1000).mint());

        assertThat(guest.state()).isEqualTo(INVALID_CONNECT_TOKEN);
    }

    @Test
    void connectingDialsTheFirstServer() {
        assertThat(guest.connect(tokenOf(SECOND, Rig.SERVER))).isEmpty();

        assertThat(guest.state()).isEqualTo(SENDING_CONNECTION_REQUEST);
        assertThat(guest.machine().serverAddress()).isEqualTo(SECOND);
        assertThat(guest.tick()).singleElement().extracting(Sent::to).isEqualTo(SECOND);
    }

    @Test
    void connectingWhileActiveDisconnectsFirst() {
        reachConnected();
        Token first = guest.token();
        Token second = tokenOf(SECOND);

        List<Sent> sent = guest.connect(second);

        assertThat(sent).hasSize(10);
        assertThat(sent)
                .allSatisfy(packet -> {
                    assertThat(packet.to()).isEqualTo(Rig.SERVER);
                    assertThat(packet.openedByServer(first).type()).isEqualTo(RawPacket.DISCONNECT);
                });
        assertThat(guest.state()).isEqualTo(SENDING_CONNECTION_REQUEST);
        assertThat(guest.tick()).singleElement().extracting(Sent::to).isEqualTo(SECOND);
    }

    @Test
    void connectingWithAnUnreadableTokenWhileActiveDisconnectsFirst() {
        reachConnected();

        int[] sent = new int[1];
        guest.machine().connect(rig.nanos(), ConnectToken.ofBytes(EMPTY), (_, _) -> sent[0]++);

        assertThat(sent[0]).isEqualTo(10);
        assertThat(guest.state()).isEqualTo(INVALID_CONNECT_TOKEN);
    }

    // ---- disconnect()

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void disconnectingSendsTenDisconnectPackets(int state) {
        connect();
        if (state == 2) {
            guest.receiveChallenge();
        } else if (state == 3) {
            guest.receiveSlot();
        }
        assertThat(guest.state().number()).isEqualTo(state);

        List<Sent> sent = guest.disconnect(StatedReason.NONE);

        assertThat(sent).hasSize(10);
        assertThat(sent)
                .allSatisfy(packet -> {
                    assertThat(packet.to()).isEqualTo(Rig.SERVER);
                    assertThat(packet.openedByServer(guest.token()).type())
                            .isEqualTo(RawPacket.DISCONNECT);
                    assertThat(packet.openedByServer(guest.token()).body()).isEmpty();
                });
        assertThat(sent.stream().map(packet -> packet.openedByServer(guest.token()).sequence()))
                .doesNotHaveDuplicates();
        assertThat(guest.state()).isEqualTo(DISCONNECTED);
    }

    @Test
    void disconnectingWhenNotActiveDoesNothingAndTheReasonStays() {
        connect();
        guest.receive(RawPacket.DENIED, GLOBAL, EMPTY);
        guest.tick();
        assertThat(guest.state()).isEqualTo(CONNECTION_DENIED);

        assertThat(guest.disconnect(StatedReason.NONE)).isEmpty();

        assertThat(guest.state()).isEqualTo(CONNECTION_DENIED);
    }

    // ---- Only packets from the current server count

    @Test
    void packetsFromAnotherAddressThanTheServersDoNotCount() {
        connect();

        guest.receive(Rig.STRANGER, guest.fromServer(RawPacket.CHALLENGE, GLOBAL, new byte[308]));
        assertThat(guest.lastDrop()).isEqualTo(Drop.WRONG_ADDRESS);
        guest.receive(
                Rig.SERVER.withPort(40001),
                guest.fromServer(RawPacket.CHALLENGE, GLOBAL, new byte[308]));
        assertThat(guest.lastDrop()).isEqualTo(Drop.WRONG_ADDRESS);

        assertThat(guest.state()).isEqualTo(SENDING_CONNECTION_REQUEST);
    }

    @Test
    void packetsFromTheServerThatWasGivenUpDoNotCount() {
        guest.connect(tokenOf(Rig.SERVER, SECOND));
        guest.tick();
        guest.idleMillis(5001);
        guest.tick();
        assertThat(guest.machine().serverAddress()).isEqualTo(SECOND);

        guest.receiveChallenge();

        assertThat(guest.lastDrop()).isEqualTo(Drop.WRONG_ADDRESS);
        assertThat(guest.state()).isEqualTo(SENDING_CONNECTION_REQUEST);
    }

    @Test
    void packetsFromAnotherAddressDoNotAdvanceTheReplayWindow() {
        reachConnected();
        byte[] payload = guest.fromServer(RawPacket.PAYLOAD, 700, new byte[] {1});

        guest.receive(Rig.STRANGER, payload);

        assertThat(guest.receive(RawPacket.PAYLOAD, 1, new byte[] {2})).isTrue();
        assertThat(guest.receive(Rig.SERVER, payload)).isTrue();
    }

    // ---- States 1 and 2

    @Test
    void aChallengeIsAnswered() {
        connect();
        byte[] challenge = new byte[308];
        Arrays.fill(challenge, (byte) 0x3c);

        guest.receive(RawPacket.CHALLENGE, GLOBAL, challenge);

        assertThat(guest.state()).isEqualTo(SENDING_CONNECTION_RESPONSE);
        rig.passMillis(101);
        RawPacket response = guest.tick().getFirst().openedByServer(guest.token());
        assertThat(response.type()).isEqualTo(RawPacket.RESPONSE);
        assertThat(response.body()).isEqualTo(challenge);
    }

    @Test
    void laterChallengesAreIgnored() {
        connect();
        guest.receiveChallenge();
        byte[] later = new byte[308];
        later[0] = 9;

        guest.receive(RawPacket.CHALLENGE, GLOBAL + 1, later);

        assertThat(guest.lastDrop()).isEqualTo(Drop.WRONG_STATE);
        rig.passMillis(101);
        RawPacket response = guest.tick().getFirst().openedByServer(guest.token());
        assertThat(response.body()).isEqualTo(new byte[308]);
    }

    @Test
    void laterChallengesDoNotCountAsHearingFromTheServer() {
        connect();
        guest.receiveChallenge();
        guest.idleMillis(4000);
        guest.receive(RawPacket.CHALLENGE, GLOBAL + 1, new byte[308]);

        guest.idleMillis(1001);
        guest.tick();

        assertThat(guest.state()).isEqualTo(CONNECTION_RESPONSE_TIMED_OUT);
    }

    @Test
    void aKeepAliveConnects() {
        connect();
        guest.receiveChallenge();

        guest.receive(RawPacket.KEEP_ALIVE, 0, Guest.slot(3, 65_536));

        assertThat(guest.state()).isEqualTo(CONNECTED);
        assertThat(guest.machine().clientIndex()).isEqualTo(3);
        assertThat(guest.machine().maxClients()).isEqualTo(65_536);
    }

    @Test
    void laterKeepAlivesDoNotMoveTheClientToAnotherSlot() {
        reachConnected();

        guest.receive(RawPacket.KEEP_ALIVE, 1, Guest.slot(9, 99));

        assertThat(guest.lastDrop()).isEqualTo(Drop.NONE);
        assertThat(guest.machine().clientIndex()).isEqualTo(2);
        assertThat(guest.machine().maxClients()).isEqualTo(16);
    }

    @Test
    void aKeepAliveBeforeTheChallengeIsIgnored() {
        connect();

        guest.receive(RawPacket.KEEP_ALIVE, 0, Guest.slot(3, 8));

        assertThat(guest.lastDrop()).isEqualTo(Drop.WRONG_STATE);
        assertThat(guest.state()).isEqualTo(SENDING_CONNECTION_REQUEST);
    }

    @Test
    void payloadsBeforeTheConnectionAreDiscarded() {
        connect();
        assertThat(guest.receive(RawPacket.PAYLOAD, 0, new byte[] {1})).isFalse();
        guest.receiveChallenge();
        assertThat(guest.receive(RawPacket.PAYLOAD, 1, new byte[] {1})).isFalse();

        guest.receive(RawPacket.KEEP_ALIVE, 2, Guest.slot(0, 4));

        assertThat(guest.receive(RawPacket.PAYLOAD, 3, new byte[] {7})).isTrue();
        assertThat(guest.lastPayload()).containsExactly(7);
    }

    @Test
    void payloadsBeforeTheConnectionDoNotCountAsHearingFromTheServer() {
        connect();
        guest.idleMillis(4000);
        guest.receive(RawPacket.PAYLOAD, 0, new byte[] {1});
        guest.idleMillis(1001);
        guest.tick();

        assertThat(guest.state()).isEqualTo(CONNECTION_REQUEST_TIMED_OUT);
    }

    @Test
    void aDisconnectBeforeTheChallengeIsIgnored() {
        connect();

        guest.receive(RawPacket.DISCONNECT, 0, EMPTY);
        guest.tick();

        assertThat(guest.lastDrop()).isEqualTo(Drop.WRONG_STATE);
        assertThat(guest.state()).isEqualTo(SENDING_CONNECTION_REQUEST);
    }

    /// A server that disconnects a client right after it gave it its slot, and whose keep-alive was
    /// lost: the client has not heard of the slot yet.
    @Test
    void aDisconnectWhileTheResponseIsSentEndsTheAttemptWithItsReason() {
        guest.connect(rig.token().servers(Rig.SERVER, SECOND).statesReasons().mint());
        guest.tick();
        guest.receiveChallenge();
        StatedReason banned = StatedReason.of(StatedReason.BANNED, "you are banned");

        guest.receive(RawPacket.DISCONNECT, 1, body(banned));
        guest.receive(RawPacket.DISCONNECT, 2, EMPTY);
        assertThat(guest.machine().nextTimeout()).isLessThanOrEqualTo(rig.nanos());
        guest.tick();

        assertThat(guest.lastDrop()).isEqualTo(Drop.NONE);
        assertThat(guest.state()).isEqualTo(DISCONNECTED);
        assertThat(guest.machine().statedReason()).isEqualTo(banned);
        assertThat(guest.machine().serverAddress()).isNull();
    }

    @Test
    void theSlotThatIsHeardOfAfterItsEndChangesNothing() {
        connect();
        guest.receiveChallenge();

        guest.receive(RawPacket.DISCONNECT, 1, EMPTY);
        guest.receive(RawPacket.KEEP_ALIVE, 0, Guest.slot(3, 8));
        guest.tick();

        assertThat(guest.state()).isEqualTo(DISCONNECTED);
    }

    /// All servers of a token seal under the same keys; what counts is where it comes from.
    @Test
    void aDisconnectOfTheServerThatWasGivenUpEndsNothing() {
        guest.connect(tokenOf(Rig.SERVER, SECOND));
        guest.tick();
        guest.receiveChallenge();
        byte[] disconnect = guest.fromServer(RawPacket.DISCONNECT, 1, EMPTY);
        guest.idleMillis(5001);
        guest.tick();
        assertThat(guest.machine().serverAddress()).isEqualTo(SECOND);

        guest.receive(Rig.SERVER, disconnect);
        assertThat(guest.lastDrop()).isEqualTo(Drop.WRONG_ADDRESS);
        guest.receive(SECOND, guest.fromServer(RawPacket.DISCONNECT, 1, EMPTY));
        assertThat(guest.lastDrop()).isEqualTo(Drop.WRONG_STATE);
        guest.tick();

        assertThat(guest.state()).isEqualTo(SENDING_CONNECTION_REQUEST);
    }
}
