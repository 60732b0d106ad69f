package dev.hawser.benchmarks.fleet;

import dev.hawser.backend.fleet.Ban;
import dev.hawser.backend.fleet.ConnectionId;
import dev.hawser.backend.fleet.Newcomer;
import dev.hawser.backend.registry.Reservation;
import dev.hawser.backend.registry.ReservationRequest;
import dev.hawser.backend.registry.ServerStart;
import dev.hawser.online.fleet.ServerAnnouncement;
import dev.hawser.protocol.KeyId;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.TokenTag;
import dev.hawser.redis.RedisFleetStore;
import dev.hawser.time.SystemClock;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/// A store with so many servers and players present, and what a service asks of it for a token.
final class Population implements AutoCloseable {
    private static final KeyId KEY = new KeyId(7);

    /// Also where there are few servers, all that are measured find room.
    private static final int SLOTS = 65_536;

    private static final int TOKEN_SECONDS = 30;
    private static final int AT_A_TIME = 32;
    private static final int SETTLING_AT_A_TIME = 6;
    private static final int PER_MINUTE = 1_000_000;
    private static final List<String> REGIONS = List.of("eu", "us", "asia", "");

    private final StoreProcess process;
    private final RedisFleetStore store;
    private final int servers;
    private final int playersPerServer;
    private final AtomicLong newcomers = new AtomicLong();

    Population(int servers, int players) throws IOException {
        this.servers = servers;
        playersPerServer = players / servers;
        process = new StoreProcess();
        // Longer than it takes: nobody announces itself twice.
        store =
                RedisFleetStore.builder(process.url())
                        .serverTimeout(Duration.ofHours(1))
                        .serversMax(servers)
                        .commandTimeout(Duration.ofSeconds(4))
                        .open();
    }

    /// Announces the servers, and admits the players there.
    void settle() throws InterruptedException {
        each(servers, SETTLING_AT_A_TIME, this::settle);
    }

    private void settle(long server) {
        ServerStart start =
                new ServerStart("server-" + server, "%032x".formatted(0x7000_8000L + server));
        Set<Long> clients = new HashSet<>();
        List<Newcomer> present = new ArrayList<>();
        long expires = SystemClock.WALL_CLOCK.unixSeconds() + TOKEN_SECONDS;
        for (int i = 0; i < playersPerServer; i++) {
            long client = id(server * playersPerServer + i);
            clients.add(client);
            present.add(
                    new Newcomer(
                            new TokenTag(client, 1), client, expires, new ConnectionId(client, 1)));
        }
        join(
                store.registry()
                        .announce(
                                ServerAnnouncement.builder()
                                        .serverId(start.serverId())
                                        .startId(start.startId())
                                        .sequence(1)
                                        .publicAddress(
                                                NetAddress.parse(
                                                        "10.%d.%d.1:7777"
                                                                .formatted(
                                                                        server >> 8,
                                                                        server & 0xff)))
                                        .region(REGIONS.get((int) (server % REGIONS.size())))
                                        .protocolId(ServiceProcess.PROTOCOL_ID)
                                        .maxClients(SLOTS)
                                        .freeSlots(SLOTS - playersPerServer)
                                        .keyIds(List.of(KEY))
                                        .maxConnectTokenLifetimeSeconds(TOKEN_SECONDS)
                                        .connectedSince(clients)
                                        .build()));
        for (int from = 0; from < present.size(); from += 64) {
            join(
                    store.admissions()
                            .admit(
                                    start,
                                    present.subList(from, Math.min(from + 64, present.size())),
                                    TOKEN_SECONDS));
        }
    }

    /// As client ids are: anywhere.
    private static long id(long number) {
        return number * 0x9e37_79b9_7f4a_7c15L + 1;
    }

    /// What so many tokens cost, for players who are new.
    Cost tokens(int count) throws IOException, InterruptedException {
        StoreProcess.Scripts scriptsBefore = process.scripts();
        Duration cpuBefore = process.cpu();
        long startNanos = System.nanoTime();
        each(count, AT_A_TIME, _ -> token());
        Duration time = Duration.ofNanos(System.nanoTime() - startNanos);
        Duration cpu = process.cpu().minus(cpuBefore);
        StoreProcess.Scripts scripts = process.scripts().since(scriptsBefore);
        return new Cost(
                micros(time, count),
                micros(cpu, count),
                scripts.micros() / (double) Math.max(1, scripts.calls()));
    }

    private static double micros(Duration time, int count) {
        return time.toNanos() / 1e3 / count;
    }

    /// @param callerMicros until the next one could be asked for
    /// @param storeMicros of the store's process
    /// @param scriptMicros for a script, of which a token takes several, by the store's own account
    record Cost(double callerMicros, double storeMicros, double scriptMicros) {}

    private void token() {
        long number = newcomers.incrementAndGet();
        long client = id(-number);
        String player = "player " + number;
        join(store.budgets().take("address:" + (number & 0xfff), PER_MINUTE));
        join(store.budgets().take("account:" + player, PER_MINUTE));
        join(store.registry().claimClientId(client, player));
        Optional<Ban> ban = join(store.bans().find(client));
        Optional<Reservation> reservation =
                join(
                        store.registry()
                                .reserve(
                                        new ReservationRequest(
                                                client,
                                                ServiceProcess.PROTOCOL_ID,
                                                REGIONS.get((int) (number % REGIONS.size())),
                                                List.of(KEY),
                                                3,
                                                SystemClock.WALL_CLOCK.unixSeconds()
                                                        + TOKEN_SECONDS,
                                                Optional.empty())));
        if (ban.isPresent() || reservation.isEmpty()) {
            throw new IllegalStateException("the store has no server for a player");
        }
    }

    /// {@return whether it has what it should have}
    boolean isWhole() {
        long last = id((long) servers * playersPerServer - 1);
        return join(store.admissions().where(last)).isPresent()
                && join(store.registry().find("server-" + (servers - 1))).isPresent();
    }

    private static void each(long count, int atATime, LongConsumer step)
            throws InterruptedException {
        AtomicLong next = new AtomicLong();
        List<Future<?>> all = new ArrayList<>();
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < atATime; i++) {
                all.add(
                        callers.submit(() -> {
                            long number = next.getAndIncrement();
                            while (number < count) {
                                step.accept(number);
                                number = next.getAndIncrement();
                            }
                        }));
            }
        }
        for (Future<?> each : all) {
            if (each.state() == Future.State.FAILED) {
                throw new IllegalStateException(each.exceptionNow());
            }
        }
    }

    private static <T> T join(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(2, TimeUnit.MINUTES).join();
    }

    @Override
    public void close() throws IOException {
        store.close();
        process.close();
    }
}
