package dev.hawser.netcode;

import dev.hawser.protocol.Drop;
import dev.hawser.protocol.DropCounters;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.WallClock;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/// Says in the log why a server answers nobody.
///
/// netcode drops a wrong connection request in silence, so that scans and forgeries learn nothing,
/// and neither does the developer whose key is wrong. Where nobody got in for some seconds, this
/// writes one line with the reason and the remedy for each reason for which requests were dropped,
/// at most once a minute each: what one reason says does not hide the next. It is made from the
/// counters: nothing is done per packet.
final class SilenceExplainer {
    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final long LOOK_INTERVAL_NANOS = NANOS_PER_SECOND;

    /// Requests that are further apart are not seen together.
    private static final long WINDOW_NANOS = 10 * NANOS_PER_SECOND;

    private static final long LINE_INTERVAL_NANOS = 60 * NANOS_PER_SECOND;

    /// What one client sends in half a second: less may be a stray packet.
    static final int REQUESTS_MIN = 5;

    /// Why requests are dropped.
    static final Drop[] REASONS = {
        Drop.WRONG_SIZE,
        Drop.WRONG_VERSION,
        Drop.WRONG_PROTOCOL_ID,
        Drop.TOKEN_EXPIRED,
        Drop.TOKEN_FORGOTTEN,
        Drop.TOKEN_OLDER_THAN_START,
        Drop.TOKEN_OUTLIVES_LIMIT,
        Drop.TOKEN_NOT_AUTHENTIC,
        Drop.TOKEN_UNREADABLE,
        Drop.SERVER_NOT_IN_TOKEN,
        Drop.ADDRESS_CONNECTED,
        Drop.CLIENT_ID_CONNECTED,
        Drop.TOKEN_CONSUMED,
        Drop.TOKEN_FROM_OTHER_ADDRESS,
        Drop.TOKEN_HISTORY_FULL,
        Drop.PENDING_FULL,
    };

    private final Logger logger;
    private final long protocolId;
    private final List<NetAddress> identity;
    private final Duration lifetimeMax;
    private final DropCounters drops;

    private final long[] countsAtStart = new long[Drop.values().length];
    private long windowStartNanos;
    private long nextLookNanos;
    private final long[] lineNotBeforeNanos = new long[Drop.values().length];

    /// @param lifetimeMax of connect tokens; zero: no limit
    /// @param drops of those who want to come in
    SilenceExplainer(
            Logger logger,
            long protocolId,
            List<NetAddress> identity,
            Duration lifetimeMax,
            DropCounters drops,
            long nowNanos) {
        this.logger = logger;
        this.protocolId = protocolId;
        this.identity = identity;
        this.lifetimeMax = lifetimeMax;
        this.drops = drops;
        nextLookNanos = nowNanos + LOOK_INTERVAL_NANOS;
        Arrays.fill(lineNotBeforeNanos, nowNanos);
        startWindow(nowNanos);
    }

    /// Looks at the counters, once a second; between, this is one comparison.
    ///
    /// @param wallClock the server's own, for the line
    /// @param letsIn whether a request has been accepted since it looked last
    /// @return whether it looked
    boolean look(long nowNanos, WallClock wallClock, boolean letsIn) {
        if (nowNanos - nextLookNanos < 0) {
            return false;
        }
        nextLookNanos = nowNanos + LOOK_INTERVAL_NANOS;
        explain(nowNanos, wallClock, letsIn);
        return true;
    }

    private void explain(long nowNanos, WallClock wallClock, boolean letsIn) {
        if (!letsIn) {
            long all = 0;
            for (Drop reason : REASONS) {
                all += requests(reason);
            }
            for (Drop reason : REASONS) {
                explain(reason, all, nowNanos, wallClock);
            }
        }
        if (letsIn || nowNanos - windowStartNanos >= WINDOW_NANOS) {
            startWindow(nowNanos);
        }
    }

    private void explain(Drop reason, long all, long nowNanos, WallClock wallClock) {
        int index = reason.ordinal();
        long requests = requests(reason);
        if (requests >= REQUESTS_MIN && nowNanos - lineNotBeforeNanos[index] >= 0) {
            logger.log(Level.INFO, line(reason, requests, all, wallClock.unixSeconds()));
            lineNotBeforeNanos[index] = nowNanos + LINE_INTERVAL_NANOS;
            countsAtStart[index] = drops.count(reason);
        }
    }

