package dev.hawser;

import dev.hawser.signals.Termination;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A thread of its own for a server, for games that have no loop.
///
/// ```java
/// try (var runner = ServerRunner.builder(server, handler).ticksPerSecond(60).start()) {
///     …
/// }
/// ```
///
/// Each turn updates the server, hands what happened to the handler, runs what other threads have
/// handed over, then the game's tick. The handler and all of these run on the runner's thread,
/// which owns the server.
///
/// When one of them throws, the runner stops the server, says so in the log, and ends; [#failure()]
/// has the exception.
public final class ServerRunner implements AutoCloseable {
    /// How many tasks wait for the server's thread unless said otherwise.
    public static final int TASKS_MAX_DEFAULT = 1024;

    /// Room for them is taken at once.
    private static final int TASKS_MAX_LIMIT = 1 << 20;

    private static final long NANOS_PER_SECOND = 1_000_000_000;

    /// On arrival, it looks this often at least whether it is to end.
    private static final long IDLE_NANOS = NANOS_PER_SECOND / 10;

    private final NetServer server;
    private final ServerHandler handler;
    private final Runnable onTick;
    private final long periodNanos;
    private final BlockingQueue<Runnable> tasks;
    private final Thread thread;
    private final @Nullable Leave leaveOnSigterm;
    private @Nullable Termination termination;

    /// What the thread is to do about the server's leaving, and has not done yet.
    private final AtomicReference<@Nullable Leave> leave = new AtomicReference<>();

    private boolean endsWhenDrained;
    private volatile boolean isEnding;
    private volatile @Nullable Throwable failure;

    /// How a server is to leave.
    private record Leave(Duration deadline, Refusal.Draining reason) {}

    private ServerRunner(Builder builder) {
        server = builder.server;
        handler = builder.handler;
        onTick = builder.onTick;
        periodNanos = builder.periodNanos;
        leaveOnSigterm = builder.leaveOnSigterm;
        tasks = new ArrayBlockingQueue<>(builder.tasksMax);
        thread = Thread.ofPlatform().name(builder.threadName).unstarted(this::run);
    }

    /// {@return a builder of a runner}
    ///
    /// @param server that does not run yet, and is nobody else's: no member of a
    ///   [dev.hawser.multi.MultiServer], whose runner runs the whole
    /// @param handler called on the runner's thread
    public static Builder builder(NetServer server, ServerHandler handler) {
        return new Builder(server, handler);
    }

    /// Hands work over to the server's thread, which does it within the next turn. Any thread may
    /// call it.
    ///
    /// @return false when too much work waits already, or the runner has ended; the task is then
    ///   not run. Tasks that wait when it ends are not run either
    public boolean execute(Runnable task) {
        if (isEnding || !tasks.offer(task)) {
            return false;
        }
        wake();
        return true;
    }

    /// Lets the server leave in order ([NetServer#drain]): with the next turn newcomers are
    /// refused, and when the last client has gone, at the deadline at the latest, the handler hears
    /// [ServerHandler#onDrained()], the server is stopped and the runner ends. Turns go on until
    /// then. A second call replaces deadline and reason. Any thread may call it.
    ///
    /// @param deadline from the next turn on
    /// @throws IllegalArgumentException when the deadline is negative
    public void drain(Duration deadline, Refusal.Draining reason) {
        leave.set(checkedLeave(deadline, reason));
        wake();
    }

    private static Leave checkedLeave(Duration deadline, Refusal.Draining reason) {
        Objects.requireNonNull(reason, "reason");
        if (deadline.isNegative()) {
            throw new IllegalArgumentException(
                    "deadline is "
                            + deadline
                            + ", but must not be negative: give zero to send everybody away at"
                            + " once");
        }
        return new Leave(deadline, reason);
    }

    /// {@return whether its thread is alive; any thread may ask}
    public boolean isRunning() {
        return thread.isAlive();
    }

    /// {@return what the handler, a task or the tick has thrown; empty while all is well}
    public Optional<Throwable> failure() {
        return Optional.ofNullable(failure);
    }

    /// Stops the server, which tells its clients, and waits until the thread has ended. Called by
    /// that thread itself, for example in a handler, it ends after the present turn. Any thread may
    /// call it.
    @Override
    public void close() {
        isEnding = true;
        wake();
        if (Thread.currentThread() != thread) {
            awaitEnd();
            stopAfterIt();
        }
    }

    /// Where the thread has ended without stopping the server, or could not begin.
    private synchronized void stopAfterIt() {
        if (!thread.isAlive() && server.isRunning()) {
            server.stop();
        }
    }

    private void wake() {
        server.wakeup();
        LockSupport.unpark(thread);
    }

    // ---- The thread

    private void run() {
        try {
            loop();
            server.stop();
            server.receive(handler);
        } catch (Throwable e) {
            failure = e;
            System.getLogger("dev.hawser")
                    .log(Level.ERROR, "The server stops: its handler or a task failed.", e);
            stopAfter(e);
        } finally {
            isEnding = true;
            unlisten();
        }
    }

