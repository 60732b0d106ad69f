package dev.hawser.protocol.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class HChaCha20Test {
    @Test
    void theXChaChaDraftSection221IsReproduced() {
        byte[] key = hex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
        byte[] nonce = hex("000000090000004a0000000031415927");
        assertThat(derive(key, nonce))
                .isEqualTo(hex("82413b4227b27bfed30e42508a877d73a0f9e4d58a74a853c12ec41326d3ecdc"));
    }

    @Test
    void theSameKeyAndNonceGiveTheSameAgain() {
        HChaCha20 hChaCha20 = new HChaCha20();
        byte[] first = new byte[32];
        byte[] second = new byte[32];
        hChaCha20.derive(new byte[32], new byte[24], first);
        hChaCha20.derive(new byte[32], new byte[24], second);
        assertThat(second).isEqualTo(first);
    }

    /// Where the JDK sees a counter, HChaCha20 has a nonce: the largest counter is nothing special.
    @Test
    void aNonceThatIsTheLargestCounterWorks() {
        byte[] nonce = hex("ffffffffffffffffffffffffffffffff");
        assertThat(derive(new byte[32], nonce)).isEqualTo(roundsByHand(new byte[32], nonce));
    }

    @Property(tries = 300)
    void itIsTheTwentyRoundsWithoutTheAddition(
            @ForAll @Size(32) byte[] key, @ForAll @Size(16) byte[] nonce) {
        assertThat(derive(key, nonce)).isEqualTo(roundsByHand(key, nonce));
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }

    private static byte[] derive(byte[] key, byte[] nonce) {
        byte[] target = new byte[32];
        new HChaCha20().derive(key, nonce, target);
        return target;
    }

    /// The definition in the draft, written down plainly.
    private static byte[] roundsByHand(byte[] key, byte[] nonce) {
        ByteBuffer words = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
        words.put(hex("657870616e642033322d62797465206b")).put(key).put(nonce);
        int[] state = new int[16];
        words.flip().asIntBuffer().get(state);
        for (int round = 0; round < 10; round++) {
            for (int i = 0; i < 4; i++) {
                quarterRound(state, i, 4 + i, 8 + i, 12 + i);
            }
            for (int i = 0; i < 4; i++) {
                quarterRound(state, i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4);
            }
        }
        ByteBuffer result = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN);
        result.asIntBuffer().put(state, 0, 4).put(state, 12, 4);
        return result.array();
    }

    private static void quarterRound(int[] state, int a, int b, int c, int d) {
        state[a] += state[b];
        state[d] = Integer.rotateLeft(state[d] ^ state[a], 16);
        state[c] += state[d];
        state[b] = Integer.rotateLeft(state[b] ^ state[c], 12);
        state[a] += state[b];
        state[d] = Integer.rotateLeft(state[d] ^ state[a], 8);
        state[c] += state[d];
        state[b] = Integer.rotateLeft(state[b] ^ state[c], 7);
    }
}
