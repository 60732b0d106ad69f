package dev.hawser.tests.fleet;

import static dev.hawser.tests.fleet.RegistryWorld.A;
import static dev.hawser.tests.fleet.RegistryWorld.B;
import static dev.hawser.tests.fleet.RegistryWorld.C;
import static dev.hawser.tests.fleet.RegistryWorld.LIFETIME_SECONDS;
import static dev.hawser.tests.fleet.RegistryWorld.PROTOCOL;
import static dev.hawser.tests.fleet.RegistryWorld.STEP_SECONDS;
import static dev.hawser.tests.fleet.RegistryWorld.TIMEOUT_SECONDS;
import static dev.hawser.tests.fleet.RegistryWorld.TIMEOUT_STEPS;
import static dev.hawser.tests.fleet.RegistryWorld.names;
import static dev.hawser.tests.fleet.RegistryWorld.server;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.backend.registry.Reservation;
import dev.hawser.protocol.KeyId;
import dev.hawser.protocol.TokenTag;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A registry beside a model that knows no indexes: it sorts all servers each time, and counts.
abstract class RegistryModelContract {
    private static final int TOKENS_OF_CLIENT_MAX = 4;
    private static final List<List<KeyId>> RINGS =
            List.of(List.of(A), List.of(B, A), List.of(B), List.of(C, B), List.of(C, B, A));
    private static final List<String> REGIONS = List.of("", "eu", "us");

    private RegistryWorld world;
    private final Map<String, ModelServer> servers = new HashMap<>();
    private final Map<Long, ModelSlot> slots = new HashMap<>();
    private final Map<Long, String> connectedAt = new HashMap<>();
    private final List<Reservation> given = new ArrayList<>();

    /// Of a player, the one that was asked for last behind the others.
    private final Map<Long, List<ModelToken>> tokens = new HashMap<>();

    private long tags;
    private long now;
    private Random random = new Random();
    private int reservedTimes;
    private int refusedTimes;
    private int movedTimes;
    private int returnedTimes;
    private int resumedTimes;
    private int resumedFullTimes;

    abstract RegistryWorld open();

    /// How many steps of each seed: more where they cost less.
    abstract int steps();

