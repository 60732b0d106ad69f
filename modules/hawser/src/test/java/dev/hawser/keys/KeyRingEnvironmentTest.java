package dev.hawser.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.protocol.PrivateKey;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KeyRingEnvironmentTest {
    private static final String NAME = "KEYS_OF_THE_TEST";
    private static final String NEW = "ab".repeat(PrivateKey.BYTES);
    private static final String OLD = "cd".repeat(PrivateKey.BYTES);

    @Test
    void keysStandInALineNewestFirst() throws KeyRingException {
        assertThat(environment(NEW + ", " + OLD + " ").load().ids())
                .containsExactly(PrivateKey.ofHex(NEW).id(), PrivateKey.ofHex(OLD).id());
        assertThat(environment(" " + NEW).load().ids()).hasSize(1);
    }

    @Test
    void whatIsNotThereOrBlankIsNotSet() {
        for (KeyRingEnvironment unset :
                new KeyRingEnvironment[] {
                    KeyRingEnvironment.of(NAME, Map.of()),
                    environment(""),
                    environment("  "),
                    KeyRingEnvironment.of(NAME)
                }) {
            assertThat(unset.isSet()).isFalse();
            assertThatThrownBy(unset::load)
                    .isInstanceOf(KeyRingException.class)
                    .hasMessageContainingAll(NAME + " is not set", "hawser keys new");
        }
    }

    @Test
    void aKeyThatIsWrittenWronglyIsNamedByItsPlaceAndNotRepeated() {
        assertRefused(NEW + "," + OLD.substring(1), "key 2: a private key of 63 characters");
        assertRefused(NEW + "," + OLD.substring(1) + "x", "key 2: character 64");
        assertRefused(NEW + ",", "key 2: a private key of 0 characters");
        assertRefused(NEW + "," + NEW, "the same key twice");
        assertRefused(NEW + ("," + OLD).repeat(4), "5 keys");
    }

    private static void assertRefused(String value, String message) {
        assertThatThrownBy(() -> environment(value).load())
                .isInstanceOf(KeyRingException.class)
                .hasMessageContainingAll(NAME, message)
                .hasMessageNotContaining("abab")
                .hasMessageNotContaining("cdcd");
    }

    private static KeyRingEnvironment environment(String value) {
        return KeyRingEnvironment.of(NAME, Map.of(NAME, value));
    }
}
