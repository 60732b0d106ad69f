package dev.hawser.protocol.wire;

import java.nio.ByteBuffer;

/// What a packet's seal vouches for beside its body: `VERSION · protocolId u64 · prefix u8`, and
/// `pathId u64` in the packets that carry it.
final class AssociatedData {
    static final int PREFIX_OFFSET = Wire.VERSION_BYTES + Long.BYTES;

    static final int PATH_ID_OFFSET = PREFIX_OFFSET + 1;

    private AssociatedData() {}

    /// {@return the 22 bytes, of which a packet overwrites the last with its prefix}
    static byte[] of(long protocolId) {
        return start(protocolId, PREFIX_OFFSET + 1);
    }

    /// {@return the 30 bytes of packets with a path id, which overwrites the last eight}
    static byte[] withPathId(long protocolId) {
        return start(protocolId, PATH_ID_OFFSET + Wire.PATH_ID_BYTES);
    }

    private static byte[] start(long protocolId, int length) {
        byte[] bytes = new byte[length];
        System.arraycopy(Wire.VERSION, 0, bytes, 0, Wire.VERSION_BYTES);
        LittleEndian.putLong(ByteBuffer.wrap(bytes), Wire.VERSION_BYTES, protocolId);
        return bytes;
    }
}
