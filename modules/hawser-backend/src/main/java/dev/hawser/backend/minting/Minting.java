package dev.hawser.backend.minting;

import dev.hawser.backend.player.PlayerAdmission;
import dev.hawser.backend.player.PlayerIdentity;
import dev.hawser.backend.problem.LimitedLog;
import dev.hawser.backend.problem.Problem;
import dev.hawser.backend.registry.Reservation;
import dev.hawser.backend.registry.ReservationRequest;
import dev.hawser.online.fleet.ServerAnnouncement;
import dev.hawser.protocol.KeyId;
import dev.hawser.protocol.KeyRing;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.protocol.RandomBytes;
import dev.hawser.protocol.TokenTag;
import dev.hawser.protocol.UserData;
import dev.hawser.protocol.WallClock;
import dev.hawser.protocol.token.ConnectToken;
import dev.hawser.protocol.token.TokenMint;
import dev.hawser.protocol.token.TokenRequest;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/// From a player who has proved who it is to a connect token. Any number of threads at a time.
public final class Minting {
    /// Between the choice of servers and the sealing, a rotation may take the key away: then
    /// servers are chosen anew, with the keys that there are.
    private static final int ATTEMPTS_MAX = 3;

    private final Registry registry;
    private final ClientIds clientIds;
    private final PlayerAdmission admission;
    private final TokenSettings settings;
    private final RandomBytes random;
    private final LimitedLog log;

    /// Sealing reads, replacing the keys writes: when a replacement has returned, nobody uses the
    /// former keys.
    private final ReadWriteLock keyLock = new ReentrantReadWriteLock();

    private KeyRing keyRing;

    private final LongAdder tokensResuming = new LongAdder();
    private final LongAdder resumesOfOthers = new LongAdder();

    public Minting(
            Registry registry,
            ClientIds clientIds,
            PlayerAdmission admission,
            KeyRing keyRing,
            TokenSettings settings,
            RandomBytes random,
            LimitedLog log) {
        this.registry = registry;
        this.clientIds = clientIds;
        this.admission = admission;
        this.keyRing = keyRing;
        this.settings = settings;
        this.random = random;
        this.log = log;
    }

    /// What a token is like, whoever gets it.
    ///
    /// @param serversMax in one token, 1 to 32
    public record TokenSettings(int lifetimeSeconds, int timeoutSeconds, int serversMax) {}

    /// What a request asks for.
    ///
    /// @param region preferred; empty for any
    /// @param protocolId one that the service serves
    /// @param statesReasons whether client and servers are to tell each other why a connection
    ///   ends, which Hawser's can; without this and the next, the token has the bytes of the
    ///   standard
    /// @param survivesMoves whether the connection is to go on when the client's address changes
    /// @param resumes the token of the connection that the player goes on with
    public record Wanted(
            String region,
            long protocolId,
            boolean statesReasons,
            boolean survivesMoves,
            Optional<TokenTag> resumes) {
        private boolean hasExtension() {
            return statesReasons || survivesMoves || resumes.isPresent();
        }
    }

    /// A token and what it says.
    ///
    /// @param expiresAt in Unix seconds
    /// @param resumes the token of the connection that this one goes on with
    public record Minted(
            ConnectToken token,
            long clientId,
            long expiresAt,
            List<ServerAnnouncement> servers,
            KeyId keyId,
            Optional<TokenTag> resumes) {}

    public void keyRing(KeyRing keys) {
        keys.keys().forEach(PrivateKey::checkNotErased);
        keyLock.writeLock().lock();
        try {
            keyRing = keys;
        } finally {
            keyLock.writeLock().unlock();
        }
    }

    public List<KeyId> keyIds() {
        keyLock.readLock().lock();
        try {
            return keyRing.ids();
        } finally {
            keyLock.readLock().unlock();
        }
    }

    public long clientIdOf(PlayerIdentity player) throws TimeoutException {
        return clientIds.claim(player, registry);
    }

