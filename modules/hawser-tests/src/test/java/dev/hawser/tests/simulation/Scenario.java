package dev.hawser.tests.simulation;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.SameClient;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.crypto.PacketKey;
import dev.hawser.protocol.machine.ServerConfig;
import dev.hawser.protocol.machine.ServerEvent;
import dev.hawser.protocol.token.ConnectToken;
import dev.hawser.protocol.token.TokenRequest;
import dev.hawser.protocol.wire.PublicToken;
import dev.hawser.protocol.wire.TokenReading;
import dev.hawser.testkit.Link;
import dev.hawser.testkit.SeededRandom;
import dev.hawser.testkit.VirtualClock;
import dev.hawser.testkit.pair.AdmissionPolicy;
import dev.hawser.testkit.pair.Direction;
import dev.hawser.testkit.pair.Pair;
import dev.hawser.testkit.pair.SimulatedClient;
import dev.hawser.testkit.pair.SimulatedServer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// What one seed makes of weather, servers, players and attackers; the invariants are those of
/// [Pair].
///
/// In the end the storm is over: everybody leaves, nothing may be left of them, and fresh clients
/// must find every slot of every server free.
final class Scenario {
    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final int CALM_LATENCY_MILLIS = 30;
    private static final int LAST_PACKETS_MILLIS = 5_000;
    private static final int CLOCK_WRONG_SECONDS_MAX = 10_000;
    private static final int CLOCK_STEP_SECONDS = 6;
    private static final long PAUSES = 0x7061_7573_6573L;
    private static final int PAUSE_MILLIS_MAX = 9_000;
    private static final int INDEX_PROBE_MILLIS = 400;
    private static final long MOVES = 0x6d6f_7665_7300L;
    private static final int KEEP_MILLIS_MAX = 8_000;
    private static final long RETURNS = 0x7265_7475_726eL;

    /// Enough for a handshake of four packets in good weather, whatever the tick.
    private static final int CONNECT_MILLIS_MAX = 3_000;

    final Pair pair;
    final SeededRandom random;

    /// Of what stands still, and when: chance of its own, so that the rest of a world stays.
    final SeededRandom pauses;

    /// Of addresses that change, and of those who want them: the same.
    final SeededRandom moves;

    private final boolean survivesMoves;
    private final Moves addresses;
    private final @Nullable Returns returns;
    private final int membersMax;

    private final int slots;
    final int lifetimeSeconds;
    private final int lifetimeSecondsMax;
    private final int durationMillis;
    private final List<PacketKey> keys = new ArrayList<>();
    private final List<Player> players = new ArrayList<>();
    private boolean isCalm;

    Scenario(long seed) {
        random = new SeededRandom(~seed);
        pauses = new SeededRandom(seed ^ PAUSES);
        moves = new SeededRandom(seed ^ MOVES);
        survivesMoves = moves.chance(0.5);
        slots = random.nextInt(1, 6);
        lifetimeSeconds = random.nextInt(8, 20);
        lifetimeSecondsMax = lifetimeSeconds + (random.chance(0.5) ? 0 : random.nextInt(1, 5));
        durationMillis = random.nextInt(10_000, 35_000);
        pair =
                Pair.withSeed(seed)
                        .replayCommand(SimulationTest.replayCommand(seed))
                        .clock(new VirtualClock(startNanos(), VirtualClock.UNIX_SECONDS_DEFAULT))
                        .tickMillis(random.chance(0.6) ? 0 : random.nextInt(10, 50))
                        .servers(random.chance(0.6) ? 1 : random.nextInt(2, 3))
                        .maxClients(slots)
                        .timeoutSeconds(random.nextInt(2, 5))
                        .tokenLifetimeSeconds(lifetimeSeconds, lifetimeSecondsMax)
                        .behindNat(random.chance(0.3))
                        .directBuffers(random.chance(0.2))
                        .statesReasons(random.chance(0.4))
                        .sameClient(random.chance(0.3) ? SameClient.TAKE_OVER : SameClient.REFUSE)
                        .asksAdmission(random.chance(0.3))
                        .configure(configuration())
                        .admission(admission());
        // Of who comes back, and of servers that leave: as of moves.
        SeededRandom comings = new SeededRandom(seed ^ RETURNS);
        boolean comesBack = comings.chance(survivesMoves ? 0.2 : 0.4);
        returns = comesBack ? new Returns(this, comings) : null;
        boolean sharesClients = returns != null && comings.chance(0.6);
        if (returns != null) {
            pair.keepSlotMillis(comings.chance(0.15) ? 0 : comings.nextInt(300, KEEP_MILLIS_MAX));
            pair.sharesClients(sharesClients);
        }
        membersMax = sharesClients ? pair.servers().size() : 1;
        storm();
        pair.servers().forEach(this::troubleServer);
        // Of their own, so that whatever else a seed does stays what it was.
        SeededRandom clocks = new SeededRandom(seed ^ 0x636c_6f63_6b73L);
        pair.servers().forEach(server -> troubleClock(server, clocks));
        troubleClockOfAll(clocks);
        troubleLink(pair.toServer());
        troubleLink(pair.toClient());
        int count = random.nextInt(2, 5);
        for (int i = 0; i < count; i++) {
            players.add(new Player(this, newClient()));
        }
        if (random.chance(0.8)) {
            new Attacker(this).start();
        }
        addresses = new Moves(this);
        if (survivesMoves) {
            addresses.start();
            probeIndexes();
            if (moves.chance(0.6)) {
                new PathAttacker(this).start();
            }
        }
        if (returns != null) {
            returns.start(durationMillis);
        }
    }

