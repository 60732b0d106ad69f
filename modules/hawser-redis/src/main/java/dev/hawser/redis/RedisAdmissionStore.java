package dev.hawser.redis;

import dev.hawser.backend.fleet.Admission;
import dev.hawser.backend.fleet.AdmissionStore;
import dev.hawser.backend.fleet.Ban;
import dev.hawser.backend.fleet.CommandQueue;
import dev.hawser.backend.fleet.ConnectionId;
import dev.hawser.backend.fleet.Newcomer;
import dev.hawser.backend.fleet.Presence;
import dev.hawser.backend.fleet.ServerCommand;
import dev.hawser.backend.registry.Page;
import dev.hawser.backend.registry.ServerStart;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;

/// Used tokens and presences, in the store. What belongs to a player is one step; what belongs to a
/// server (its commands, the list of its players) is another, before it: a service that dies
/// between them leaves a command that ends nobody, or a line in a list that counts for nothing.
final class RedisAdmissionStore implements AdmissionStore {
    /// How often a presence may change while it is looked at. Each time a player came in elsewhere.
    private static final int ATTEMPTS_MAX = 20;

    private static final Pattern CURSOR = Pattern.compile("([0-9a-f]{48})?");
    private static final int CLIENT_DIGITS = 16;

    private final StoreConnection store;
    private final StoreKeys keys;
    private final StorePresences presences;
    private final CommandQueue commands;
    private final Duration serverTimeout;

    RedisAdmissionStore(
            StoreConnection store,
            StoreSettings settings,
            StorePresences presences,
            CommandQueue commands) {
        this.store = store;
        this.presences = presences;
        this.commands = commands;
        keys = settings.keys();
        serverTimeout = settings.serverTimeout();
    }

    // ---- Coming

    @Override
    public CompletionStage<List<Admission>> admit(
            ServerStart server, List<Newcomer> newcomers, int tokenLifetimeSecondsMax) {
        return Steps.checked(() -> {
            Steps.range("the number of newcomers", newcomers.size(), 1, NEWCOMERS_MAX);
            int lifetimeSeconds = lifetimeSeconds(tokenLifetimeSecondsMax);
            return list(server, newcomers)
                    .thenCompose(_ ->
                            Steps.all(
                                    newcomers,
                                    newcomer -> admit(server, newcomer, lifetimeSeconds, "", 0)))
                    .thenCompose(answers -> unlist(server, newcomers, answers));
        });
    }

    private static int lifetimeSeconds(int tokenLifetimeSecondsMax) {
        return Math.min(
                Steps.range(
                        "tokenLifetimeSecondsMax", tokenLifetimeSecondsMax, 1, Integer.MAX_VALUE),
                LIFETIME_SECONDS_MAX);
    }

    /// Puts players into the list of a server, before they are present there.
    private CompletionStage<Long> list(ServerStart server, List<Newcomer> newcomers) {
        List<String> arguments = new ArrayList<>();
        arguments.add(server.serverId());
        arguments.add(server.startId());
        arguments.add(Long.toString(serverTimeout.toMillis()));
        newcomers.forEach(
                newcomer -> arguments.add(word(newcomer.clientId(), newcomer.connectionId())));
        return store.run(Script.PRESENT, keys.registry(), arguments);
    }

    private static String word(long clientId, ConnectionId connectionId) {
        return StoreKeys.hex(clientId) + connectionId;
    }

