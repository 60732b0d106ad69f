package dev.hawser.online.fleet;

import dev.hawser.ClientId;
import dev.hawser.ConnectionRequest;
import dev.hawser.NetServer;
import dev.hawser.Refusal;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.ShownToken;
import dev.hawser.protocol.UserData;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/// A newcomer as the game's handler sees it: whom it lets in, somebody else is asked about.
final class GamesRequest implements ConnectionRequest {
    private final ConnectionRequest request;
    private final Runnable whenAccepted;
    private final AtomicBoolean isAnswered = new AtomicBoolean();

    GamesRequest(ConnectionRequest request, Runnable whenAccepted) {
        this.request = request;
        this.whenAccepted = whenAccepted;
    }

    @Override
    public ClientId id() {
        return request.id();
    }

    @Override
    public UserData userData() {
        return request.userData();
    }

    @Override
    public Optional<NetAddress> address() {
        return request.address();
    }

    @Override
    public Optional<ShownToken> token() {
        return request.token();
    }

    @Override
    public NetServer server() {
        return request.server();
    }

    @Override
    public boolean isAnswered() {
        return isAnswered.get() || request.isAnswered();
    }

    @Override
    public boolean accept() {
        if (request.isAnswered() || !isAnswered.compareAndSet(false, true)) {
            return false;
        }
        whenAccepted.run();
        return true;
    }

    @Override
    public boolean refuse(Refusal reason) {
        Objects.requireNonNull(reason, "reason");
        return isAnswered.compareAndSet(false, true) && request.refuse(reason);
    }

    @Override
    public String toString() {
        return request.toString();
    }
}
