package dev.hawser.spi;

import dev.hawser.ClientId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The slots of a server that are kept for clients that fell silent. Who they are is in the
/// [ServerHub], since a client may come back at another member; here is how many are this server's.
@SuppressWarnings("ReferenceEquality") // Servers equal nothing but themselves.
final class KeptSlots {
    private volatile int count;

    /// {@return how many slots are kept; any thread may ask}
    int count() {
        return count;
    }

    /// Keeps the slot of a client that has just left the list.
    @SuppressWarnings("NonAtomicVolatileUpdate") // Only the owner's thread counts.
    void keep(AbstractConnectedClient client) {
        client.suspended();
        count++;
        client.hub.suspend(client);
    }

    /// A slot is not kept any more: its client is back, or has ended.
    @SuppressWarnings("NonAtomicVolatileUpdate") // Only the owner's thread counts.
    void release() {
        count--;
    }

    /// {@return whether a server keeps a slot for a client}
    static boolean isKept(AbstractServer server, @Nullable AbstractConnectedClient client) {
        return client != null && client.server == server && client.isSuspended();
    }

    /// {@return the client with this id whose slot a server keeps, or null}
    static @Nullable AbstractConnectedClient of(AbstractServer server, ClientId id) {
        AbstractConnectedClient client = server.hub().suspendedOfId(id);
        return isKept(server, client) ? client : null;
    }

    /// {@return the clients whose slots a server keeps, in no order}
    static List<AbstractConnectedClient> of(AbstractServer server) {
        return server.hub().suspended().stream().filter(client -> isKept(server, client)).toList();
    }
}
