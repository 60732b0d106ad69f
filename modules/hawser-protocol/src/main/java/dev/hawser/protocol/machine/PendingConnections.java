package dev.hawser.protocol.machine;

import dev.hawser.protocol.PeerAddress;
import org.jspecify.annotations.Nullable;

/// The connections that are being made: found by address, bounded for each address, each network
/// and in total, and none overwrites another.
///
/// There is room for several times as many as there are slots, which few servers ever need. So
/// those of the first places are made when they are needed first and kept, and those of the places
/// behind, which a crowd takes, are made for each use.
final class PendingConnections {
    static final int KEPT_MAX = 1024;

    private static final int NONE = -1;

    private final @Nullable PendingConnection[] places;

    /// How often each place was used, so that a late answer to an earlier use is recognised.
    private final int[] generations;

    private final int[] free;
    private int freeCount;
    private final KeyedMap firstOfAddress;
    private final KeyedMap countOfNetwork;
    private final int perAddressMax;
    private final int perNetworkMax;

    PendingConnections(ServerConfig config, long hashKey0, long hashKey1) {
        int capacity = config.pendingMax();
        places = new @Nullable PendingConnection[capacity];
        generations = new int[capacity];
        free = new int[capacity];
        for (int i = 0; i < capacity; i++) {
            free[i] = capacity - 1 - i;
        }
        freeCount = capacity;
        firstOfAddress = new KeyedMap(capacity, hashKey0, hashKey1);
        countOfNetwork = new KeyedMap(capacity, hashKey0, hashKey1);
        perAddressMax = config.pendingPerAddressMax();
        perNetworkMax = config.pendingPerNetworkMax();
    }

    int size() {
        return places.length - freeCount;
    }

    int capacity() {
        return places.length;
    }

    /// {@return the first pending connection of this address, or null}
    @Nullable PendingConnection first(PeerAddress address) {
        return at(firstOfAddress.get(address.high(), address.low(), address.port()));
    }

    /// {@return the pending connection of the same address behind this one, or null}
    @Nullable PendingConnection next(PendingConnection pending) {
        return at(pending.next);
    }

    /// {@return the pending connection at a place in use, or null}
    @Nullable PendingConnection inUse(int index) {
        PendingConnection pending = places[index];
        return pending != null && pending.isInUse ? pending : null;
    }

    /// {@return the pending connection at a place that is in use}
    PendingConnection place(int index) {
        PendingConnection pending = inUse(index);
        if (pending == null) {
            throw new AssertionError("a place is due only while it is in use");
        }
        return pending;
    }

    /// {@return the use that a handle names, or null when it is over}
    @Nullable PendingConnection ofHandle(long handle) {
        int index = (int) handle;
        if (index < 0 || index >= places.length) {
            return null;
        }
        PendingConnection pending = inUse(index);
        return pending != null && pending.handle() == handle ? pending : null;
    }

    /// {@return the pending connection of this address under this token, or null}
    @Nullable PendingConnection find(PeerAddress address, long tagHigh, long tagLow) {
        PendingConnection pending = first(address);
        while (pending != null && (pending.tagHigh != tagHigh || pending.tagLow != tagLow)) {
            pending = next(pending);
        }
        return pending;
    }

    /// Takes a place for an address, or returns null when a bound is reached.
    @Nullable PendingConnection add(PeerAddress address) {
        int inNetwork =
                Math.max(0, countOfNetwork.get(networkHigh(address), networkLow(address), 0));
        if (freeCount == 0 || inNetwork >= perNetworkMax || count(address) >= perAddressMax) {
            return null;
        }
        PendingConnection pending = makeOrReuse(free[--freeCount]);
        pending.isInUse = true;
        pending.generation = ++generations[pending.index];
        pending.address.set(address);
        pending.next = firstOfAddress.get(address.high(), address.low(), address.port());
        pending.hasResponded = false;
        pending.admission = PendingConnection.Admission.NOT_ASKED;
        firstOfAddress.put(address.high(), address.low(), address.port(), pending.index);
        countOfNetwork.put(networkHigh(address), networkLow(address), 0, inNetwork + 1);
        return pending;
    }

    private PendingConnection makeOrReuse(int index) {
        PendingConnection pending = places[index];
        if (pending == null) {
            pending = new PendingConnection(index);
            places[index] = pending;
        }
        return pending;
    }

    /// Frees a place and erases its keys.
    void remove(PendingConnection pending) {
        PeerAddress address = pending.address;
        unlink(pending);
        int inNetwork = countOfNetwork.get(networkHigh(address), networkLow(address), 0);
        if (inNetwork == 1) {
            countOfNetwork.remove(networkHigh(address), networkLow(address), 0);
        } else {
            countOfNetwork.put(networkHigh(address), networkLow(address), 0, inNetwork - 1);
        }
        pending.isInUse = false;
        pending.erase();
        free[freeCount++] = pending.index;
        if (pending.index >= KEPT_MAX) {
            places[pending.index] = null;
        }
    }

    private void unlink(PendingConnection pending) {
        PeerAddress address = pending.address;
        if (first(address) != pending) {
            PendingConnection previous = first(address);
            while (previous != null && previous.next != pending.index) {
                previous = next(previous);
            }
            if (previous != null) {
                previous.next = pending.next;
            }
        } else if (pending.next == NONE) {
            firstOfAddress.remove(address.high(), address.low(), address.port());
        } else {
            firstOfAddress.put(address.high(), address.low(), address.port(), pending.next);
        }
    }

    private int count(PeerAddress address) {
        int count = 0;
        for (PendingConnection pending = first(address); pending != null; pending = next(pending)) {
            count++;
        }
        return count;
    }

    private @Nullable PendingConnection at(int index) {
        return index == NONE ? null : places[index];
    }

    // One household is one IPv4 address or one IPv6 /64.

    private static long networkHigh(PeerAddress address) {
        return address.high();
    }

    private static long networkLow(PeerAddress address) {
        return address.isIpv4() ? address.low() : 0;
    }
}
