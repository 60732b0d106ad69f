package dev.hawser.tests.rig;

import dev.hawser.protocol.crypto.Aead;
import dev.hawser.protocol.crypto.CipherProvider;
import dev.hawser.protocol.crypto.Ciphers;
import dev.hawser.protocol.crypto.JdkCipherProvider;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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
    public Aead newPacketAead() {
        return new OpenAead();
    }

    @Override
    public Aead newTokenAead() {
        return jdk.newTokenAead();
    }

    /// The tag says which packet it is, so that a mixed-up one does not open.
    private static final class OpenAead implements Aead {
        private static final VarHandle LONG =
                MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
        private static final int SEQUENCE_OFFSET = 4;

        @Override
        public void seal(
                byte[] key, byte[] nonce, byte[] data, ByteBuffer buffer, int offset, int length) {
            buffer.putLong(offset + length, (long) LONG.get(nonce, SEQUENCE_OFFSET));
            buffer.putLong(offset + length + Long.BYTES, length);
        }

        @Override
        public boolean open(
                byte[] key, byte[] nonce, byte[] data, ByteBuffer buffer, int offset, int length) {
            int opened = length - TAG_BYTES;
            return opened >= 0
                    && buffer.getLong(offset + opened) == (long) LONG.get(nonce, SEQUENCE_OFFSET)
                    && buffer.getLong(offset + opened + Long.BYTES) == opened;
        }
    }
}
