package dev.hawser.cli.session;

import dev.hawser.ClientId;
import dev.hawser.ConnectionRequest;
import dev.hawser.ConnectionRequestHandler;
import dev.hawser.Refusal;
import dev.hawser.spi.AbstractServer;
import java.util.List;

/// Keeps the clients of several servers below one limit.
///
/// Each of them has as many slots as all together may fill: split between them, the slots of an
/// address that nobody uses would stay empty while clients are sent away at another one.
public final class SlotsOfAll implements ConnectionRequestHandler {
    private final List<? extends AbstractServer> servers;
    private final int clientsMax;

    /// @param servers on one thread, so that nobody comes in between the count and the answer
    public SlotsOfAll(List<? extends AbstractServer> servers, int clientsMax) {
        this.servers = servers;
        this.clientsMax = clientsMax;
    }

    @Override
    public void onRequest(ConnectionRequest request) {
        // Who takes over the slot that it has already, or that is kept for it, needs no other.
        boolean hasSlot = servers.stream().anyMatch(server -> has(server, request.id()));
        int taken = servers.stream().mapToInt(SlotsOfAll::taken).sum();
        if (hasSlot || taken < clientsMax) {
            request.accept();
        } else {
            request.refuse(new Refusal.Full(0));
        }
    }

    private static boolean has(AbstractServer server, ClientId id) {
        return server.client(id).isPresent() || server.keepsSlotFor(id);
    }

    private static int taken(AbstractServer server) {
        return server.connectedClients().size() + server.stats().suspendedClients();
    }
}
