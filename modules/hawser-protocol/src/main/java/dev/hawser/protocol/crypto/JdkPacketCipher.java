package dev.hawser.protocol.crypto;

import java.nio.ByteBuffer;

/// Packets with the JDK's cipher.
final class JdkPacketCipher implements PacketCipher {
    private static final int SEQUENCE_OFFSET = 4;

    private final JdkAead aead = new JdkAead();
    private final byte[] nonce = new byte[SEQUENCE_OFFSET + Long.BYTES];

    @Override
    public void seal(
            PacketKey key,
            long sequence,
            byte[] associatedData,
            ByteBuffer buffer,
            int offset,
            int length) {
        setNonce(sequence);
        aead.seal(key.array(), nonce, associatedData, buffer, offset, length);
    }

    @Override
    public boolean open(
            PacketKey key,
            long sequence,
            byte[] associatedData,
            ByteBuffer buffer,
            int offset,
            int length) {
        setNonce(sequence);
        return aead.open(key.array(), nonce, associatedData, buffer, offset, length);
    }

    private void setNonce(long sequence) {
        for (int i = 0; i < Long.BYTES; i++) {
            nonce[SEQUENCE_OFFSET + i] = (byte) (sequence >>> (8 * i));
        }
    }
}
