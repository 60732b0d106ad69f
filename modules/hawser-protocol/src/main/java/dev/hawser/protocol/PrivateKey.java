package dev.hawser.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;

/// The 32-byte key that a backend and its game servers share: whoever has it can make connect
/// tokens, so it never belongs in a client.
///
/// Copied in, compared in constant time, printed as its size only, and erased when it has done its
/// work. Equality is identity: see [#sameAs]. Reading it from several threads is safe as long as
/// none erases it.
public final class PrivateKey {
    /// The size of a private key.
    public static final int BYTES = 32;

    private static final String REMEDY =
            ": make one with 'hawser keys new' or PrivateKey.random(new SecureRandom()::nextBytes)";

    private static final byte[] ID_PREFIX = "hawser key id 1".getBytes(StandardCharsets.US_ASCII);

    private final byte[] bytes;
    private boolean isErased;

    private PrivateKey(byte[] bytes) {
        this.bytes = bytes;
    }

    /// {@return a key with a copy of these bytes}
    ///
    /// @throws IllegalArgumentException when they are not 32
    public static PrivateKey ofBytes(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException(
                    "a private key of "
                            + bytes.length
                            + " bytes, but it must have "
                            + BYTES
                            + REMEDY);
        }
        return new PrivateKey(bytes.clone());
    }

    /// {@return the key that is written as these 64 hexadecimal digits, in either case}
    ///
    /// @throws IllegalArgumentException when the text is anything else; the message does not repeat
    ///   it
    /// @throws NullPointerException when there is none, as where a variable is not set
    public static PrivateKey ofHex(String hex) {
        Objects.requireNonNull(
                hex, "no private key: null, as where the variable that should hold it is not set");
        if (hex.length() != 2 * BYTES) {
            throw new IllegalArgumentException(
                    "a private key of "
                            + hex.length()
                            + " characters, but it is written as "
                            + 2 * BYTES
                            + " hexadecimal digits"
                            + REMEDY);
        }
        for (int i = 0; i < hex.length(); i++) {
            if (!HexFormat.isHexDigit(hex.charAt(i))) {
                throw new IllegalArgumentException(
                        "character "
                                + (i + 1)
                                + " of the private key is not a hexadecimal digit"
                                + REMEDY);
            }
        }
        return new PrivateKey(HexFormat.of().parseHex(hex));
    }

    /// {@return a new key}
    ///
    /// @param random a cryptographic generator
    public static PrivateKey random(RandomBytes random) {
        byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        return new PrivateKey(bytes);
    }

    /// {@return its name, which may be told to everybody}
    ///
    /// @throws IllegalStateException when the key has been erased
    public KeyId id() {
        checkNotErased();
        MessageDigest sha256;
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
        sha256.update(ID_PREFIX);
        return new KeyId(ByteBuffer.wrap(sha256.digest(bytes)).getLong());
    }

    /// Writes the key into the first 32 bytes of `target`, which the caller erases after use.
    ///
    /// @throws IllegalStateException when the key has been erased
    public void copyTo(byte[] target) {
        checkNotErased();
        System.arraycopy(bytes, 0, target, 0, BYTES);
    }

    /// {@return the key as 64 hexadecimal digits, for a key file} Strings cannot be erased: use it
    /// where a key is made, not where it is used.
    ///
    /// @throws IllegalStateException when the key has been erased
    public String toHex() {
        checkNotErased();
        return HexFormat.of().formatHex(bytes);
    }

    /// {@return whether both are the same key, in a time that does not depend on where they differ}
    public boolean sameAs(PrivateKey other) {
        return MessageDigest.isEqual(bytes, other.bytes);
    }

    /// Overwrites the key with zeros. It cannot be used again.
    public void erase() {
        isErased = true;
        Arrays.fill(bytes, (byte) 0);
    }

    @Override
    public String toString() {
        return "PrivateKey[" + BYTES + " bytes]";
    }

    /// Does nothing when the key can be used.
    ///
    /// @throws IllegalStateException when the key has been erased
    public void checkNotErased() {
        // A key of zeros would seal tokens that anybody can open.
        if (isErased) {
            throw new IllegalStateException(
                    "the private key was erased: keep it until its last user has stopped");
        }
    }
}
