package dev.hawser.online.agones;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// Something that is asked of the sidecar, on a virtual thread of its own.
final class SidecarCall {
    /// What is asked.
    @FunctionalInterface
    interface Work {
        /// Asks, and waits for the answer.
        void run() throws SidecarException;
    }

    /// What came of it.
    ///
    /// @param failure null where it was done
    record Outcome(@Nullable SidecarException failure) {
        boolean isDone() {
            return failure == null;
        }
    }

    private final Work work;
    private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    private final Thread thread;

    private SidecarCall(Work work) {
        this.work = work;
        thread = Thread.ofVirtual().name("hawser-agones").unstarted(this::run);
    }

    /// {@return a call that has begun}
    static SidecarCall begin(Work work) {
        SidecarCall call = new SidecarCall(work);
        call.thread.start();
        return call;
    }

    private void run() {
        try {
            work.run();
            outcome.complete(new Outcome(null));
        } catch (SidecarException e) {
            outcome.complete(new Outcome(e));
        } catch (Throwable e) {
            // Better words that name a mistake in here than a lane that waits.
            outcome.complete(
                    new Outcome(
                            new SidecarException(
                                    0, "handling it failed with " + e.getClass().getName())));
        }
    }

    /// {@return what came of it; null while it goes on}
    @Nullable Outcome poll() {
        return outcome.getNow(null);
    }

    /// {@return what came of it within a time; null when it goes on}
    @Nullable Outcome await(Duration timeout) {
        try {
            return outcome.get(Math.max(0, timeout.toNanos()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        } catch (ExecutionException e) {
            throw new CompletionException(e);
        }
    }

    /// Ends it soon; it then has failed.
    void stop() {
        thread.interrupt();
    }
}
