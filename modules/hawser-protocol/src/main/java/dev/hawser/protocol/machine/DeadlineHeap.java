package dev.hawser.protocol.machine;

import java.util.Arrays;

/// Deadlines of numbered things, the soonest first: what a tick costs grows with what is due, not
/// with how many things there are.
///
/// A binary heap that knows where each id stands, so that a deadline can be moved or cancelled.
/// Deadlines compare by difference, as monotonic clocks demand. Nothing is allocated after
/// construction.
final class DeadlineHeap {
    private static final int ABSENT = -1;

    private final long[] deadlines;
    private final int[] ids;
    private final int[] places;
    private int size;

    /// Creates a heap for the ids from 0 to `capacity - 1`.
    DeadlineHeap(int capacity) {
        deadlines = new long[capacity];
        ids = new int[capacity];
        places = new int[capacity];
        Arrays.fill(places, ABSENT);
    }

    boolean isEmpty() {
        return size == 0;
    }

    int size() {
        return size;
    }

    /// {@return the soonest deadline; the heap must not be empty}
    long soonestDeadline() {
        return deadlines[ids[0]];
    }

    /// {@return whose deadline is soonest; the heap must not be empty}
    int soonestId() {
        return ids[0];
    }

    /// {@return the deadline of an id, or `otherwise` where it has none}
    long deadlineOr(int id, long otherwise) {
        return places[id] == ABSENT ? otherwise : deadlines[id];
    }

    /// Sets or moves the deadline of an id.
    void schedule(int id, long deadline) {
        deadlines[id] = deadline;
        if (places[id] == ABSENT) {
            place(id, size++);
        }
        siftUp(places[id]);
        siftDown(places[id]);
    }

    /// Forgets the deadline of an id, if it has one.
    void cancel(int id) {
        int hole = places[id];
        if (hole == ABSENT) {
            return;
        }
        places[id] = ABSENT;
        int last = ids[--size];
        if (last != id) {
            place(last, hole);
            siftUp(hole);
            siftDown(places[last]);
        }
    }

    private void siftUp(int place) {
        int id = ids[place];
        while (place > 0) {
            int parent = (place - 1) >>> 1;
            if (!isSooner(id, ids[parent])) {
                break;
            }
            place(ids[parent], place);
            place = parent;
        }
        place(id, place);
    }

    private void siftDown(int place) {
        int id = ids[place];
        while (true) {
            int child = 2 * place + 1;
            if (child >= size) {
                break;
            }
            if (child + 1 < size && isSooner(ids[child + 1], ids[child])) {
                child++;
            }
            if (!isSooner(ids[child], id)) {
                break;
            }
            place(ids[child], place);
            place = child;
        }
        place(id, place);
    }

    private void place(int id, int place) {
        ids[place] = id;
        places[id] = place;
    }

    private boolean isSooner(int id, int other) {
        return deadlines[id] - deadlines[other] < 0;
    }
}
