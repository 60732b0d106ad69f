package dev.hawser.tests.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.protocol.KeyId;
import dev.hawser.protocol.KeyRing;
import dev.hawser.protocol.PrivateKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// The keys that are in use at a time.
class KeyRingTest {
    private final Random random = new Random(3);

    private PrivateKey key() {
        return PrivateKey.random(random::nextBytes);
    }

    @Test
    void aKeyHasTheSameNameWhereverItIs() {
        PrivateKey key = key();
        assertThat(PrivateKey.ofHex(key.toHex()).id()).isEqualTo(key.id());
        assertThat(key().id()).isNotEqualTo(key.id());
        assertThat(KeyId.parse(key.id().toString())).isEqualTo(key.id());
        assertThat(key.toHex()).doesNotContain(key.id().toString());
    }

    /// Backends and servers of different versions must agree on it.
    @Test
    void theNameOfAKeyNeverChanges() {
        assertThat(PrivateKey.ofBytes(new byte[32]).id()).hasToString("e43d2bcc10f4b348");
    }

    @Test
    void theNewestStandsInFront() {
        PrivateKey old = key();
        PrivateKey fresh = key();
        KeyRing ring = KeyRing.of(old).withNewest(fresh);
        assertThat(ring.newest()).isSameAs(fresh);
        assertThat(ring.ids()).containsExactly(fresh.id(), old.id());
        assertThat(ring.find(old.id())).contains(old);
        assertThat(ring.without(old.id()).ids()).containsExactly(fresh.id());
        assertThat(ring.without(old.id()).find(old.id())).isEmpty();
    }

    @Test
    void aRingHasOneToFourDifferentKeys() {
        assertThatThrownBy(() -> KeyRing.of(List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("hawser keys new");
        List<PrivateKey> keys = new ArrayList<>();
        for (int i = 0; i < KeyRing.KEYS_MAX; i++) {
            keys.add(key());
        }
        KeyRing full = KeyRing.of(keys);
        assertThatThrownBy(() -> full.withNewest(key()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("5")
                .hasMessageContaining("retire");
        assertThatThrownBy(() -> KeyRing.of(List.of(keys.getFirst(), keys.getFirst())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("twice");
        assertThatThrownBy(() -> full.without(key().id()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> KeyRing.of(keys.getFirst()).without(keys.getFirst().id()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anErasedKeyHasNoNameAndNoPlaceInARing() {
        PrivateKey key = key();
        KeyRing ring = KeyRing.of(key);
        ring.erase();
        assertThatThrownBy(key::id).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> KeyRing.of(key)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void nothingShowsAKey() {
        PrivateKey key = key();
        assertThat(KeyRing.of(key)).hasToString("KeyRing[1 key]");
    }
}