    private void stopAfter(Throwable failure) {
        try {
            server.stop();
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    private void loop() {
        long nextTickNanos = System.nanoTime();
        while (!isEnding && !Thread.currentThread().isInterrupted()) {
            turn();
            if (periodNanos == 0 && server.isRunning()) {
                server.await(IDLE_NANOS);
            } else if (periodNanos == 0) {
                // A server that has stopped waits for nothing; a task may start it again.
                waitUntil(System.nanoTime() + IDLE_NANOS);
            } else {
                // A tick that came late is not made up for: two at once help nobody.
                nextTickNanos = Math.max(nextTickNanos + periodNanos, System.nanoTime());
                waitUntil(nextTickNanos);
            }
        }
    }

    private void turn() {
        takeLeave();
        server.update();
        server.receive(handler);
        // Those that are added meanwhile wait for the next turn.
        for (int left = tasks.size(); left > 0; left--) {
            Runnable task = tasks.poll();
            if (task != null) {
                task.run();
            }
        }
        onTick.run();
        server.flush();
        if (endsWhenDrained && (!server.isRunning() || isDrained())) {
            isEnding = true;
        }
    }

    private void takeLeave() {
        Leave leave = this.leave.getAndSet(null);
        if (leave != null) {
            endsWhenDrained = true;
            server.drain(leave.deadline, leave.reason);
        }
    }

    private boolean isDrained() {
        return server.isDraining() && server.connectedClients().isEmpty();
    }

    // ---- SIGTERM

    private void listenToSigterm(Leave atFirst) {
        Leave atOnce = new Leave(Duration.ZERO, atFirst.reason);
        termination =
                Termination.listen(
                        times -> {
                            leave.set(times == 1 ? atFirst : atOnce);
                            wake();
                        },
                        this::awaitEnd);
    }

    private void unlisten() {
        if (termination != null) {
            termination.close();
        }
    }

    private void awaitEnd() {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void waitUntil(long deadlineNanos) {
        long leftNanos = deadlineNanos - System.nanoTime();
        while (leftNanos > 0 && !isEnding && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(this, leftNanos);
            leftNanos = deadlineNanos - System.nanoTime();
        }
    }

    /// How a runner is set up. Each method replaces what was set before and returns the builder.
    public static final class Builder {
        private final NetServer server;
        private final ServerHandler handler;
        private Runnable onTick = () -> {};
        private long periodNanos;
        private int tasksMax = TASKS_MAX_DEFAULT;
        private String threadName = "hawser-server";
        private @Nullable Leave leaveOnSigterm;

        private Builder(NetServer server, ServerHandler handler) {
            this.server = Objects.requireNonNull(server, "server");
            this.handler = Objects.requireNonNull(handler, "handler");
        }

        /// Makes turns at a fixed rate. By default there is a turn when packets arrive or something
        /// is due.
        ///
        /// @throws IllegalArgumentException when the rate is outside 1..1000
        public Builder ticksPerSecond(int ticks) {
            if (ticks < 1 || ticks > 1000) {
                throw new IllegalArgumentException(
                        "ticksPerSecond is "
                                + ticks
                                + ", but must be from 1 to 1000; a server keeps its clients from 10"
                                + " upwards");
            }
            periodNanos = NANOS_PER_SECOND / ticks;
            return this;
        }

        /// Sets what the game does in each turn, after everything that was received.
        public Builder onTick(Runnable tick) {
            onTick = Objects.requireNonNull(tick, "tick");
            return this;
        }

        /// Sets how many tasks may wait ([ServerRunner#execute]).
        ///
        /// @throws IllegalArgumentException when it is less than 1 or above 2^20
        public Builder tasksMax(int tasks) {
            if (tasks < 1 || tasks > TASKS_MAX_LIMIT) {
                throw new IllegalArgumentException(
                        "tasksMax is "
                                + tasks
                                + ", but must be from 1 to "
                                + TASKS_MAX_LIMIT
                                + ": the default is "
                                + TASKS_MAX_DEFAULT
                                + ", and execute() says when there is no room");
            }
            tasksMax = tasks;
            return this;
        }

        /// Sets the name of the thread.
        public Builder threadName(String name) {
            threadName = Objects.requireNonNull(name, "name");
            return this;
        }

        /// Makes SIGTERM, as service managers and containers send it, drain the server
        /// ([ServerRunner#drain]) instead of ending the process; a second one sends everybody away
        /// at once. When the runner has ended by it, the process does, as by SIGTERM ever: its
        /// shutdown hooks run, and its exit code is 143. Of several runners the last one ends it.
        ///
        /// By default SIGTERM ends the process, without a word to the clients. Where signals cannot
        /// be heard, in a runtime without the module `jdk.unsupported` or with Java's option
        /// `-Xrs`, that stays so, and the log says it. Whoever sends the signal has to allow more
        /// time than the deadline: Docker 10 seconds, Kubernetes 30, unless they are told
        /// otherwise.
        ///
        /// @param deadline from the signal on
        /// @throws IllegalArgumentException when the deadline is negative
        public Builder drainOnSigterm(Duration deadline, Refusal.Draining reason) {
            leaveOnSigterm = checkedLeave(deadline, reason);
            return this;
        }

        /// {@return a runner whose server has started and whose thread runs}
        ///
        /// @throws IOException when the server cannot start
        /// @throws IllegalStateException when the server runs, belongs to another thread, or is a
        ///   member of a [dev.hawser.multi.MultiServer]
        public ServerRunner start() throws IOException {
            if (server.isRunning()) {
                throw new IllegalStateException(
                        server
                                + " runs already: leave its start to its one runner, and stop it"
                                + " before that");
            }
            // Refuses a member, and one that another thread owns.
            server.handOver();
            ServerRunner runner = new ServerRunner(this);
            server.start();
            if (runner.leaveOnSigterm != null) {
                runner.listenToSigterm(runner.leaveOnSigterm);
            }
            try {
                runner.thread.start();
            } catch (OutOfMemoryError e) {
                // The system has no thread left: nobody would ever stop the server.
                runner.unlisten();
                server.stop();
                throw e;
            }
            return runner;
        }
    }
}