    private void probeIndexes() {
        for (SimulatedServer server : pair.servers()) {
            String problem = server.isUp() ? IndexProbe.problemOf(server.machine()) : null;
            check(problem == null, server + ": " + problem);
        }
        if (!isCalm) {
            pair.after(INDEX_PROBE_MILLIS, this::probeIndexes);
        }
    }

    /// {@return an address that a client has left, or a new one}
    NetAddress anyFormerAddress() {
        return addresses.anyFormer();
    }

    /// Monotonic time may begin anywhere and run over.
    private long startNanos() {
        return switch (random.nextInt(3)) {
            case 0 -> 0;
            case 1 -> random.nextLong() >> 1;
            default -> Long.MAX_VALUE - random.nextLong(0, 20 * NANOS_PER_SECOND);
        };
    }

    private UnaryOperator<ServerConfig.Builder> configuration() {
        int historyMax = random.chance(0.1) ? random.nextInt(6, 12) : 256;
        int perAddress = random.nextInt(1, 4);
        int total = random.nextInt(slots, 4 * slots);
        return config -> config.tokenHistoryMax(historyMax).pendingLimits(perAddress, 64, total);
    }

    private AdmissionPolicy admission() {
        double later = random.nextDouble(1);
        double refused = random.nextDouble(0.3);
        double forgotten = random.nextDouble(0.1);
        return (server, request) -> {
            if (isCalm) {
                server.admit(request);
                return;
            }
            if (random.chance(forgotten)) {
                return;
            }
            boolean isRefused = random.chance(refused);
            if (random.chance(later)) {
                pair.after(random.nextInt(1, 3_000), () -> answer(server, request, isRefused));
            } else {
                answer(server, request, isRefused);
            }
        };
    }

    private static void answer(
            SimulatedServer server, ServerEvent.Requested request, boolean isRefused) {
        if (isRefused) {
            server.refuse(request, StatedReason.of(StatedReason.REFUSED, "not you"));
        } else {
            server.admit(request);
        }
    }

    private void storm() {
        pair.toServer().loss(random.nextDouble(0.3)).duplication(random.nextDouble(0.25));
        pair.toClient().loss(random.nextDouble(0.3)).duplication(random.nextDouble(0.25));
        pair.reordering(random.nextDouble(0.3));
        pair.latencyMillis(random.chance(0.7) ? random.nextInt(150) : random.nextInt(1_000));
        pair.jitterMillis(random.chance(0.5) ? 0 : random.nextInt(150));
    }

    SimulatedClient newClient() {
        return pair.newClient();
    }

    /// {@return a new token, whose keys must be gone in the end}
    ConnectToken newToken(long clientId, List<SimulatedServer> servers) {
        return newToken(clientId, servers, request -> request);
    }

    /// {@return a new token of a player who comes back, or comes for the first time}
    ConnectToken newTokenOfPlayer(long clientId, List<SimulatedServer> servers) {
        return newToken(
                clientId,
                servers,
                request -> returns == null ? request : returns.named(clientId, request));
    }

