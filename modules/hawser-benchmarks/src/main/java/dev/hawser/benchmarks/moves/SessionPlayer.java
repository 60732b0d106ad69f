package dev.hawser.benchmarks.moves;

import dev.hawser.Authentication;
import dev.hawser.ConnectionState;
import dev.hawser.DisconnectReason;
import dev.hawser.Resume;
import dev.hawser.netcode.NetcodeClient;
import dev.hawser.online.token.TokenClient;
import dev.hawser.transport.UdpTransport;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A player with one client object, which counts what it sends to a server that echoes, from its
/// first connect to the end, at whatever servers it is meanwhile.
///
/// For one thread; others may ask [#heard()] and [#end()].
final class SessionPlayer implements AutoCloseable {
    private static final int PAYLOAD_BYTES = 2 * Long.BYTES;

    private final long number;
    private final TokenClient tokens;
    private final NetcodeClient client;
    private final ByteBuffer payload = ByteBuffer.allocate(PAYLOAD_BYTES);
    private long nextSendNanos;
    private long sent;

    /// The latest that came back.
    private volatile long heard;

    private boolean wasConnected;
    private long lastConnectedNanos;
    private long lastHeardNanos;
    private volatile @Nullable DisconnectReason end;
    private final List<Long> withoutServerNanos = new ArrayList<>();
    private long longestSilenceNanos;
    private int strange;

    SessionPlayer(URI endpoint, String pin, long number) {
        this.number = number;
        tokens =
                TokenClient.builder()
                        .endpoint(endpoint)
                        .credentials(() -> "player-" + number)
                        .pinnedCertificates(pin)
                        .build();
        client =
                NetcodeClient.builder()
                        .transport(UdpTransport.anyPort())
                        .authentication(new Authentication.Backend(tokens))
                        .resume(Resume.within(Duration.ofMinutes(2)))
                        .build();
    }

    void connect() {
        client.connect();
    }

    /// @param sendNanos from one payload to the next
    void tick(long sendNanos) {
        client.update();
        long nowNanos = System.nanoTime();
        noteState(nowNanos);
        client.receive(echo -> hear(nowNanos, echo));
        if (client.isConnected() && nowNanos - nextSendNanos >= 0) {
            sent++;
            payload.clear().putLong(number).putLong(sent).flip();
            client.send(payload);
            client.flush();
            nextSendNanos = Math.max(nextSendNanos + sendNanos, nowNanos);
        }
    }

    private void noteState(long nowNanos) {
        boolean isConnected = client.isConnected();
        if (isConnected && !wasConnected && lastConnectedNanos != 0) {
            withoutServerNanos.add(nowNanos - lastConnectedNanos);
        }
        if (isConnected) {
            lastConnectedNanos = nowNanos;
        }
        wasConnected = isConnected;
        if (end == null
                && client.state()
                        instanceof ConnectionState.Disconnected(DisconnectReason reason)) {
            if (lastConnectedNanos == 0) {
                // Sixty logins at a service that has just started: there is no session yet.
                client.connect();
            } else {
                end = reason;
            }
        }
    }

    private void hear(long nowNanos, ByteBuffer echo) {
        if (echo.remaining() != PAYLOAD_BYTES || echo.getLong() != number) {
            strange++;
            return;
        }
        long count = echo.getLong();
        if (count < 1 || count > sent) {
            strange++;
            return;
        }
        if (lastHeardNanos != 0) {
            longestSilenceNanos = Math.max(longestSilenceNanos, nowNanos - lastHeardNanos);
        }
        lastHeardNanos = nowNanos;
        heard = Math.max(heard, count);
    }

    // ---- Looks

    /// {@return the latest count that came back}
    long heard() {
        return heard;
    }

    /// {@return the first end that the game was told since it was connected first; null for none}
    @Nullable DisconnectReason end() {
        return end;
    }

    /// {@return of each time that it came to another server, how long it was from the last moment
    /// in which it was connected to the next one}
    List<Long> withoutServerNanos() {
        return withoutServerNanos;
    }

    /// {@return the longest time between two echoes}
    long longestSilenceNanos() {
        return longestSilenceNanos;
    }

    /// {@return how many payloads came that it had not sent}
    int strange() {
        return strange;
    }

    @Override
    public void close() {
        client.close();
        tokens.close();
    }
}
