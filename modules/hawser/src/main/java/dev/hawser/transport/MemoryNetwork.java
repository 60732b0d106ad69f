package dev.hawser.transport;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import java.net.BindException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A network inside this process: addresses, and a queue of packets behind each.
///
/// Nothing is lost, delayed or reordered, except that a full queue drops what comes: the same calls
/// in the same order give the same packets in the same order. Its transports may be used by
/// different threads.
public final class MemoryNetwork {
    /// How many packets wait at an address unless said otherwise.
    public static final int QUEUE_PACKETS_DEFAULT = 4096;

    private static final int FIRST_CHOSEN_PORT = 49_152;

    private final int queuePackets;
    private final Map<PeerKey, MemoryQueue> queues = new HashMap<>();

    /// Filled for each packet, so that none makes an object.
    private final PeerKey probe = new PeerKey();

    private int nextChosenPort = FIRST_CHOSEN_PORT;

    /// Creates an empty network.
    public MemoryNetwork() {
        this(QUEUE_PACKETS_DEFAULT);
    }

    /// Creates an empty network.
    ///
    /// @param queuePackets how many packets wait at each address at most
    /// @throws IllegalArgumentException when it is less than 1
    public MemoryNetwork(int queuePackets) {
        if (queuePackets < 1) {
            throw new IllegalArgumentException(
                    "a queue of "
                            + queuePackets
                            + " packets, but it must hold at least 1: leave it out for the default");
        }
        this.queuePackets = queuePackets;
    }

    /// {@return a transport that will be bound to this address}
    ///
    /// @param address any address but a wildcard: a network in memory has no interfaces. With port
    ///   0 one is chosen, in ascending order from 49152
    /// @throws IllegalArgumentException when it is `0.0.0.0` or `::`
    public MemoryTransport bind(NetAddress address) {
        if (address.isUnspecified()) {
            throw new IllegalArgumentException(
                    "a network in memory has no interfaces, so nothing is bound to all of them ("
                            + address
                            + "): bind the address that peers send to, for example 10.0.0.1");
        }
        return new MemoryTransport(this, address);
    }

    /// {@return a queue for the packets to an address, with its real port}
    synchronized MemoryQueue register(NetAddress address) throws BindException {
        NetAddress bound = address.port() == 0 ? choosePort(address) : address;
        PeerKey key = new PeerKey();
        key.address.set(bound);
        if (queues.containsKey(key)) {
            throw UdpBindFailures.exception(
                    bound,
                    "port "
                            + bound.port()
                            + " is in use in this network in memory; choose another, or take port 0"
                            + " to have one chosen",
                    null);
        }
        MemoryQueue queue = new MemoryQueue(bound, queuePackets);
        queues.put(key, queue);
        return queue;
    }

    private NetAddress choosePort(NetAddress address) throws BindException {
        for (int tries = 0; tries <= NetAddress.PORT_MAX - FIRST_CHOSEN_PORT; tries++) {
            NetAddress chosen = address.withPort(nextChosenPort++);
            if (nextChosenPort > NetAddress.PORT_MAX) {
                nextChosenPort = FIRST_CHOSEN_PORT;
            }
            probe.address.set(chosen);
            if (!queues.containsKey(probe)) {
                return chosen;
            }
        }
        throw UdpBindFailures.exception(
                address, "every port from 49152 on is in use in this network in memory", null);
    }

    synchronized void unregister(MemoryQueue queue) {
        probe.address.set(queue.address());
        queues.remove(probe, queue);
    }

    synchronized @Nullable MemoryQueue find(PeerAddress to) {
        probe.address.set(to);
        return queues.get(probe);
    }

    /// Peers are told apart by their numbers, and so is who receives.
    private static final class PeerKey {
        final PeerAddress address = new PeerAddress();

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof PeerKey that && address.sameAs(that.address);
        }

        @Override
        public int hashCode() {
            return 31 * (31 * Long.hashCode(address.high()) + Long.hashCode(address.low()))
                    + address.port();
        }
    }
}
