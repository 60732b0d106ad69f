package dev.hawser.protocol.token;

import dev.hawser.protocol.NetAddress;
import java.util.List;

/// What a client can read in its connect token, without the keys: safe to print.
///
/// @param protocolId of the game and its version, unsigned
/// @param createTimestamp when the token was made, in Unix seconds, unsigned
/// @param expireTimestamp when it expires, in Unix seconds, unsigned; 2^64 - 1: never
/// @param timeoutSeconds how long a side may hear nothing; zero or negative: for ever
/// @param servers to dial, in this order, 1 to 32
/// @param statesReasons whether the peers state reasons in denied and disconnect packets
/// @param survivesMoves whether the connection goes on when the address of the client changes
public record ConnectTokenInfo(
        long protocolId,
        long createTimestamp,
        long expireTimestamp,
        int timeoutSeconds,
        List<NetAddress> servers,
        boolean statesReasons,
        boolean survivesMoves) {
    /// Copies the list.
    public ConnectTokenInfo {
        servers = List.copyOf(servers);
    }
}
