package dev.hawser.testkit.pair;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/// Payloads that say whose they are: `clientId u64 · direction u8 · counter u64 · filler · checksum
/// u32`. No two are equal, so each can be counted.
final class TracedPayload {
    static final int BYTES_MIN = Long.BYTES + 1 + Long.BYTES + Integer.BYTES;

    private TracedPayload() {}

    static byte[] of(long clientId, boolean toServer, long counter, int length) {
        ByteBuffer payload = ByteBuffer.allocate(Math.max(length, BYTES_MIN));
        payload.putLong(clientId).put((byte) (toServer ? 1 : 0)).putLong(counter);
        while (payload.remaining() > Integer.BYTES) {
            payload.put((byte) (payload.position() * 31L + counter));
        }
        payload.putInt(checksum(payload.array()));
        return payload.array();
    }

    /// {@return whether it is a whole payload of this client in this direction}
    static boolean isIntact(byte[] payload, long clientId, boolean toServer) {
        if (payload.length < BYTES_MIN) {
            return false;
        }
        ByteBuffer buffer = ByteBuffer.wrap(payload);
        return buffer.getLong() == clientId
                && buffer.get() == (toServer ? 1 : 0)
                && buffer.getInt(payload.length - Integer.BYTES) == checksum(payload);
    }

    private static int checksum(byte[] payload) {
        CRC32C checksum = new CRC32C();
        checksum.update(payload, 0, payload.length - Integer.BYTES);
        return (int) checksum.getValue();
    }
}
