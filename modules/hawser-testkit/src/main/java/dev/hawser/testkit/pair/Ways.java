package dev.hawser.testkit.pair;

import dev.hawser.protocol.NetAddress;
import dev.hawser.testkit.Link;
import dev.hawser.testkit.SimulatedNetwork;
import dev.hawser.testkit.SimulatedPacket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// The ways between the servers and the clients of a [Pair], and who stands beside them: to look,
/// to take packets away, or to receive what is for nobody else.
final class Ways {
    final Link toServer = new Link();
    final Link toClient = new Link();

    private final SimulatedNetwork network;
    private final List<Consumer<SimulatedPacket>> taps = new ArrayList<>();
    private final List<Predicate<SimulatedPacket>> interceptors = new ArrayList<>();
    private final Map<NetAddress, List<Consumer<SimulatedPacket>>> listeners = new HashMap<>();

    Ways(SimulatedNetwork network) {
        this.network = network;
    }

    Link link(Direction direction) {
        return switch (direction) {
            case TO_SERVER -> toServer;
            case TO_CLIENT -> toClient;
        };
    }

    void tap(Consumer<SimulatedPacket> tap) {
        taps.add(tap);
    }

    void intercept(Predicate<SimulatedPacket> takes) {
        interceptors.add(takes);
    }

    void listen(NetAddress address, Consumer<SimulatedPacket> listener) {
        listeners.computeIfAbsent(address, _ -> new ArrayList<>()).add(listener);
    }

    void show(SimulatedPacket packet) {
        for (Consumer<SimulatedPacket> tap : taps) {
            tap.accept(packet);
        }
    }

    /// Shows a packet, and sends it unless somebody takes it.
    ///
    /// @return whether it goes on its way
    boolean send(long nowNanos, Direction direction, SimulatedPacket packet) {
        show(packet);
        for (Predicate<SimulatedPacket> interceptor : interceptors) {
            if (interceptor.test(packet)) {
                return false;
            }
        }
        network.send(nowNanos, link(direction), packet);
        return true;
    }

    /// A packet has come where no server and no client is.
    void arriveElsewhere(SimulatedPacket packet) {
        listeners.getOrDefault(packet.to(), List.of()).forEach(it -> it.accept(packet));
    }
}
