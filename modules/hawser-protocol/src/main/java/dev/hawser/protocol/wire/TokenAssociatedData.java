package dev.hawser.protocol.wire;

import java.nio.ByteBuffer;

/// What the seal of a private part vouches for beside its content: `VERSION · protocolId u64 ·
/// expireTimestamp u64`. Reusable.
final class TokenAssociatedData {
    private static final int PROTOCOL_ID_OFFSET = Wire.VERSION_BYTES;
    private static final int EXPIRE_OFFSET = PROTOCOL_ID_OFFSET + Long.BYTES;

    private final byte[] bytes = new byte[EXPIRE_OFFSET + Long.BYTES];
    private final ByteBuffer buffer = ByteBuffer.wrap(bytes);

    TokenAssociatedData() {
        buffer.put(0, Wire.VERSION);
    }

    /// {@return the 29 bytes, overwritten by the next call}
    byte[] of(long protocolId, long expireTimestamp) {
        LittleEndian.putLong(buffer, PROTOCOL_ID_OFFSET, protocolId);
        LittleEndian.putLong(buffer, EXPIRE_OFFSET, expireTimestamp);
        return bytes;
    }
}
