package dev.hawser.tests.rules;

import static dev.hawser.protocol.machine.ClientState.CONNECTED;
import static dev.hawser.protocol.machine.ClientState.CONNECTION_DENIED;
import static dev.hawser.protocol.machine.ClientState.CONNECTION_REQUEST_TIMED_OUT;
import static dev.hawser.protocol.machine.ClientState.CONNECTION_TIMED_OUT;
import static dev.hawser.protocol.machine.ClientState.CONNECT_TOKEN_EXPIRED;
import static dev.hawser.protocol.machine.ClientState.DISCONNECTED;
import static dev.hawser.protocol.machine.ClientState.SENDING_CONNECTION_REQUEST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.protocol.Drop;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.machine.ClientState;
import dev.hawser.tests.rig.Guest;
import dev.hawser.tests.rig.RawPacket;
import dev.hawser.tests.rig.Rig;
import dev.hawser.tests.rig.Sent;
import dev.hawser.tests.rig.Token;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// docs/protocol.md "One update": a connection, what is sent when, and the order.
class ClientUpdateTest extends ClientRules {

    // ---- State 3

    @Test
    void silenceEndsAConnection() {
        reachConnected();
        rig.passMillis(2000);
        guest.receive(RawPacket.PAYLOAD, 1, new byte[] {1});
        guest.tick();

        guest.idleMillis(5000);
        guest.tick();
        assertThat(guest.state()).isEqualTo(CONNECTED);
        rig.passNanos(1);
        guest.tick();

        assertThat(guest.state()).isEqualTo(CONNECTION_TIMED_OUT);
    }

    @ParameterizedTest
    @CsvSource({"4, 8", "5, 1"})
    void keepAlivesAndPayloadsKeepAConnection(int type, int bodyBytes) {
        reachConnected();
        for (int i = 1; i <= 4; i++) {
            rig.passMillis(4000);
            guest.receive(type, i, new byte[bodyBytes]);
            guest.tick();
        }

        assertThat(guest.state()).isEqualTo(CONNECTED);
    }

