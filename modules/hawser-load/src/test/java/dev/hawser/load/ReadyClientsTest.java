package dev.hawser.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReadyClientsTest {
    private final ReadyClients ready = new ReadyClients(3);

    private List<Integer> takeAll() {
        List<Integer> taken = new ArrayList<>();
        while (ready.count() > 0) {
            taken.add(ready.take());
        }
        return taken;
    }

    @Test
    void whoMaySendSeveralTimesDoesNotSendInARow() {
        for (int client : new int[] {1, 1, 1, 0, 0, 2}) {
            ready.add(client);
        }
        assertThat(takeAll()).containsExactly(1, 0, 2, 1, 0, 1);
    }

    @Test
    void whoComesBackWaitsBehindThoseThatWait() {
        ready.add(0);
        ready.add(2);
        assertThat(ready.take()).isZero();
        ready.add(0);
        ready.add(1);
        assertThat(takeAll()).containsExactly(2, 0, 1);
        ready.add(1);
        assertThat(takeAll()).containsExactly(1);
    }
}
