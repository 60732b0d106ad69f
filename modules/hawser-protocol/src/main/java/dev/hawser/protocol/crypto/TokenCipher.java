package dev.hawser.protocol.crypto;

import java.nio.ByteBuffer;

/// XChaCha20-Poly1305 with a 24-byte nonce (draft-irtf-cfrg-xchacha), as netcode uses it for the
/// private part of connect tokens. In place and checked, as [PacketCipher]; an instance belongs to
/// one thread.
public interface TokenCipher {
    /// The bytes of a nonce.
    int NONCE_BYTES = 24;

    /// Seals `length` bytes at `offset` and writes the 16-byte tag behind them.
    ///
    /// @param key 32 bytes
    /// @param nonce 24 bytes
    void seal(
            byte[] key,
            byte[] nonce,
            byte[] associatedData,
            ByteBuffer buffer,
            int offset,
            int length);

    /// Opens `length` bytes at `offset`, the last 16 of them the tag.
    ///
    /// @param key 32 bytes
    /// @param nonce 24 bytes
    /// @return whether the tag was right; only then the bytes before it are the plaintext
    boolean open(
            byte[] key,
            byte[] nonce,
            byte[] associatedData,
            ByteBuffer buffer,
            int offset,
            int length);
}
