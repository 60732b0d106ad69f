package dev.hawser.backend.fleet;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/// What waits for one start of a server. Not for several threads.
final class WaitingCommands {
    /// The oldest comes first.
    private final SequencedMap<String, ServerCommand> byId = new LinkedHashMap<>();

    private final Map<ServerCommand, String> ids = new HashMap<>();
    private long queued;

    /// Puts a command behind the others, unless it waits already.
    ///
    /// @return whether the oldest had to go for it
    boolean add(ServerCommand command) {
        if (ids.containsKey(command)) {
            return false;
        }
        boolean isFull = byId.size() >= CommandQueue.COMMANDS_MAX;
        if (isFull) {
            remove(byId.firstEntry().getKey());
        }
        String id = Long.toString(++queued);
        byId.put(id, command);
        ids.put(command, id);
        return isFull;
    }

    void removeAll(Collection<String> heard) {
        heard.forEach(this::remove);
    }

    private void remove(String id) {
        ServerCommand command = byId.remove(id);
        if (command != null) {
            ids.remove(command);
        }
    }

    List<CommandQueue.Queued> first(int max) {
        return byId.entrySet().stream()
                .limit(max)
                .map(each -> new CommandQueue.Queued(each.getKey(), each.getValue()))
                .toList();
    }

    int size() {
        return byId.size();
    }
}
