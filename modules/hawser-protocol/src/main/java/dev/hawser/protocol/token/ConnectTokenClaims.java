package dev.hawser.protocol.token;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.TokenTag;
import dev.hawser.protocol.UserData;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// What the private part of a connect token tells the game server, without the keys: safe to print.
///
/// @param clientId the id of the client, unsigned
/// @param timeoutSeconds how long a side may hear nothing; zero or negative: for ever
/// @param servers as they know themselves, 1 to 32
/// @param userData for the server that the client connects to
/// @param statesReasons whether the client reads reasons in denied and disconnect packets
/// @param survivesMoves whether the connection goes on when the address of the client changes
/// @param resumes the token of the connection that this one goes on with
public record ConnectTokenClaims(
        long clientId,
        int timeoutSeconds,
        List<NetAddress> servers,
        UserData userData,
        boolean statesReasons,
        boolean survivesMoves,
        Optional<TokenTag> resumes) {
    /// Copies the list.
    public ConnectTokenClaims {
        servers = List.copyOf(servers);
        Objects.requireNonNull(resumes, "resumes");
    }
}
