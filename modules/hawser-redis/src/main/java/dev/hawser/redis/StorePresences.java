package dev.hawser.redis;

import dev.hawser.backend.fleet.ConnectionId;
import dev.hawser.backend.fleet.Presence;
import dev.hawser.backend.registry.ServerStart;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// Where players are, as the store says it: as a text, which counts as long as its server does.
final class StorePresences {
    private final StoreConnection store;
    private final StoreKeys keys;
    private final String timeoutMillis;

    StorePresences(StoreConnection store, StoreSettings settings) {
        this.store = store;
        keys = settings.keys();
        timeoutMillis = Long.toString(settings.serverTimeout().toMillis());
    }

    static String place(ServerStart server) {
        return server.serverId() + "/" + server.startId();
    }

    /// {@return what `setPresence` in player.lua wrote}
    static Presence read(long clientId, String said) {
        String[] parts = said.split(" ", -1);
        int slash = parts[0].indexOf('/');
        return new Presence(
                clientId,
                new ServerStart(parts[0].substring(0, slash), parts[0].substring(slash + 1)),
                ConnectionId.parse(parts[1]),
                Long.parseLong(parts[2]));
    }

    /// {@return where a player is, as it was written; empty for nowhere}
    CompletionStage<String> said(long clientId) {
        return store.send(commands -> commands.get(keys.player(clientId) + ":p"))
                .thenApply(said -> said == null ? "" : said);
    }

    /// {@return a presence that was written, if its server still counts}
    CompletionStage<Optional<Presence>> live(long clientId, String said) {
        if (said.isEmpty()) {
            return CompletableFuture.completedStage(Optional.empty());
        }
        Presence presence = read(clientId, said);
        return areLive(List.of(presence.server()))
                .thenApply(live -> live.getFirst() ? Optional.of(presence) : Optional.empty());
    }

    /// {@return of each start, whether it is the one of its server that counts}
    CompletionStage<List<Boolean>> areLive(List<ServerStart> servers) {
        List<String> arguments = new ArrayList<>();
        arguments.add(timeoutMillis);
        servers.forEach(server -> {
            arguments.add(server.serverId());
            arguments.add(server.startId());
        });
        return store.<List<Object>>run(Script.LIVE, keys.registry(), arguments)
                .thenApply(answers ->
                        answers.stream().map(answer -> answer.toString().equals("1")).toList());
    }
}
