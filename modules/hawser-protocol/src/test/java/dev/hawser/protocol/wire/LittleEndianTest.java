package dev.hawser.protocol.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

/// docs/protocol.md "Conventions": every integer is little-endian.
class LittleEndianTest {
    private static List<ByteBuffer> buffers() {
        return List.of(
                ByteBuffer.allocate(9),
                ByteBuffer.allocate(9).order(ByteOrder.LITTLE_ENDIAN),
                ByteBuffer.allocateDirect(9));
    }

    @Test
    void integersAreWrittenLeastSignificantByteFirstWhateverTheOrderOfTheBuffer() {
        for (ByteBuffer buffer : buffers()) {
            LittleEndian.putLong(buffer, 1, 0x8877665544332211L);
            assertThat(bytes(buffer))
                    .containsExactly(0, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88);
            LittleEndian.putInt(buffer, 3, 0x0a0b0c0d);
            LittleEndian.putShort(buffer, 7, (short) 0x0102);
            assertThat(bytes(buffer)).containsExactly(0, 0x11, 0x22, 13, 12, 11, 10, 2, 1);
            assertThat(LittleEndian.getLong(buffer, 1)).isEqualTo(0x01020a0b0c0d2211L);
            assertThat(LittleEndian.getInt(buffer, 3)).isEqualTo(0x0a0b0c0d);
            assertThat(LittleEndian.getShort(buffer, 7)).isEqualTo((short) 0x0102);
            assertThat(buffer.position()).isZero();
        }
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.capacity()];
        buffer.get(0, bytes);
        return bytes;
    }
}
