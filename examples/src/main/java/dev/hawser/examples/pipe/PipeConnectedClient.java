package dev.hawser.examples.pipe;

import dev.hawser.DisconnectReason;
import dev.hawser.SendResult;
import dev.hawser.protocol.StatedReason;
import dev.hawser.spi.AbstractConnectedClient;
import dev.hawser.spi.ReceiveLimit;
import java.nio.ByteBuffer;

/// The server's handle of one connection. What a game does with it goes into the pipe here.
final class PipeConnectedClient extends AbstractConnectedClient {
    final Pipe pipe;
    private final PipeServer pipes;

    PipeConnectedClient(PipeServer server, Pipe pipe, int slot) {
        super(server, pipe.id, slot, pipe.userData, ReceiveLimit.DEFAULT);
        this.pipe = pipe;
        pipes = server;
    }

    // ---- What the client has sent

    /// Takes what there is room for. The rest stays in the pipe: when that is full, the client is
    /// told.
    void take() {
        byte[] payload = hasRoom() ? pipe.toServer.poll() : null;
        while (payload != null) {
            queueOrDrop(ByteBuffer.wrap(payload));
            payload = hasRoom() ? pipe.toServer.poll() : null;
        }
    }

    /// Takes what a client sent before it left. It sends no more, so there is an end to it.
    void takeLast() {
        byte[] payload = pipe.toServer.poll();
        while (payload != null) {
            queueLast(ByteBuffer.wrap(payload));
            payload = pipe.toServer.poll();
        }
    }

    // ---- What the base asks for

    @Override
    protected SendResult sendChecked(ByteBuffer payload) {
        return Pipe.offer(pipe.toClient, payload) ? SendResult.SENT : SendResult.QUEUE_FULL;
    }

    @Override
    protected void end(StatedReason reason) {
        pipes.end(this, DisconnectReason.endedByServer(reason));
    }

    @Override
    protected void replace() {
        pipes.end(this, new DisconnectReason.Replaced());
    }
}
