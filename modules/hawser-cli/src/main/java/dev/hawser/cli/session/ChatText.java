package dev.hawser.cli.session;

import dev.hawser.cli.words.Printable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// Lines of the chat as payloads: UTF-8, one line each.
final class ChatText {
    /// The smallest `maxPayloadBytes()` of UDP; what is longer is cut.
    static final int BYTES_MAX = 1200;

    private static final int CONTINUATION_MASK = 0b1100_0000;
    private static final int CONTINUATION = 0b1000_0000;

    private ChatText() {}

    /// {@return the text, cut between characters where it is too long}
    static ByteBuffer encode(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int end = Math.min(bytes.length, BYTES_MAX);
        while (end < bytes.length && (bytes[end] & CONTINUATION_MASK) == CONTINUATION) {
            end--;
        }
        return ByteBuffer.wrap(bytes, 0, end);
    }

    /// {@return the text of a stranger's payload, fit for a terminal}
    static String decode(ByteBuffer payload) {
        return Printable.of(StandardCharsets.UTF_8.decode(payload.duplicate()).toString());
    }
}
