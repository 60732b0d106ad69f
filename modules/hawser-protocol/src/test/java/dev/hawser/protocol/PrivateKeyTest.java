package dev.hawser.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrivateKeyTest {
    private static final String HEX =
            "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

    private static byte[] bytes() {
        byte[] bytes = new byte[32];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) i;
        }
        return bytes;
    }

    @Test
    void bytesAndHexMakeTheSameKey() {
        PrivateKey key = PrivateKey.ofBytes(bytes());
        assertThat(key.sameAs(PrivateKey.ofHex(HEX))).isTrue();
        assertThat(key.sameAs(PrivateKey.ofHex(HEX.toUpperCase(Locale.ROOT)))).isTrue();
        assertThat(key.sameAs(PrivateKey.ofHex(HEX.replace("1f", "1e")))).isFalse();
        assertThat(key.toHex()).isEqualTo(HEX);
    }

    @Test
    void theBytesAreCopiedIn() {
        byte[] bytes = bytes();
        PrivateKey key = PrivateKey.ofBytes(bytes);
        Arrays.fill(bytes, (byte) 9);
        assertThat(key.toHex()).isEqualTo(HEX);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 31, 33, 64})
    void anotherSizeIsRefusedWithTheSizeAndTheRemedy(int size) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PrivateKey.ofBytes(new byte[size]))
                .withMessageContaining(size + " bytes")
                .withMessageContaining("must have 32")
                .withMessageContaining("hawser keys new");
    }

    @Test
    void textThatIsNotHexIsRefusedWithoutRepeatingIt() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PrivateKey.ofHex(HEX.substring(1)))
                .withMessageContaining("63 characters")
                .withMessageContaining("64 hexadecimal digits");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PrivateKey.ofHex("\uff10" + HEX.substring(1)))
                .withMessageContaining("character 1 of the private key")
                .withMessageNotContaining(HEX.substring(1, 9));
    }

    @Test
    void aRandomKeyIsWhatTheGeneratorGave() {
        PrivateKey key = PrivateKey.random(target -> System.arraycopy(bytes(), 0, target, 0, 32));
        assertThat(key.toHex()).isEqualTo(HEX);
    }

    @Test
    void printingShowsTheSizeOnly() {
        assertThat(PrivateKey.ofHex(HEX)).hasToString("PrivateKey[32 bytes]");
    }

    @Test
    void anErasedKeyIsZeroAndCannotBeUsed() {
        PrivateKey key = PrivateKey.ofHex(HEX);
        key.erase();
        assertThat(key.sameAs(PrivateKey.ofBytes(new byte[32]))).isTrue();
        assertThatIllegalStateException()
                .isThrownBy(() -> key.copyTo(new byte[32]))
                .withMessageContaining("was erased");
        assertThatIllegalStateException().isThrownBy(key::toHex);
    }
}
