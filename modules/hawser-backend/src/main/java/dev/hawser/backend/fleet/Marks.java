package dev.hawser.backend.fleet;

import dev.hawser.backend.registry.ServerStart;
import dev.hawser.protocol.TokenTag;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/// Which tokens are used up, until nobody can use them any more.
///
/// None is forgotten early, since its token could be used again: when there are too many, no more
/// can be made. Time is an argument. Not for several threads.
final class Marks {
    private final int marksMax;
    private final Map<TokenTag, Mark> marks = new HashMap<>();
    private final PriorityQueue<Mark> byExpiry =
            new PriorityQueue<>(Comparator.comparingLong(Mark::expiresAtNanos));

    /// @param server that asked
    /// @param answer that it was given
    record Mark(TokenTag tag, ServerStart server, Admission answer, long expiresAtNanos) {}

    Marks(int marksMax) {
        this.marksMax = marksMax;
    }

    void handleTimeout(long nowNanos) {
        for (Mark first = byExpiry.peek();
                first != null && first.expiresAtNanos <= nowNanos;
                first = byExpiry.peek()) {
            marks.remove(first.tag);
            byExpiry.poll();
        }
    }

    @Nullable Mark find(TokenTag tag) {
        return marks.get(tag);
    }

    boolean isFull() {
        return marks.size() >= marksMax;
    }

    /// Adds a mark to those that are there; not of the same token.
    void add(Mark mark) {
        marks.put(mark.tag, mark);
        byExpiry.add(mark);
    }

    int size() {
        return marks.size();
    }
}
