package dev.hawser.online.agones;

import dev.hawser.protocol.NetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What Agones knows of this game server, at one moment. Two are equal when they say the same.
///
/// Texts are those of the sidecar. Labels and annotations can be set by whoever may allocate
/// servers: an application looks at what it uses of them.
public final class AgonesGameServer {
    /// Where a node has its addresses, with their types.
    ///
    /// @param type as Kubernetes names it: `ExternalIP`, `InternalIP`, `Hostname`, `PodIP`, …
    record TypedAddress(String type, String address) {}

    /// A port of the node that leads to the server.
    record Port(String name, int port) {}

    /// What is compared.
    record Content(
            String name,
            String namespace,
            String uid,
            boolean isBeingDeleted,
            String stateText,
            String address,
            List<TypedAddress> addresses,
            List<Port> ports,
            Map<String, String> labels,
            Map<String, String> annotations,
            int healthPeriodSeconds) {}

    private final Content content;
    private final AgonesState state;
    private final long generation;

    /// @param generation rises with each change of the same GameServer; 0 where it is not known
    AgonesGameServer(Content content, long generation) {
        this.content = content;
        this.generation = generation;
        state = AgonesState.of(content.stateText());
    }

    /// {@return its name, which is its pod's too}
    public String name() {
        return content.name();
    }

    /// {@return the namespace in Kubernetes}
    public String namespace() {
        return content.namespace();
    }

    /// {@return its state}
    public AgonesState state() {
        return state;
    }

    /// {@return its state in the words of Agones, for states that [AgonesState] does not have}
    public String stateText() {
        return content.stateText();
    }

    /// {@return whether somebody has had it deleted: SIGTERM is on its way}
    public boolean isBeingDeleted() {
        return content.isBeingDeleted();
    }

    /// {@return what players reach the node by, an IP address or a name; empty while the pod has no
    /// node}
    public String address() {
        return content.address();
    }

    /// {@return what players dial, by the first port; see [#publicAddress(String)]}
    public Optional<NetAddress> publicAddress() {
        return content.ports().isEmpty() ? Optional.empty() : dialled(content.ports().getFirst());
    }

    /// {@return what players dial: the address of the node, and the port of it that leads to the
    /// server. It is what a server has as identity, and announces as its public address. Empty
    /// while the pod has no node, where there is no such port, or where the node has a name and no
    /// external IP address, since a connect token holds IP addresses}
    ///
    /// @param portName as in the GameServer's `ports`; with the protocol `TCPUDP` Agones makes two
    ///   of a port, and appends `-tcp` and `-udp`
    public Optional<NetAddress> publicAddress(String portName) {
        return content.ports().stream()
                .filter(port -> port.name().equals(portName))
                .findFirst()
                .flatMap(this::dialled);
    }

    private Optional<NetAddress> dialled(Port port) {
        return ip(content.address(), port.port())
                .or(() ->
                        content.addresses().stream()
                                .filter(typed -> typed.type().equals("ExternalIP"))
                                .findFirst()
                                .flatMap(typed -> ip(typed.address(), port.port())));
    }

    private static Optional<NetAddress> ip(String host, int port) {
        if (host.isEmpty() || port < 1 || port > NetAddress.PORT_MAX) {
            return Optional.empty();
        }
        try {
            NetAddress address =
                    NetAddress.parse((host.contains(":") ? "[" + host + "]" : host) + ":" + port);
            return address.isUnspecified() ? Optional.empty() : Optional.of(address);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /// {@return its labels; those that the server has set begin with `agones.dev/sdk-`}
    public Map<String, String> labels() {
        return content.labels();
    }

    /// {@return its annotations; those that the server has set begin with `agones.dev/sdk-`}
    public Map<String, String> annotations() {
        return content.annotations();
    }

    /// {@return within how many seconds Agones wants to hear that it is healthy; 0 where it does
    /// not say}
    int healthPeriodSeconds() {
        return content.healthPeriodSeconds();
    }

    /// {@return whether this was so before that}
    boolean isOlderThan(AgonesGameServer other) {
        return generation < other.generation && content.uid().equals(other.content.uid());
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof AgonesGameServer that && content.equals(that.content);
    }

    @Override
    public int hashCode() {
        return content.hashCode();
    }

    @Override
    public String toString() {
        return "AgonesGameServer["
                + content.namespace()
                + "/"
                + content.name()
                + " is "
                + content.stateText()
                + (content.isBeingDeleted() ? ", being deleted" : "")
                + ", at "
                + (content.address().isEmpty() ? "no address" : content.address())
                + "]";
    }
}
