package dev.hawser.web.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/// Payloads leave room for other packets.
class PacketRingTest {
    private static boolean add(PacketRing<String> ring, int type) {
        ByteBuffer free = ring.free(PacketRing.isPayload((byte) (0x80 | type)));
        if (free == null) {
            return false;
        }
        free.put((byte) (0x80 | type));
        ring.add("somebody");
        return true;
    }

    private static int addAll(PacketRing<String> ring, int type) {
        int added = 0;
        while (add(ring, type)) {
            added++;
        }
        return added;
    }

    @Test
    void payloadsLeaveRoomForTheEndsOfConnections() {
        PacketRing<String> ring = new PacketRing<>(1024, 8);
        assertThat(addAll(ring, 5)).isEqualTo(1024 - 64);
        assertThat(addAll(ring, 6)).isEqualTo(64);
        assertThat(add(ring, 5)).isFalse();
        ring.remove();
        assertThat(add(ring, 5)).isFalse();
        assertThat(add(ring, 6)).isTrue();
    }

    @Test
    void inASmallRingItIsAQuarter() {
        PacketRing<String> ring = new PacketRing<>(16, 8);
        assertThat(addAll(ring, 5)).isEqualTo(12);
        assertThat(addAll(ring, 4)).isEqualTo(4);
        PacketRing<String> smallest = new PacketRing<>(1, 8);
        assertThat(addAll(smallest, 5)).isEqualTo(2);
    }
}
