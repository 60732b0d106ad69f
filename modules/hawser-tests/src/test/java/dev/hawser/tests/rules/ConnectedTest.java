package dev.hawser.tests.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.protocol.Drop;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.machine.ServerEvent;
import dev.hawser.protocol.machine.ServerEvent.Cause;
import dev.hawser.protocol.machine.ServerMachine;
import dev.hawser.tests.rig.Guest;
import dev.hawser.tests.rig.Host;
import dev.hawser.tests.rig.Peer;
import dev.hawser.tests.rig.RawPacket;
import dev.hawser.tests.rig.Rig;
import dev.hawser.tests.rig.Sent;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// docs/protocol.md "Connected clients": payloads, keep-alives, timeouts, both ways to part.
class ConnectedTest {
    private static final NetAddress SECOND_CLIENT = NetAddress.parse("198.51.100.8:50002");

    private final Rig rig = new Rig();
    private final Host host = rig.host();
    private final Peer peer = rig.peer();

    private void connect() {
        peer.connectAndConfirmTo(host);
        host.events();
    }

    private Cause causeOfTheEnd() {
        List<ServerEvent> events = host.events();
        assertThat(events).singleElement().isInstanceOf(ServerEvent.Disconnected.class);
        ServerEvent.Disconnected end = (ServerEvent.Disconnected) events.getFirst();
        assertThat(end.slot()).isZero();
        assertThat(end.clientId()).isEqualTo(1);
        return end.cause();
    }

    // ---- Payloads

    @Test
    void payloadsOfAClientArriveWithItsSlot() {
        connect();
        byte[] payload = new byte[1200];
        payload[1199] = 5;

        assertThat(host.receive(Rig.CLIENT, peer.payload(3, payload))).isEmpty();

        assertThat(host.lastPayload()).isEqualTo(payload);
        assertThat(host.lastDrop()).isEqualTo(Drop.NONE);
    }

    @Test
    void payloadsArriveInWhateverOrderTheyComeAndOnce() {
        connect();
        for (long sequence : new long[] {9, 5, 7, 3, 200}) {
            host.receive(Rig.CLIENT, peer.payload(sequence, (byte) sequence));
            assertThat(host.lastPayload()).containsExactly((byte) sequence);
        }
        for (long sequence : new long[] {9, 5, 7, 3, 200}) {
            host.receive(Rig.CLIENT, peer.payload(sequence, (byte) sequence));
            assertThat(host.lastDrop()).isEqualTo(Drop.ALREADY_RECEIVED);
            assertThat(host.lastPayload()).isNull();
        }
    }

    @Test
    void payloadsToAClientAreSealedUnderGrowingNumbers() {
        connect();

        RawPacket first = host.send(0, new byte[] {1}).getFirst().openedByClient(peer.token());
        RawPacket second = host.send(0, new byte[] {2}).getFirst().openedByClient(peer.token());

        assertThat(first.type()).isEqualTo(RawPacket.PAYLOAD);
        assertThat(first.body()).containsExactly(1);
        assertThat(second.body()).containsExactly(2);
        assertThat(second.sequence()).isEqualTo(first.sequence() + 1);
    }

