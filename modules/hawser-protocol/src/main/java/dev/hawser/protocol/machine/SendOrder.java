package dev.hawser.protocol.machine;

import java.util.Arrays;

/// The slots of a server in the order in which something was last sent to them: who has waited
/// longest for a packet stands in front. All keep-alives are due after the same silence, so no
/// other order is needed, and a slot that is sent to moves to the back without a search.
///
/// Nothing is allocated after construction.
final class SendOrder {
    private static final int ABSENT = -1;

    /// The neighbours of each slot; the place behind the last slot stands for both ends.
    private final int[] before;

    private final int[] after;
    private final int ends;

    /// Creates an empty order of the slots from 0 to `count - 1`.
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

    /// Moves a slot to the back, or adds it there.
    void sent(int slot) {
        remove(slot);
        int last = before[ends];
        after[last] = slot;
        before[slot] = last;
        after[slot] = ends;
        before[ends] = slot;
    }

    /// Takes a slot out, if it is there.
    void remove(int slot) {
        if (before[slot] != ABSENT) {
            after[before[slot]] = after[slot];
            before[after[slot]] = before[slot];
            before[slot] = ABSENT;
        }
    }
}
