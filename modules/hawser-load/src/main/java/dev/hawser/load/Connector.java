package dev.hawser.load;

import dev.hawser.protocol.wire.PacketType;
import dev.hawser.protocol.wire.Wire;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Connects clients: request, challenge, response, the first keep-alive. A packet that is not
/// answered is repeated at the standard's interval; unlike a player's client it never waits before
/// it answers, since what is measured is the server.
final class Connector {
    /// So long a client tries with a token; servers refuse those from the second in which they
    /// started, and those that have expired.
    private static final long TOKEN_PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /// What a packet meant.
    enum Outcome {
        /// Nothing yet.
        PENDING,
        CONNECTED,
        DENIED
    }

    private static final class Handshake {
        final long startNanos;
        ByteBuffer request;
        long requestNanos;
        @Nullable ByteBuffer challenge;
        long lastSentNanos;

        Handshake(ByteBuffer request, long startNanos) {
            this.request = request;
            this.startNanos = startNanos;
            requestNanos = startNanos;
            lastSentNanos = startNanos;
        }
    }

    private final ClientNetwork network;
    private final ClientTokens tokens;
    private final ClientPackets packets;
    private final EchoReader reader;
    private final @Nullable Handshake[] handshakes;
    private int pending;

    Connector(
            ClientNetwork network,
            ClientTokens tokens,
            ClientPackets packets,
            EchoReader reader,
            int clients) {
        this.network = network;
        this.tokens = tokens;
        this.packets = packets;
        this.reader = reader;
        handshakes = new Handshake[clients];
    }

    /// {@return how many are being connected}
    int pending() {
        return pending;
    }

    /// Begins to connect a client with a new token.
    void start(int client, long nowNanos) {
        if (handshakes[client] == null) {
            pending++;
        }
        Handshake handshake = new Handshake(tokens.newRequest(), nowNanos);
        handshakes[client] = handshake;
        network.send(client, handshake.request);
    }

    /// {@return when a client that is being connected began}
    long startNanos(int client) {
        Handshake handshake = handshakes[client];
        return handshake == null ? 0 : handshake.startNanos;
    }

    /// Takes a packet that [EchoReader#inspect] let through.
    Outcome handle(int client, ByteBuffer datagram, long nowNanos) {
        Handshake handshake = handshakes[client];
        PacketType type = reader.type();
        if (handshake == null || !reader.open(datagram)) {
            return Outcome.PENDING;
        }
        if (type == PacketType.CONNECTION_CHALLENGE && handshake.challenge == null) {
            handshake.challenge =
                    ByteBuffer.allocate(Wire.CHALLENGE_BODY_BYTES).put(datagram).flip();
            handshake.lastSentNanos = nowNanos;
            network.send(client, packets.response(handshake.challenge));
        } else if (type == PacketType.KEEP_ALIVE && handshake.challenge != null) {
            forget(client);
            return Outcome.CONNECTED;
        } else if (type == PacketType.CONNECTION_DENIED) {
            forget(client);
            return Outcome.DENIED;
        }
        return Outcome.PENDING;
    }

    /// Repeats what a client has sent, if it is time.
    void handleTimeout(int client, long nowNanos) {
        Handshake handshake = handshakes[client];
        if (handshake == null) {
            return;
        }
        if (nowNanos - handshake.requestNanos > TOKEN_PATIENCE_NANOS) {
            handshake.request = tokens.newRequest();
            handshake.requestNanos = nowNanos;
            handshake.challenge = null;
        }
        if (nowNanos - handshake.lastSentNanos > Wire.SEND_INTERVAL_NANOS) {
            handshake.lastSentNanos = nowNanos;
            if (handshake.challenge != null) {
                network.send(client, packets.response(handshake.challenge));
            } else {
                // Should the goodbye of its last connection be lost: the key is still the same.
                network.send(client, packets.disconnect());
                network.send(client, handshake.request);
            }
        }
    }

    private void forget(int client) {
        handshakes[client] = null;
        pending--;
    }
}
