package dev.hawser.local;

import dev.hawser.DisconnectReason;
import dev.hawser.SendResult;
import dev.hawser.protocol.StatedReason;
import dev.hawser.spi.AbstractConnectedClient;
import dev.hawser.spi.ReceiveLimit;
import java.nio.ByteBuffer;

/// A connection of a [LocalServer], made when the client takes its slot.
final class LocalConnectedClient extends AbstractConnectedClient {
    private final LocalServer local;
    final LocalConnection connection;

    LocalConnectedClient(
            LocalServer server, LocalConnection connection, int slot, ReceiveLimit limit) {
        super(server, connection.id, slot, connection.userData, limit);
        local = server;
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
    protected SendResult sendChecked(ByteBuffer payload) {
        return connection.toClient.offer(payload) ? SendResult.SENT : SendResult.QUEUE_FULL;
    }

    @Override
    protected void end(StatedReason reason) {
        local.end(this, DisconnectReason.endedByServer(reason));
    }

    @Override
    protected void replace() {
        local.end(this, new DisconnectReason.Replaced());
    }
}
