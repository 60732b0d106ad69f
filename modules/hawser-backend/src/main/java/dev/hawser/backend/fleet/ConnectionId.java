package dev.hawser.backend.fleet;

import java.util.HexFormat;

/// Names one connection of one player; the game server draws it. A presence ends by it, so that the
/// end of an old connection takes nothing from the one that came after it.
///
/// Of two connections of one start of a server the later one has the higher id, so that a question
/// which is late takes nothing from the one that was asked after it.
///
/// @param high the first eight bytes, unsigned: they rise within a start
/// @param low the last eight bytes: random
public record ConnectionId(long high, long low) implements Comparable<ConnectionId> {
    private static final int DIGITS = 32;

    /// {@return the id that is written as these 32 hexadecimal digits, in either case}
    ///
    /// @throws IllegalArgumentException when the text is anything else
    public static ConnectionId parse(String text) {
        if (text.length() != DIGITS || !text.chars().allMatch(HexFormat::isHexDigit)) {
            throw new IllegalArgumentException(
                    "a connection id of "
                            + text.length()
                            + " characters that is not "
                            + DIGITS
                            + " hexadecimal digits");
        }
        return new ConnectionId(
                HexFormat.fromHexDigitsToLong(text, 0, DIGITS / 2),
                HexFormat.fromHexDigitsToLong(text, DIGITS / 2, DIGITS));
    }

    /// The order of the unsigned numbers, which is that of their digits.
    @Override
    public int compareTo(ConnectionId other) {
        int byHigh = Long.compareUnsigned(high, other.high);
        return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
    }

    /// {@return 32 lower-case hexadecimal digits}
    @Override
    public String toString() {
        HexFormat hex = HexFormat.of();
        return hex.toHexDigits(high) + hex.toHexDigits(low);
    }
}
