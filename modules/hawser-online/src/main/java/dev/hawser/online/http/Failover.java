package dev.hawser.online.http;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Which endpoint of a service is asked next.
///
/// The one that worked last comes first, and after it the others in an order that each client
/// shuffles for itself: the players of an endpoint that dies spread over all that are left. One
/// that failed is avoided, which means that it comes last, for a time that doubles from a second to
/// a minute while it goes on failing.
///
/// What is known of the endpoints is shared by all that a client asks, by any thread. [Attempts] is
/// what one of them has tried.
public final class Failover {
    /// The most endpoints that a service can have here.
    public static final int ENDPOINTS_MAX = 16;

    private static final long AVOIDED_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int DOUBLINGS_MAX = 6;

    private final List<Endpoint> endpoints = new ArrayList<>();
    private final Logger logger;
    private Endpoint worked;

    /// @param endpoints one to [#ENDPOINTS_MAX]
    /// @param logger hears of each endpoint that fails while there are others: nobody would notice
    ///   otherwise that it needs to be looked after
    public Failover(List<URI> endpoints, RandomGenerator random, Logger logger) {
        this.logger = logger;
        endpoints.forEach(uri -> this.endpoints.add(new Endpoint(uri)));
        for (int last = endpoints.size() - 1; last > 0; last--) {
            int other = (int) random.nextLong(last + 1L);
            Endpoint swapped = this.endpoints.get(last);
            this.endpoints.set(last, this.endpoints.get(other));
            this.endpoints.set(other, swapped);
        }
        worked = this.endpoints.getFirst();
    }

    /// {@return what has asked nobody yet}
    ///
    /// @param attemptsMax how often an endpoint is asked at most
    public Attempts attempts(int attemptsMax) {
        return new Attempts(attemptsMax);
    }

    private synchronized void noteSuccess(Endpoint endpoint) {
        endpoint.failures = 0;
        endpoint.isSaid = false;
        worked = endpoint;
    }

    private void noteFailure(Endpoint endpoint, long nowNanos, String explanation) {
        boolean isNew;
        synchronized (this) {
            long avoidedNanos = AVOIDED_NANOS << Math.min(endpoint.failures, DOUBLINGS_MAX);
            endpoint.avoidedUntilNanos = nowNanos + avoidedNanos;
            endpoint.failures++;
            isNew = !endpoint.isSaid && !explanation.isEmpty();
            endpoint.isSaid |= isNew;
        }
        if (isNew && endpoints.size() > 1) {
            logger.log(
                    Level.WARNING,
                    endpoint.uri
                            + ": "
                            + explanation
                            + " The service's other endpoints are asked before this one.");
        }
    }

    /// {@return how far behind it stands: 0 in front}
    private synchronized long rank(Endpoint endpoint, long nowNanos) {
        long avoidedNanos =
                endpoint.failures == 0 ? 0 : Math.max(0, endpoint.avoidedUntilNanos - nowNanos);
        if (avoidedNanos > 0) {
            return endpoints.size() + avoidedNanos;
        }
        return endpoint == worked ? 0 : 1 + endpoints.indexOf(endpoint);
    }

    /// One of them.
    private static final class Endpoint {
        private final URI uri;
        private int failures;
        private long avoidedUntilNanos;
        private boolean isSaid;

        private Endpoint(URI uri) {
            this.uri = uri;
        }
    }

    /// What is asked next.
    ///
    /// @param waitNanos from now
    public record Next(URI endpoint, long waitNanos) {}

    /// What one fetch, or an announcement that is repeated until it gets through, has tried: an
    /// endpoint that failed waits, and the others do not. For one thread at a time.
    public final class Attempts {
        private final List<Candidate> candidates = new ArrayList<>();
        private final int attemptsMax;

        private Attempts(int attemptsMax) {
            this.attemptsMax = attemptsMax;
            endpoints.forEach(endpoint -> candidates.add(new Candidate(endpoint)));
        }

        /// {@return what to ask next, and when; null when there is nothing more to hope for}
        public @Nullable Next next(long nowNanos) {
            return candidates.stream()
                    .filter(candidate -> !candidate.isOut && candidate.attempts < attemptsMax)
                    .min(
                            Comparator.comparingLong(
                                            (Candidate candidate) -> candidate.waitNanos(nowNanos))
                                    .thenComparingInt(candidate -> candidate.attempts)
                                    .thenComparingLong(
                                            candidate -> rank(candidate.endpoint, nowNanos)))
                    .map(candidate ->
                            new Next(candidate.endpoint.uri, candidate.waitNanos(nowNanos)))
                    .orElse(null);
        }

        /// {@return how many have not been asked}
        public int untried() {
            return (int)
                    candidates.stream()
                            .filter(candidate -> !candidate.isOut && candidate.attempts == 0)
                            .count();
        }

        /// Counts an attempt.
        ///
        /// @return how many it has had, this one included
        public int begin(URI endpoint) {
            return ++of(endpoint).attempts;
        }

        /// The endpoint did what it is there for: those who come after ask it first.
        public void succeed(URI endpoint) {
            noteSuccess(of(endpoint).endpoint);
        }

        /// The endpoint failed, and may do better later.
        ///
        /// @param waitNanos in which it is not asked again
        /// @param explanation a sentence for the log, or empty for what needs none
        public void fail(URI endpoint, long nowNanos, long waitNanos, String explanation) {
            of(endpoint).hold(nowNanos, waitNanos);
            noteFailure(of(endpoint).endpoint, nowNanos, explanation);
        }

        /// The endpoint failed, and would do so again: these attempts ask it no more.
        ///
        /// @param explanation a sentence for the log, or empty for what needs none
        public void giveUp(URI endpoint, long nowNanos, String explanation) {
            of(endpoint).isOut = true;
            noteFailure(of(endpoint).endpoint, nowNanos, explanation);
        }

        /// The service as a whole does not want to be asked for a time.
        public void holdAll(long nowNanos, long waitNanos) {
            candidates.forEach(candidate -> candidate.hold(nowNanos, waitNanos));
        }

        private Candidate of(URI endpoint) {
            return candidates.stream()
                    .filter(candidate -> candidate.endpoint.uri.equals(endpoint))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /// An endpoint, in the eyes of one who asks.
    private static final class Candidate {
        private final Endpoint endpoint;
        private int attempts;
        private boolean isHeld;
        private long heldUntilNanos;
        private boolean isOut;

        private Candidate(Endpoint endpoint) {
            this.endpoint = endpoint;
        }

        /// Not longer for who waits already for longer.
        private void hold(long nowNanos, long waitNanos) {
            heldUntilNanos = nowNanos + Math.max(waitNanos, waitNanos(nowNanos));
            isHeld = true;
        }

        private long waitNanos(long nowNanos) {
            return isHeld ? Math.max(0, heldUntilNanos - nowNanos) : 0;
        }
    }
}
