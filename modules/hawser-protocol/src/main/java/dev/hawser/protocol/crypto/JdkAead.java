package dev.hawser.protocol.crypto;

import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.util.Arrays;
import java.util.Objects;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// The JDK's ChaCha20-Poly1305 in place: for packets, and beneath [JdkTokenAead].
///
/// The JDK copies keys: into the `SecretKeySpec`, and into the cipher, which holds the last one
/// until it is given another. Neither copy can be erased; they leave memory with the garbage.
final class JdkAead implements Aead {
    private static final String TRANSFORMATION = "ChaCha20-Poly1305";
    private static final String KEY_ALGORITHM = "ChaCha20";

    // One for each direction, so that a key and nonce are the previous ones of its own kind alone.
    private Cipher sealer = newCipher();
    private final Cipher opener = newCipher();

    /// Stands in for buffers that have no array.
    private byte[] scratch = {};

    static Cipher newCipher() {
        try {
            return Cipher.getInstance(TRANSFORMATION);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(TRANSFORMATION + " is missing from this JDK", e);
        }
    }

    @Override
    public void seal(
            byte[] key, byte[] nonce, byte[] data, ByteBuffer buffer, int offset, int length) {
        int sealedLength = length + TAG_BYTES;
        check(buffer, offset, length);
        Objects.checkFromIndexSize(offset, sealedLength, buffer.limit());
        try {
            initSealer(new SecretKeySpec(key, KEY_ALGORITHM), new IvParameterSpec(nonce));
            sealer.updateAAD(data);
            if (buffer.hasArray()) {
                int start = buffer.arrayOffset() + offset;
                sealer.doFinal(buffer.array(), start, length, buffer.array(), start);
            } else {
                byte[] bytes = scratch(sealedLength);
                buffer.get(offset, bytes, 0, length);
                sealer.doFinal(bytes, 0, length, bytes, 0);
                buffer.put(offset, bytes, 0, sealedLength);
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("could not seal " + length + " bytes", e);
        }
    }

    /// The JDK refuses to seal under the key and nonce it sealed under last. A packet that is
    /// sealed once more, with the same content, is legitimate; a new cipher has no memory of the
    /// last.
    private void initSealer(SecretKeySpec key, IvParameterSpec nonce)
            throws GeneralSecurityException {
        try {
            sealer.init(Cipher.ENCRYPT_MODE, key, nonce);
        } catch (InvalidKeyException e) {
            sealer = newCipher();
            sealer.init(Cipher.ENCRYPT_MODE, key, nonce);
        }
    }

    @Override
    public boolean open(
            byte[] key, byte[] nonce, byte[] data, ByteBuffer buffer, int offset, int length) {
        check(buffer, offset, length);
        if (length < TAG_BYTES) {
            return false;
        }
        try {
            opener.init(
                    Cipher.DECRYPT_MODE,
                    new SecretKeySpec(key, KEY_ALGORITHM),
                    new IvParameterSpec(nonce));
            opener.updateAAD(data);
            if (buffer.hasArray()) {
                int start = buffer.arrayOffset() + offset;
                opener.doFinal(buffer.array(), start, length, buffer.array(), start);
            } else {
                byte[] bytes = scratch(length);
                buffer.get(offset, bytes, 0, length);
                int opened = opener.doFinal(bytes, 0, length, bytes, 0);
                buffer.put(offset, bytes, 0, opened);
                // A token holds keys, which must not outlive their connection here.
                Arrays.fill(bytes, 0, opened, (byte) 0);
            }
            return true;
        } catch (AEADBadTagException e) {
            return false;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("could not open " + length + " bytes", e);
        }
    }

    /// As every buffer does it itself; an array would let through what lies beside the buffer.
    private static void check(ByteBuffer buffer, int offset, int length) {
        if (buffer.isReadOnly()) {
            throw new ReadOnlyBufferException();
        }
        Objects.checkFromIndexSize(offset, length, buffer.limit());
    }

    private byte[] scratch(int length) {
        if (scratch.length < length) {
            scratch = new byte[length];
        }
        return scratch;
    }
}
