package dev.hawser;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.protocol.token.ConnectToken;
import dev.hawser.protocol.token.TokenRequest;
import dev.hawser.token.TokenSource;
import java.util.Objects;

/// How a client shows who it is.
public sealed interface Authentication {
    /// With a connect token that a backend made for this player.
    ///
    /// @param token good for one connection; for the next one set another
    record Token(ConnectToken token) implements Authentication {
        /// @throws NullPointerException without a token
        public Token {
            Objects.requireNonNull(token, "token");
        }
    }

    /// With a connect token that the client fetches from the game's backend, anew for each connect:
    /// connecting again needs nothing but [NetClient#connect()].
    ///
    /// The client is connecting while it fetches, and looks at each update whether the token is
    /// there. When the fetch fails, the connect ends in [DisconnectReason.TokenFetchFailed].
    ///
    /// @param tokenSource a `TokenClient` of the module `dev.hawser.online`, or the game's own,
    ///   which the application closes after the clients that use it; several may
    record Backend(TokenSource tokenSource) implements Authentication {
        /// @throws NullPointerException without a source
        public Backend {
            Objects.requireNonNull(tokenSource, "tokenSource");
        }
    }

    /// By a connect token that the client makes for itself, anew for each connect. For development:
    /// whoever has the private key can be anybody, so it never belongs in a client that is given
    /// away. Says so in the log.
    ///
    /// @param serverAddress to dial, and by which the server knows itself
    /// @param clientId any 64 bits, unsigned; a server has one client of an id at a time
    /// @param privateKey the server's; kept, not copied
    /// @param protocolId the server's
    /// @param timeoutSeconds how long each side may hear nothing of the other, and how long a
    ///   server has to answer: more than the longest load screen in which neither side updates; 0
    ///   or less for no timeout
    record Manual(
            NetAddress serverAddress,
            long clientId,
            PrivateKey privateKey,
            long protocolId,
            int timeoutSeconds)
            implements Authentication {
        /// @throws IllegalArgumentException when the address is `0.0.0.0` or `::` or has the port
        ///   0, which nobody can dial
        public Manual {
            Objects.requireNonNull(privateKey, "privateKey");
            TokenRequest.checkDialled(serverAddress);
        }

        /// With the usual timeout, [TokenRequest#TIMEOUT_SECONDS_DEFAULT].
        public Manual(
                NetAddress serverAddress, long clientId, PrivateKey privateKey, long protocolId) {
            this(
                    serverAddress,
                    clientId,
                    privateKey,
                    protocolId,
                    TokenRequest.TIMEOUT_SECONDS_DEFAULT);
        }

        @Override
        public String toString() {
            return "Manual[client "
                    + Long.toUnsignedString(clientId)
                    + " to "
                    + serverAddress
                    + "]";
        }
    }

    /// Not yet: [NetClient#connect()] ends in [DisconnectReason.NoAuthentication].
    record None() implements Authentication {}
}
