package dev.hawser.protocol;

import java.util.HexFormat;

/// By what connect tokens are told apart: the 16-byte tag of the sealed private part, which nobody
/// can make without the private key. Not a secret: each connection request shows it.
///
/// @param high the first eight bytes, little-endian
/// @param low the last eight bytes, little-endian
public record TokenTag(long high, long low) {
    private static final int DIGITS = 32;

    /// {@return the tag that is written as these 32 hexadecimal digits, in either case: its 16
    /// bytes in the order in which they stand in the token}
    ///
    /// @throws IllegalArgumentException when the text is anything else
    public static TokenTag parse(String text) {
        if (text.length() != DIGITS || !text.chars().allMatch(HexFormat::isHexDigit)) {
            throw new IllegalArgumentException(
                    "a token tag of "
                            + text.length()
                            + " characters that is not "
                            + DIGITS
                            + " hexadecimal digits: 'hawser token show' shows that of a token");
        }
        int half = DIGITS / 2;
        return new TokenTag(
                Long.reverseBytes(HexFormat.fromHexDigitsToLong(text, 0, half)),
                Long.reverseBytes(HexFormat.fromHexDigitsToLong(text, half, DIGITS)));
    }

    // Written out: those that a record comes with are method handles, which only the optimising
    // compiler sees through, and tags are compared for each request.

    @Override
    public boolean equals(Object other) {
        return other instanceof TokenTag that && high == that.high && low == that.low;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(high) * 31 + Long.hashCode(low);
    }

    /// {@return 32 hexadecimal digits, its bytes in the order in which they stand in the token}
    @Override
    public String toString() {
        HexFormat hex = HexFormat.of();
        return hex.toHexDigits(Long.reverseBytes(high)) + hex.toHexDigits(Long.reverseBytes(low));
    }
}
