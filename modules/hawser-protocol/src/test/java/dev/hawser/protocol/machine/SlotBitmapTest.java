package dev.hawser.protocol.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SlotBitmapTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 63, 64, 65, 256, 4095, 4096, 4097, 65_535, 65_536})
    void slotsAreTakenFromTheLowestToTheLast(int slots) {
        SlotBitmap bitmap = new SlotBitmap(slots);
        for (int slot = 0; slot < slots; slot++) {
            assertThat(bitmap.lowestFree()).isEqualTo(slot);
            bitmap.take(slot);
        }
        assertThat(bitmap.lowestFree()).isEqualTo(-1);

        bitmap.release(slots - 1);
        assertThat(bitmap.lowestFree()).isEqualTo(slots - 1);
        bitmap.release(0);
        assertThat(bitmap.lowestFree()).isZero();
    }

    @Property(tries = 300)
    void itAgreesWithASetOfBits(
            @ForAll @IntRange(min = 1, max = 9000) int slots,
            @ForAll @Size(max = 300) List<@IntRange(max = 8999) Integer> steps) {
        SlotBitmap bitmap = new SlotBitmap(slots);
        BitSet taken = new BitSet();
        for (int step : steps) {
            int slot = step % slots;
            if (taken.get(slot)) {
                bitmap.release(slot);
                taken.clear(slot);
            } else {
                // Most are taken from the bottom, as a server does.
                int lowest = bitmap.lowestFree();
                int chosen = step % 3 == 0 || lowest < 0 ? slot : lowest;
                bitmap.take(chosen);
                taken.set(chosen);
            }
            int expected = taken.nextClearBit(0);
            assertThat(bitmap.lowestFree()).isEqualTo(expected < slots ? expected : -1);
        }
    }
}
