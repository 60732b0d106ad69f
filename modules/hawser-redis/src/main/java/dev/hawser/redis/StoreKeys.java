package dev.hawser.redis;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/// What the keys in the store are called. Those that one step touches have a hash tag in common, so
/// that they lie on one node of a cluster.
final class StoreKeys {
    /// How it is laid out. Whoever lays it out in another way counts on.
    static final int FORMAT = 1;

    static final String PREFIX_DEFAULT = "hawser";

    /// Says which of the formats is meant, and that it is Hawser's.
    static final String FORMAT_TEXT = "hawser fleet " + FORMAT;

    private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9_.-]{1,64}");
    private static final int CALLER_DIGITS = 32;

    private final String prefix;
    private final String beginning;

    StoreKeys(String prefix) {
        if (!PREFIX.matcher(prefix).matches()) {
            throw new IllegalArgumentException(
                    "keyPrefix is '"
                            + prefix
                            + "', but must be 1 to 64 letters, digits, '-', '_' and '.': the name"
                            + " of the game, for example");
        }
        this.prefix = prefix;
        beginning = prefix + ":" + FORMAT + ":";
    }

    String prefix() {
        return prefix;
    }

    /// Where the format is said: the same for all formats.
    String format() {
        return prefix + ":format";
    }

    /// Where servers, slots, commands and lists of players are.
    String registry() {
        return beginning + "{servers}";
    }

    /// Where marks, presence, ban and claim of a player are.
    String player(long clientId) {
        return beginning + "{" + hex(clientId) + "}";
    }

    /// The names of who is banned.
    String bans() {
        return beginning + "{bans}";
    }

    /// What a caller has used up. Callers are addresses and accounts: a hash of them has one length
    /// and says nothing.
    String budget(String caller) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            String hash =
                    HexFormat.of()
                            .formatHex(sha256.digest(caller.getBytes(StandardCharsets.UTF_8)));
            return beginning + "{" + hash.substring(0, CALLER_DIGITS) + "}:q";
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    /// A number of 64 bits has 16 digits everywhere in the store: scripts would round it.
    static String hex(long number) {
        return HexFormat.of().toHexDigits(number);
    }

    static long number(String hex) {
        return HexFormat.fromHexDigitsToLong(hex);
    }
}