    private CompletionStage<Admission> admit(
            ServerStart server,
            Newcomer newcomer,
            int lifetimeSeconds,
            String former,
            int attempts) {
        return ask(Script.ADMIT, server, newcomer, lifetimeSeconds, former)
                .thenCompose(answer -> {
                    String second = answer.size() > 1 ? answer.get(1).toString() : "";
                    return switch (answer.getFirst().toString()) {
                        case "A" ->
                                CompletableFuture.<Admission>completedStage(
                                        new Admission.Admitted(ConnectionId.parse(second)));
                        case "B" ->
                                CompletableFuture.completedStage(
                                        new Admission.Banned(
                                                new Ban(
                                                        newcomer.clientId(),
                                                        Long.parseLong(second),
                                                        answer.get(2).toString())));
                        case "X" -> CompletableFuture.completedStage(new Admission.Expired());
                        case "K" ->
                                attempts >= ATTEMPTS_MAX
                                        ? CompletableFuture.failedStage(
                                                new StoreFailure(
                                                        "the player of a newcomer changes its place"
                                                                + " all the time"))
                                        : kick(newcomer.clientId(), second)
                                                .thenCompose(_ ->
                                                        admit(
                                                                server,
                                                                newcomer,
                                                                lifetimeSeconds,
                                                                second,
                                                                attempts + 1));
                        default -> CompletableFuture.completedStage(new Admission.TokenUsed());
                    };
                });
    }

    private CompletionStage<List<Object>> ask(
            Script script,
            ServerStart server,
            Newcomer newcomer,
            int lifetimeSeconds,
            String former) {
        return store.run(
                script,
                keys.player(newcomer.clientId()),
                List.of(
                        newcomer.tokenTag().toString(),
                        newcomer.connectionId().toString(),
                        StorePresences.place(server),
                        Long.toString(newcomer.expiresAtUnixSeconds()),
                        Integer.toString(lifetimeSeconds),
                        former));
    }

    /// Has the connection ended that a new one takes the place of, where its server still counts.
    private CompletionStage<Void> kick(long clientId, String former) {
        Presence presence = StorePresences.read(clientId, former);
        return presences
                .areLive(List.of(presence.server()))
                .thenCompose(live ->
                        live.getFirst()
                                ? commands.queue(
                                        presence.server(),
                                        new ServerCommand.Kick(
                                                clientId,
                                                presence.connectionId(),
                                                ServerCommand.Why.REPLACED,
                                                ""))
                                : CompletableFuture.completedStage(null));
    }

    /// Takes those out of the list who are not there under this connection.
    private CompletionStage<List<Admission>> unlist(
            ServerStart server, List<Newcomer> newcomers, List<Admission> answers) {
        List<String> absent = new ArrayList<>();
        for (int i = 0; i < newcomers.size(); i++) {
            Newcomer newcomer = newcomers.get(i);
            if (!answers.get(i).equals(new Admission.Admitted(newcomer.connectionId()))) {
                absent.add(word(newcomer.clientId(), newcomer.connectionId()));
            }
        }
        return unlist(server, absent).handle((_, _) -> answers);
    }

    /// What this leaves behind when it fails counts for nothing, and goes with the server's list.
    private CompletionStage<Long> unlist(ServerStart server, List<String> words) {
        if (words.isEmpty()) {
            return CompletableFuture.completedStage(0L);
        }
        List<String> arguments = new ArrayList<>();
        arguments.add(server.serverId());
        arguments.add(server.startId());
        arguments.addAll(words);
        return store.run(Script.ABSENT, keys.registry(), arguments);
    }

    // ---- Going

    @Override
    public CompletionStage<Void> release(ServerStart server, List<Ended> ended) {
        return Steps.checked(() -> {
            Steps.range("the number of ended", ended.size(), 0, ENDED_MAX);
            List<String> words =
                    ended.stream().map(one -> word(one.clientId(), one.connectionId())).toList();
            return Steps.all(ended, one -> end(server, one))
                    .thenCompose(_ -> unlist(server, words).handle((_, _) -> null));
        });
    }

    private CompletionStage<Long> end(ServerStart server, Ended ended) {
        return store.run(
                Script.ENDED,
                keys.player(ended.clientId()),
                List.of(
                        StorePresences.place(server),
                        ended.connectionId().toString(),
                        Long.toString(Duration.ofSeconds(ENDED_MEMORY_SECONDS).toMillis())));
    }

    // ---- Staying

