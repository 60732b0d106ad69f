package dev.hawser.protocol.machine;

import dev.hawser.protocol.PeerAddress;
import dev.hawser.protocol.UnixTime;
import dev.hawser.protocol.crypto.PacketCipher;
import dev.hawser.protocol.measure.HandshakeTimer;
import dev.hawser.protocol.path.ClientPath;
import dev.hawser.protocol.wire.ConnectionRequest;
import dev.hawser.protocol.wire.PacketReader;
import dev.hawser.protocol.wire.PacketWriter;
import dev.hawser.protocol.wire.PublicToken;
import dev.hawser.protocol.wire.ReplayWindow;
import dev.hawser.protocol.wire.Wire;
import java.nio.ByteBuffer;

/// What a client knows only while a token is in use. Part of a [ClientMachine].
final class ClientAttempt {
    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final long COUNTABLE_SECONDS_MAX = 1L << 32;

    final PublicToken token;
    final PacketReader reader;
    final PacketWriter writer;
    final ByteBuffer request;
    final ReplayWindow window = new ReplayWindow();
    final ConnectionMeter meter;
    final HandshakeTimer handshake = new HandshakeTimer();
    final LookTimer looks = new LookTimer();
    final PeerAddress server = new PeerAddress();
    final long startNanos;

    /// 0 for no timeout.
    final long timeoutNanos;

    int serverIndex;

    /// Grows over all servers of the token, since the keys stay the same.
    long sequence;

    long lastSentNanos;

    /// Since when nothing was heard while somebody listened.
    long silentSinceNanos;

    /// Whether a request went to the present server: until then nobody can answer.
    boolean hasRequested;

    final ByteBuffer challenge = ByteBuffer.allocate(Wire.CHALLENGE_BODY_BYTES);
    final ClientPath path = new ClientPath();

    /// A ping of the server that waits for its answer, which goes out no sooner than this.
    boolean owesPing;

    long pingDueNanos;
    boolean isDenied;
    boolean isDisconnected;
    int clientIndex;
    int maxClients;

    ClientAttempt(PublicToken token, PacketCipher cipher, ConnectionMeter meter, long nowNanos) {
        this.token = token;
        this.meter = meter;
        startNanos = nowNanos;
        request = ConnectionRequest.of(token);
        timeoutNanos = Math.max(0, token.timeoutSeconds()) * NANOS_PER_SECOND;
        reader = new PacketReader(cipher, token.protocolId(), PacketReader.CLIENT_TYPES);
        writer = new PacketWriter(cipher, token.protocolId());
        looks.start(nowNanos);
        pingDueNanos = nowNanos;
        dial(0, nowNanos);
    }

    /// Starts over with a server of the token.
    void dial(int index, long nowNanos) {
        serverIndex = index;
        server.set(token.servers().get(index));
        window.reset();
        meter.startPath();
        handshake.reset();
        isDenied = false;
        hasRequested = false;
        silentSinceNanos = nowNanos;
        // The first request is due at once.
        lastSentNanos = nowNanos - NANOS_PER_SECOND;
    }

    boolean hasNextServer() {
        return serverIndex + 1 < token.servers().size();
    }

    /// The last number is never used: after it the sequence would start again under the same key.
    boolean hasSequenceLeft() {
        return sequence != -1;
    }

    boolean isSendDue(long nowNanos) {
        return nowNanos - lastSentNanos > Wire.SEND_INTERVAL_NANOS;
    }

    /// Time in which nobody looked is no silence.
    void look(long nowNanos) {
        long forgivenNanos = looks.look(nowNanos, true);
        if (forgivenNanos > 0) {
            silentSinceNanos = LookTimer.silentSince(nowNanos, silentSinceNanos, forgivenNanos);
        }
    }

    boolean hasTimedOut(long nowNanos) {
        return timeoutNanos > 0 && nowNanos - silentSinceNanos > timeoutNanos;
    }

    /// In seconds: a token may be valid for longer than nanoseconds can count.
    boolean hasExpired(long nowNanos) {
        long elapsedSeconds = (nowNanos - startNanos) / NANOS_PER_SECOND;
        long lifetimeSeconds = token.expireTimestamp() - token.createTimestamp();
        return !UnixTime.isAfter(lifetimeSeconds, elapsedSeconds);
    }

    /// Tokens that live longer than nanoseconds can count expire too late for anybody to wait.
    long expiresAtNanos() {
        long lifetimeSeconds =
                UnixTime.secondsBetween(token.createTimestamp(), token.expireTimestamp());
        return startNanos + Math.min(lifetimeSeconds, COUNTABLE_SECONDS_MAX) * NANOS_PER_SECOND;
    }

    void erase() {
        token.erase();
        path.erase();
    }
}
