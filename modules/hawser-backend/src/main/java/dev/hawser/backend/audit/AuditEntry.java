package dev.hawser.backend.audit;

import dev.hawser.protocol.KeyId;
import dev.hawser.protocol.NetAddress;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What became of one request for a connect token. It holds no secret: neither token, nor key, nor
/// credential.
///
/// @param at when
/// @param outcome `minted`, or why not: the last part of the problem's type
/// @param callerAddress from where, in text; behind a proxy that was configured, what it says
/// @param issuer who vouches for the player; null as long as nobody does
/// @param subject who the player is to the issuer; null as `issuer`
/// @param clientId unsigned; null where none was found
/// @param servers the names of those in the token, in its order; none where nothing was minted
/// @param serverAddresses where these are dialled
/// @param keyId of the key that sealed the token; null where nothing was minted
/// @param tokenTag 32 hexadecimal digits by which servers know the token; null where nothing was
///   minted
/// @param resumes the `tokenTag` of the connection that the token goes on with; null where it
///   begins one, also because the tag that was named is another player's
public record AuditEntry(
        Instant at,
        String outcome,
        String callerAddress,
        @Nullable String issuer,
        @Nullable String subject,
        @Nullable Long clientId,
        List<String> servers,
        List<NetAddress> serverAddresses,
        @Nullable KeyId keyId,
        @Nullable String tokenTag,
        @Nullable String resumes) {
    /// The outcome of a request that was granted.
    public static final String MINTED = "minted";

    /// Copies the lists.
    public AuditEntry {
        servers = List.copyOf(servers);
        serverAddresses = List.copyOf(serverAddresses);
    }
}
