package dev.hawser.testkit.pair;

import java.util.PriorityQueue;

/// What is to be done at which time, the soonest first.
final class Appointments {
    static final long NONE = Long.MAX_VALUE;

    private final PriorityQueue<Appointment> queue = new PriorityQueue<>();
    private long number;

    private record Appointment(long atNanos, long number, Runnable action)
            implements Comparable<Appointment> {
        @Override
        public int compareTo(Appointment other) {
            long later = atNanos - other.atNanos;
            return later == 0 ? Long.compare(number, other.number) : Long.signum(later);
        }
    }

    void make(long atNanos, Runnable action) {
        queue.add(new Appointment(atNanos, number++, action));
    }

    /// {@return how long until the next one, 0 when it is overdue, [#NONE] when there is none}
    long nanosToNext(long nowNanos) {
        Appointment next = queue.peek();
        return next == null ? NONE : Math.max(0, next.atNanos - nowNanos);
    }

    void keepDue(long nowNanos) {
        while (nanosToNext(nowNanos) == 0) {
            queue.remove().action.run();
        }
    }
}
