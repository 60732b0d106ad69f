package dev.hawser.backend.audit;

import dev.hawser.protocol.KeyId;
import dev.hawser.protocol.NetAddress;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What became of one request for a connect token, whom a game server may not seat, or what an
/// operator did. It holds no secret: neither token, nor key, nor credential.
///
/// @param at when
/// @param outcome `minted`, or why not: the last part of the problem's type; of a newcomer that a
///   game server may not seat `admission-` and why; of an operator one of [#OF_OPERATOR], or one of
///   these with [#NOT_KNOWN] behind it
/// @param callerAddress from where, in text; behind a proxy that was configured, what it says
/// @param issuer who vouches for the player; null as long as nobody does
/// @param subject who the player is to the issuer; null as `issuer`
/// @param clientId unsigned; null where none was found
/// @param servers the names of those in the token, in its order; the server that asked, or that the
///   operator named; none where there is none
/// @param serverAddresses where these are dialled
/// @param keyId of the key that sealed the token; null where nothing was minted
/// @param tokenTag 32 hexadecimal digits by which servers know the token; null where there is none
/// @param resumes the `tokenTag` of the connection that the token goes on with; null where it
///   begins one, also because the tag that was named is another player's
/// @param text what the operator said of a drain, a kick or a ban; null otherwise
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
        @Nullable String resumes,
        @Nullable String text) {
    /// The outcome of a request that was granted.
    public static final String MINTED = "minted";

    /// The outcome of a drain.
    public static final String SERVER_DRAINED = "server-drained";

    /// The outcome of a kick.
    public static final String PLAYER_KICKED = "player-kicked";

    /// The outcome of a ban.
    public static final String PLAYER_BANNED = "player-banned";

    /// The outcome of the end of a ban.
    public static final String PLAYER_UNBANNED = "player-unbanned";

    /// What operators do.
    public static final Set<String> OF_OPERATOR =
            Set.of(SERVER_DRAINED, PLAYER_KICKED, PLAYER_BANNED, PLAYER_UNBANNED);

    /// Stands behind the outcome of what an operator did and nobody knows whether it was done,
    /// since the store did not answer.
    public static final String NOT_KNOWN = "-not-known";

    /// Copies the lists.
    public AuditEntry {
        servers = List.copyOf(servers);
        serverAddresses = List.copyOf(serverAddresses);
    }

    /// {@return whether it is of an operator}
    public boolean isOfOperator() {
        String done =
                outcome.endsWith(NOT_KNOWN)
                        ? outcome.substring(0, outcome.length() - NOT_KNOWN.length())
                        : outcome;
        return OF_OPERATOR.contains(done);
    }
}
