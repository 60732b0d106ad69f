package dev.hawser.backend.registry;

import dev.hawser.online.fleet.ServerAnnouncement;
import java.util.LinkedHashSet;
import java.util.SequencedSet;
import java.util.Set;

/// A server that a [Fleet] knows, and the slots of it that are reserved.
final class KnownServer {
    /// A server that was configured is never dropped.
    static final long NEVER = Long.MAX_VALUE;

    final String id;

    /// Who has a slot here.
    final Set<HeldSlot> held = new LinkedHashSet<>();

    /// Who is connected here, as far as is known; who was told of longest ago first.
    final SequencedSet<Long> connected = new LinkedHashSet<>();

    /// How many of the slots that are held must be free.
    int reserved;

    /// Whether nobody is sent here any more, but players who go on with a connection.
    boolean isDraining;

    long heardNanos;
    ServerAnnouncement announced;
    long silentAtNanos;

    KnownServer(ServerAnnouncement announced, long silentAtNanos) {
        id = announced.serverId();
        this.announced = announced;
        this.silentAtNanos = silentAtNanos;
    }

    /// {@return the slots that can be given away; below 0 when the server has filled up meanwhile}
    int room() {
        return announced.freeSlots() - reserved;
    }

    /// {@return how many clients are connected here by what the server says}
    int taken() {
        return announced.maxClients() - announced.freeSlots();
    }
}
