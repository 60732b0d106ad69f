package dev.hawser;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.ShownToken;
import dev.hawser.protocol.UserData;
import java.util.Optional;

/// A newcomer that has proved itself and waits to be accepted or refused
/// ([ConnectionRequestHandler]). Any thread may use it; the first answer counts.
///
/// Who waits for an answer hears nothing meanwhile. A netcode client gives up after the timeout of
/// its connect token, so an answer must come within half of it; later, the client is told that the
/// server did not decide in time. Until it is answered, the client may give up: the answer then
/// does nothing.
public interface ConnectionRequest {
    /// {@return who wants to come in; the type tells the kind of connection}
    ClientId id();

    /// {@return what the backend put into the connect token, or a local client brought along}
    UserData userData();

    /// {@return where the newcomer is; empty where the connection has no address}
    Optional<NetAddress> address();

    /// {@return the connect token that the newcomer showed; empty for kinds of connections that
    /// have none, as Steam's and local ones}
    default Optional<ShownToken> token() {
        return Optional.empty();
    }

    /// {@return the server that was asked: of several that are one, the member}
    NetServer server();

    /// {@return whether it has been answered}
    boolean isAnswered();

    /// Lets the newcomer in, if there is a slot when its turn comes.
    ///
    /// @return false when it was answered before; this answer then changes nothing
    boolean accept();

    /// Sends the newcomer away.
    ///
    /// @param reason told to it where the connection can carry a reason
    /// @return false when it was answered before; this answer then changes nothing
    boolean refuse(Refusal reason);
}