    @Test
    void aPayloadHas1To1200Bytes() {
        connect();

        assertThat(host.send(0, new byte[1])).hasSize(1);
        assertThat(host.send(0, new byte[1200])).hasSize(1);
        assertThatThrownBy(() -> host.send(0, new byte[0]))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> host.send(0, new byte[1201]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1201")
                .hasMessageContaining("1200");
    }

    @Test
    void nothingIsSentToAFreeSlot() {
        assertThat(host.send(0, new byte[] {1})).isEmpty();
        assertThat(host.machine().send(rig.nanos(), 3, ByteBuffer.wrap(new byte[1]), host.sink()))
                .isFalse();
        assertThat(host.disconnect(0, StatedReason.NONE)).isEmpty();
        assertThat(host.events()).isEmpty();
    }

    @Test
    void packetsOfAClientCountFromItsAddressAlone() {
        connect();

        host.receive(SECOND_CLIENT, peer.payload(3, (byte) 1));
        assertThat(host.lastDrop()).isEqualTo(Drop.UNKNOWN_ADDRESS);
        host.receive(Rig.CLIENT.withPort(1), peer.keepAlive(4));
        assertThat(host.lastDrop()).isEqualTo(Drop.UNKNOWN_ADDRESS);
        host.receive(Rig.STRANGER, peer.disconnect(5));
        assertThat(host.lastDrop()).isEqualTo(Drop.UNKNOWN_ADDRESS);

        host.receive(Rig.CLIENT, peer.payload(3, (byte) 1));
        assertThat(host.lastDrop()).isEqualTo(Drop.NONE);
    }

    @Test
    void aClientCannotSpeakForAnother() {
        connect();
        Peer other = rig.peer(rig.token(2), SECOND_CLIENT);
        other.connectAndConfirmTo(host);

        host.receive(SECOND_CLIENT, peer.payload(9, (byte) 1));

        assertThat(host.lastDrop()).isEqualTo(Drop.NOT_AUTHENTIC);
    }

    // ---- Keep-alives

    @Test
    void aClientGetsAKeepAliveWhenNothingWasSentToItFor100Milliseconds() {
        connect();

        rig.passNanos(100_000_000 - 1);
        assertThat(host.tick()).isEmpty();
        rig.passNanos(1);
        List<Sent> sent = host.tick();

        assertThat(sent)
                .singleElement()
                .satisfies(packet -> {
                    assertThat(packet.to()).isEqualTo(Rig.CLIENT);
                    RawPacket keepAlive = packet.openedByClient(peer.token());
                    assertThat(keepAlive.type()).isEqualTo(RawPacket.KEEP_ALIVE);
                    assertThat(keepAlive.body()).isEqualTo(Guest.slot(0, 4));
                });
        assertThat(host.tick()).isEmpty();
    }

    @Test
    void aPayloadPutsOffTheNextKeepAlive() {
        connect();
        rig.passMillis(60);
        host.send(0, new byte[] {1});
        rig.passMillis(60);
        assertThat(host.tick()).isEmpty();
        rig.passMillis(39);
        assertThat(host.tick()).isEmpty();
        rig.passMillis(1);

        assertThat(host.tick()).hasSize(1);
    }

    @Test
    void eachClientGetsItsKeepAliveWhenItsOwnIsDue() {
        connect();
        rig.passMillis(50);
        rig.peer(rig.token(2), SECOND_CLIENT).connectTo(host);

        rig.passMillis(50);
        assertThat(host.tick()).extracting(Sent::to).containsExactly(Rig.CLIENT);
        rig.passMillis(50);
        assertThat(host.tick()).extracting(Sent::to).containsExactly(SECOND_CLIENT);
        rig.passMillis(100);
        assertThat(host.tick())
                .extracting(Sent::to)
                .containsExactlyInAnyOrder(Rig.CLIENT, SECOND_CLIENT);
    }

    // ---- Timeouts

    @Test
    void silenceForTheTimeoutFreesTheSlot() {
        connect();

        rig.passNanos(5_000_000_000L - 1);
        host.tick();
        assertThat(host.machine().isConnected(0)).isTrue();
        rig.passNanos(1);
        host.tick();

        assertThat(host.machine().isConnected(0)).isFalse();
        assertThat(causeOfTheEnd()).isEqualTo(Cause.TIMED_OUT);
        assertThat(host.tick()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {RawPacket.KEEP_ALIVE, RawPacket.PAYLOAD})
    void keepAlivesAndPayloadsPutOffTheTimeout(int type) {
        connect();
        for (int i = 0; i < 4; i++) {
            rig.passMillis(4999);
            host.receive(Rig.CLIENT, peer.seal(type, 3 + i, new byte[8]));
            host.tick();
        }

        assertThat(host.machine().isConnected(0)).isTrue();
    }

    @Test
    void whatIsDroppedDoesNotPutOffTheTimeout() {
        Sent challenge = peer.challengeOf(host);
        host.receive(Rig.CLIENT, peer.response(1, challenge));
        byte[] keepAlive = peer.keepAlive(2);
        host.receive(Rig.CLIENT, keepAlive);
        byte[] forged = peer.keepAlive(3);
        forged[4] ^= 1;
        rig.passMillis(4000);

        host.receive(Rig.CLIENT, keepAlive);
        host.receive(Rig.CLIENT, forged);
        host.receive(Rig.CLIENT, peer.request());
        host.receive(Rig.CLIENT, peer.response(4, challenge));

        rig.passMillis(1000);
        host.tick();
        assertThat(host.machine().isConnected(0)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
    void withoutATimeoutSilenceFreesNothing(int timeoutSeconds) {
        rig.peer(rig.token().timeoutSeconds(timeoutSeconds).mint(), Rig.CLIENT).connectTo(host);

        rig.passSeconds(1_000_000);
        host.tick();

        assertThat(host.machine().isConnected(0)).isTrue();
    }

    @Test
    void theLargestTimeoutIsNotShort() {
        rig.peer(rig.token().timeoutSeconds(Integer.MAX_VALUE).mint(), Rig.CLIENT).connectTo(host);

        rig.passSeconds(1_000_000_000);
        host.tick();

        assertThat(host.machine().isConnected(0)).isTrue();
    }

    @Test
    void aSlotThatTimedOutIsTakenAgain() {
        connect();
        rig.passSeconds(5);
        host.tick();

        rig.peer(rig.token(1), Rig.CLIENT).connectTo(host);

        assertThat(host.machine().isConnected(0)).isTrue();
    }

    // ---- Parting

    @Test
    void aDisconnectOfTheClientFreesTheSlot() {
        connect();

        assertThat(host.receive(Rig.CLIENT, peer.disconnect(3))).isEmpty();

        assertThat(host.machine().isConnected(0)).isFalse();
        assertThat(causeOfTheEnd()).isEqualTo(Cause.CLIENT_DISCONNECTED);
        host.receive(Rig.CLIENT, peer.disconnect(4));
        assertThat(host.lastDrop()).isEqualTo(Drop.UNKNOWN_ADDRESS);
        assertThat(host.events()).isEmpty();
    }

    @Test
    void aDisconnectOfTheServerIsSentTenTimesAndFreesTheSlot() {
        connect();

        List<Sent> sent = host.disconnect(0, StatedReason.NONE);

        assertThat(sent).hasSize(10);
        assertThat(sent)
                .allSatisfy(packet -> {
                    assertThat(packet.to()).isEqualTo(Rig.CLIENT);
                    RawPacket disconnect = packet.openedByClient(peer.token());
                    assertThat(disconnect.type()).isEqualTo(RawPacket.DISCONNECT);
                    assertThat(disconnect.body()).isEmpty();
                });
        assertThat(sent.stream().map(packet -> packet.openedByClient(peer.token()).sequence()))
                .doesNotHaveDuplicates();
        assertThat(host.machine().isConnected(0)).isFalse();
        assertThat(causeOfTheEnd()).isEqualTo(Cause.SERVER_DISCONNECTED);
        assertThat(host.disconnect(0, StatedReason.NONE)).isEmpty();
    }

    @Test
    void closingAServerDisconnectsEverybodyAndEndsWhatIsPending() {
        connect();
        rig.peer(rig.token(2), SECOND_CLIENT).challengeOf(host);
        int[] sent = new int[1];

        host.machine().close(rig.nanos(), StatedReason.NONE, (_, _) -> sent[0]++);

        assertThat(sent[0]).isEqualTo(10);
        assertThat(host.machine().connectedClients()).isZero();
        assertThat(host.machine().pendingConnections()).isZero();
        assertThat(host.machine().nextTimeout()).isEqualTo(ServerMachine.NO_TIMEOUT);
        assertThat(causeOfTheEnd()).isEqualTo(Cause.SERVER_DISCONNECTED);
    }

    // ---- When there is something to do

    @Test
    void aServerWithoutClientsHasNothingToDo() {
        assertThat(host.machine().nextTimeout()).isEqualTo(ServerMachine.NO_TIMEOUT);
        assertThat(host.tick()).isEmpty();
    }

    @Test
    void theNextTimeoutIsNeverLaterThanWhatIsDue() {
        connect();
        rig.peer(rig.token().clientId(2).timeoutSeconds(1).mint(), SECOND_CLIENT).connectTo(host);
        rig.peer(rig.token().clientId(3).timeoutSeconds(2).mint(), Rig.STRANGER).challengeOf(host);
        for (int i = 0; i < 6000; i++) {
            long next = host.machine().nextTimeout();
            String before = host.state();
            List<Sent> sent = host.tick();
            if (!sent.isEmpty() || !host.state().equals(before)) {
                assertThat(next - rig.nanos()).as("at step %d", i).isLessThanOrEqualTo(0);
            }
            if (i % 70 == 0) {
                host.send(0, new byte[] {1});
            }
            rig.passMillis(1);
        }
        assertThat(host.machine().connectedClients()).isZero();
        assertThat(host.machine().pendingConnections()).isZero();
        assertThat(host.machine().nextTimeout()).isEqualTo(ServerMachine.NO_TIMEOUT);
    }

    @Test
    void timeMayStandAnywhereInItsRange() {
        for (long start : new long[] {Long.MAX_VALUE - 2_000_000_000L, Long.MIN_VALUE, -1, 0}) {
            Rig late = new Rig();
            late.passNanos(start - late.nanos());
            Host server = late.host();
            Peer client = late.peer();
            client.connectAndConfirmTo(server);
            int keepAlives = 0;
            for (int i = 0; i < 49; i++) {
                late.passMillis(100);
                keepAlives += server.tick().size();
            }
            assertThat(keepAlives).as("from %d", start).isEqualTo(49);
            assertThat(server.machine().isConnected(0)).isTrue();
            late.passMillis(100);
            server.tick();
            assertThat(server.machine().isConnected(0)).isFalse();
        }
    }

    @Test
    void aSinkThatCallsBackIsAMistakeThatAssertionsFind() {
        connect();

        assertThatThrownBy(() ->
                        host.machine()
                                .disconnect(
                                        rig.nanos(),
                                        0,
                                        StatedReason.NONE,
                                        (_, _) ->
                                                host.machine()
                                                        .handleTimeout(rig.nanos(), (_, _) -> {})))
                .isInstanceOf(AssertionError.class);
    }
}
