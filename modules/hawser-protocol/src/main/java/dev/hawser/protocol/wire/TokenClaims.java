package dev.hawser.protocol.wire;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.TokenTag;
import dev.hawser.protocol.UserData;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Everything a connect token says, apart from its keys and its nonce.
///
/// @param clientId the client's id, unsigned
/// @param protocolId of the game and its version, unsigned
/// @param createTimestamp Unix seconds, unsigned
/// @param expireTimestamp Unix seconds, unsigned; not before `createTimestamp`
/// @param timeoutSeconds how long a side may hear nothing; zero or negative: for ever
/// @param publicServers 1 to 32, as the client is to dial them
/// @param internalServers the same servers in the same order, as they know themselves
/// @param userData for the server that the client connects to
/// @param statesReasons whether the client reads reasons in denied and disconnect packets
/// @param survivesMoves whether the connection goes on when the address of the client changes
/// @param resumes the token of the connection that this one goes on with, or null
public record TokenClaims(
        long clientId,
        long protocolId,
        long createTimestamp,
        long expireTimestamp,
        int timeoutSeconds,
        List<NetAddress> publicServers,
        List<NetAddress> internalServers,
        UserData userData,
        boolean statesReasons,
        boolean survivesMoves,
        @Nullable TokenTag resumes) {}
