package dev.hawser.steam;

import dev.hawser.DisconnectReason;
import java.util.Collection;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Looks after the clients of a server, ten times a second: lets each hear of the server, finds
/// those of whom nothing is heard ([Liveness]), and asks Steam once a second how they are. One
/// thread.
final class SteamWatch {
    private static final long SAMPLE_NANOS = 1_000_000_000;
    private static final int A_DAY_MILLIS = 86_400_000;

    private final SteamApi steam;
    private final SteamSlots slots;
    private final SteamOutbox outbox;
    private final Consumer<SteamPeer> silent;
    private final StatusReader status;
    private final int timeoutMillis;
    private final long livenessNanos;
    private boolean areTimeoutsSuspended;
    private long lookAtNanos;
    private long sampleAtNanos;

    /// @param silent takes those of whom nothing was heard for too long
    /// @param timeoutMillis Steam's own timeout of a connection
    /// @param livenessNanos 0 leaves it to that
    SteamWatch(
            SteamApi steam,
            SteamSlots slots,
            SteamOutbox outbox,
            Consumer<SteamPeer> silent,
            int timeoutMillis,
            long livenessNanos) {
        this.steam = steam;
        this.slots = slots;
        this.outbox = outbox;
        this.silent = silent;
        status = new StatusReader(steam);
        this.timeoutMillis = timeoutMillis;
        this.livenessNanos = livenessNanos;
    }

    void open(long nowNanos) {
        lookAtNanos = nowNanos;
        sampleAtNanos = nowNanos;
    }

    Liveness liveness(long nowNanos) {
        return new Liveness(livenessNanos, nowNanos);
    }

    /// {@return why a client is gone of whom nothing was heard}
    DisconnectReason timedOut(SteamPeer peer) {
        return new DisconnectReason.TimedOut(
                (int) TimeUnit.NANOSECONDS.toSeconds(livenessNanos),
                TimeUnit.NANOSECONDS.toMillis(peer.liveness.pauseNanos()));
    }

    void accepted(SteamPeer peer) {
        if (areTimeoutsSuspended) {
            steam.setConnectionTimeout(peer.connection, A_DAY_MILLIS);
        }
    }

    void connected(SteamPeer peer, long nowNanos) {
        peer.liveness.resume(nowNanos);
        sayAliveWhereDue(peer, nowNanos);
    }

    void look(long nowNanos) {
        if (nowNanos - lookAtNanos < 0) {
            return;
        }
        lookAtNanos = nowNanos + Liveness.LOOK_NANOS;
        boolean samples = nowNanos - sampleAtNanos >= 0;
        if (samples) {
            sampleAtNanos = nowNanos + SAMPLE_NANOS;
        }
        for (int slot = slots.next(0); slot >= 0; slot = slots.next(slot + 1)) {
            SteamPeer peer = slots.at(slot);
            SteamConnectedClient client = peer == null ? null : peer.client;
            if (peer == null || client == null || peer.isGone) {
                continue;
            }
            if (peer.liveness.isDead(nowNanos) && !areTimeoutsSuspended && !peer.isPaused) {
                silent.accept(peer);
                continue;
            }
            sayAliveWhereDue(peer, nowNanos);
            if (samples) {
                client.sampled(status.sample(peer.connection));
            }
        }
    }

    private void sayAliveWhereDue(SteamPeer peer, long nowNanos) {
        if (peer.liveness.hasToSay(nowNanos)) {
            outbox.sayAlive(peer.connection);
            peer.liveness.said(nowNanos);
        }
    }

    /// {@return whether something that was sent reliably to a client has not arrived}
    boolean isUnacknowledged(SteamPeer peer) {
        return peer.client != null && status.isUnacknowledged(peer.connection);
    }

    // ---- While somebody debugs

    void suspend(Collection<SteamPeer> peers, long nowNanos) {
        areTimeoutsSuspended = true;
        setTimeouts(peers, A_DAY_MILLIS, nowNanos);
    }

    void resume(Collection<SteamPeer> peers, long nowNanos) {
        areTimeoutsSuspended = false;
        setTimeouts(peers, timeoutMillis, nowNanos);
    }

    private void setTimeouts(Collection<SteamPeer> peers, int millis, long nowNanos) {
        if (steam.isAlive()) {
            for (SteamPeer peer : peers) {
                steam.setConnectionTimeout(peer.connection, millis);
                peer.liveness.resume(nowNanos);
            }
        }
    }
}
