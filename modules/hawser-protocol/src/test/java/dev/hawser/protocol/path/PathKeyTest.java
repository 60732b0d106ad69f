package dev.hawser.protocol.path;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.NetAddress;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class PathKeyTest {
    private static final byte[] PRIVATE_KEY =
            HexFormat.of()
                    .parseHex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
    private static final NetAddress V4 = NetAddress.parse("203.0.113.5:40000");
    private static final NetAddress V6 = NetAddress.parse("[2001:db8::5]:40001");

    private final PathKey key = new PathKey(PRIVATE_KEY, List.of(V4, V6));

    /// Reckoned by another implementation of HMAC-SHA-256 from docs/extension.md.
    @Test
    void idAndWordAreThoseOfThePage() {
        long pathId = key.pathId(0x01020304);
        assertThat(HexFormat.of().toHexDigits(pathId)).isEqualTo("5462700e01020304");
        assertThat(HexFormat.of().formatHex(key.resetWord(pathId), 0, 16))
                .isEqualTo("1ab8d27181bbacdfc356a4857c89dd5c");
    }

    @Test
    void theOrderOfTheIdentityDoesNotMatterAndItsAddressesDo() {
        long pathId = key.pathId(7);
        assertThat(new PathKey(PRIVATE_KEY, List.of(V6, V4)).pathId(7)).isEqualTo(pathId);
        assertThat(new PathKey(PRIVATE_KEY, List.of(V4)).pathId(7)).isNotEqualTo(pathId);
        byte[] other = PRIVATE_KEY.clone();
        other[31]++;
        assertThat(new PathKey(other, List.of(V4, V6)).pathId(7)).isNotEqualTo(pathId);
    }

    @Test
    void aKeyKnowsWhatItHasMadeAndNothingElse() {
        long pathId = key.pathId(-5);
        assertThat((int) pathId).isEqualTo(-5);
        assertThat(key.hasMade(pathId)).isTrue();
        for (int bit = 0; bit < Long.SIZE; bit++) {
            assertThat(key.hasMade(pathId ^ 1L << bit)).isFalse();
        }
    }

    @Test
    void wordsOfDifferentPathsDiffer() {
        byte[] word = Arrays.copyOf(key.resetWord(key.pathId(1)), 16);
        assertThat(Arrays.copyOf(key.resetWord(key.pathId(2)), 16)).isNotEqualTo(word);
        assertThat(Arrays.copyOf(key.resetWord(key.pathId(1)), 16)).isEqualTo(word);
    }
}
