package dev.hawser.protocol;

import java.util.HexFormat;

/// The name of a private key, which may be told to everybody: a fingerprint of the key, from which
/// nobody learns the key.
///
/// The same key has the same name wherever it is, so that a backend and its servers know whether
/// they hold the same one without showing it.
///
/// @param value the first eight bytes of the SHA-256 of the text `hawser key id 1` and the key,
///   big-endian
public record KeyId(long value) {
    private static final int DIGITS = 16;

    /// {@return the name that is written as these 16 hexadecimal digits, in either case}
    ///
    /// @throws IllegalArgumentException when the text is anything else
    public static KeyId parse(String text) {
        if (text.length() != DIGITS || !text.chars().allMatch(HexFormat::isHexDigit)) {
            throw new IllegalArgumentException(
                    "a key id of "
                            + text.length()
                            + " characters that is not "
                            + DIGITS
                            + " hexadecimal digits: 'hawser keys list' shows those of a key file");
        }
        return new KeyId(HexFormat.fromHexDigitsToLong(text));
    }

    /// {@return 16 hexadecimal digits}
    @Override
    public String toString() {
        return HexFormat.of().toHexDigits(value);
    }
}
