package dev.hawser.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// What an operator reads of a store that does not do what it should: that it is so, once, and that
/// it is over.
///
/// It is over when for some seconds nothing has failed: a store in trouble may still answer now and
/// then. Any thread may call it.
final class StoreOutage {
    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(5);

    /// What the first word of a refusal means, and what to do.
    private static final Map<String, String> REFUSALS =
            Map.ofEntries(
                    Map.entry(
                            "MISCONF",
                            "takes no writes, since it cannot keep them (MISCONF): its disk may be"
                                    + " full, its log says more"),
                    Map.entry(
                            "READONLY",
                            "is a replica and takes no writes (READONLY): name the primary in the"
                                    + " url, or the sentinels, which know it"),
                    Map.entry(
                            "NOREPLICAS",
                            "takes no writes, since too few replicas follow it (NOREPLICAS): it may"
                                    + " be cut off from them, or they are down"),
                    Map.entry(
                            "BUSY",
                            "is busy with a slow script (BUSY): end it with SCRIPT KILL, none of"
                                    + " Hawser's is slow"),
                    Map.entry("LOADING", "still reads its data from disk (LOADING): wait"),
                    Map.entry(
                            "MASTERDOWN",
                            "is a replica whose primary is down (MASTERDOWN): start it, or promote"
                                    + " a replica"),
                    Map.entry(
                            "CLUSTERDOWN",
                            "is a cluster that misses a node (CLUSTERDOWN): start it"),
                    Map.entry(
                            "OOM",
                            "has no memory left (OOM): raise its maxmemory, docs/fleet.md says how"
                                    + " much is needed"),
                    Map.entry(
                            "NOAUTH",
                            "wants a password (NOAUTH): set the password file, or put it into the"
                                    + " url"),
                    Map.entry(
                            "WRONGPASS",
                            "refuses the password (WRONGPASS): compare the password file and its"
                                    + " user with the store's users"),
                    Map.entry(
                            "NOPERM",
                            "does not let this user run scripts on these keys (NOPERM): give it"
                                    + " +@all on the keys of the prefix"));

    private final Logger logger;
    private final StoreAddress address;
    private final LongSupplier monotonicClock;

    private long sinceNanos;
    private long failedNanos;
    private volatile boolean isOn;

    StoreOutage(Logger logger, StoreAddress address, LongSupplier monotonicClock) {
        this.logger = logger;
        this.address = address;
        this.monotonicClock = monotonicClock;
    }

    /// A step failed.
    void noteFailure(String sentence) {
        synchronized (this) {
            long nowNanos = monotonicClock.getAsLong();
            failedNanos = nowNanos;
            if (isOn) {
                return;
            }
            isOn = true;
            sinceNanos = nowNanos;
        }
        logger.log(
                Level.WARNING,
                "The store at "
                        + address
                        + " "
                        + sentence
                        + ". Until it is well again, players and servers are told to come back;"
                        + " who is connected plays on.");
    }

    /// A step was answered.
    void noteAnswer() {
        if (!isOn) {
            return;
        }
        long seconds;
        synchronized (this) {
            long nowNanos = monotonicClock.getAsLong();
            if (!isOn || nowNanos - failedNanos < QUIET_NANOS) {
                return;
            }
            isOn = false;
            seconds = TimeUnit.NANOSECONDS.toSeconds(failedNanos - sinceNanos);
        }
        logger.log(
                Level.INFO,
                "The store at "
                        + address
                        + " is well again. The first step failed "
                        + seconds
                        + " s before the last one that did.");
    }

    /// {@return what is wrong and what to do, behind the words "the store at …"}
    static String sentence(Throwable failure) {
        Throwable root = failure;
        for (Throwable each = failure; each != null; each = each.getCause()) {
            String message = String.valueOf(each.getMessage());
            String word = message.split("[\\s:]", 2)[0];
            String known = REFUSALS.get(word);
            if (known != null) {
                return known;
            }
            root = each;
        }
        if (failure instanceof RedisCommandTimeoutException) {
            return "does not answer in time: see whether it runs and is not overloaded, and the"
                    + " network to it";
        }
        if (root instanceof RedisCommandExecutionException) {
            return "refuses what it is asked for (" + root.getMessage() + ")";
        }
        if (failure instanceof StoreFailure) {
            return "is not connected: it is tried again all the time";
        }
        return "cannot be reached ("
                + root.getClass().getSimpleName()
                + (root.getMessage() == null ? "" : ": " + root.getMessage())
                + "): see whether it runs, and the url";
    }

    /// {@return whether a refusal says that the primary may be another one by now}
    static boolean isOfFormerMaster(Throwable failure) {
        String message = String.valueOf(failure.getMessage());
        return failure instanceof RedisException
                && (message.startsWith("READONLY")
                        || message.startsWith("NOREPLICAS")
                        || message.startsWith("MASTERDOWN"));
    }
}
