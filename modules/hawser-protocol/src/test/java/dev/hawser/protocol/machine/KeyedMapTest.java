package dev.hawser.protocol.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/// docs/protocol.md "Hardening" 7: lookups under a keyed hash, whoever chooses the keys.
class KeyedMapTest {
    private static final int CAPACITY = 8;
    private static final long HASH_KEY_0 = 0x0706050403020100L;
    private static final long HASH_KEY_1 = 0x0f0e0d0c0b0a0908L;

    private record Key(long high, long low, int extra) {}

    /// @param value to put, or negative: to remove
    private record Step(int key, int value) {}

    @Test
    void theHashIsSipHash13() {
        // The reference value for the 24 bytes 00 01 … 17 under the key 00 01 … 0f.
        long hash =
                KeyedMap.sipHash13(
                        HASH_KEY_0,
                        HASH_KEY_1,
                        0x0706050403020100L,
                        0x0f0e0d0c0b0a0908L,
                        0x1716151413121110L);

        assertThat(hash).isEqualTo(0xf464aeb267349c8cL);
    }

    @Test
    void theHashDependsOnEveryBitOfTheKeyAndOfTheHashKey() {
        long hash = KeyedMap.sipHash13(HASH_KEY_0, HASH_KEY_1, 1, 2, 3);
        for (int bit = 0; bit < 64; bit++) {
            long flip = 1L << bit;
            assertThat(
                            List.of(
                                    KeyedMap.sipHash13(HASH_KEY_0 ^ flip, HASH_KEY_1, 1, 2, 3),
                                    KeyedMap.sipHash13(HASH_KEY_0, HASH_KEY_1 ^ flip, 1, 2, 3),
                                    KeyedMap.sipHash13(HASH_KEY_0, HASH_KEY_1, 1 ^ flip, 2, 3),
                                    KeyedMap.sipHash13(HASH_KEY_0, HASH_KEY_1, 1, 2 ^ flip, 3),
                                    KeyedMap.sipHash13(HASH_KEY_0, HASH_KEY_1, 1, 2, 3 ^ flip)))
                    .doesNotContain(hash)
                    .doesNotHaveDuplicates();
        }
    }

    @Property(tries = 500)
    void itAgreesWithAMap(@ForAll("steps") List<Step> steps) {
        List<Key> keys = new ArrayList<>();
        for (int i = 0; i < CAPACITY; i++) {
            keys.add(new Key(i & 1, i >> 1 & 1, i >> 2));
        }
        check(keys, steps);
    }

    /// Somebody who knew the hash key could choose keys that all begin at one place; there is no
    /// such key that makes the map wrong, only slow.
    @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
    void itAgreesWithAMapWhenAllKeysCollide(
            @ForAll @IntRange(max = 15) int home, @ForAll("steps") List<Step> steps) {
        check(keysThatBeginAt(home, home), steps);
    }

    /// Runs of neighbours that grow into each other, and around the end of the table.
    @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
    void itAgreesWithAMapWhenNeighboursCollide(
            @ForAll @IntRange(max = 15) int home, @ForAll("steps") List<Step> steps) {
        check(keysThatBeginAt(home, home + 1 & 15), steps);
    }

    private static List<Key> keysThatBeginAt(int home, int otherHome) {
        List<Key> keys = new ArrayList<>();
        for (long candidate = 0; keys.size() < CAPACITY; candidate++) {
            int wanted = keys.size() % 2 == 0 ? home : otherHome;
            long hash = KeyedMap.sipHash13(HASH_KEY_0, HASH_KEY_1, 0, candidate, 0);
            if ((hash & 15) == wanted) {
                keys.add(new Key(0, candidate, 0));
            }
        }
        return keys;
    }

    private static void check(List<Key> keys, List<Step> steps) {
        KeyedMap map = new KeyedMap(CAPACITY, HASH_KEY_0, HASH_KEY_1);
        Map<Key, Integer> model = new HashMap<>();
        for (Step step : steps) {
            Key key = keys.get(step.key());
            if (step.value() < 0) {
                map.remove(key.high(), key.low(), key.extra());
                model.remove(key);
            } else {
                map.put(key.high(), key.low(), key.extra(), step.value());
                model.put(key, step.value());
            }
            assertThat(map.size()).isEqualTo(model.size());
            for (Key each : keys) {
                assertThat(map.get(each.high(), each.low(), each.extra()))
                        .as("%s after %s of %s", each, step, steps)
                        .isEqualTo(model.getOrDefault(each, KeyedMap.NONE));
            }
        }
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Integer> keys = Arbitraries.integers().between(0, CAPACITY - 1);
        Arbitrary<Integer> values = Arbitraries.integers().between(-60, 60);
        return Combinators.combine(keys, values).as(Step::new).list().ofMaxSize(100);
    }

    @Test
    void itHoldsAsManyKeysAsItWasMadeFor() {
        for (int capacity : new int[] {1, 2, 3, 7, 8, 9, 255, 256, 257, 65_536}) {
            KeyedMap map = new KeyedMap(capacity, HASH_KEY_0, HASH_KEY_1);
            for (int i = 0; i < capacity; i++) {
                map.put(-i, i, i, i);
            }
            assertThat(map.size()).isEqualTo(capacity);
            for (int i = 0; i < capacity; i++) {
                assertThat(map.get(-i, i, i)).isEqualTo(i);
                assertThat(map.get(-i, i, i + 1)).isEqualTo(KeyedMap.NONE);
            }
        }
    }
}