    @Test
    void aReplayedPacketDoesNotKeepAConnection() {
        reachConnected();
        byte[] packet = guest.fromServer(RawPacket.PAYLOAD, 1, new byte[] {1});
        guest.receive(Rig.SERVER, packet);
        guest.idleMillis(4000);
        guest.receive(Rig.SERVER, packet);
        assertThat(guest.lastDrop()).isEqualTo(Drop.ALREADY_RECEIVED);

        guest.idleMillis(1001);
        guest.tick();

        assertThat(guest.state()).isEqualTo(CONNECTION_TIMED_OUT);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
    void withoutATimeoutSilenceEndsNothing(int timeoutSeconds) {
        guest.connect(rig.token().timeoutSeconds(timeoutSeconds).expires(-1).mint());
        rig.passSeconds(1_000_000);
        guest.tick();
        assertThat(guest.state()).isEqualTo(SENDING_CONNECTION_REQUEST);
        guest.receiveSlot();

        rig.passSeconds(1_000_000);
        guest.tick();

        assertThat(guest.state()).isEqualTo(CONNECTED);
    }

    @Test
    void aDisconnectOfTheServerEndsAConnectionProperly() {
        reachConnected();

        guest.receive(RawPacket.DISCONNECT, 1, EMPTY);
        guest.tick();

        assertThat(guest.state()).isEqualTo(DISCONNECTED);
        assertThat(guest.tick()).isEmpty();
    }

    @Test
    void aDenialOrAChallengeDoesNotTouchAConnection() {
        reachConnected();

        guest.receive(RawPacket.DENIED, GLOBAL + 5, EMPTY);
        assertThat(guest.lastDrop()).isEqualTo(Drop.WRONG_STATE);
        guest.receive(RawPacket.CHALLENGE, GLOBAL + 6, new byte[308]);
        assertThat(guest.lastDrop()).isEqualTo(Drop.WRONG_STATE);
        guest.tick();

        assertThat(guest.state()).isEqualTo(CONNECTED);
    }

    @Test
    void payloadsOfTheServerArrive() {
        reachConnected();

        assertThat(guest.receive(RawPacket.PAYLOAD, 1, new byte[1200])).isTrue();
        assertThat(guest.lastPayload()).hasSize(1200);
    }

    // ---- Sending

    @Test
    void theFirstRequestGoesOutAtOnceAndThenEveryUpdateAfter100Milliseconds() {
        guest.connect(tokenOf(Rig.SERVER));

        assertThat(guest.tick())
                .singleElement()
                .satisfies(packet -> assertThat(packet.bytes()).isEqualTo(guest.token().request()));
        rig.passMillis(100);
        assertThat(guest.tick()).isEmpty();
        rig.passNanos(1);
        assertThat(guest.tick())
                .singleElement()
                .satisfies(packet -> assertThat(packet.bytes()).isEqualTo(guest.token().request()));
        assertThat(guest.tick()).isEmpty();
    }

    @Test
    void aRequestHas1078Bytes() {
        guest.connect(tokenOf(Rig.SERVER));

        assertThat(guest.tick().getFirst().size()).isEqualTo(1078);
    }

    @Test
    void theFirstResponseWaitsOutTheIntervalOfTheRequest() {
        connect();
        rig.passMillis(30);
        guest.receiveChallenge();

        assertThat(guest.tick()).isEmpty();
        rig.passMillis(70);
        assertThat(guest.tick()).isEmpty();
        rig.passNanos(1);
        assertThat(guest.tick())
                .singleElement()
                .extracting(Sent::type)
                .isEqualTo(RawPacket.RESPONSE);
    }

    @Test
    void theFirstResponseHasSequence1SinceTheRequestTookNumber0() {
        connect();
        guest.receiveChallenge();
        rig.passMillis(101);

        RawPacket response = guest.tick().getFirst().openedByServer(guest.token());

        assertThat(response.sequence()).isEqualTo(1);
    }

    @Test
    void everyRequestTakesANumber() {
        connect();
        for (int i = 0; i < 3; i++) {
            rig.passMillis(101);
            guest.tick();
        }
        guest.receiveChallenge();
        rig.passMillis(101);

        RawPacket response = guest.tick().getFirst().openedByServer(guest.token());

        assertThat(response.sequence()).isEqualTo(4);
    }

    @Test
    void responsesAreRepeatedWithTheSameBodyAndANumberOfTheirOwn() {
        connect();
        guest.receiveChallenge();
        rig.passMillis(101);
        RawPacket first = guest.tick().getFirst().openedByServer(guest.token());
        rig.passMillis(101);
        RawPacket second = guest.tick().getFirst().openedByServer(guest.token());

        assertThat(second.body()).isEqualTo(first.body());
        assertThat(second.sequence()).isEqualTo(first.sequence() + 1);
    }

    @Test
    void keepAlivesOfAClientCarryEightZeros() {
        reachConnected();
        rig.passMillis(101);

        RawPacket keepAlive = guest.tick().getFirst().openedByServer(guest.token());

        assertThat(keepAlive.type()).isEqualTo(RawPacket.KEEP_ALIVE);
        assertThat(keepAlive.body()).isEqualTo(new byte[8]);
    }

    @Test
    void anyPacketSentPutsOffTheNextKeepAlive() {
        reachConnected();
        rig.passMillis(90);
        guest.send((byte) 1);
        rig.passMillis(100);
        assertThat(guest.tick()).isEmpty();
        rig.passNanos(1);

        assertThat(guest.tick())
                .singleElement()
                .extracting(Sent::type)
                .isEqualTo(RawPacket.KEEP_ALIVE);
    }

    @Test
    void payloadsAreSentOnlyWhileConnected() {
        connect();
        assertThat(guest.send((byte) 1)).isEmpty();
        guest.receiveChallenge();
        assertThat(guest.send((byte) 1)).isEmpty();
        guest.receive(RawPacket.KEEP_ALIVE, 0, Guest.slot(0, 4));

        RawPacket payload = guest.send((byte) 1, (byte) 2).getFirst().openedByServer(guest.token());

        assertThat(payload.type()).isEqualTo(RawPacket.PAYLOAD);
        assertThat(payload.body()).containsExactly(1, 2);
        guest.disconnect(StatedReason.NONE);
        assertThat(guest.send((byte) 1)).isEmpty();
    }

    @Test
    void aPayloadHas1To1200Bytes() {
        reachConnected();

        assertThat(guest.send(new byte[1])).hasSize(1);
        assertThat(guest.send(new byte[1200])).hasSize(1);
        assertThatThrownBy(() -> guest.send(EMPTY)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> guest.send(new byte[1201]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1201")
                .hasMessageContaining("1200");
    }

    @Test
    void sendingLeavesThePayloadAsItIs() {
        reachConnected();
        ByteBuffer payload = ByteBuffer.wrap(new byte[] {0, 1, 2, 3, 4}, 1, 3);

        assertThat(guest.machine().send(rig.nanos(), payload, (_, _) -> {})).isTrue();

        assertThat(payload).isEqualTo(ByteBuffer.wrap(new byte[] {1, 2, 3}));
        assertThat(payload.position()).isEqualTo(1);
    }

    // ---- One update

    @Test
    void oneUpdateSendsBeforeItExpiresTheToken() {
        guest.connect(rig.token().expires(rig.unixSeconds() + 1).mint());
        guest.tick();
        rig.passMillis(1000);

        assertThat(guest.tick()).hasSize(1);
        assertThat(guest.state()).isEqualTo(CONNECT_TOKEN_EXPIRED);
    }

    @Test
    void oneUpdateExpiresTheTokenBeforeItHeedsADenial() {
        guest.connect(
                rig.token().servers(Rig.SERVER, SECOND).expires(rig.unixSeconds() + 1).mint());
        guest.tick();
        rig.passMillis(1000);
        guest.receive(RawPacket.DENIED, GLOBAL, EMPTY);
        guest.tick();

        assertThat(guest.state()).isEqualTo(CONNECT_TOKEN_EXPIRED);
    }

    @Test
    void oneUpdateHeedsADenialBeforeTheTimeout() {
        connect();
        guest.receive(RawPacket.DENIED, GLOBAL, EMPTY);
        rig.passMillis(20_000);
        guest.tick();

        assertThat(guest.state()).isEqualTo(CONNECTION_DENIED);
    }

    @Test
    void oneUpdateHeedsADisconnectBeforeTheTimeout() {
        reachConnected();
        guest.receive(RawPacket.DISCONNECT, 1, EMPTY);
        rig.passMillis(20_000);
        guest.tick();

        assertThat(guest.state()).isEqualTo(DISCONNECTED);
    }

    @Test
    void oneUpdateSendsBeforeItHeedsADenial() {
        connect();
        rig.passMillis(101);
        guest.receive(RawPacket.DENIED, GLOBAL, EMPTY);

        assertThat(guest.tick())
                .singleElement()
                .extracting(Sent::type)
                .isEqualTo(RawPacket.REQUEST);
        assertThat(guest.state()).isEqualTo(CONNECTION_DENIED);
    }

    @Test
    void oneUpdateReceivesBeforeItSends() {
        connect();
        rig.passMillis(101);
        guest.receiveChallenge();

        assertThat(guest.tick())
                .singleElement()
                .extracting(Sent::type)
                .isEqualTo(RawPacket.RESPONSE);
    }

    // ---- When there is something to do

    @Test
    void theNextTimeoutIsNeverLaterThanWhatIsDue() {
        Token token = rig.token().expires(rig.unixSeconds() + 2).timeoutSeconds(1).mint();
        guest.connect(token);
        for (int i = 0; i < 3000; i++) {
            long next = guest.machine().nextTimeout();
            ClientState before = guest.state();
            List<Sent> sent = guest.tick();
            if (!sent.isEmpty() || guest.state() != before) {
                assertThat(next - rig.nanos()).as("at step %d", i).isLessThanOrEqualTo(0);
            }
            rig.passMillis(1);
        }
        assertThat(guest.state()).isEqualTo(CONNECTION_REQUEST_TIMED_OUT);
    }

    @Test
    void theNextTimeoutKnowsWhenTheTokenExpires() {
        guest.connect(rig.token().expires(rig.unixSeconds() + 1).mint());
        guest.tick();
        rig.passMillis(950);
        guest.tick();

        rig.passMillis(50);

        assertThat(guest.machine().nextTimeout() - rig.nanos()).isLessThanOrEqualTo(0);
        assertThat(guest.tick()).isEmpty();
        assertThat(guest.state()).isEqualTo(CONNECT_TOKEN_EXPIRED);
    }
}
