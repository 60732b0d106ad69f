package dev.hawser.protocol.crypto;

import dev.hawser.protocol.RandomBytes;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;

/// The 32-byte key of one direction of one connection, or of a server's challenge tokens.
///
/// Mutable, so that slots can be allocated once: a key is written into it when a connection begins
/// and erased when it ends. Prints its size only.
public final class PacketKey {
    /// The size of a key.
    public static final int BYTES = 32;

    private final byte[] bytes = new byte[BYTES];

    /// Creates a key of zeros: nothing to seal with yet.
    public PacketKey() {}

    /// {@return a key with a copy of these 32 bytes}
    public static PacketKey ofBytes(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException(
                    "a packet key of " + bytes.length + " bytes, but it must have " + BYTES);
        }
        PacketKey key = new PacketKey();
        key.set(ByteBuffer.wrap(bytes), 0);
        return key;
    }

    /// Overwrites the key with random bytes.
    public void randomise(RandomBytes random) {
        random.nextBytes(bytes);
    }

    /// Overwrites the key with 32 bytes of a buffer at an absolute offset.
    public void set(ByteBuffer source, int offset) {
        source.get(offset, bytes);
    }

    /// Overwrites the key with a copy of another.
    public void set(PacketKey other) {
        System.arraycopy(other.bytes, 0, bytes, 0, BYTES);
    }

    /// Writes the key into a buffer at an absolute offset: for the mint, and for nobody else.
    public void copyTo(ByteBuffer target, int offset) {
        target.put(offset, bytes);
    }

    /// {@return the key's own array, for a cipher to read during one call}
    public byte[] array() {
        return bytes;
    }

    /// {@return whether both are the same key, in a time that does not depend on where they differ}
    public boolean sameAs(PacketKey other) {
        return MessageDigest.isEqual(bytes, other.bytes);
    }

    /// Overwrites the key with zeros.
    public void erase() {
        Arrays.fill(bytes, (byte) 0);
    }

    @Override
    public String toString() {
        return "PacketKey[" + BYTES + " bytes]";
    }
}
