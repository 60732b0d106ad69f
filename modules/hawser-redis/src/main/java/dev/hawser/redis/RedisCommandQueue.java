package dev.hawser.redis;

import dev.hawser.backend.fleet.CommandQueue;
import dev.hawser.backend.fleet.ConnectionId;
import dev.hawser.backend.fleet.ServerCommand;
import dev.hawser.backend.registry.ServerStart;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Pattern;

/// What game servers are to be told, in the store: of each start a list, in which a command stands
/// as a text.
final class RedisCommandQueue implements CommandQueue {
    /// What an id looks like: a number that a script can count with.
    private static final Pattern ID = Pattern.compile("\\d{1,16}");

    private final StoreConnection store;
    private final StoreKeys keys;
    private final LongAdder pushedOut = new LongAdder();

    RedisCommandQueue(StoreConnection store, StoreSettings settings) {
        this.store = store;
        keys = settings.keys();
    }

    @Override
    public CompletionStage<Void> queue(ServerStart server, ServerCommand command) {
        return store.<Long>run(
                        Script.QUEUE,
                        keys.registry(),
                        List.of(
                                server.serverId(),
                                server.startId(),
                                text(command),
                                Integer.toString(COMMANDS_MAX)))
                .thenApply(count -> {
                    pushedOut.add(count);
                    return null;
                });
    }

    @Override
    public CompletionStage<List<Queued>> next(ServerStart server, Collection<String> acknowledged) {
        List<String> arguments = new ArrayList<>();
        arguments.add(server.serverId());
        arguments.add(server.startId());
        arguments.add(Integer.toString(COMMANDS_OF_ANSWER_MAX));
        acknowledged.stream().filter(id -> ID.matcher(id).matches()).forEach(arguments::add);
        return store.<List<Object>>run(Script.NEXT, keys.registry(), arguments)
                .thenApply(answer -> {
                    List<Queued> waiting = new ArrayList<>();
                    for (int i = 0; i < answer.size(); i += 2) {
                        waiting.add(
                                new Queued(
                                        answer.get(i).toString(),
                                        command(answer.get(i + 1).toString())));
                    }
                    return List.copyOf(waiting);
                });
    }

    long pushedOut() {
        return pushedOut.sum();
    }

    private static String text(ServerCommand command) {
        return switch (command) {
            case ServerCommand.Drain(int withinSeconds, String text) ->
                    "drain " + withinSeconds + " " + text;
            case ServerCommand.Kick(
                            long clientId,
                            ConnectionId connectionId,
                            ServerCommand.Why why,
                            String text) ->
                    "kick "
                            + StoreKeys.hex(clientId)
                            + " "
                            + connectionId
                            + " "
                            + why.name()
                            + " "
                            + text;
        };
    }

    private static ServerCommand command(String said) {
        if (said.startsWith("drain ")) {
            String[] parts = said.split(" ", 3);
            return new ServerCommand.Drain(Integer.parseInt(parts[1]), parts[2]);
        }
        String[] parts = said.split(" ", 5);
        return new ServerCommand.Kick(
                StoreKeys.number(parts[1]),
                ConnectionId.parse(parts[2]),
                ServerCommand.Why.valueOf(parts[3]),
                parts[4]);
    }
}
