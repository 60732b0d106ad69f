package dev.hawser.online.fleet;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Which commands were heard, so that each is done once though it is said until it is acknowledged,
/// and what is still to be acknowledged. One thread.
final class HeardCommands {
    /// More than can be on the way twice.
    private static final int REMEMBERED_MAX = 4 * ServerCommand.COMMANDS_MAX;

    private final Set<String> heard = new HashSet<>();
    private final Deque<String> order = new ArrayDeque<>();
    private final Set<String> unacknowledged = new LinkedHashSet<>();
    private boolean isNew;

    /// {@return whether it was not heard before, and is to be done}
    boolean take(String id) {
        // A service that goes on saying one has not heard that it was heard.
        if (unacknowledged.size() < ServerCommand.COMMANDS_MAX) {
            unacknowledged.add(id);
        }
        if (!heard.add(id)) {
            return false;
        }
        order.add(id);
        if (order.size() > REMEMBERED_MAX) {
            heard.remove(order.removeFirst());
        }
        isNew = true;
        return true;
    }

    /// {@return whether something was heard that has not been acknowledged yet}
    boolean isNew() {
        return isNew;
    }

    /// {@return what is to be acknowledged}
    List<String> acknowledge() {
        isNew = false;
        return new ArrayList<>(unacknowledged);
    }

    /// The service knows that these were heard.
    void acknowledged(List<String> ids) {
        ids.forEach(unacknowledged::remove);
    }
}