    /// {@return how many were dropped for this reason in the window}
    private long requests(Drop reason) {
        return drops.count(reason) - countsAtStart[reason.ordinal()];
    }

    private void startWindow(long nowNanos) {
        windowStartNanos = nowNanos;
        for (Drop reason : REASONS) {
            countsAtStart[reason.ordinal()] = drops.count(reason);
        }
    }

    private String line(Drop reason, long requests, long all, long unixSeconds) {
        return "No client gets in: "
                + (requests == all
                        ? "the last " + requests + " connection requests were all"
                        : requests + " of the last " + all + " connection requests were")
                + " dropped, because "
                + explain(reason, Instant.ofEpochSecond(unixSeconds))
                + ".";
    }

    private String explain(Drop reason, Instant now) {
        return switch (reason) {
            case WRONG_SIZE ->
                    "they have another size than those of netcode 1.02, and so are of another"
                            + " version, as 1.01 is; update the client"
                            + " (or this server, if the client is newer)";
            case WRONG_VERSION ->
                    "they are of another version than netcode 1.02; update the client";
            case WRONG_PROTOCOL_ID ->
                    "they name another protocol id than this server's "
                            + Long.toUnsignedString(protocolId)
                            + " (0x"
                            + Long.toHexString(protocolId)
                            + "); give the backend the same one, or update the client";
            case TOKEN_EXPIRED ->
                    "their connect tokens have expired; fetch them right before connecting, and"
                            + " compare the clocks: here it is "
                            + now;
            case TOKEN_FORGOTTEN ->
                    "their connect tokens expire when others did that this server has forgotten,"
                            + " and may have been used: the clock was set back, and is "
                            + now
                            + "; they get in once it has caught up";
            case TOKEN_OLDER_THAN_START ->
                    "their connect tokens may have been used before this server started; tokens"
                            + " that are made from now on, with a lifetime of "
                            + lifetimeMax.toSeconds()
                            + " s, get in. If those do not either, compare the clocks: here it is "
                            + now;
            case TOKEN_OUTLIVES_LIMIT ->
                    "their connect tokens are valid for longer than the "
                            + lifetimeMax.toSeconds()
                            + " s that this server accepts; let the backend make shorter ones, or"
                            + " raise maxConnectTokenLifetime, and compare the clocks: here it is "
                            + now;
            case TOKEN_NOT_AUTHENTIC ->
                    "their connect tokens do not open with this server's private key; give backend"
                            + " and server the same one";
            case TOKEN_UNREADABLE ->
                    "the private part of their connect tokens cannot be read; the backend that"
                            + " makes them is at fault";
            case SERVER_NOT_IN_TOKEN ->
                    "their connect tokens are for other servers than "
                            + identity.stream()
                                    .map(NetAddress::toString)
                                    .collect(Collectors.joining(", "))
                            + "; set the identity to the address that the backend puts into the"
                            + " tokens, or the other way round";
            case ADDRESS_CONNECTED ->
                    "a client is connected from the address that they come from; one that lost its"
                            + " connection and connects again from the same socket has to wait until"
                            + " the old connection times out, or to be let in with"
                            + " sameClient(TAKE_OVER)";
            case CLIENT_ID_CONNECTED ->
                    "a client with the same id is connected; give each player an id of its own,"
                            + " wait until the old connection times out, or let the new one in with"
                            + " sameClient(TAKE_OVER)";
            case TOKEN_CONSUMED ->
                    "their connect tokens have been used; each is good for one connection, so"
                            + " fetch a new one for each connect";
            case TOKEN_FROM_OTHER_ADDRESS ->
                    "their connect tokens were first seen from another address; a client must not"
                            + " change its socket while it connects, and two clients must not share"
                            + " a token";
            case TOKEN_HISTORY_FULL ->
                    "this server remembers as many unexpired connect tokens as it can; let the"
                            + " backend make tokens that live shorter";
            case PENDING_FULL ->
                    "as many connections as allowed are being made already, from their network or"
                            + " in total; raise pendingLimits where many players share an address";
            default -> "of " + reason;
        };
    }
}
