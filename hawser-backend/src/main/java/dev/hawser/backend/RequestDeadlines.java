package dev.hawser.backend;

import io.helidon.http.HttpPrologue;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http1.Http1ConnectionListener;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Ends requests that take too long, also those whose bytes drip: each of these comes in time, and
/// all of them together would never.
///
/// A connection has a virtual thread, and one that is interrupted while it reads closes its socket.
/// The web server itself only looks after connections on which no request has begun.
final class RequestDeadlines implements Http1ConnectionListener, AutoCloseable {
    private final long timeoutMillis;

    /// A connection belongs to one service, and so does its thread.
    private static final ThreadLocal<@Nullable Future<?>> OF_REQUEST = new ThreadLocal<>();

    private final ScheduledThreadPoolExecutor timer =
            new ScheduledThreadPoolExecutor(
                    1,
                    task -> Thread.ofPlatform().daemon().name("hawser-deadlines").unstarted(task));

    RequestDeadlines(Duration timeout) {
        timeoutMillis = timeout.toMillis();
        // Nearly all are met, long before their time.
        timer.setRemoveOnCancelPolicy(true);
    }

    /// The first line of a request is there: called on the connection's thread.
    @Override
    public void prologue(ConnectionContext connection, HttpPrologue prologue) {
        met();
        Thread thread = Thread.currentThread();
        OF_REQUEST.set(timer.schedule(thread::interrupt, timeoutMillis, TimeUnit.MILLISECONDS));
    }

    /// The request of the calling thread has been answered.
    void met() {
        Future<?> deadline = OF_REQUEST.get();
        if (deadline != null) {
            deadline.cancel(false);
            OF_REQUEST.remove();
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
