package dev.hawser.backend.player;

import dev.hawser.protocol.WallClock;
import dev.hawser.time.SystemClock;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Tickets of the game's own website or launcher, which shares a secret with the service: for games
/// without an identity provider.
///
/// A ticket is four parts with dots between them: `t1`, the player's lasting id, the player's name,
/// and when it expires, in Unix seconds; behind a fifth dot stands the HMAC-SHA-256 (RFC 2104) of
/// all that, keyed with the secret. Id and name are UTF-8, both and the HMAC in base64url without
/// padding (RFC 4648, section 5). [#issue] makes one; in any other language it is a few lines:
///
/// ```
/// body   = "t1." + base64url(id) + "." + base64url(name) + "." + expiresAt
/// ticket = body + "." + base64url(hmacSha256(secret, body))
/// ```
///
/// A ticket can be used until it expires, by whoever has it: hand it out over HTTPS, to a player
/// who has logged in, for a short time.
public final class TicketAuthenticator implements PlayerAuthenticator {
    /// The fewest bytes of a secret.
    public static final int SECRET_BYTES_MIN = 32;

    /// How many characters id and name may have each.
    public static final int TEXT_LENGTH_MAX = 128;

    private static final String VERSION = "t1";
    private static final String ALGORITHM = "HmacSHA256";
    private static final Duration LIFETIME_MAX = Duration.ofDays(1);

    private final SecretKeySpec secret;
    private final WallClock wallClock;

    /// Creates an authenticator.
    ///
    /// @param secret at least 32 random bytes; copied
    /// @throws IllegalArgumentException when they are fewer
    public TicketAuthenticator(byte[] secret) {
        this(secret, SystemClock.WALL_CLOCK);
    }

    TicketAuthenticator(byte[] secret, WallClock wallClock) {
        this.secret = key(secret);
        this.wallClock = wallClock;
    }

    /// {@return a ticket for a player}
    ///
    /// @param secret at least 32 random bytes
    /// @param id who the player is, the same for ever; 1 to 128 characters
    /// @param name for people; up to 128 characters
    /// @param expiresAtUnixSeconds not more than a day from now, or the service refuses it
    /// @throws IllegalArgumentException when something is longer or shorter
    public static String issue(byte[] secret, String id, String name, long expiresAtUnixSeconds) {
        if (id.isEmpty() || id.length() > TEXT_LENGTH_MAX || name.length() > TEXT_LENGTH_MAX) {
            throw new IllegalArgumentException(
                    "an id of "
                            + id.length()
                            + " and a name of "
                            + name.length()
                            + " characters, but an id has 1 to "
                            + TEXT_LENGTH_MAX
                            + " and a name at most "
                            + TEXT_LENGTH_MAX);
        }
        String body =
                String.join(
                        ".",
                        VERSION,
                        encode(id.getBytes(StandardCharsets.UTF_8)),
                        encode(name.getBytes(StandardCharsets.UTF_8)),
                        Long.toString(expiresAtUnixSeconds));
        return body + "." + encode(mac(key(secret), body));
    }

    @Override
    public PlayerIdentity authenticate(String credential) throws NotAuthenticatedException {
        int end = credential.lastIndexOf('.');
        if (end < 0 || !isSealed(credential.substring(0, end), credential.substring(end + 1))) {
            throw new NotAuthenticatedException("no ticket, or one of another secret");
        }
        // From here on it is of our own making.
        String[] parts = credential.substring(0, end).split("\\.", -1);
        if (parts.length != 4 || !parts[0].equals(VERSION)) {
            throw new NotAuthenticatedException("a ticket of another version than " + VERSION);
        }
        try {
            checkTime(Long.parseLong(parts[3]));
            String id = decode(parts[1]);
            if (id.isEmpty() || id.length() > TEXT_LENGTH_MAX) {
                throw new NotAuthenticatedException(
                        "a ticket with an id of " + id.length() + " characters");
            }
            return new PlayerIdentity("ticket", id, decode(parts[2]));
        } catch (IllegalArgumentException e) {
            throw new NotAuthenticatedException("a ticket whose parts cannot be read");
        }
    }

    private boolean isSealed(String body, String seal) {
        byte[] expected = encode(mac(secret, body)).getBytes(StandardCharsets.US_ASCII);
        return MessageDigest.isEqual(expected, seal.getBytes(StandardCharsets.US_ASCII));
    }

    private void checkTime(long expiresAt) throws NotAuthenticatedException {
        long now = wallClock.unixSeconds();
        if (expiresAt <= now) {
            throw new NotAuthenticatedException(
                    "a ticket that expired " + (now - expiresAt) + " s ago");
        }
        if (expiresAt - now > LIFETIME_MAX.toSeconds()) {
            throw new NotAuthenticatedException(
                    "a ticket for "
                            + (expiresAt - now)
                            + " s, but at most "
                            + LIFETIME_MAX.toSeconds()
                            + " are accepted");
        }
    }

    private static SecretKeySpec key(byte[] secret) {
        if (secret.length < SECRET_BYTES_MIN) {
            throw new IllegalArgumentException(
                    "the secret of the tickets has "
                            + secret.length
                            + " bytes, but needs at least "
                            + SECRET_BYTES_MIN
                            + " random ones");
        }
        return new SecretKeySpec(secret, ALGORITHM);
    }

    private static byte[] mac(SecretKeySpec key, String body) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return mac.doFinal(body.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
        }
    }

    private static String encode(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static String decode(String text) {
        return new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
    }
}
