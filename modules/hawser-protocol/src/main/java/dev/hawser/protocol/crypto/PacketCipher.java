package dev.hawser.protocol.crypto;

import java.nio.ByteBuffer;

/// ChaCha20-Poly1305 with a 12-byte nonce (RFC 8439), as netcode uses it for packets and challenge
/// tokens: the nonce is four zero bytes followed by the little-endian sequence.
///
/// Both methods work in place between absolute offsets of a buffer, heap or direct, and leave its
/// position and limit alone. No content is kept after return. An instance belongs to one thread.
///
/// What would reach beyond the limit throws an `IndexOutOfBoundsException`, and a buffer that is
/// read-only a `ReadOnlyBufferException`, before anything is read or written.
public interface PacketCipher {
    /// The bytes a seal adds behind the plaintext.
    int TAG_BYTES = 16;

    /// Seals `length` bytes at `offset` and writes the tag behind them.
    ///
    /// The caller sees to it that no two plaintexts meet the same key and sequence.
    ///
    /// @param associatedData what is authenticated beside the plaintext; may be empty
    void seal(
            PacketKey key,
            long sequence,
            byte[] associatedData,
            ByteBuffer buffer,
            int offset,
            int length);

    /// Opens `length` bytes at `offset`, the last 16 of them the tag.
    ///
    /// @return whether the tag was right; only then the first `length - 16` bytes are the
    ///   plaintext, otherwise they are whatever the cipher left there
    boolean open(
            PacketKey key,
            long sequence,
            byte[] associatedData,
            ByteBuffer buffer,
            int offset,
            int length);
}
