package dev.hawser.backend.http;

import dev.hawser.backend.problem.Problem;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/// How many requests are being answered at a time: of all callers, and of each. Any thread may call
/// it.
public final class Places {
    private static final Duration WAIT = Duration.ofSeconds(1);

    private final int max;
    private final int perCallerMax;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Integer> callers = new HashMap<>();
    private int taken;
    private long refused;

    public Places(int max, int perCallerMax) {
        this.max = max;
        this.perCallerMax = perCallerMax;
    }

    /// What a request has while it is being answered.
    public interface Place extends AutoCloseable {
        @Override
        void close();
    }

    /// {@return a place, which whoever took it gives back}
    ///
    /// @throws Problem when there is none for this caller, or for anybody
    public Place take(String caller) {
        lock.lock();
        try {
            int ofCaller = callers.getOrDefault(caller, 0);
            if (ofCaller >= perCallerMax) {
                refused++;
                throw Problem.tooMany(WAIT);
            }
            if (taken >= max) {
                refused++;
                throw Problem.unavailable();
            }
            taken++;
            callers.put(caller, ofCaller + 1);
        } finally {
            lock.unlock();
        }
        return () -> giveBack(caller);
    }

    private void giveBack(String caller) {
        lock.lock();
        try {
            taken--;
            callers.computeIfPresent(caller, (_, count) -> count == 1 ? null : count - 1);
        } finally {
            lock.unlock();
        }
    }

    public long refused() {
        lock.lock();
        try {
            return refused;
        } finally {
            lock.unlock();
        }
    }
}
