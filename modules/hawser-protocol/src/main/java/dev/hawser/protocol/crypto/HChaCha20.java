package dev.hawser.protocol.crypto;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.ChaCha20ParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// HChaCha20 (draft-irtf-cfrg-xchacha-03, section 2.2), made of the JDK's ChaCha20.
///
/// One block of ChaCha20 is twenty rounds over a state of sixteen words, after which the state from
/// before the rounds is added. HChaCha20 is the same rounds without that addition, and of its
/// result the words 0 to 3 and 12 to 15. In those places the state holds constants, and the nonce:
/// nothing secret, so the addition can be taken back.
final class HChaCha20 {
    static final int NONCE_BYTES = 16;

    private static final VarHandle WORDS =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    /// "expand 32-byte k", the first four words of every ChaCha20 state.
    private static final int[] CONSTANTS = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};

    private static final int NONCE_WORD = 12;
    private static final byte[] ZEROS = new byte[64];

    private final Cipher chaCha20 = newCipher();
    private final byte[] chaCha20Nonce = new byte[12];
    private final byte[] block = new byte[ZEROS.length];

    private static Cipher newCipher() {
        try {
            return Cipher.getInstance("ChaCha20");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("ChaCha20 is missing from this JDK", e);
        }
    }

    /// Writes 32 bytes of key into `target`, made of a key and the first 16 bytes of `nonce`.
    void derive(byte[] key, byte[] nonce, byte[] target) {
        // The place of HChaCha20's nonce is that of ChaCha20's counter and nonce.
        int counter = word(nonce, 0);
        System.arraycopy(nonce, Integer.BYTES, chaCha20Nonce, 0, chaCha20Nonce.length);
        try {
            // Decrypting yields the same key stream as encrypting, and the JDK does not mind when a
            // request that was sent again brings the key and nonce of the previous one.
            chaCha20.init(
                    Cipher.DECRYPT_MODE,
                    new SecretKeySpec(key, "ChaCha20"),
                    new ChaCha20ParameterSpec(chaCha20Nonce, counter));
            chaCha20.doFinal(ZEROS, 0, ZEROS.length, block, 0);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("could not derive a key with ChaCha20", e);
        }
        for (int i = 0; i < 4; i++) {
            setWord(target, i, word(block, i) - CONSTANTS[i]);
            setWord(target, 4 + i, word(block, NONCE_WORD + i) - word(nonce, i));
        }
        Arrays.fill(block, (byte) 0);
    }

    private static int word(byte[] bytes, int index) {
        return (int) WORDS.get(bytes, index * Integer.BYTES);
    }

    private static void setWord(byte[] bytes, int index, int value) {
        WORDS.set(bytes, index * Integer.BYTES, value);
    }
}