    @Override
    public CompletionStage<Set<ConnectionId>> reconcile(
            ServerStart server, List<Newcomer> present, int tokenLifetimeSecondsMax) {
        return Steps.checked(() -> {
            Steps.range("the number of present", present.size(), 0, PRESENT_MAX);
            int lifetimeSeconds = lifetimeSeconds(tokenLifetimeSecondsMax);
            return list(server, present)
                    .thenCompose(_ ->
                            Steps.all(present, one -> isOver(server, one, lifetimeSeconds, "", 0)))
                    .thenCompose(over -> ended(server, present, over));
        });
    }

    private CompletionStage<Set<ConnectionId>> ended(
            ServerStart server, List<Newcomer> present, List<Boolean> over) {
        Set<ConnectionId> ended = new HashSet<>();
        List<String> words = new ArrayList<>();
        for (int i = 0; i < present.size(); i++) {
            if (over.get(i)) {
                Newcomer one = present.get(i);
                ended.add(one.connectionId());
                words.add(word(one.clientId(), one.connectionId()));
            }
        }
        return unlist(server, words).handle((_, _) -> Set.copyOf(ended));
    }

    private CompletionStage<Boolean> isOver(
            ServerStart server, Newcomer one, int lifetimeSeconds, String former, int attempts) {
        return ask(Script.RECONCILE, server, one, lifetimeSeconds, former)
                .thenCompose(answer -> {
                    String kind = answer.getFirst().toString();
                    if (!kind.equals("K")) {
                        return CompletableFuture.completedStage(kind.equals("S"));
                    }
                    if (attempts >= ATTEMPTS_MAX) {
                        // Others come in as the player all the time, and one of them is.
                        return CompletableFuture.completedStage(true);
                    }
                    String other = answer.get(1).toString();
                    Presence presence = StorePresences.read(one.clientId(), other);
                    return presences
                            .areLive(List.of(presence.server()))
                            .thenCompose(live ->
                                    live.getFirst()
                                            ? CompletableFuture.completedStage(true)
                                            : isOver(
                                                    server,
                                                    one,
                                                    lifetimeSeconds,
                                                    other,
                                                    attempts + 1));
                });
    }

    // ---- Looks

    @Override
    public CompletionStage<Optional<Presence>> where(long clientId) {
        return presences.said(clientId).thenCompose(said -> presences.live(clientId, said));
    }

    @Override
    public CompletionStage<Page<Presence>> players(String serverId, String cursor, int max) {
        return Steps.checked(() -> {
            Steps.part(CURSOR, cursor, max);
            return store.<List<Object>>run(
                            Script.PLAYERS,
                            keys.registry(),
                            List.of(
                                    serverId,
                                    Long.toString(serverTimeout.toMillis()),
                                    cursor,
                                    Integer.toString(max)))
                    .thenCompose(answer ->
                            answer.isEmpty()
                                    ? CompletableFuture.completedStage(new Page<>(List.of(), ""))
                                    : players(
                                            new ServerStart(serverId, answer.getFirst().toString()),
                                            ((List<?>) answer.get(1))
                                                    .stream().map(Object::toString).toList(),
                                            max));
        });
    }

    private CompletionStage<Page<Presence>> players(
            ServerStart server, List<String> words, int limit) {
        String next = words.size() == limit ? words.getLast() : "";
        return Steps.all(words, this::presenceOf)
                .thenApply(found ->
                        new Page<>(
                                found.stream()
                                        .flatMap(Optional::stream)
                                        .filter(presence -> presence.server().equals(server))
                                        .toList(),
                                next));
    }

    /// A line of the list counts while the player is present by this connection.
    private CompletionStage<Optional<Presence>> presenceOf(String word) {
        long clientId = StoreKeys.number(word.substring(0, CLIENT_DIGITS));
        return presences
                .said(clientId)
                .thenApply(said ->
                        Optional.of(said)
                                .filter(text -> !text.isEmpty())
                                .map(text -> StorePresences.read(clientId, text))
                                .filter(presence ->
                                        presence.connectionId()
                                                .toString()
                                                .equals(word.substring(CLIENT_DIGITS))));
    }
}
