package dev.hawser.protocol.machine;

import java.util.Arrays;

/// The seats of a server in the order in which something was last sent to them: who has waited
/// longest for a packet stands in front. All keep-alives are due after the same silence, so no
/// other order is needed, and a seat that is sent to moves to the back without a search.
///
/// Nothing is allocated after construction.
final class SendOrder {
    private static final int ABSENT = -1;

    /// The neighbours of each seat; the place behind the last seat stands for both ends.
    private final int[] before;

    private final int[] after;
    private final int ends;

    /// Creates an empty order of the seats from 0 to `count - 1`.
    SendOrder(int count) {
        ends = count;
        before = new int[count + 1];
        after = new int[count + 1];
        Arrays.fill(before, ABSENT);
        before[ends] = ends;
        after[ends] = ends;
    }

    boolean isEmpty() {
        return after[ends] == ends;
    }

    /// {@return who has waited longest; there must be somebody}
    int first() {
        return after[ends];
    }

    /// Moves a seat to the back, or adds it there.
    void sent(int seat) {
        remove(seat);
        int last = before[ends];
        after[last] = seat;
        before[seat] = last;
        after[seat] = ends;
        before[ends] = seat;
    }

    /// Takes a seat out, if it is there.
    void remove(int seat) {
        if (before[seat] != ABSENT) {
            after[before[seat]] = after[seat];
            before[after[seat]] = before[seat];
            before[seat] = ABSENT;
        }
    }
}
