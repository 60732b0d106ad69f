package dev.hawser.backend.player;

import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;
import dev.hawser.backend.problem.LimitedLog;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.text.ParseException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The keys that an identity provider publishes, and when it is asked for them.
///
/// - As long as there are none, every login asks, but no sooner than a second after an attempt that
///   failed: a provider that comes back is noticed with the next login.
/// - Keys are good for a quarter of an hour, and for four hours while the provider is away.
/// - A key that is not among them is looked for, at most every ten seconds, whoever names it.
///
/// One login at a time asks. Meanwhile others use the keys that there are, or wait for the first
/// ones.
final class ProviderKeys implements JWKSource<SecurityContext> {
    static final Duration LIFETIME = Duration.ofMinutes(15);
    static final Duration OUTAGE_MAX = Duration.ofHours(4);

    /// Between an attempt that failed and the next one.
    static final Duration RETRY_INTERVAL = Duration.ofSeconds(1);

    /// Between two looks for keys that nobody knows.
    static final Duration UNKNOWN_INTERVAL = Duration.ofSeconds(10);

    private final String issuer;
    private final Source source;
    private final LongSupplier monotonicClock;
    private final LimitedLog log;

    /// Held while the provider is asked.
    private final ReentrantLock asking = new ReentrantLock();

    private volatile State state = State.NOTHING;

    /// When somebody named a key that is not known, and the provider was asked for it.
    private volatile @Nullable Long lookedNanos;

    /// Where the keys are.
    interface Source {
        /// {@return them as they are published (RFC 7517); returns within seconds}
        String fetch() throws IOException;
    }

    /// @param keys null as long as none came
    /// @param fetchedNanos when these came
    /// @param triedNanos when the provider was asked last
    /// @param failure why that failed; null when it did not
    private record State(
            @Nullable JWKSet keys,
            long fetchedNanos,
            long triedNanos,
            @Nullable Exception failure) {
        private static final State NOTHING = new State(null, 0, 0, null);
    }

    ProviderKeys(String issuer, Source source, LongSupplier monotonicClock, LimitedLog log) {
        this.issuer = issuer;
        this.source = source;
        this.monotonicClock = monotonicClock;
        this.log = log;
    }

    /// {@return the keys that are asked for, none when the provider has no such key}
    ///
    /// @throws KeySourceException when no keys are there to choose from
    @Override
    public List<JWK> get(JWKSelector selector, @Nullable SecurityContext context)
            throws KeySourceException {
        List<JWK> chosen = selector.select(keys());
        if (!chosen.isEmpty() || !isLookDue()) {
            return chosen;
        }
        refresh(this::takeLook, false);
        return selector.select(known());
    }

    private JWKSet keys() throws KeySourceException {
        if (state.keys == null || isOlderThan(OUTAGE_MAX)) {
            refresh(() -> state.keys == null || isOlderThan(OUTAGE_MAX), true);
        } else if (isOlderThan(LIFETIME)) {
            refresh(() -> isOlderThan(LIFETIME), false);
        }
        return known();
    }

    private JWKSet known() throws KeySourceException {
        State now = state;
        if (now.keys == null || isOlderThan(OUTAGE_MAX)) {
            throw new KeySourceException(
                    "the keys of " + issuer + " cannot be fetched", now.failure);
        }
        return now.keys;
    }

    private boolean isOlderThan(Duration age) {
        return monotonicClock.getAsLong() - state.fetchedNanos >= age.toNanos();
    }

    private boolean isLookDue() {
        Long looked = lookedNanos;
        return looked == null || monotonicClock.getAsLong() - looked >= UNKNOWN_INTERVAL.toNanos();
    }

    private boolean takeLook() {
        boolean isDue = isLookDue();
        if (isDue) {
            lookedNanos = monotonicClock.getAsLong();
        }
        return isDue;
    }

    // ---- Asking

    private interface Need {
        boolean isThere();
    }

    /// @param need asked again when it is this login's turn: another one may have seen to it
    /// @param mustWait whether there is nothing to go on with while another login asks
    private void refresh(Need need, boolean mustWait) {
        if (mustWait) {
            asking.lock();
        } else if (!asking.tryLock()) {
            return;
        }
        try {
            long nowNanos = monotonicClock.getAsLong();
            boolean isTooSoon =
                    state.failure != null && nowNanos - state.triedNanos < RETRY_INTERVAL.toNanos();
            if (!isTooSoon && need.isThere()) {
                ask(nowNanos);
            }
        } finally {
            asking.unlock();
        }
    }

    private void ask(long nowNanos) {
        try {
            JWKSet fetched = JWKSet.parse(source.fetch());
            boolean wasAway = state.failure != null;
            state = new State(fetched, nowNanos, nowNanos, null);
            if (wasAway) {
                log.log(Level.INFO, "keys are back", () -> "The keys of " + issuer + " are back");
            }
        } catch (IOException | ParseException | RuntimeException e) {
            // The time when it failed: it may have taken seconds.
            state = new State(state.keys, state.fetchedNanos, monotonicClock.getAsLong(), e);
            log.log(
                    Level.WARNING,
                    "keys are away",
                    () ->
                            "The keys of "
                                    + issuer
                                    + " cannot be fetched ("
                                    + problemOf(e)
                                    + "): "
                                    + (state.keys == null
                                            ? "nobody can log in until they can"
                                            : "the former ones go on for "
                                                    + OUTAGE_MAX.toHours()
                                                    + " hours"));
        }
    }

    private static String problemOf(Exception e) {
        return e instanceof ParseException ? "what came is no key set" : String.valueOf(e);
    }
}