    @AfterEach
    void close() {
        world.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void theRegistryDoesWhatTheModelDoes(long seed) {
        world = open();
        random = new Random(seed);
        for (int i = 0; i < steps(); i++) {
            String step = "seed " + seed + ", step " + i;
            switch (random.nextInt(16)) {
                case 0, 1, 2 -> announce();
                case 3 -> withdraw();
                case 4, 5 -> release();
                case 6 -> passTime();
                default -> reserve(step);
            }
            check(step);
        }
        assertThat(reservedTimes).isGreaterThan(steps() / 10);
        assertThat(refusedTimes).isGreaterThan(steps() / 100);
        assertThat(movedTimes).isGreaterThan(10);
        assertThat(returnedTimes).isGreaterThan(10);
        assertThat(resumedTimes).isGreaterThan(steps() / 40);
        assertThat(resumedFullTimes).isGreaterThan(10);
    }

    private void announce() {
        RegistryWorld.Server server =
                server("s" + random.nextInt(8), random.nextInt(4))
                        .in(REGIONS.get(random.nextInt(3)))
                        .keys(RINGS.get(random.nextInt(RINGS.size())).toArray(KeyId[]::new))
                        .takesTokensOf(random.nextInt(10) == 0 ? LIFETIME_SECONDS - 1 : 0)
                        .speaks(PROTOCOL + (random.nextInt(10) == 0 ? 1 : 0));
        servers.put(server.id(), new ModelServer(server, now + TIMEOUT_SECONDS));
        long clientId = someClient();
        if (random.nextInt(4) == 0) {
            world.announceLeft(server, clientId);
            notedOf(clientId).stream()
                    .filter(token -> token.server.equals(server.id()))
                    .forEach(token -> token.hasLeft = true);
            left(clientId, server.id());
            return;
        }
        // In every second announcement somebody has come, to whatever server he was sent.
        if (random.nextBoolean()) {
            world.announce(server);
            return;
        }
        world.announce(server, clientId);
        connectedAt.put(clientId, server.id());
        notedOf(clientId).stream()
                .filter(token -> !token.server.equals(server.id()))
                .forEach(token -> token.hasLeft = true);
        ModelSlot slot = slots.get(clientId);
        if (slot != null && slot.server.equals(server.id()) && !slot.isOwn) {
            slots.remove(clientId);
        }
    }

    /// Half of them above 2^63.
    private long someClient() {
        long number = random.nextInt(16);
        return number % 2 == 0 ? number : -number;
    }

    private List<ModelToken> notedOf(long clientId) {
        return tokens.computeIfAbsent(clientId, _ -> new ArrayList<>());
    }

    private void left(long clientId, String id) {
        if (!connectedAt.remove(clientId, id)) {
            return;
        }
        ModelSlot slot = slots.get(clientId);
        if (slot != null && slot.server.equals(id) && slot.isOwn) {
            slots.put(clientId, new ModelSlot(slot.id, slot.server, slot.expiresAt, false));
        }
    }

    private void withdraw() {
        String id = "s" + random.nextInt(8);
        world.withdraw(id);
        forget(id);
    }

    private void forget(String id) {
        servers.remove(id);
        connectedAt.values().removeIf(id::equals);
        slots.values().removeIf(slot -> slot.server.equals(id));
    }

    private void release() {
        if (given.isEmpty()) {
            return;
        }
        Reservation old = given.get(random.nextInt(given.size()));
        world.release(old);
        slots.values().removeIf(slot -> slot.id.equals(old.id()));
    }

    private void passTime() {
        int steps = random.nextInt(TIMEOUT_STEPS);
        world.pass(steps);
        now += (long) steps * STEP_SECONDS;
        slots.values().removeIf(slot -> slot.expiresAt <= now);
        servers.values().stream()
                .filter(server -> server.silentAt <= now)
                .map(server -> server.said.id())
                .toList()
                .forEach(this::forget);
    }

    private void reserve(String step) {
        long clientId = someClient();
        RegistryWorld.Ask ask =
                new RegistryWorld.Ask(
                        clientId,
                        REGIONS.get(random.nextInt(3)),
                        RINGS.get(random.nextInt(RINGS.size())),
                        1 + random.nextInt(4),
                        random.nextBoolean() ? Optional.empty() : Optional.of(someTag(clientId)));
        ModelSlot former = slots.remove(ask.clientId());
        Places places = places(ask);
        List<ModelServer> expected = expected(ask, former, places);

        Optional<Reservation> reservation = world.reserve(ask);

        assertThat(reservation.isPresent()).as(step).isEqualTo(!expected.isEmpty());
        if (reservation.isEmpty()) {
            refusedTimes++;
            if (former != null) {
                slots.put(ask.clientId(), former);
            }
            return;
        }
        reservedTimes++;
        assertThat(names(reservation.get()))
                .as(step)
                .isEqualTo(expected.stream().map(server -> server.said.id()).toList());
        assertThat(reservation.get().keyId())
                .as(step)
                .isEqualTo(
                        ask.keyIds().stream()
                                .filter(key ->
                                        expected.stream()
                                                .allMatch(server ->
                                                        server.said.keyIds().contains(key)))
                                .findFirst()
                                .orElseThrow());
        String first = expected.getFirst().said.id();
        boolean isOwn = first.equals(places.own);
        boolean isFull = room(expected.getFirst()) <= 0;
        assertThat(isOwn || !isFull).as(step).isTrue();
        returnedTimes += isFull && ask.resumes().isEmpty() ? 1 : 0;
        resumedTimes += first.equals(places.home) ? 1 : 0;
        resumedFullTimes += isFull && first.equals(places.home) ? 1 : 0;
        if (former != null && !former.server.equals(first)) {
            movedTimes++;
        }
        slots.put(
                ask.clientId(),
                new ModelSlot(reservation.get().id(), first, now + LIFETIME_SECONDS, isOwn));
        // What matters: nobody is given a slot that is not there.
        if (!isOwn) {
            assertThat(room(servers.get(first))).as(step).isNotNegative();
        }
        given.add(reservation.get());
        if (random.nextBoolean()) {
            ModelToken token = new ModelToken(new TokenTag(tags++, 0), first);
            world.minted(reservation.get(), token.tag);
            List<ModelToken> noted = notedOf(ask.clientId());
            noted.add(token);
            if (noted.size() > TOKENS_OF_CLIENT_MAX) {
                noted.removeFirst();
            }
        }
    }

    /// One of the player's, or one of the latest, anybody's, or one that there was never.
    private TokenTag someTag(long clientId) {
        List<ModelToken> noted = notedOf(clientId);
        return !noted.isEmpty() && random.nextInt(4) > 0
                ? noted.get(random.nextInt(noted.size())).tag
                : new TokenTag(tags - random.nextInt(60), 0);
    }

    private Places places(RegistryWorld.Ask ask) {
        String connected = connectedAt.get(ask.clientId());
        if (ask.resumes().isEmpty()) {
            boolean isFull = connected != null && room(servers.get(connected)) <= 0;
            return new Places(isFull ? connected : null, null);
        }
        List<ModelToken> noted = notedOf(ask.clientId());
        Optional<ModelToken> named =
                noted.stream().filter(token -> token.tag.equals(ask.resumes().get())).findFirst();
        named.ifPresent(token -> {
            noted.remove(token);
            noted.add(token);
        });
        if (named.isPresent() && !named.get().hasLeft) {
            return new Places(named.get().server, named.get().server);
        }
        return connected != null
                ? new Places(connected, connected)
                : new Places(null, named.map(token -> token.server).orElse(null));
    }

    private List<ModelServer> expected(RegistryWorld.Ask ask, ModelSlot former, Places places) {
        List<ModelServer> fit =
                new ArrayList<>(
                        servers.values().stream()
                                .filter(server -> server.said.protocolId() == PROTOCOL)
                                .filter(server -> server.said.lifetimeSecondsMax() == 0)
                                .filter(server ->
                                        room(server) > 0 || server.said.id().equals(places.own))
                                .filter(server ->
                                        !Collections.disjoint(ask.keyIds(), server.said.keyIds()))
                                .sorted(
                                        Comparator.<ModelServer, Boolean>comparing(
                                                        server -> room(server) <= 0)
                                                .thenComparingInt(server -> distance(ask, server))
                                                .thenComparingInt(server -> -room(server))
                                                .thenComparing(server -> server.said.id()))
                                .toList());
        Optional<ModelServer> home =
                fit.stream().filter(server -> server.said.id().equals(places.home)).findFirst();
        String best = former == null ? places.own : former.server;
        home.or(() ->
                        fit.stream()
                                .filter(server -> server.said.id().equals(best))
                                .filter(server ->
                                        distance(ask, server) <= distance(ask, fit.getFirst()))
                                .findFirst())
                .ifPresent(server -> {
                    fit.remove(server);
                    fit.addFirst(server);
                });
        List<ModelServer> chosen = new ArrayList<>();
        List<KeyId> common = new ArrayList<>(ask.keyIds());
        for (ModelServer server : fit) {
            List<KeyId> left = new ArrayList<>(common);
            left.retainAll(server.said.keyIds());
            if (!left.isEmpty() && chosen.size() < ask.serversMax()) {
                chosen.add(server);
                common = left;
            }
        }
        return chosen;
    }

    private static int distance(RegistryWorld.Ask ask, ModelServer server) {
        return ask.region().isEmpty() || server.said.region().equals(ask.region()) ? 0 : 1;
    }

    private int room(ModelServer server) {
        return server.said.freeSlots() - outstanding(server.said.id());
    }

    private int outstanding(String id) {
        return (int)
                slots.values().stream()
                        .filter(slot -> slot.server.equals(id) && !slot.isOwn)
                        .count();
    }

    private void check(String step) {
        // A list may show slots whose end has come, until something is done.
        RegistryWorld.join(world.registry().drain("nobody"));
        Map<String, Integer> reserved = new HashMap<>();
        world.servers()
                .forEach(server ->
                        reserved.put(server.announcement().serverId(), server.reservedSlots()));
        assertThat(reserved.keySet()).as(step).isEqualTo(servers.keySet());
        reserved.forEach((id, count) -> assertThat(count).as(step).isEqualTo(outstanding(id)));
    }

    /// @param said what it announced last
    /// @param silentAt when it is dropped, in seconds
    private record ModelServer(RegistryWorld.Server said, long silentAt) {}

    /// @param id of the reservation
    /// @param server where it is
    /// @param expiresAt in seconds
    /// @param isOwn whether the player has it already
    private record ModelSlot(String id, String server, long expiresAt, boolean isOwn) {}

    /// @param own where a player needs no free slot
    /// @param home where he goes before all others
    private record Places(String own, String home) {}

    private static final class ModelToken {
        private final TokenTag tag;
        private final String server;
        private boolean hasLeft;

        ModelToken(TokenTag tag, String server) {
            this.tag = tag;
            this.server = server;
        }
    }
}
