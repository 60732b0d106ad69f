package dev.hawser.backend.fleet;

import java.util.HexFormat;

/// Names one connection of one player: 128 random bits, which the game server draws. A presence
/// ends by it, so that the end of an old connection takes nothing from the one that came after it.
///
/// @param high the first eight bytes
/// @param low the last eight bytes
public record ConnectionId(long high, long low) {
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

    /// {@return 32 lower-case hexadecimal digits}
    @Override
    public String toString() {
        HexFormat hex = HexFormat.of();
        return hex.toHexDigits(high) + hex.toHexDigits(low);
    }
}
