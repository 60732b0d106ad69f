package dev.hawser.local;

import dev.hawser.ConnectionStats;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.machine.ConnectionMeter;
import dev.hawser.spi.AbstractConnectedClient;
import dev.hawser.spi.ReceiveLimit;
import java.nio.ByteBuffer;
import java.util.Optional;

/// A connection of a [LocalServer], made when the client takes its slot.
final class LocalConnectedClient extends AbstractConnectedClient {
    final LocalConnection connection;

    /// No packets, but the game may report echoes.
    private final ConnectionMeter meter = new ConnectionMeter();

    LocalConnectedClient(
            LocalServer server, LocalConnection connection, int slot, ReceiveLimit limit) {
        super(server, connection.id, slot, connection.userData, limit);
        this.connection = connection;
    }

    /// {@return whether there was room for a payload}
    boolean takes(ByteBuffer payload) {
        return queue(payload);
    }

    /// Takes a payload of a client that has left.
    void takesLast(ByteBuffer payload) {
        queueLast(payload);
    }

    @Override
    public Optional<NetAddress> address() {
        return Optional.empty();
    }

    @Override
    public ConnectionStats stats() {
        return counted().roundTripNanos(meter.roundTripNanos()).build();
    }

    @Override
    public void reportRoundTrip(long nanos) {
        meter.reportRoundTrip(nanos);
    }
}
