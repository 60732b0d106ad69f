package dev.hawser.backend.registry;

import static dev.hawser.backend.registry.RegistryWorld.player;
import static dev.hawser.backend.registry.RegistryWorld.server;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class ReservationThreadsTest {
    private static final int THREADS = 8;
    private static final int ROUNDS = 30;
    private static final int SERVERS = 4;
    private static final int SLOTS = 25;

    @Test
    void eightThreadsNeverHandOutMoreThanTheSlots() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            RegistryWorld world = new RegistryWorld();
            for (int i = 0; i < SERVERS; i++) {
                world.announce(server("s" + i, SLOTS));
            }

            List<Reservation> given = inParallel(thread -> reserve(world, thread));

            assertThat(given).hasSize(SERVERS * SLOTS);
            for (int i = 0; i < SERVERS; i++) {
                String id = "s" + i;
                assertThat(given)
                        .filteredOn(one -> one.servers().getFirst().serverId().equals(id))
                        .hasSize(SLOTS);
            }
            assertThat(given).extracting(Reservation::id).doesNotHaveDuplicates();
        }
    }

    @Test
    void whatAllThreadsGiveBackIsFreeAgain() throws Exception {
        RegistryWorld world = new RegistryWorld();
        world.announce(server("s", SLOTS));

        inParallel(thread -> {
            for (int i = 0; i < 500; i++) {
                world.reserve(player(thread * 1000L + i)).ifPresent(world::release);
                world.announce(server("s", SLOTS));
            }
            return List.of();
        });

        assertThat(world.registry.reservations()).isZero();
        for (int i = 0; i < SLOTS; i++) {
            assertThat(world.reserve(player(i))).isPresent();
        }
        assertThat(world.reserve(player(SLOTS))).isEmpty();
    }

    private static List<Reservation> reserve(RegistryWorld world, int thread) {
        List<Reservation> given = new ArrayList<>();
        for (int i = 0; i < SLOTS; i++) {
            Optional<Reservation> one = world.reserve(player(thread * 1000L + i));
            one.ifPresent(given::add);
        }
        return given;
    }

    private static List<Reservation> inParallel(Work work) throws Exception {
        CyclicBarrier start = new CyclicBarrier(THREADS);
        try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            List<Callable<List<Reservation>>> all = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                int thread = i;
                all.add(() -> {
                    start.await();
                    return work.run(thread);
                });
            }
            List<Reservation> given = new ArrayList<>();
            for (Future<List<Reservation>> one : threads.invokeAll(all)) {
                given.addAll(one.get());
            }
            return given;
        }
    }

    /// What a thread does.
    private interface Work {
        List<Reservation> run(int thread);
    }
}
