package dev.hawser.online.fleet;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// What the service has not been told of: connections that are over, and players who are here.
/// Bounded, and repeated until the service has acknowledged it. Of the lock of its [AdmissionDesk].
final class Untold {
    /// Of each.
    private static final int UNTOLD_MAX = 1 << 17;

    private final Deque<FleetConnection> ended = new ArrayDeque<>();
    private final Deque<AdmissionsJson.Shown> present = new ArrayDeque<>();

    /// What the present call tells.
    private final List<FleetConnection> tellingEnds = new ArrayList<>();

    private final List<AdmissionsJson.Shown> tellingPresent = new ArrayList<>();
    private long lost;

    /// {@return how much the service was not told of, since there was too much}
    long lost() {
        return lost;
    }

    /// A connection is over.
    void addEnd(FleetConnection connection) {
        addBounded(ended, connection);
    }

    /// A player is here, by the token that was shown last.
    void tell(FleetConnection connection) {
        if (!connection.isToBeTold) {
            connection.isToBeTold = true;
            addBounded(present, new AdmissionsJson.Shown(connection, connection.token));
        }
    }

    private <T> void addBounded(Deque<T> queue, T each) {
        if (queue.size() >= UNTOLD_MAX) {
            queue.removeFirst();
            lost++;
        }
        queue.add(each);
    }

    boolean hasEnds() {
        return !ended.isEmpty();
    }

    boolean hasPresent() {
        return !present.isEmpty();
    }

    /// {@return what the next call tells of ends}
    List<FleetConnection> takeEnds() {
        move(ended, tellingEnds, AdmissionDesk.ENDED_MAX);
        return tellingEnds;
    }

    /// {@return what the next call tells of players who are here}
    List<AdmissionsJson.Shown> takePresent() {
        move(present, tellingPresent, AdmissionDesk.PRESENT_MAX);
        tellingPresent.removeIf(shown -> shown.connection().state == FleetConnection.State.OVER);
        for (AdmissionsJson.Shown shown : tellingPresent) {
            shown.connection().isToBeTold = false;
            shown.connection().mayBeKnown = true;
        }
        return tellingPresent;
    }

    /// {@return the players of the present call}
    List<AdmissionsJson.Shown> beingTold() {
        return tellingPresent;
    }

    /// The service knows it.
    void told() {
        tellingEnds.clear();
        tellingPresent.clear();
    }

    /// The service may not know it.
    void putBack() {
        tellingEnds.reversed().forEach(ended::addFirst);
        for (AdmissionsJson.Shown shown : tellingPresent.reversed()) {
            shown.connection().isToBeTold = true;
            present.addFirst(shown);
        }
        told();
    }

    /// There is nobody to tell.
    void clear() {
        told();
        ended.clear();
        present.clear();
    }

    static <T> void move(Deque<T> from, List<T> to, int max) {
        while (!from.isEmpty() && to.size() < max) {
            to.add(from.removeFirst());
        }
    }
}
