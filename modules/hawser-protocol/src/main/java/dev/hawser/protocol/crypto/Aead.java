package dev.hawser.protocol.crypto;

import java.nio.ByteBuffer;

/// One of netcode's two ciphers, under any key and nonce: ChaCha20-Poly1305 with a nonce of 12
/// bytes (RFC 8439) beneath a [PacketCipher], or XChaCha20-Poly1305 with one of 24
/// (draft-irtf-cfrg-xchacha) for the private part of connect tokens.
///
/// Both methods work in place between absolute offsets of a buffer, heap or direct, and leave its
/// position and limit alone. No content is kept after return. An instance belongs to one thread.
///
/// What would reach beyond the limit throws an `IndexOutOfBoundsException`, and a buffer that is
/// read-only a `ReadOnlyBufferException`, before anything is read or written.
public interface Aead {
    /// The bytes a seal adds behind the plaintext.
    int TAG_BYTES = 16;

    /// The bytes of a token's nonce.
    int TOKEN_NONCE_BYTES = 24;

    /// Seals `length` bytes at `offset` and writes the tag behind them.
    ///
    /// The caller sees to it that no two plaintexts meet the same key and nonce.
    ///
    /// @param key 32 bytes
    /// @param data the associated data, which is authenticated beside the plaintext; may be empty
    void seal(byte[] key, byte[] nonce, byte[] data, ByteBuffer buffer, int offset, int length);

    /// Opens `length` bytes at `offset`, the last 16 of them the tag.
    ///
    /// @param key 32 bytes
    /// @param data the associated data
    /// @return whether the tag was right; only then the first `length - 16` bytes are the
    ///   plaintext, otherwise they are whatever the cipher left there
    boolean open(byte[] key, byte[] nonce, byte[] data, ByteBuffer buffer, int offset, int length);
}
