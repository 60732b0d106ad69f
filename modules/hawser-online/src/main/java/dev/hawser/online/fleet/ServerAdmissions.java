package dev.hawser.online.fleet;

import dev.hawser.ClientId;
import dev.hawser.ConnectionRequest;
import dev.hawser.ConnectionRequestHandler;
import dev.hawser.netcode.NetcodeServer;
import dev.hawser.protocol.ShownToken;
import dev.hawser.time.SystemClock;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongSupplier;

/// Asks the token service before anybody gets a slot: so that a connect token is good once in the
/// whole fleet, a player is at one server at a time, and a ban acts everywhere.
///
/// ```java
/// var admissions = ServerAdmissions.builder().handler(game::decide).build();
/// var server = NetcodeServer.builder()
///         .connectionRequests(admissions)
///         …
/// var announcer = ServerAnnouncer.builder()
///         .admissions(admissions)
///         …
/// ```
///
/// It is the server's [ConnectionRequestHandler], around the game's own, which is asked first: whom
/// that refuses the service never hears of. The announcer, whose updates it needs, shares its
/// endpoints, credential and name with it; of a `MultiServer` one is enough for all netcode members
/// on one announcer. Kinds of connections without tokens, Steam's and local ones, are the game's
/// handler's alone.
///
/// **What it costs.** A newcomer waits for one round trip to the service, or two when others are
/// being asked about; questions are asked for up to 64 together. The tick never waits, and
/// allocates only when players come and go.
///
/// **Coming back.** Who resumes a connection is not asked about: the player is present, and goes on
/// at once. The service is told of the new token, and has the connection ended if it knows better.
///
/// **Without an answer** within half of the time after which the player would give up, a newcomer
/// is refused with [dev.hawser.Refusal.Internal] and when to come back, unless
/// [Builder#admitWhenUnreachable()]. Whoever is connected stays, whatever happens to the service.
/// What it has missed it is told when it is back, and once a minute.
///
/// **A service that does not answer such questions** lets everybody in whom the game lets in, which
/// the log says once; so does a server that takes tokens of any lifetime, since nobody could
/// remember them for ever.
///
/// Any thread may let the game's newcomers in; all else is the server's thread's.
public final class ServerAdmissions implements ConnectionRequestHandler {
    /// How many newcomers may wait for the service by default.
    public static final int WAITING_MAX_DEFAULT = 4096;

    private static final int WAITING_MAX_LIMIT = 1 << 16;

    private final ConnectionRequestHandler games;

    /// With the lock of everything.
    private final AdmissionDesk desk;

    private ServerAdmissions(Builder builder) {
        games = builder.handler;
        desk =
                new AdmissionDesk(
                        builder.admitsWhenUnreachable, builder.waitingMax, builder.unixMillis);
    }

    /// {@return a builder with a default for everything}
    public static Builder builder() {
        return new Builder();
    }

    /// {@return what became of newcomers so far; any thread may ask}
    public AdmissionStats stats() {
        return desk.stats();
    }

    /// {@return what the announcer drives}
    AdmissionDesk desk() {
        return desk;
    }

    @Override
    public void onRequest(ConnectionRequest request) {
        Optional<ShownToken> token = request.token();
        if (token.isPresent()
                && request.server() instanceof NetcodeServer member
                && request.id() instanceof ClientId.Netcode(long clientId)) {
            games.onRequest(
                    new GamesRequest(
                            request, () -> desk.ask(request, clientId, token.get(), member)));
        } else {
            games.onRequest(request);
        }
    }

    @Override
    public String toString() {
        return "ServerAdmissions[" + stats() + "]";
    }

    /// How admissions are set up. Each method replaces what was set before and returns the builder.
    /// For one thread.
    public static final class Builder {
        private ConnectionRequestHandler handler = ConnectionRequest::accept;
        private boolean admitsWhenUnreachable;
        private int waitingMax = WAITING_MAX_DEFAULT;
        private LongSupplier unixMillis = SystemClock::machineMillis;

        private Builder() {}

        /// Sets who decides for the game, which is asked first; by default everybody may come.
        public Builder handler(ConnectionRequestHandler handler) {
            this.handler = Objects.requireNonNull(handler, "handler");
            return this;
        }

        /// Lets newcomers in of whom the service says nothing in time, for who prefers players to
        /// certainty: while it is out of reach a token may be used at several servers, and who is
        /// banned may play. When it is back it is told of them, and those of whom it knows better
        /// are disconnected. By default they are refused and told when to come back.
        public Builder admitWhenUnreachable() {
            admitsWhenUnreachable = true;
            return this;
        }

        /// Sets how many newcomers may wait for the service, 1 to 65536, by default
        /// [#WAITING_MAX_DEFAULT]; others are refused and told when to come back.
        ///
        /// @throws IllegalArgumentException when it is outside that range
        public Builder waitingMax(int newcomers) {
            if (newcomers < 1 || newcomers > WAITING_MAX_LIMIT) {
                throw new IllegalArgumentException(
                        "waitingMax is "
                                + newcomers
                                + ", but must be from 1 to "
                                + WAITING_MAX_LIMIT
                                + ": leave it out for "
                                + WAITING_MAX_DEFAULT);
            }
            waitingMax = newcomers;
            return this;
        }

        Builder unixMillis(LongSupplier unixMillis) {
            this.unixMillis = unixMillis;
            return this;
        }

        /// {@return the admissions, which no announcer has yet}
        public ServerAdmissions build() {
            return new ServerAdmissions(this);
        }
    }
}
