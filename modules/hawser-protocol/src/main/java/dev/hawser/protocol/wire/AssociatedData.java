package dev.hawser.protocol.wire;

import java.nio.ByteBuffer;

/// What a packet's seal vouches for beside its body: `VERSION · protocolId u64 · prefix u8`.
final class AssociatedData {
    static final int PREFIX_OFFSET = Wire.VERSION_BYTES + Long.BYTES;

    private AssociatedData() {}

    /// {@return the 22 bytes, of which a packet overwrites the last with its prefix}
    static byte[] of(long protocolId) {
        byte[] bytes = new byte[PREFIX_OFFSET + 1];
        System.arraycopy(Wire.VERSION, 0, bytes, 0, Wire.VERSION_BYTES);
        LittleEndian.putLong(ByteBuffer.wrap(bytes), Wire.VERSION_BYTES, protocolId);
        return bytes;
    }
}
