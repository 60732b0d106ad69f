package dev.hawser.cli.fleet;

import dev.hawser.cli.process.CliFailure;
import dev.hawser.cli.process.RootCommand;
import dev.hawser.online.operator.FleetPage;
import dev.hawser.online.operator.OperatorClient;
import dev.hawser.online.operator.OperatorException;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// What the commands of `hawser fleet` share.
abstract class Question implements Callable<Integer> {
    /// A fleet can have more pages than the service answers in a minute.
    private static final int WAITS_PER_PAGE_MAX = 3;

    private static final long WAIT_SECONDS_MAX = 60;

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    @Mixin private OperatorOptions options = new OperatorOptions();

    @Override
    public final Integer call() throws OperatorException {
        check();
        try (OperatorClient client = options.client()) {
            return ask(client);
        } catch (IllegalArgumentException e) {
            // The client checks what it is asked before it asks.
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    /// Refuses what makes no sense, before anything is asked.
    void check() {}

    /// {@return the exit code}
    abstract int ask(OperatorClient client) throws OperatorException;

    // ---- Answers

    final boolean isJson() {
        return options.isJson();
    }

    final PrintWriter out() {
        return spec.commandLine().getOut();
    }

    /// {@return whether nobody reads any more}
    final boolean isUseless() {
        return RootCommand.of(spec).output().hasFailed();
    }

    final CommandSpec spec() {
        return spec;
    }

    static CliFailure notPresent(long clientId) {
        return new CliFailure(
                "the player "
                        + Long.toUnsignedString(clientId)
                        + " is at no server: look again when the game is on, or see who is there"
                        + " with 'hawser fleet players'");
    }

    static String time(long unixSeconds) {
        return Instant.ofEpochSecond(unixSeconds).toString();
    }

    // ---- Lists

    /// A part of a list, by the cursor of the part before.
    @FunctionalInterface
    interface Pages<T> {
        FleetPage<T> page(String cursor) throws OperatorException;
    }

    /// Takes a part of a list.
    @FunctionalInterface
    interface Items<T> {
        void take(List<T> items) throws OperatorException;
    }

    /// Follows a list to its end, or until nobody reads; no more than a page of it is kept.
    final <T> void each(Pages<T> pages, Items<T> items) throws OperatorException {
        String cursor = "";
        do {
            FleetPage<T> page = patient(pages, cursor);
            items.take(page.items());
            if (page.next().equals(cursor) && !cursor.isEmpty()) {
                throw new CliFailure(
                        "the token service gives the same part of a list again and again: it has a"
                                + " fault");
            }
            cursor = page.next();
        } while (!cursor.isEmpty() && !isUseless());
    }

    private static <T> FleetPage<T> patient(Pages<T> pages, String cursor)
            throws OperatorException {
        for (int waits = 0; ; waits++) {
            try {
                return pages.page(cursor);
            } catch (OperatorException e) {
                boolean isWorthIt =
                        e.reason() == OperatorException.Reason.TOO_MANY_REQUESTS
                                && waits < WAITS_PER_PAGE_MAX
                                && e.retryAfterSeconds() >= 1
                                && e.retryAfterSeconds() <= WAIT_SECONDS_MAX;
                if (!isWorthIt || Thread.currentThread().isInterrupted()) {
                    throw e;
                }
                park(TimeUnit.SECONDS.toNanos(e.retryAfterSeconds()));
            }
        }
    }

    static void park(long nanos) {
        long deadlineNanos = System.nanoTime() + nanos;
        long leftNanos = nanos;
        while (leftNanos > 0 && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(leftNanos);
            leftNanos = deadlineNanos - System.nanoTime();
        }
    }
}