    /// {@return a new token that differs in something, whose keys must be gone in the end}
    ConnectToken newToken(
            long clientId,
            List<SimulatedServer> servers,
            UnaryOperator<TokenRequest.Builder> change) {
        boolean survives = survivesMoves && moves.chance(0.9);
        ConnectToken token =
                pair.newToken(
                        clientId,
                        servers,
                        request -> change.apply(request.survivesMoves(survives)));
        if (PublicToken.read(token.toBytes()) instanceof TokenReading.Success(PublicToken read)) {
            keys.add(read.clientToServerKey());
            keys.add(read.serverToClientKey());
        }
        return token;
    }

    boolean isCalm() {
        return isCalm;
    }

    /// Looks which connection a client has.
    void look(SimulatedClient client) {
        if (returns != null) {
            returns.look(client);
        }
    }

    // ---- Trouble with the servers

    private void troubleServer(SimulatedServer server) {
        int restarts = random.chance(0.5) ? 0 : random.nextInt(1, 3);
        for (int i = 0; i < restarts; i++) {
            pair.after(random.nextInt(durationMillis), () -> bringDown(server));
        }
        if (random.chance(0.3)) {
            pair.after(random.nextInt(durationMillis), () -> kickSomebody(server));
        }
        int stands = pauses.chance(0.6) ? 0 : pauses.nextInt(1, 3);
        for (int i = 0; i < stands; i++) {
            pair.after(pauses.nextInt(durationMillis), () -> pause(server));
        }
    }

    /// A tick that takes seconds, or a level that is loaded.
    int pauseMillis() {
        return pauses.chance(0.3)
                ? pauses.nextInt(100, 1_500)
                : pauses.nextInt(1_000, PAUSE_MILLIS_MAX);
    }

    private void pause(SimulatedServer server) {
        if (server.isUp() && !isCalm) {
            server.pauseMillis(pauseMillis());
        }
    }

    /// Somebody sets the clock of a server's machine: for a tick, for seconds, or until the end.
    private void troubleClock(SimulatedServer server, SeededRandom clocks) {
        int steps = clocks.chance(0.7) ? 0 : clocks.nextInt(1, 4);
        for (int i = 0; i < steps; i++) {
            long atMillis = clocks.nextInt(durationMillis);
            long wrongBySeconds = wrongBySeconds(clocks);
            pair.after(atMillis, () -> setClock(server, wrongBySeconds));
            if (clocks.chance(0.7)) {
                long forMillis = clocks.nextInt(clocks.chance(0.5) ? 100 : 8_000);
                pair.after(atMillis + forMillis, () -> setClock(server, 0));
            }
        }
    }

    private void setClock(SimulatedServer server, long wrongBySeconds) {
        if (!isCalm) {
            server.setClockAheadBy(wrongBySeconds);
        }
    }

    /// The clock that all share is wrong for a while, that of the mint with it.
    private void troubleClockOfAll(SeededRandom clocks) {
        if (clocks.chance(0.2)) {
            long atMillis = clocks.nextInt(durationMillis);
            long wrongBySeconds = wrongBySeconds(clocks);
            long forMillis = Math.min(clocks.nextInt(20_000), durationMillis - atMillis);
            pair.after(atMillis, () -> pair.clock().setUnixSecondsBy(wrongBySeconds));
            pair.after(atMillis + forMillis, () -> pair.clock().setUnixSecondsBy(-wrongBySeconds));
        }
    }

    /// Sums of these differ by nothing, or by much more than what is followed at once: clocks count
    /// whole seconds, which leave open on which side of that limit a step beside it falls.
    private static long wrongBySeconds(SeededRandom clocks) {
        long seconds = clocks.nextInt(3, CLOCK_WRONG_SECONDS_MAX);
        long rounded = (seconds + CLOCK_STEP_SECONDS - 1) / CLOCK_STEP_SECONDS * CLOCK_STEP_SECONDS;
        return clocks.chance(0.5) ? rounded : -rounded;
    }

    private void troubleLink(Link link) {
        int cuts = random.chance(0.6) ? 0 : random.nextInt(1, 3);
        for (int i = 0; i < cuts; i++) {
            long atMillis = random.nextInt(durationMillis);
            pair.after(atMillis, () -> link.cut(true));
            pair.after(atMillis + random.nextInt(5_000), () -> link.cut(false));
        }
    }

