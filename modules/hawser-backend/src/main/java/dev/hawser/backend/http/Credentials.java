package dev.hawser.backend.http;

import dev.hawser.backend.problem.Problem;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;

/// The secrets of one kind of callers, any of which they may show.
public final class Credentials {
    private static final int LENGTH_MAX = 8192;
    private static final String BEARER = "Bearer ";
    private static final Pattern CREDENTIAL = Pattern.compile("[\\x21-\\x7e]+");

    private final List<byte[]> hashes;

    /// @param credentials none where nobody is to have one
    public Credentials(List<String> credentials) {
        hashes = credentials.stream().map(Credentials::sha256).toList();
    }

    /// {@return whether nobody can have one}
    boolean isEmpty() {
        return hashes.isEmpty();
    }

    /// {@return the credential that a request shows, whoever's it is}
    ///
    /// @throws Problem when it shows none, or what cannot be one
    static String bearer(Request request) {
        String authorization = request.header("Authorization");
        if (authorization == null
                || !authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            throw Problem.notAuthenticated();
        }
        String credential = authorization.substring(BEARER.length()).strip();
        if (credential.length() > LENGTH_MAX || !CREDENTIAL.matcher(credential).matches()) {
            throw Problem.notAuthenticated();
        }
        return credential;
    }

    /// Takes the same time whatever is right about it.
    boolean isOne(String credential) {
        byte[] hash = sha256(credential);
        boolean isOne = false;
        for (byte[] expected : hashes) {
            isOne |= MessageDigest.isEqual(expected, hash);
        }
        return isOne;
    }

    /// {@return a text of one length that stands for another one}
    static String hash(String text) {
        return HexFormat.of().formatHex(sha256(text));
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
