package dev.hawser.netcode;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class RecentClientIdsTest {
    private final RecentClientIds ids = new RecentClientIds(20);

    private void add(long from, long to) {
        LongStream.range(from, to).forEach(ids::add);
    }

    @Test
    void whoCameSinceIsKnownInOrder() {
        assertThat(ids.since(0)).isEmpty();
        add(0, 3);
        assertThat(ids.count()).isEqualTo(3);
        assertThat(ids.since(0)).containsExactly(0, 1, 2);
        assertThat(ids.since(2)).containsExactly(2);
        assertThat(ids.since(3)).isEmpty();
        assertThat(ids.since(4)).isEmpty();
    }

    @Test
    void fourForEachSlotAreRemembered() {
        add(0, 80);
        assertThat(ids.since(0)).hasSize(80).startsWith(0).endsWith(79);
        add(80, 81);
        assertThat(ids.since(0)).hasSize(80).startsWith(1).endsWith(80);
        assertThat(ids.since(79)).containsExactly(79, 80);
    }

    @Test
    void aSmallServerRemembersSixtyFour() {
        RecentClientIds few = new RecentClientIds(1);
        LongStream.range(0, 65).forEach(few::add);
        assertThat(few.since(0)).hasSize(64).startsWith(1);
    }
}
