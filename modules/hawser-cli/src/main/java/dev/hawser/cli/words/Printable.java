package dev.hawser.cli.words;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/// Text that came from elsewhere, on its way to a terminal: control characters would let a stranger
/// move the cursor and more.
public final class Printable {
    private static final char REPLACEMENT = '\uFFFD';

    private Printable() {}

    /// {@return the text with a mark in place of each control and format character}
    public static String of(String text) {
        StringBuilder printable = new StringBuilder(text.length());
        text.codePoints()
                .map(point -> isPrintable(point) ? point : REPLACEMENT)
                .forEach(printable::appendCodePoint);
        return printable.toString();
    }

    /// {@return whether the first bytes are UTF-8 without control characters}
    public static boolean isText(byte[] bytes, int length) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, 0, length))
                    .codePoints()
                    .allMatch(Printable::isPrintable);
        } catch (CharacterCodingException notText) {
            return false;
        }
    }

    private static boolean isPrintable(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR ->
                    false;
            default -> true;
        };
    }
}
