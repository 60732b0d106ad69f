package dev.hawser.protocol.crypto;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Packets and challenge tokens: an [Aead] whose nonce is four zero bytes and the little-endian
/// sequence. In place and checked, as the AEAD beneath; an instance belongs to one thread.
public final class PacketCipher {
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int SEQUENCE_OFFSET = 4;

    private final Aead aead;
    private final byte[] nonce = new byte[SEQUENCE_OFFSET + Long.BYTES];

    /// Creates a cipher upon an AEAD of its own, with a nonce of 12 bytes.
    public PacketCipher(Aead aead) {
        this.aead = aead;
    }

    /// Seals `length` bytes at `offset` and writes the tag behind them.
    ///
    /// The caller sees to it that no two plaintexts meet the same key and sequence.
    ///
    /// @param data the associated data, which is authenticated beside the plaintext; may be empty
    public void seal(
            PacketKey key, long sequence, byte[] data, ByteBuffer buffer, int offset, int length) {
        LONG.set(nonce, SEQUENCE_OFFSET, sequence);
        aead.seal(key.array(), nonce, data, buffer, offset, length);
    }

    /// Opens `length` bytes at `offset`, the last 16 of them the tag.
    ///
    /// @param data the associated data
    /// @return whether the tag was right; only then the first `length - 16` bytes are the
    ///   plaintext, otherwise they are whatever the AEAD left there
    public boolean open(
            PacketKey key, long sequence, byte[] data, ByteBuffer buffer, int offset, int length) {
        LONG.set(nonce, SEQUENCE_OFFSET, sequence);
        return aead.open(key.array(), nonce, data, buffer, offset, length);
    }
}
