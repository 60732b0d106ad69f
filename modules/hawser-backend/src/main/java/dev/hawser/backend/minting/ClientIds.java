package dev.hawser.backend.minting;

import dev.hawser.backend.player.PlayerIdentity;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.concurrent.TimeoutException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Turns players into the 64-bit client ids of netcode: the same player has the same id at every
/// login and on every server, and nobody can tell from an id who it is or choose one.
///
/// The id is the beginning of HMAC-SHA-256 (RFC 2104) over a counter and the player. Two players of
/// a million share one with a probability of one in 37 million; the registry notices, and the
/// second gets the id of the next counter.
public final class ClientIds {
    public static final int SECRET_BYTES_MIN = 32;

    /// So many collisions in a row are no chance but a registry that refuses everything.
    private static final int CANDIDATES_MAX = 8;

    private static final String ALGORITHM = "HmacSHA256";

    private final SecretKeySpec secret;

    public ClientIds(byte[] secret) {
        if (secret.length < SECRET_BYTES_MIN) {
            throw new IllegalArgumentException(
                    "the secret of the client ids has "
                            + secret.length
                            + " bytes, but needs at least "
                            + SECRET_BYTES_MIN
                            + " random ones");
        }
        this.secret = new SecretKeySpec(secret, ALGORITHM);
    }

    /// {@return the client id of a player, claimed at the registry}
    public long claim(PlayerIdentity player, Registry registry) throws TimeoutException {
        for (int candidate = 0; candidate < CANDIDATES_MAX; candidate++) {
            long id = candidate(player, candidate);
            // Many games say 0 where there is no client.
            if (id != 0 && registry.claimClientId(id, player.key())) {
                return id;
            }
        }
        throw new IllegalStateException(
                "none of " + CANDIDATES_MAX + " client ids could be claimed for a player");
    }

    private long candidate(PlayerIdentity player, int candidate) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(secret);
            mac.update((byte) candidate);
            mac.update(player.key().getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(mac.doFinal()).getLong();
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
        }
    }
}