    private void bringDown(SimulatedServer server) {
        if (!server.isUp() || isCalm) {
            return;
        }
        if (random.chance(0.3)) {
            server.stop();
        } else {
            server.crash();
        }
        if (random.chance(0.1) && pair.servers().size() == 1) {
            pair.rotatePrivateKey();
        }
        pair.after(
                random.chance(0.5) ? 0 : random.nextInt(3_000),
                () -> {
                    // No more than the two settings tolerate.
                    int skewMax = lifetimeSecondsMax - lifetimeSeconds;
                    server.clockSkewSeconds(random.nextInt(-skewMax, skewMax));
                    server.restart();
                });
    }

    private void kickSomebody(SimulatedServer server) {
        if (server.isUp() && !server.isPaused()) {
            Player player = players.get(random.nextInt(players.size()));
            server.disconnect(player.client(), StatedReason.of(1000, "kicked"));
        }
    }

    // ---- The run

    void run() {
        players.forEach(Player::start);
        pair.driveFor(durationMillis);
        calmDown();
        leave();
        proveThatEverySlotIsFree();
        leave();
    }

    private void calmDown() {
        isCalm = true;
        // Whoever stands still goes on.
        pair.driveFor(PAUSE_MILLIS_MAX);
        pair.loss(0.02).duplication(0).reordering(0).jitterMillis(5);
        pair.latencyMillis(CALM_LATENCY_MILLIS);
        pair.cut(Direction.TO_SERVER, false).cut(Direction.TO_CLIENT, false);
        for (SimulatedClient client : pair.clients()) {
            client.cut(Direction.TO_SERVER, false);
            client.cut(Direction.TO_CLIENT, false);
        }
        for (SimulatedServer server : pair.servers()) {
            server.setClockAheadBy(0);
            if (!server.isUp() || server.isDraining()) {
                server.restart();
            }
        }
    }

    private void leave() {
        for (SimulatedClient client : pair.clients()) {
            if (random.chance(0.5)) {
                client.disconnect();
            } else {
                client.crash();
            }
        }
        // Whatever is under way arrives, whoever is silent is given up, every token expires.
        pair.driveFor(LAST_PACKETS_MILLIS + 1_000L * (lifetimeSecondsMax + 5));
        pair.checkNothingLeft();
        pair.servers().forEach(this::probeMemory);
    }

    private void probeMemory(SimulatedServer server) {
        MemoryProbe probe = MemoryProbe.of(server.machine());
        check(probe.mapsInUse().isEmpty(), server + " has entries left in " + probe.mapsInUse());
        String path = probe.pathOfAny(keys.stream().map(PacketKey::array).toList());
        check(path == null, server + " keeps a key of a connection that ended in " + path);
    }

    private void check(boolean holds, String problem) {
        if (!holds) {
            throw new AssertionError(
                    problem
                            + ", under seed "
                            + pair.seed()
                            + System.lineSeparator()
                            + "again: "
                            + SimulationTest.replayCommand(pair.seed()));
        }
    }

    private void proveThatEverySlotIsFree() {
        for (SimulatedServer server : pair.servers()) {
            List<SimulatedClient> fresh = new ArrayList<>();
            for (int i = 0; i < slots; i++) {
                SimulatedClient client = newClient();
                client.connect(newToken(client.id(), List.of(server)));
                fresh.add(client);
                boolean isConnected = pair.driveForUpTo(CONNECT_MILLIS_MAX, client::isConnected);
                if (!isConnected) {
                    throw new AssertionError(
                            "a fresh client with a fresh token did not get in under seed "
                                    + pair.seed()
                                    + ": "
                                    + pair.describe()
                                    + System.lineSeparator()
                                    + "again: "
                                    + SimulationTest.replayCommand(pair.seed()));
                }
            }
            // More than the fresh ones, if the mint's clock was ahead with the server's; in a group
            // once for each member that has seen them.
            int unexpired = pair.invariants().tokensExpiringAfter(server.wallSeconds());
            check(
                    server.machine().rememberedTokens()
                            <= Math.max(fresh.size(), unexpired) * membersMax,
                    server
                            + " remembers "
                            + server.machine().rememberedTokens()
                            + " tokens, but "
                            + unexpired
                            + " have not expired, and "
                            + fresh.size()
                            + " are new");
        }
    }
}
