package dev.hawser.tests.rig;

import dev.hawser.protocol.crypto.CipherProvider;
import dev.hawser.protocol.crypto.Ciphers;
import dev.hawser.protocol.crypto.PacketCipher;
import dev.hawser.protocol.crypto.PacketKey;
import dev.hawser.protocol.crypto.TokenCipher;
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
    public PacketCipher newPacketCipher() {
        PacketCipher cipher = provider.newPacketCipher();
        return new PacketCipher() {
            @Override
            public void seal(
                    PacketKey key,
                    long sequence,
                    byte[] associatedData,
                    ByteBuffer buffer,
                    int offset,
                    int length) {
                packetsSealed++;
                cipher.seal(key, sequence, associatedData, buffer, offset, length);
            }

            @Override
            public boolean open(
                    PacketKey key,
                    long sequence,
                    byte[] associatedData,
                    ByteBuffer buffer,
                    int offset,
                    int length) {
                packetsOpened++;
                boolean isOpen = cipher.open(key, sequence, associatedData, buffer, offset, length);
                if (!isOpen) {
                    // A provider may do so: nobody may rely on the bytes afterwards.
                    for (int i = 0; i < length; i++) {
                        buffer.put(offset + i, (byte) 0);
                    }
                }
                return isOpen;
            }
        };
    }

    @Override
    public TokenCipher newTokenCipher() {
        TokenCipher cipher = provider.newTokenCipher();
        return new TokenCipher() {
            @Override
            public void seal(
                    byte[] key,
                    byte[] nonce,
                    byte[] associatedData,
                    ByteBuffer buffer,
                    int offset,
                    int length) {
                cipher.seal(key, nonce, associatedData, buffer, offset, length);
            }

            @Override
            public boolean open(
                    byte[] key,
                    byte[] nonce,
                    byte[] associatedData,
                    ByteBuffer buffer,
                    int offset,
                    int length) {
                tokensOpened++;
                return cipher.open(key, nonce, associatedData, buffer, offset, length);
            }
        };
    }
}
