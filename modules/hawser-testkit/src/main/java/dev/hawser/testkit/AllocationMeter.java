package dev.hawser.testkit;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/// Measures how many bytes a piece of code allocates on the heap: a number that a test can hold
/// against a budget, since it does not depend on how busy the machine is.
///
/// The block runs until the compiler has done with it, then in several rounds, of which the best
/// counts: what the virtual machine allocates now and then for itself is not the block's.
public final class AllocationMeter {
    private static final int ROUNDS = 5;

    private AllocationMeter() {}

    /// {@return how many bytes an iteration allocates on the calling thread}
    ///
    /// @param warmUp how often the block runs before it counts: thousands of times, so that it is
    ///   compiled
    /// @param iterations how often it runs in each round, at least once
    /// @param block what is measured; what other threads allocate for it is not seen
    /// @throws UnsupportedOperationException when this virtual machine does not count allocations
    public static double bytesPerIteration(int warmUp, int iterations, Runnable block) {
        if (iterations < 1) {
            throw new IllegalArgumentException(
                    "iterations is " + iterations + ", but must be at least 1");
        }
        ThreadMXBean threads = threads();
        run(warmUp, block);
        long least = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            run(iterations, block);
            long after = threads.getCurrentThreadAllocatedBytes();
            least = Math.min(least, after - before);
        }
        return (double) least / iterations;
    }

    private static void run(int times, Runnable block) {
        for (int i = 0; i < times; i++) {
            block.run();
        }
    }

    private static ThreadMXBean threads() {
        if (ManagementFactory.getThreadMXBean() instanceof ThreadMXBean threads
                && threads.isThreadAllocatedMemorySupported()) {
            threads.setThreadAllocatedMemoryEnabled(true);
            return threads;
        }
        throw new UnsupportedOperationException(
                "this virtual machine does not count allocations: measure on HotSpot or OpenJ9");
    }
}
