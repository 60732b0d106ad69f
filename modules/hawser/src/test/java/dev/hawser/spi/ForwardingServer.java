package dev.hawser.spi;

import dev.hawser.ClientId;
import dev.hawser.ConnectedClient;
import dev.hawser.NetServer;
import dev.hawser.Refusal;
import dev.hawser.SendResult;
import dev.hawser.ServerHandler;
import dev.hawser.ServerStats;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.StatedReason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A server that is another one.
class ForwardingServer implements NetServer {
    private final NetServer server;

    ForwardingServer(NetServer server) {
        this.server = server;
    }

    @Override
    public void start() throws IOException {
        server.start();
    }

    @Override
    public void stop() {
        server.stop();
    }

    @Override
    public void drain(Duration deadline, Refusal.Draining reason) {
        server.drain(deadline, reason);
    }

    @Override
    public boolean isDraining() {
        return server.isDraining();
    }

    @Override
    public void handOver() {
        server.handOver();
    }

    @Override
    public boolean isRunning() {
        return server.isRunning();
    }

    @Override
    public void update() {
        server.update();
    }

    @Override
    public int receive(ServerHandler handler) {
        return server.receive(handler);
    }

    @Override
    public SendResult send(ConnectedClient client, ByteBuffer payload) {
        return server.send(client, payload);
    }

    @Override
    public int broadcast(@Nullable ConnectedClient except, ByteBuffer payload) {
        return server.broadcast(except, payload);
    }

    @Override
    public void flush() {
        server.flush();
    }

    @Override
    public void disconnect(ConnectedClient client, StatedReason reason) {
        server.disconnect(client, reason);
    }

    @Override
    public Collection<ConnectedClient> connectedClients() {
        return server.connectedClients();
    }

    @Override
    public Optional<ConnectedClient> client(ClientId id) {
        return server.client(id);
    }

    @Override
    public void suspendTimeouts() {
        server.suspendTimeouts();
    }

    @Override
    public void resumeTimeouts() {
        server.resumeTimeouts();
    }

    @Override
    public void await(long timeoutNanos) {
        server.await(timeoutNanos);
    }

    @Override
    public void wakeup() {
        server.wakeup();
    }

    @Override
    public List<NetAddress> localAddresses() {
        return server.localAddresses();
    }

    @Override
    public int maxPayloadBytes() {
        return server.maxPayloadBytes();
    }

    @Override
    public ServerStats stats() {
        return server.stats();
    }
}
