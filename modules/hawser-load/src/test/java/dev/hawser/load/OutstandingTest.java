package dev.hawser.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class OutstandingTest {
    @Test
    void comesBackOnceInAnyOrder() {
        Outstanding outstanding = new Outstanding(4);
        outstanding.add(10, 100);
        outstanding.add(20, 200);
        outstanding.add(30, 300);

        assertThat(outstanding.take(20)).isEqualTo(200);
        assertThat(outstanding.take(20)).isEqualTo(Outstanding.UNKNOWN);
        assertThat(outstanding.take(15)).isEqualTo(Outstanding.UNKNOWN);
        assertThat(outstanding.take(30)).isEqualTo(300);
        assertThat(outstanding.take(10)).isEqualTo(100);
        assertThat(outstanding.count()).isZero();
        assertThat(outstanding.take(10)).isEqualTo(Outstanding.UNKNOWN);
    }

    @Test
    void whatIsTooOldIsGivenUp() {
        Outstanding outstanding = new Outstanding(4);
        outstanding.add(1, 100);
        outstanding.add(2, 200);
        outstanding.add(3, 300);

        assertThat(outstanding.expire(300)).isEqualTo(2);
        assertThat(outstanding.take(1)).isEqualTo(Outstanding.UNKNOWN);
        assertThat(outstanding.take(3)).isEqualTo(300);
    }

    /// Against a map, which has no ring that could run over.
    @Property
    void knowsWhatAMapKnows(@ForAll long seed, @ForAll List<Boolean> isSend) {
        Random random = new Random(seed);
        Outstanding outstanding = new Outstanding(8);
        Map<Long, Long> expected = new HashMap<>();
        long number = 0;
        for (boolean sends : isSend) {
            if (sends && outstanding.hasRoom()) {
                number += 1 + random.nextInt(3);
                outstanding.add(number, number * 10);
                expected.put(number, number * 10);
            } else {
                long any = number - random.nextInt(10);
                Long nanos = expected.remove(any);
                assertThat(outstanding.take(any))
                        .isEqualTo(nanos == null ? Outstanding.UNKNOWN : nanos);
            }
            assertThat(outstanding.count()).isEqualTo(expected.size());
        }
    }
}
