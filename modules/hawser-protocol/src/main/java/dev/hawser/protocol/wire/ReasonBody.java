package dev.hawser.protocol.wire;

import dev.hawser.protocol.StatedReason;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// The body of a denied or disconnect packet that states a reason: `code u16 · retryAfterSeconds
/// u16 · 0..124 bytes of UTF-8`.
public final class ReasonBody {
    private ReasonBody() {}

    /// Puts a reason at the buffer's position.
    public static void put(StatedReason reason, ByteBuffer target) {
        int start = target.position();
        LittleEndian.putShort(target, start, (short) reason.code());
        LittleEndian.putShort(target, start + 2, (short) reason.retryAfterSeconds());
        target.position(start + 4);
        target.put(reason.text().getBytes(StandardCharsets.UTF_8));
    }

    /// {@return what the bytes between position and limit say}
    ///
    /// An empty body says nothing. Whatever the peer wrote can be shown to a person: what is not
    /// UTF-8 is replaced, control characters are left out.
    public static StatedReason read(ByteBuffer body) {
        if (body.remaining() < Wire.REASON_BODY_BYTES_MIN) {
            return StatedReason.NONE;
        }
        int start = body.position();
        byte[] text = new byte[body.remaining() - 4];
        body.get(start + 4, text);
        return new StatedReason(
                Short.toUnsignedInt(LittleEndian.getShort(body, start)),
                Short.toUnsignedInt(LittleEndian.getShort(body, start + 2)),
                printable(new String(text, StandardCharsets.UTF_8)));
    }

    private static String printable(String text) {
        StringBuilder printable = new StringBuilder(text.length());
        text.codePoints()
                .filter(codePoint -> !isControl(codePoint))
                .forEach(printable::appendCodePoint);
        return printable.toString();
    }

    /// Controls, and the format characters that can turn the direction of a line around.
    private static boolean isControl(int codePoint) {
        int kind = Character.getType(codePoint);
        return kind == Character.CONTROL
                || kind == Character.FORMAT
                || kind == Character.LINE_SEPARATOR
                || kind == Character.PARAGRAPH_SEPARATOR;
    }
}
