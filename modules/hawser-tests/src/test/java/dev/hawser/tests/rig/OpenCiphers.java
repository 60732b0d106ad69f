package dev.hawser.tests.rig;

import dev.hawser.protocol.crypto.CipherProvider;
import dev.hawser.protocol.crypto.Ciphers;
import dev.hawser.protocol.crypto.JdkCipherProvider;
import dev.hawser.protocol.crypto.PacketCipher;
import dev.hawser.protocol.crypto.PacketKey;
import dev.hawser.protocol.crypto.TokenCipher;
import java.nio.ByteBuffer;
import java.util.function.Supplier;

/// Packets that anybody can read and forge, and that cost nothing: to measure what is around a
/// cipher. Tokens are the JDK's. Nobody gets it without asking for it.
public final class OpenCiphers implements CipherProvider {
    private static final String ID = "open";

    private final CipherProvider jdk = new JdkCipherProvider();

    /// For `ServiceLoader`.
    public OpenCiphers() {}

    /// {@return what is made while these are the best ciphers of all}
    public static <T> T with(Supplier<T> make) {
        String before = System.getProperty(Ciphers.PROPERTY);
        System.setProperty(Ciphers.PROPERTY, ID);
        try {
            return make.get();
        } finally {
            if (before == null) {
                System.clearProperty(Ciphers.PROPERTY);
            } else {
                System.setProperty(Ciphers.PROPERTY, before);
            }
        }
    }

    @Override
    public String id() {
        return ID;
    }

    @Override
    public String name() {
        return "nothing at all";
    }

    @Override
    public int preference() {
        return Integer.MIN_VALUE;
    }

    @Override
    public boolean isAvailable() {
        return true;
    }

    @Override
    public PacketCipher newPacketCipher() {
        return new OpenPacketCipher();
    }

    @Override
    public TokenCipher newTokenCipher() {
        return jdk.newTokenCipher();
    }

    /// The tag says which packet it is, so that a mixed-up one does not open.
    private static final class OpenPacketCipher implements PacketCipher {
        @Override
        public void seal(
                PacketKey key,
                long sequence,
                byte[] associatedData,
                ByteBuffer buffer,
                int offset,
                int length) {
            buffer.putLong(offset + length, sequence);
            buffer.putLong(offset + length + Long.BYTES, length);
        }

        @Override
        public boolean open(
                PacketKey key,
                long sequence,
                byte[] associatedData,
                ByteBuffer buffer,
                int offset,
                int length) {
            int opened = length - TAG_BYTES;
            return opened >= 0
                    && buffer.getLong(offset + opened) == sequence
                    && buffer.getLong(offset + opened + Long.BYTES) == opened;
        }
    }
}
