package dev.hawser.backend.registry;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/// For which player a client id stands: of so many players, those who were here last.
///
/// Of a player it keeps a hash, so that an entry has one size. Not for several threads.
final class ClientIdClaims {
    private final int claimsMax;
    private final SequencedMap<Long, String> players = new LinkedHashMap<>(16, 0.75f, true);

    ClientIdClaims(int claimsMax) {
        this.claimsMax = claimsMax;
    }

    /// {@return false when the id stands for somebody else}
    boolean claim(long clientId, String player) {
        String hash = hash(player);
        String former = players.putIfAbsent(clientId, hash);
        if (former != null) {
            return former.equals(hash);
        }
        if (players.size() > claimsMax) {
            players.pollFirstEntry();
        }
        return true;
    }

    int size() {
        return players.size();
    }

    private static String hash(String player) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(sha256.digest(player.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }
}
