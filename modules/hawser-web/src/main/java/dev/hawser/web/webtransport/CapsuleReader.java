package dev.hawser.web.webtransport;

import dev.hawser.web.SessionEnd;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Reads the capsules of a session, in whatever pieces they come, and finds the one that closes it.
/// All others are skipped, as large as they like.
final class CapsuleReader {
    private static final int VARINT_BYTES_MAX = 8;
    private static final int CLOSE_BYTES_MAX = Integer.BYTES + SessionEnd.REASON_BYTES_MAX;

    private final byte[] number = new byte[VARINT_BYTES_MAX];
    private int numberBytes;
    private long type = -1;

    /// What is left of the value of the capsule, or -1 while its type and length are read.
    private long left = -1;

    private byte @Nullable [] close;
    private int closeBytes;

    /// Reads all of `in`.
    ///
    /// @return how the peer closed the session, once that is read; null otherwise
    @Nullable SessionEnd read(ByteBuf in) {
        while (in.isReadable()) {
            if (left < 0) {
                long value = readNumber(in);
                if (value >= 0) {
                    takeNumber(value);
                }
            } else {
                readValue(in);
            }
            if (left == 0) {
                SessionEnd end = finish();
                if (end != null) {
                    return end;
                }
            }
        }
        return null;
    }

    private void takeNumber(long value) {
        if (type < 0) {
            type = value;
            return;
        }
        left = value;
        if (type == WebTransport.CLOSE_CAPSULE && value <= CLOSE_BYTES_MAX) {
            close = new byte[(int) value];
            closeBytes = 0;
        }
    }

    /// {@return the integer, or -1 when more bytes are needed}
    private long readNumber(ByteBuf in) {
        number[numberBytes++] = in.readByte();
        int bytes = WebTransport.varintBytes(number[0]);
        if (numberBytes < bytes) {
            return -1;
        }
        long value = number[0] & 0x3f;
        for (int i = 1; i < bytes; i++) {
            value = (value << Byte.SIZE) | (number[i] & 0xff);
        }
        numberBytes = 0;
        return value;
    }

    private void readValue(ByteBuf in) {
        int bytes = (int) Math.min(left, in.readableBytes());
        if (close != null) {
            in.readBytes(close, closeBytes, bytes);
            closeBytes += bytes;
        } else {
            in.skipBytes(bytes);
        }
        left -= bytes;
    }

    private @Nullable SessionEnd finish() {
        byte[] value = close;
        type = -1;
        left = -1;
        close = null;
        if (value == null || value.length < Integer.BYTES) {
            return null;
        }
        int code = ByteBuffer.wrap(value).getInt();
        return new SessionEnd(
                code,
                new String(
                        value,
                        Integer.BYTES,
                        value.length - Integer.BYTES,
                        StandardCharsets.UTF_8));
    }
}
