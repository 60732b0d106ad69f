package dev.hawser.tests.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.Drop;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.machine.ConnectionMeter;
import dev.hawser.protocol.machine.ServerEvent;
import dev.hawser.protocol.machine.ServerEvent.Cause;
import dev.hawser.tests.rig.Host;
import dev.hawser.tests.rig.Peer;
import dev.hawser.tests.rig.RawPacket;
import dev.hawser.tests.rig.Rig;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A client that has as much waiting as the application allows: its payloads are dropped unopened.
class PausedPayloadsTest {
    private static final NetAddress SECOND_CLIENT = NetAddress.parse("198.51.100.8:50002");

    private final Rig rig = new Rig();
    private final Host host = rig.host();
    private final Peer peer = rig.peer();

    @BeforeEach
    void connect() {
        peer.connectAndConfirmTo(host);
        host.events();
    }

    private void receive(byte[] packet) {
        host.receive(Rig.CLIENT, packet);
    }

    @Test
    void aSlotStartsUnpaused() {
        receive(peer.payload(3, (byte) 7));

        assertThat(host.lastPayload()).containsExactly(7);
    }

    @Test
    void payloadsOfAPausedSlotAreDroppedUnopened() {
        host.machine().pausePayloads(0);
        int opened = host.ciphers().packetsOpened();

        receive(peer.payload(3, (byte) 7));

        assertThat(host.lastPayload()).isNull();
        assertThat(host.lastDrop()).isEqualTo(Drop.OVER_LIMIT);
        assertThat(host.ciphers().packetsOpened()).isEqualTo(opened);
        assertThat(host.machine().meter(0).packetsOverLimit()).isEqualTo(1);
    }

    @Test
    void whatWasDroppedUnopenedMayComeAgain() {
        host.machine().pausePayloads(0);
        receive(peer.payload(3, (byte) 7));
        host.machine().resumePayloads(0);

        receive(peer.payload(3, (byte) 7));

        assertThat(host.lastPayload()).containsExactly(7);
    }

    @Test
    void otherClientsAreServed() {
        Peer other = rig.peer(rig.token(2), SECOND_CLIENT);
        other.connectAndConfirmTo(host);
        host.machine().pausePayloads(0);

        host.receive(SECOND_CLIENT, other.payload(3, (byte) 8));

        assertThat(host.lastPayload()).containsExactly(8);
        assertThat(host.machine().meter(1).packetsOverLimit()).isZero();
    }

    @Test
    void keepAlivesOfAPausedClientCount() {
        host.machine().pausePayloads(0);
        rig.passSeconds(4);
        receive(peer.keepAlive(3));
        rig.passSeconds(4);

        host.tick();

        assertThat(host.machine().isConnected(0)).isTrue();
    }

    @Test
    void unopenedPayloadsKeepNobodyAlive() {
        host.machine().pausePayloads(0);
        rig.passSeconds(4);
        receive(peer.payload(3, (byte) 7));
        rig.passSeconds(1);

        host.tick();

        assertThat(host.events())
                .singleElement()
                .isInstanceOfSatisfying(
                        ServerEvent.Disconnected.class,
                        event -> assertThat(event.cause()).isEqualTo(Cause.TIMED_OUT));
    }

    @Test
    void unopenedPayloadsConfirmNobody() {
        Peer other = rig.peer(rig.token(2), SECOND_CLIENT);
        other.connectTo(host);
        host.machine().pausePayloads(1);

        host.receive(SECOND_CLIENT, other.payload(2, (byte) 8));

        assertThat(host.send(1, new byte[] {1}))
                .extracting(packet -> packet.type())
                .containsExactly(RawPacket.KEEP_ALIVE, RawPacket.PAYLOAD);
    }

    @Test
    void aPausedClientMayLeave() {
        host.machine().pausePayloads(0);

        receive(peer.disconnect(3));

        assertThat(host.machine().connectedClients()).isZero();
    }

    @Test
    void aPausedClientIsSentPayloads() {
        host.machine().pausePayloads(0);

        assertThat(host.send(0, new byte[] {1})).hasSize(1);
    }

    @Test
    void theNextClientOfTheSlotStartsUnpaused() {
        host.machine().pausePayloads(0);
        receive(peer.disconnect(3));
        Peer next = rig.peer(rig.token(2), SECOND_CLIENT);
        next.connectAndConfirmTo(host);

        host.receive(SECOND_CLIENT, next.payload(3, (byte) 8));

        assertThat(host.lastPayload()).containsExactly(8);
    }

    @Test
    void aFreeSlotIsNotPaused() {
        host.machine().pausePayloads(1);
        host.machine().resumePayloads(2);
        Peer other = rig.peer(rig.token(2), SECOND_CLIENT);
        other.connectAndConfirmTo(host);

        host.receive(SECOND_CLIENT, other.payload(3, (byte) 8));

        assertThat(host.lastPayload()).containsExactly(8);
    }

    @Test
    void whatAPauseLeavesOutWasNotLost() {
        ConnectionMeter meter = host.machine().meter(0);
        for (int sequence = 3; sequence < 43; sequence++) {
            receive(peer.payload(sequence, (byte) 7));
        }
        assertThat(meter.inboundLoss()).hasValue(0);
        host.machine().pausePayloads(0);
        for (int sequence = 43; sequence < 143; sequence++) {
            receive(
                    sequence % 10 == 0
                            ? peer.keepAlive(sequence)
                            : peer.payload(sequence, (byte) 7));
        }
        assertThat(meter.inboundLoss()).hasValue(0);
        host.machine().resumePayloads(0);

        List<Integer> lost = List.of(190, 191, 192);
        for (int sequence = 143; sequence < 207; sequence++) {
            if (!lost.contains(sequence)) {
                receive(peer.payload(sequence, (byte) 7));
            }
        }

        assertThat(meter.inboundLoss()).hasValue(3.0 / 64);
        assertThat(meter.packetsOverLimit()).isEqualTo(90);
    }

    @Test
    void aSecondCallChangesNothing() {
        ConnectionMeter meter = host.machine().meter(0);
        for (int sequence = 3; sequence < 23; sequence++) {
            receive(peer.payload(sequence, (byte) 7));
        }
        host.machine().resumePayloads(0);
        for (int sequence = 23; sequence < 43; sequence++) {
            receive(peer.payload(sequence, (byte) 7));
        }

        assertThat(meter.inboundLoss()).as("counted on from the first packet").hasValue(0);
    }
}
