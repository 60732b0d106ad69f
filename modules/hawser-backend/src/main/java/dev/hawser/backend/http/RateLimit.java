package dev.hawser.backend.http;

import dev.hawser.backend.fleet.RequestBudgets;
import dev.hawser.backend.minting.Awaiting;
import dev.hawser.backend.problem.Problem;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

/// So many requests a minute for each account, or each address, over all services that share the
/// budgets.
public final class RateLimit {
    private final RequestBudgets budgets;
    private final String kind;
    private final int perMinute;

    /// @param kind of the callers, by which those of one kind differ from those of another
    /// @param perMinute what is more than [RequestBudgets#PER_MINUTE_MAX] counts as that
    public RateLimit(RequestBudgets budgets, String kind, int perMinute) {
        this.budgets = budgets;
        this.kind = kind;
        this.perMinute = Math.min(perMinute, RequestBudgets.PER_MINUTE_MAX);
    }

    /// Counts a request.
    ///
    /// @throws Problem when it is one too many
    /// @throws TimeoutException when that cannot be known
    public void count(String caller) throws TimeoutException {
        String name = kind + ":" + caller;
        if (name.length() > RequestBudgets.CALLER_LENGTH_MAX) {
            name = kind + "#" + Credentials.hash(caller);
        }
        Optional<Duration> wait = Awaiting.await(budgets.take(name, perMinute));
        if (wait.isPresent()) {
            throw Problem.tooMany(wait.get());
        }
    }
}
