package dev.hawser.load;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PrivateKey;
import java.util.OptionalLong;

/// What a run is to do.
///
/// @param target whom to load
/// @param work with what
/// @param clients how many at a time
/// @param warmupNanos how long before anything is counted
/// @param measuredNanos how long it is counted
/// @param serverPid the process of the server, where it runs on this machine
public record LoadSettings(
        Target target,
        Work work,
        int clients,
        long warmupNanos,
        long measuredNanos,
        OptionalLong serverPid) {
    /// The largest number of clients.
    public static final int CLIENTS_MAX = 16_384;

    /// The smallest payload: by its first eight bytes an echo is known.
    public static final int PAYLOAD_BYTES_MIN = Long.BYTES;

    /// A server, and what makes tokens for it.
    ///
    /// @param server the address to dial
    /// @param identity the address by which tokens name it
    /// @param privateKey that it has too
    /// @param tokenLifetimeSeconds negative: for ever
    /// @param survivesMoves whether tokens say that the connection survives a changed address, as
    ///   those of players do
    public record Target(
            NetAddress server,
            NetAddress identity,
            PrivateKey privateKey,
            long protocolId,
            int tokenLifetimeSeconds,
            boolean survivesMoves) {}

    /// What the clients do.
    public sealed interface Work {}

    /// Stay connected and send payloads, which the server sends back.
    ///
    /// @param packetsPerSecond of each client; 0 for as many as come back
    /// @param window where the rate is 0: how many payloads of a client are under way
    /// @param inFlightMax where the rate is 0: how many of all clients are, at most
    public record Echoes(double packetsPerSecond, int window, int inFlightMax, int payloadBytes)
            implements Work {}

    /// Connect, disconnect, connect.
    public record Handshakes() implements Work {}

    /// Send requests that a server refuses.
    ///
    /// @param packetsPerSecond from each address; 0 for as many as the system takes
    public record Garbage(GarbageKind kind, double packetsPerSecond) implements Work {}
}
