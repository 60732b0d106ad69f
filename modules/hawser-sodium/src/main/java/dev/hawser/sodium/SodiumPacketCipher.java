package dev.hawser.sodium;

import dev.hawser.protocol.crypto.PacketCipher;
import dev.hawser.protocol.crypto.PacketKey;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Packets with libsodium.
final class SodiumPacketCipher implements PacketCipher {
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int SEQUENCE_OFFSET = 4;

    private final SodiumAead aead;
    private final byte[] nonce = new byte[SEQUENCE_OFFSET + Long.BYTES];

    SodiumPacketCipher(Libsodium library) {
        aead = new SodiumAead(library.packets());
    }

    @Override
    public void seal(
            PacketKey key,
            long sequence,
            byte[] associatedData,
            ByteBuffer buffer,
            int offset,
            int length) {
        LONG.set(nonce, SEQUENCE_OFFSET, sequence);
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
        LONG.set(nonce, SEQUENCE_OFFSET, sequence);
        return aead.open(key.array(), nonce, associatedData, buffer, offset, length);
    }
}
