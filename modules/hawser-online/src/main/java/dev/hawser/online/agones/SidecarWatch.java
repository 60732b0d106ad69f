package dev.hawser.online.agones;

import dev.hawser.online.http.Backoff;
import dev.hawser.online.http.BadAnswerException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Hears of each change of the GameServer, on a virtual thread of its own, and opens the stream
/// again whenever it ends: the sidecar may start later than the server, or start anew.
final class SidecarWatch {
    private final Sidecar sidecar;
    private final Consumer<AgonesGameServer> told;
    private final AgonesCounters counters;
    private final Backoff backoff;
    private final Thread thread;

    /// How often it has ended since a line came.
    private int ends;

    /// Beside the interrupt, which the HTTP client may have taken.
    private final CountDownLatch stopped = new CountDownLatch(1);

    /// @param told called on the watch's thread
    SidecarWatch(
            Sidecar sidecar,
            Consumer<AgonesGameServer> told,
            AgonesCounters counters,
            Backoff backoff) {
        this.sidecar = sidecar;
        this.told = told;
        this.counters = counters;
        this.backoff = backoff;
        thread = Thread.ofVirtual().name("hawser-agones-watch").unstarted(this::run);
    }

    void begin() {
        thread.start();
    }

    void stop() {
        stopped.countDown();
        thread.interrupt();
    }

    /// {@return whether its thread has ended within a time, or never began}
    boolean awaitEnd(Duration timeout) throws InterruptedException {
        return thread.getState() == Thread.State.NEW || thread.join(timeout);
    }

    private void run() {
        do {
            counters.watches.increment();
            try {
                sidecar.watch(lines());
            } catch (SidecarException e) {
                // It is counted, and what a call meets is in the log.
                counters.watchesFailed.increment();
            }
            ends++;
        } while (!isStoppedWithin(backoff.boundNanos(ends) / 2 + backoff.waitNanos(ends) / 2));
    }

    private boolean isStoppedWithin(long nanos) {
        try {
            return stopped.await(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            return true;
        }
    }

    private LineReader.Lines lines() {
        return new LineReader.Lines() {
            @Override
            public void take(byte[] line, int length) throws SidecarException {
                AgonesGameServer gameServer;
                try {
                    gameServer = GameServerReader.readResult(line, length);
                } catch (BadAnswerException e) {
                    counters.linesRefused.increment();
                    throw new SidecarException(0, "a line is not understood: " + e.detail());
                }
                ends = 0;
                told.accept(gameServer);
            }

            @Override
            public void refuse() {
                counters.linesRefused.increment();
            }
        };
    }
}
