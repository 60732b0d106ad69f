package dev.hawser;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.UserData;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A newcomer that has proved itself and waits to be accepted or refused
/// ([ConnectionRequestHandler]). Any thread may use it; the first answer counts.
///
/// Who waits for an answer hears nothing meanwhile. A netcode client gives up after the timeout of
/// its connect token, so an answer must come within half of it; later, the client is told that the
/// server did not decide in time. Until it is answered, the client may give up: the answer then
/// does nothing.
public final class ConnectionRequest {
    private final MemberServer server;
    private final ClientId id;
    private final UserData userData;
    private final @Nullable NetAddress address;
    private final Consumer<@Nullable Refusal> answer;
    private final AtomicBoolean isAnswered = new AtomicBoolean();

    /// @param answer acts on it, on the server's thread; null accepts
    ConnectionRequest(
            MemberServer server,
            ClientId id,
            UserData userData,
            @Nullable NetAddress address,
            Consumer<@Nullable Refusal> answer) {
        this.server = server;
        this.id = id;
        this.userData = userData;
        this.address = address;
        this.answer = answer;
    }

    /// {@return who wants to come in; the type tells the kind of connection}
    public ClientId id() {
        return id;
    }

    /// {@return what the backend put into the connect token, or a local client brought along}
    public UserData userData() {
        return userData;
    }

    /// {@return where the newcomer is; empty where the connection has no address}
    public Optional<NetAddress> address() {
        return Optional.ofNullable(address);
    }

    /// {@return the server that was asked: of several, the member of the [MultiServer]}
    public NetServer server() {
        return server;
    }

    /// {@return whether it has been answered}
    public boolean isAnswered() {
        return isAnswered.get();
    }

    /// Lets the newcomer in, if there is a slot when its turn comes.
    ///
    /// @return false when it was answered before; this answer then changes nothing
    public boolean accept() {
        return answer(null);
    }

    /// Sends the newcomer away.
    ///
    /// @param reason told to it where the connection can carry a reason
    /// @return false when it was answered before; this answer then changes nothing
    public boolean refuse(Refusal reason) {
        return answer(reason);
    }

    private boolean answer(@Nullable Refusal refusal) {
        if (!isAnswered.compareAndSet(false, true)) {
            return false;
        }
        server.hub()
                .answer(() -> {
                    if (refusal != null) {
                        server.refused(refusal);
                    }
                    answer.accept(refusal);
                });
        return true;
    }

    /// Asks a handler, which must not be able to take the server down.
    void putTo(ConnectionRequestHandler handler) {
        try {
            handler.onRequest(this);
        } catch (RuntimeException e) {
            Log.logger().log(Level.ERROR, "A connection request handler failed at " + this, e);
            refuse(new Refusal.Internal(0));
        }
    }

    @Override
    public String toString() {
        return "ConnectionRequest["
                + id
                + (address == null ? "" : " at " + address)
                + (isAnswered() ? ", answered]" : "]");
    }
}
