package dev.hawser.protocol.crypto;

import java.nio.ByteBuffer;
import java.util.Arrays;

/// Tokens with the JDK's cipher: XChaCha20-Poly1305 is ChaCha20-Poly1305 under a key that HChaCha20
/// makes of the real key and the first 16 bytes of the nonce; the last 8 are the inner nonce's
/// (draft-irtf-cfrg-xchacha-03, section 2.3).
final class JdkTokenAead implements Aead {
    private static final int INNER_NONCE_OFFSET = 4;
    private static final int INNER_NONCE_BYTES = 12;

    private final JdkAead aead = new JdkAead();
    private final HChaCha20 hChaCha20 = new HChaCha20();
    private final byte[] innerKey = new byte[PacketKey.BYTES];
    private final byte[] innerNonce = new byte[INNER_NONCE_BYTES];

    @Override
    public void seal(
            byte[] key, byte[] nonce, byte[] data, ByteBuffer buffer, int offset, int length) {
        derive(key, nonce);
        aead.seal(innerKey, innerNonce, data, buffer, offset, length);
        Arrays.fill(innerKey, (byte) 0);
    }

    @Override
    public boolean open(
            byte[] key, byte[] nonce, byte[] data, ByteBuffer buffer, int offset, int length) {
        derive(key, nonce);
        boolean isAuthentic = aead.open(innerKey, innerNonce, data, buffer, offset, length);
        Arrays.fill(innerKey, (byte) 0);
        return isAuthentic;
    }

    private void derive(byte[] key, byte[] nonce) {
        hChaCha20.derive(key, nonce, innerKey);
        System.arraycopy(
                nonce,
                HChaCha20.NONCE_BYTES,
                innerNonce,
                INNER_NONCE_OFFSET,
                TOKEN_NONCE_BYTES - HChaCha20.NONCE_BYTES);
    }
}
