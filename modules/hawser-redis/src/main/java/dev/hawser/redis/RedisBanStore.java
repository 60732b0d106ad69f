package dev.hawser.redis;

import dev.hawser.backend.fleet.Ban;
import dev.hawser.backend.fleet.BanStore;
import dev.hawser.backend.fleet.Presence;
import dev.hawser.backend.registry.Page;
import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.Range.Boundary;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;

/// Who may not play, in the store: each ban with its player, and the names of all in one list.
final class RedisBanStore implements BanStore {
    private static final Pattern CURSOR = Pattern.compile("([0-9a-f]{16})?");

    private final StoreConnection store;
    private final StoreKeys keys;
    private final StorePresences presences;

    RedisBanStore(StoreConnection store, StoreSettings settings, StorePresences presences) {
        this.store = store;
        this.presences = presences;
        keys = settings.keys();
    }

    @Override
    public CompletionStage<Optional<Presence>> ban(Ban ban) {
        // Whoever finds a name in the list without a ban takes it out. So it stands there before,
        // and, should that have happened between, again after.
        return list(ban.clientId())
                .thenCompose(_ ->
                        store.<String>run(
                                Script.BAN,
                                keys.player(ban.clientId()),
                                List.of(Long.toString(ban.untilUnixSeconds()), ban.why())))
                .thenCompose(said -> list(ban.clientId()).thenApply(_ -> said))
                .thenCompose(said -> presences.live(ban.clientId(), said));
    }

    private CompletionStage<Long> list(long clientId) {
        return store.send(commands -> commands.zadd(keys.bans(), 0, StoreKeys.hex(clientId)));
    }

    private CompletionStage<Long> unlist(long clientId) {
        return store.send(commands -> commands.zrem(keys.bans(), StoreKeys.hex(clientId)));
    }

    @Override
    public CompletionStage<Boolean> unban(long clientId) {
        return store.<Long>run(Script.UNBAN, keys.player(clientId), List.of())
                .thenCompose(answer -> unlist(clientId).thenApply(_ -> answer == 1));
    }

    @Override
    public CompletionStage<Optional<Ban>> find(long clientId) {
        return store.<List<Object>>run(Script.BANNED, keys.player(clientId), List.of())
                .thenApply(answer ->
                        answer.isEmpty()
                                ? Optional.empty()
                                : Optional.of(
                                        new Ban(
                                                clientId,
                                                Long.parseLong(answer.get(0).toString()),
                                                answer.get(1).toString())));
    }

    @Override
    public CompletionStage<Page<Ban>> bans(String cursor, int max) {
        return Steps.checked(() -> {
            Steps.part(CURSOR, cursor, max);
            Range<String> behind =
                    cursor.isEmpty()
                            ? Range.unbounded()
                            : Range.from(Boundary.excluding(cursor), Boundary.unbounded());
            return store.send(commands ->
                            commands.zrangebylex(keys.bans(), behind, Limit.create(0, max)))
                    .thenCompose(names -> page(names, max));
        });
    }

    private CompletionStage<Page<Ban>> page(List<String> names, int max) {
        String next = names.size() == max ? names.getLast() : "";
        return Steps.all(names, name -> listed(StoreKeys.number(name)))
                .thenApply(found ->
                        new Page<>(found.stream().flatMap(Optional::stream).toList(), next));
    }

    private CompletionStage<Optional<Ban>> listed(long clientId) {
        return find(clientId)
                .thenCompose(ban ->
                        ban.isPresent()
                                ? CompletableFuture.completedStage(ban)
                                : unlist(clientId).thenApply(_ -> ban));
    }
}
