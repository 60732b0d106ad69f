package dev.hawser.redis;

import dev.hawser.backend.registry.Announced;
import dev.hawser.backend.registry.ListedServer;
import dev.hawser.backend.registry.Page;
import dev.hawser.backend.registry.Reservation;
import dev.hawser.backend.registry.ReservationRequest;
import dev.hawser.backend.registry.ServerRegistry;
import dev.hawser.backend.registry.ServerStart;
import dev.hawser.online.fleet.ServerAnnouncement;
import dev.hawser.protocol.KeyId;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.TokenTag;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;

/// The game servers, in the store.
final class RedisServerRegistry implements ServerRegistry {
    /// Of one player: a phone, a laptop, and attempts that have led to nothing yet.
    private static final int TOKENS_OF_CLIENT_MAX = 4;

    /// So many clients go into one step; the rest of a longer announcement follows.
    private static final int CLIENTS_OF_STEP_MAX = 256;

    /// So often the choice of a server is gone on with, at 256 servers a step: more than all that
    /// there may be.
    private static final int STEPS_MAX = 10_000;

    /// From the last login on. A player who stays away for longer has the same id again, unless
    /// another one, one of 37 million, was there meanwhile.
    private static final Duration CLAIM_TIME = Duration.ofDays(400);

    private static final Pattern CURSOR = Pattern.compile("[A-Za-z0-9_.-]{0,64}");

    private final StoreConnection store;
    private final StoreKeys keys;
    private final StoreSettings settings;

    RedisServerRegistry(StoreConnection store, StoreSettings settings) {
        this.store = store;
        this.settings = settings;
        keys = settings.keys();
    }

    // ---- Servers

    @Override
    public CompletionStage<Announced> announce(ServerAnnouncement said) {
        List<Long> connected = List.copyOf(said.connectedSince());
        List<Long> disconnected = List.copyOf(said.disconnectedSince());
        List<List<String>> steps = new ArrayList<>();
        int at = 0;
        int all = connected.size() + disconnected.size();
        do {
            int end = Math.min(all, at + CLIENTS_OF_STEP_MAX);
            steps.add(
                    step(
                            said,
                            at > 0,
                            end == all,
                            part(connected, at, end),
                            part(disconnected, at - connected.size(), end - connected.size())));
            at = end;
        } while (at < all);
        return announce(steps, 0);
    }

    private static List<Long> part(List<Long> clients, int from, int to) {
        int end = Math.clamp(to, 0, clients.size());
        return clients.subList(Math.clamp(from, 0, end), end);
    }

    private List<String> step(
            ServerAnnouncement said,
            boolean isRest,
            boolean isLast,
            List<Long> connected,
            List<Long> disconnected) {
        List<String> fields = StoredServer.fields(said);
        List<String> step = new ArrayList<>();
        step.add(said.serverId());
        step.add(nameOf(said));
        step.add(Long.toString(said.sequence()));
        step.add(timeoutMillis());
        step.add(Integer.toString(settings.serversMax()));
        step.add(said.startId());
        step.add(isRest ? "1" : "0");
        step.add(isLast ? "1" : "0");
        step.add(Integer.toString(fields.size() / 2));
        step.addAll(fields);
        step.add(Integer.toString(connected.size()));
        connected.forEach(client -> step.add(StoreKeys.hex(client)));
        disconnected.forEach(client -> step.add(StoreKeys.hex(client)));
        return step;
    }

    /// Where a server says no start, its addresses stand for one.
    private static String nameOf(ServerAnnouncement said) {
        return said.startId().isEmpty()
                ? "@" + said.publicAddress() + "@" + said.internalAddress()
                : said.startId();
    }

    private String timeoutMillis() {
        return Long.toString(settings.serverTimeout().toMillis());
    }

    private CompletionStage<Announced> announce(List<List<String>> steps, int next) {
        return run(Script.ANNOUNCE, steps.get(next))
                .thenCompose(answer ->
                        switch (answer.getFirst().toString()) {
                            case "O" -> CompletableFuture.completedStage(new Announced.Overtaken());
                            case "A" ->
                                    CompletableFuture.completedStage(
                                            new Announced.OfAnother(
                                                    NetAddress.parse(answer.get(1).toString())));
                            case "M" ->
                                    CompletableFuture.failedStage(
                                            tooMany(steps.get(next).getFirst()));
                            default ->
                                    next + 1 < steps.size()
                                            ? announce(steps, next + 1)
                                            : CompletableFuture.completedStage(
                                                    new Announced.Taken());
                        });
    }

    private IllegalStateException tooMany(String serverId) {
        return new IllegalStateException(
                "server "
                        + serverId
                        + " is one more than the "
                        + settings.serversMax()
                        + " that this registry takes: raise serversMax");
    }

    private CompletionStage<List<Object>> run(Script script, List<String> arguments) {
        return store.run(script, keys.registry(), arguments);
    }

