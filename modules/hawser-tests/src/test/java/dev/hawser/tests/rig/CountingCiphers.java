package dev.hawser.tests.rig;

import dev.hawser.protocol.crypto.Aead;
import dev.hawser.protocol.crypto.CipherProvider;
import dev.hawser.protocol.crypto.Ciphers;
import java.nio.ByteBuffer;

/// The ciphers, and how much work they had.
public final class CountingCiphers implements CipherProvider {
    private final CipherProvider provider = Ciphers.best();
    private int packetsOpened;
    private int packetsSealed;
    private int tokensOpened;

    public int packetsOpened() {
        return packetsOpened;
    }

    public int packetsSealed() {
        return packetsSealed;
    }

    public int tokensOpened() {
        return tokensOpened;
    }

    /// {@return how often anything was opened or sealed}
    public int total() {
        return packetsOpened + packetsSealed + tokensOpened;
    }

    @Override
    public String id() {
        return "counting";
    }

    @Override
    public String name() {
        return "counting " + provider.name();
    }

    @Override
    public int preference() {
        return 0;
    }

    @Override
    public boolean isAvailable() {
        return true;
    }

    @Override
    public Aead newPacketAead() {
        return new CountingAead(
                provider.newPacketAead(), () -> packetsSealed++, () -> packetsOpened++);
    }

    @Override
    public Aead newTokenAead() {
        return new CountingAead(provider.newTokenAead(), () -> {}, () -> tokensOpened++);
    }

    private record CountingAead(Aead aead, Runnable onSeal, Runnable onOpen) implements Aead {
        @Override
        public void seal(
                byte[] key, byte[] nonce, byte[] data, ByteBuffer buffer, int offset, int length) {
            onSeal.run();
            aead.seal(key, nonce, data, buffer, offset, length);
        }

        @Override
        public boolean open(
                byte[] key, byte[] nonce, byte[] data, ByteBuffer buffer, int offset, int length) {
            onOpen.run();
            boolean isOpen = aead.open(key, nonce, data, buffer, offset, length);
            if (!isOpen) {
                // A provider may do so: nobody may rely on the bytes afterwards.
                for (int i = 0; i < length; i++) {
                    buffer.put(offset + i, (byte) 0);
                }
            }
            return isOpen;
        }
    }
}
