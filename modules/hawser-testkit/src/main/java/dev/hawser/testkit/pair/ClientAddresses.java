package dev.hawser.testkit.pair;

import dev.hawser.protocol.NetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Which client is reached at which address: where others see it, and where its NAT has not
/// forgotten it yet.
final class ClientAddresses {
    private final Map<NetAddress, SimulatedClient> owners = new HashMap<>();
    private List<SimulatedClient> clients = List.of();

    /// {@return all clients, in the order in which they came to where they are}
    List<SimulatedClient> clients() {
        return clients;
    }

    /// {@return who is reached at an address, or null}
    @Nullable SimulatedClient at(NetAddress address) {
        return owners.get(address);
    }

    /// A client has come to its address, from nowhere or from another one; whoever was reached
    /// there before no longer is.
    void arrived(SimulatedClient client) {
        // A new list, since somebody may be going through the old one.
        List<SimulatedClient> others = new ArrayList<>(clients);
        others.remove(client);
        others.add(client);
        clients = List.copyOf(others);
        owners.put(client.address(), client);
    }

    /// A client is no longer reached at this address, unless it has come back to it.
    void forget(NetAddress address, SimulatedClient client) {
        if (!client.address().equals(address)) {
            owners.remove(address, client);
        }
    }
}
