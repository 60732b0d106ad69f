package dev.hawser.tests.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.StatedReason;
import dev.hawser.tests.rig.Guest;
import dev.hawser.tests.rig.Host;
import dev.hawser.tests.rig.Peer;
import dev.hawser.tests.rig.RawPacket;
import dev.hawser.tests.rig.Rig;
import dev.hawser.tests.rig.Sent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// docs/protocol.md "Slots": as many as there are, and not one more. The other limits are tested
/// where their rules are.
class LimitsTest {
    private final Rig rig = new Rig();

    private static NetAddress address(int number) {
        return NetAddress.ipv4(0x0a000000 + number, 7);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 63, 64, 65, 256, 257, 1000})
    void aServerSlotsAsManyClientsAsItHasSlots(int slots) {
        Host host = rig.host(config -> config.maxClients(slots).tokenHistoryMax(2000));
        for (int i = 0; i < slots; i++) {
            Peer peer = rig.peer(rig.token(i), address(i));
            assertThat(peer.connectTo(host).openedByClient(peer.token()).body())
                    .isEqualTo(Guest.slot(i, slots));
        }

        assertThat(host.receive(Rig.CLIENT, rig.token(-1).request()))
                .extracting(Sent::type)
                .containsExactly(RawPacket.DENIED);
        assertThat(host.machine().connectedClients()).isEqualTo(slots);
        host.disconnect(slots - 1, StatedReason.NONE);
        rig.peer(rig.token(-2), Rig.STRANGER).connectTo(host);
        assertThat(host.machine().clientId(slots - 1)).isEqualTo(-2);
    }

    @Test
    void aServerMayHave65536Slots() {
        Host host = rig.host(config -> config.maxClients(65_536).pendingLimits(4, 64, 16));
        Peer peer = rig.peer();

        assertThat(peer.connectTo(host).openedByClient(peer.token()).body())
                .isEqualTo(Guest.slot(0, 65_536));
        assertThat(host.machine().maxClients()).isEqualTo(65_536);
        assertThat(host.machine().isConnected(65_535)).isFalse();
    }
}
