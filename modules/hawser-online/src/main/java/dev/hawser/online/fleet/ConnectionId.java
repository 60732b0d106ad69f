package dev.hawser.online.fleet;

import java.util.HexFormat;

/// Names one connection of one player to whoever knows all servers, 32 hexadecimal digits: a
/// presence ends by it, so that the end of an old connection takes nothing from a later one.
///
/// @param high rises within a start, so that of two connections the later one has the higher id;
///   unsigned
/// @param low random
record ConnectionId(long high, long low) implements Comparable<ConnectionId> {
    private static final int DIGITS = 32;

    /// {@return the id that is written as these digits}
    ///
    /// @throws IllegalArgumentException when they are no such id
    static ConnectionId parse(String text) {
        if (text.length() != DIGITS) {
            throw new IllegalArgumentException(
                    "a connection id of " + text.length() + " characters, which has " + DIGITS);
        }
        return new ConnectionId(
                HexFormat.fromHexDigitsToLong(text, 0, DIGITS / 2),
                HexFormat.fromHexDigitsToLong(text, DIGITS / 2, DIGITS));
    }

    @Override
    public int compareTo(ConnectionId other) {
        int byHigh = Long.compareUnsigned(high, other.high);
        return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
    }

    @Override
    public String toString() {
        HexFormat hex = HexFormat.of();
        return hex.toHexDigits(high) + hex.toHexDigits(low);
    }
}
