package dev.hawser.spi;

import dev.hawser.ClientId;
import dev.hawser.ConnectionRequest;
import dev.hawser.ConnectionRequestHandler;
import dev.hawser.NetServer;
import dev.hawser.Refusal;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.ShownToken;
import dev.hawser.protocol.UserData;
import java.lang.System.Logger.Level;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A newcomer of any kind of server, which any thread may answer.
final class PendingRequest implements ConnectionRequest {
    private final AbstractServer server;
    private final ClientId id;
    private final UserData userData;
    private final @Nullable NetAddress address;
    private final @Nullable ShownToken token;
    private final Consumer<@Nullable Refusal> answer;
    private final AtomicBoolean isAnswered = new AtomicBoolean();

    /// @param answer acts on it, on the server's thread; null accepts
    PendingRequest(
            AbstractServer server,
            ClientId id,
            UserData userData,
            @Nullable NetAddress address,
            @Nullable ShownToken token,
            Consumer<@Nullable Refusal> answer) {
        this.server = server;
        this.id = id;
        this.userData = userData;
        this.address = address;
        this.token = token;
        this.answer = answer;
    }

    @Override
    public ClientId id() {
        return id;
    }

    @Override
    public UserData userData() {
        return userData;
    }

    @Override
    public Optional<NetAddress> address() {
        return Optional.ofNullable(address);
    }

    @Override
    public Optional<ShownToken> token() {
        return Optional.ofNullable(token);
    }

    @Override
    public NetServer server() {
        return server;
    }

    @Override
    public boolean isAnswered() {
        return isAnswered.get();
    }

    @Override
    public boolean accept() {
        return answer(null);
    }

    @Override
    public boolean refuse(Refusal reason) {
        // A null would let it in.
        return answer(Objects.requireNonNull(reason, "reason"));
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
        Refusal draining = server.draining();
        if (draining != null) {
            refuse(draining);
            return;
        }
        try {
            handler.onRequest(this);
        } catch (RuntimeException e) {
            server.logger().log(Level.ERROR, "A connection request handler failed at " + this, e);
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