    /// {@return the user data that the application gives a player}
    ///
    /// @throws Problem when the application says that the player may not play, or fails
    public UserData admit(PlayerIdentity player, long clientId) {
        PlayerAdmission.Answer answer;
        try {
            answer = admission.admit(player, clientId);
        } catch (RuntimeException e) {
            log.log(Level.ERROR, "admission", () -> "The application's PlayerAdmission failed", e);
            throw Problem.unavailable();
        }
        return switch (answer) {
            case PlayerAdmission.Answer.Admitted(UserData userData) -> userData;
            case PlayerAdmission.Answer.Refused(String explanation) ->
                    throw Problem.notAllowed(explanation);
        };
    }

    /// {@return a token for a player, with a slot reserved at its first server}
    ///
    /// @throws Problem when no server has room
    public Minted mint(long clientId, UserData userData, Wanted wanted, long nowUnixSeconds)
            throws TimeoutException {
        long expiresAt = nowUnixSeconds + settings.lifetimeSeconds();
        Optional<TokenTag> resumes = resumes(clientId, wanted);
        for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
            Reservation reservation =
                    registry.reserve(
                                    new ReservationRequest(
                                            clientId,
                                            wanted.protocolId(),
                                            wanted.region(),
                                            keyIds(),
                                            settings.serversMax(),
                                            expiresAt,
                                            resumes))
                            .orElseThrow(Problem::noServer);
            Optional<ConnectToken> token = Optional.empty();
            try {
                token = seal(reservation, userData, wanted, resumes, nowUnixSeconds);
            } finally {
                if (token.isEmpty()) {
                    registry.release(reservation);
                }
            }
            if (token.isPresent()) {
                if (wanted.hasExtension()) {
                    // Others' tokens cannot be resumed.
                    remember(reservation, token.get().tag());
                }
                if (resumes.isPresent()) {
                    tokensResuming.increment();
                }
                return new Minted(
                        token.get(),
                        clientId,
                        expiresAt,
                        reservation.servers(),
                        reservation.keyId(),
                        resumes);
            }
        }
        throw Problem.unavailable();
    }

    /// {@return the token whose connection the player may go on with} Somebody else's is left out:
    /// the game server would too, and from this player it would tell how that connection ended.
    private Optional<TokenTag> resumes(long clientId, Wanted wanted) throws TimeoutException {
        Optional<TokenTag> former = wanted.resumes();
        if (former.isPresent() && !registry.mayResume(clientId, former.get())) {
            resumesOfOthers.increment();
            return Optional.empty();
        }
        return former;
    }

    private void remember(Reservation reservation, TokenTag tag) {
        try {
            registry.minted(reservation, tag);
        } catch (TimeoutException e) {
            // The token is good without it.
            log.log(
                    Level.WARNING,
                    "remember",
                    () ->
                            "The server registry does not remember a token: a player who loses this"
                                    + " connection may be sent to another server",
                    e);
        }
    }

    /// {@return how many tokens were made that go on with a connection}
    public long tokensResuming() {
        return tokensResuming.sum();
    }

    /// {@return how many requests named another player's token}
    public long resumesOfOthers() {
        return resumesOfOthers.sum();
    }

    /// {@return a token, or nothing when its key is not there any more}
    private Optional<ConnectToken> seal(
            Reservation reservation,
            UserData userData,
            Wanted wanted,
            Optional<TokenTag> resumes,
            long nowUnixSeconds) {
        TokenRequest.Builder request =
                TokenRequest.builder(reservation.clientId())
                        .lifetimeSeconds(settings.lifetimeSeconds())
                        .timeoutSeconds(settings.timeoutSeconds())
                        .userData(userData)
                        .statesReasons(wanted.statesReasons())
                        .survivesMoves(wanted.survivesMoves());
        resumes.ifPresent(request::resumes);
        for (ServerAnnouncement server : reservation.servers()) {
            request.server(server.publicAddress(), server.internalAddress());
        }
        // The time of the reservation, so that both expire together.
        WallClock clock = () -> nowUnixSeconds;
        keyLock.readLock().lock();
        try {
            Optional<PrivateKey> key = keyRing.find(reservation.keyId());
            if (key.isEmpty()) {
                return Optional.empty();
            }
            return Optional.of(
                    new TokenMint(key.get(), wanted.protocolId(), random, clock)
                            .mint(request.build()));
        } finally {
            keyLock.readLock().unlock();
        }
    }
}