    @Override
    public CompletionStage<Void> withdraw(ServerStart server, long sequence) {
        return store.<Long>run(
                        Script.WITHDRAW,
                        keys.registry(),
                        List.of(server.serverId(), server.startId(), Long.toString(sequence)))
                .thenApply(_ -> null);
    }

    @Override
    public CompletionStage<Optional<ServerStart>> drain(String serverId) {
        return run(Script.DRAIN, List.of(serverId))
                .thenApply(answer ->
                        answer.isEmpty()
                                ? Optional.empty()
                                : Optional.of(
                                        new ServerStart(serverId, answer.getFirst().toString())));
    }

    @Override
    public CompletionStage<Optional<ListedServer>> find(String serverId) {
        return list(serverId, "", 1).thenApply(page -> page.items().stream().findFirst());
    }

    @Override
    public CompletionStage<Page<ListedServer>> servers(String cursor, int max) {
        return Steps.checked(() -> {
            Steps.part(CURSOR, cursor, max);
            return list("", cursor, max);
        });
    }

    private CompletionStage<Page<ListedServer>> list(String serverId, String cursor, int max) {
        return run(Script.LIST, List.of(serverId, cursor, Integer.toString(max)))
                .thenApply(answer ->
                        new Page<>(
                                ((List<?>) answer.get(1))
                                        .stream()
                                                .map(told -> StoredServer.read((List<?>) told))
                                                .toList(),
                                answer.getFirst().toString()));
    }

    @Override
    public int serverTimeoutSeconds() {
        return (int) settings.serverTimeout().toSeconds();
    }

    // ---- Players

    @Override
    public CompletionStage<Optional<Reservation>> reserve(ReservationRequest request) {
        return reserve(request, request.region().isEmpty() ? "2:0" : "1:0", 0);
    }

    private CompletionStage<Optional<Reservation>> reserve(
            ReservationRequest request, String where, int steps) {
        // By the clock that the token is made by. The store counts the lifetime from its own time.
        long lifetimeSeconds = request.expiresAtUnixSeconds() - settings.wallClock().unixSeconds();
        List<String> arguments =
                List.of(
                        StoreKeys.hex(request.clientId()),
                        StoreKeys.hex(request.protocolId()),
                        request.region(),
                        StoredServer.keys(request.keyIds()),
                        Integer.toString(request.serversMax()),
                        Long.toString(lifetimeSeconds),
                        request.resumes().map(TokenTag::toString).orElse(""),
                        where);
        return run(Script.RESERVE, arguments)
                .thenCompose(answer ->
                        switch (answer.getFirst().toString()) {
                            case "R" ->
                                    CompletableFuture.completedStage(
                                            Optional.of(reservation(request, answer)));
                            case "C" ->
                                    steps >= STEPS_MAX
                                            ? CompletableFuture.completedStage(Optional.empty())
                                            : reserve(request, answer.get(1).toString(), steps + 1);
                            default -> CompletableFuture.completedStage(Optional.empty());
                        });
    }

    private static Reservation reservation(ReservationRequest request, List<Object> answer) {
        return new Reservation(
                answer.get(1).toString(),
                request.clientId(),
                ((List<?>) answer.get(3))
                        .stream()
                                .map(told -> StoredServer.read((List<?>) told).announcement())
                                .toList(),
                KeyId.parse(answer.get(2).toString()));
    }

    @Override
    public CompletionStage<Void> release(Reservation reservation) {
        return store.<Long>run(
                        Script.RELEASE,
                        keys.registry(),
                        List.of(StoreKeys.hex(reservation.clientId()), reservation.id()))
                .thenApply(_ -> null);
    }

    /// Remembered are four tokens of a player, for a day after they were made or asked for.
    @Override
    public CompletionStage<Void> minted(Reservation reservation, TokenTag tag) {
        return store.<Long>run(
                        Script.MINTED,
                        keys.registry(),
                        List.of(
                                StoreKeys.hex(reservation.clientId()),
                                tag.toString(),
                                reservation.servers().getFirst().serverId(),
                                Integer.toString(TOKENS_OF_CLIENT_MAX)))
                .thenApply(_ -> null);
    }

    @Override
    public CompletionStage<Boolean> mayResume(long clientId, TokenTag former) {
        return store.send(commands -> commands.get(keys.registry() + ":T:" + former))
                .thenApply(client -> client == null || client.equals(StoreKeys.hex(clientId)));
    }

    @Override
    public CompletionStage<Boolean> claimClientId(long clientId, String player) {
        return store.<Long>run(
                        Script.CLAIM,
                        keys.player(clientId),
                        List.of(hash(player), Long.toString(CLAIM_TIME.toMillis())))
                .thenApply(answer -> answer == 1);
    }

    /// Half of the hash: what is compared is chosen by nobody.
    private static String hash(String player) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            return HexFormat.of()
                    .formatHex(sha256.digest(player.getBytes(StandardCharsets.UTF_8)), 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    /// A step that writes: a store that takes no writes is not ready.
    @Override
    public CompletionStage<Void> check() {
        return RedisFleetStore.checkFormat(store, keys);
    }
}
