package dev.hawser.sodium;

import dev.hawser.protocol.crypto.TokenCipher;
import java.nio.ByteBuffer;

/// Tokens with libsodium.
final class SodiumTokenCipher implements TokenCipher {
    private final SodiumAead aead;

    SodiumTokenCipher(Libsodium library) {
        aead = new SodiumAead(library.tokens());
    }

    @Override
    public void seal(
            byte[] key,
            byte[] nonce,
            byte[] associatedData,
            ByteBuffer buffer,
            int offset,
            int length) {
        aead.seal(key, nonce, associatedData, buffer, offset, length);
    }

    @Override
    public boolean open(
            byte[] key,
            byte[] nonce,
            byte[] associatedData,
            ByteBuffer buffer,
            int offset,
            int length) {
        return aead.open(key, nonce, associatedData, buffer, offset, length);
    }
}
