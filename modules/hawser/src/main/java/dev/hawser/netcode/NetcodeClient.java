package dev.hawser.netcode;

import dev.hawser.Authentication;
import dev.hawser.ClientId;
import dev.hawser.ClientStats;
import dev.hawser.ConnectionState;
import dev.hawser.ConnectionStats;
import dev.hawser.DisconnectReason;
import dev.hawser.Resume;
import dev.hawser.SendResult;
import dev.hawser.TokenUsedException;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import dev.hawser.protocol.RandomBytes;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.TokenTag;
import dev.hawser.protocol.WallClock;
import dev.hawser.protocol.machine.ClientMachine;
import dev.hawser.protocol.machine.ClientState;
import dev.hawser.protocol.machine.ConnectionMeter;
import dev.hawser.protocol.machine.PacketSink;
import dev.hawser.protocol.token.ConnectToken;
import dev.hawser.protocol.token.ConnectTokenInfo;
import dev.hawser.protocol.token.InvalidConnectTokenException;
import dev.hawser.protocol.token.TokenMint;
import dev.hawser.protocol.token.TokenRequest;
import dev.hawser.spi.AbstractClient;
import dev.hawser.spi.Payloads;
import dev.hawser.time.SystemClock;
import dev.hawser.token.FetchedToken;
import dev.hawser.token.TokenFetchFailure;
import dev.hawser.token.TokenSource;
import dev.hawser.transport.DatagramHandler;
import dev.hawser.transport.Transport;
import dev.hawser.transport.TransportFailure;
import dev.hawser.transport.UdpTransport;
import java.io.IOException;
import java.lang.System.Logger;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// A client that speaks netcode 1.02 over any transport.
///
/// ```java
/// try (var client =
///         NetcodeClient.builder().authentication(new Authentication.Token(token)).build()) {
///     client.connect();
///     …
/// }
/// ```
///
/// It can connect again after a connection has ended, with the same transport, and with a new
/// token: one that is set by [#authentication(Authentication)], or, with [Authentication.Backend],
/// one that it fetches by itself.
///
/// Nothing is allocated per packet in steady state, except by the JDK's own ciphers and for the
/// addresses of its channel.
public final class NetcodeClient extends AbstractClient {
    /// What a server that sends 600 packets a second sends in six.
    private static final int PACKETS_PER_UPDATE_MAX = 4096;

    private static final int RECEIVE_QUEUE_BYTES = 4 << 20;

    private final Transport transport;
    private final LongSupplier monotonicClock;
    private final WallClock wallClock;
    private final RandomBytes random;
    private final UsedTokens usedTokens;
    private final Logger logger;
    private final int maxPayloadBytes;

    private final ClientMachine machine = new ClientMachine();
    private final int packetsPerUpdateMax;
    private final PacketSink sink;
    private final DatagramHandler datagramHandler = this::handleDatagram;
    private final DatagramHandler surplusHandler = this::handleSurplus;

    private Authentication authentication;
    private ClientState stateOfMachine = ClientState.DISCONNECTED;

    /// What [Authentication.Backend] has asked for.
    private final PendingToken pendingToken = new PendingToken();

    /// As the backend said with the latest token.
    private @Nullable ClientId idFromBackend;

    private long nowNanos;

    /// The server of the present connection or attempt.
    private @Nullable NetAddress server;

    /// The same, as transports take it.
    private final PeerAddress serverPeer = new PeerAddress();

    private final @Nullable Resume resume;
    private Resumption resumption;

    /// The client is closed.
    private boolean isGivenBack;

    /// Of the present or the latest attempt, and of the latest connection.
    private @Nullable TokenTag dialledTag;

    private @Nullable TokenTag connectedTag;

    private final NetworkWatch watch;
    private final ClientReasons reasons;

    private NetcodeClient(Builder builder) {
        super(builder.receiveQueueBytes);
        transport = builder.transport == null ? UdpTransport.anyPort() : builder.transport;
        logger = builder.logger;
        watch = new NetworkWatch(transport, machine, logger);
        reasons = new ClientReasons(machine, watch);
        PacketLimits.checkCarriesRequests(transport);
        maxPayloadBytes = PacketLimits.bytesMax(transport);
        sink = transport::send;
        packetsPerUpdateMax = builder.packetsPerUpdateMax;
        authentication = builder.authentication;
        monotonicClock = builder.monotonicClock;
        wallClock = builder.wallClock;
        random = builder.random;
        usedTokens = builder.usedTokens;
        resume = builder.resume;
        resumption = new Resumption(resume, random);
    }

    /// {@return a builder in which everything has a default; without an authentication the client
    /// cannot connect yet}
    public static Builder builder() {
        return new Builder();
    }

    /// Sets how the next [#connect()] shows who this client is.
    public void authentication(Authentication authentication) {
        checkOwner();
        this.authentication = Objects.requireNonNull(authentication, "authentication");
    }

    // ---- Connecting

    /// {@inheritDoc}
    ///
    /// Payloads of an earlier connection that were not received are dropped.
    ///
    /// With [Authentication.Backend] it starts a fetch, which goes on in threads of the
    /// [TokenSource], and the first [#update()] that finds the token there dials.
    ///
    /// @throws IllegalStateException when this client, or the [TokenSource], is closed, or when
    ///   another client or server uses the transport
    @Override
    public void connect() {
        checkOwner();
        checkNotClosed();
        TransportClaims.claim(transport, this);
        nowNanos = monotonicClock.getAsLong();
        Resumption formerResumption = resumption;
        TokenTag formerTag = connectedTag;
        resumption = new Resumption(resume, random);
        connectedTag = null;
        try {
            begin(null);
        } catch (RuntimeException e) {
            // What cannot be begun ends nothing.
            resumption = formerResumption;
            connectedTag = formerTag;
            throw e;
        }
    }

    /// @param former the tag of the token that this client was connected with, where it goes on
    ///   with that connection
    private void begin(@Nullable TokenTag former) {
        switch (authentication) {
            case Authentication.None _ -> fail(new DisconnectReason.NoAuthentication());
            case Authentication.Token(ConnectToken token) -> connect(token);
            case Authentication.Backend(TokenSource tokenSource) -> fetch(tokenSource, former);
            case Authentication.Manual manual -> {
                NetcodeLog.manualAuthentication(logger);
                ConnectToken token = mint(manual, former);
                connect(token);
                token.erase();
            }
        }
    }

    private void fetch(TokenSource tokenSource, @Nullable TokenTag former) {
        boolean wasResuming = resumption.isActive();
        CompletableFuture<FetchedToken> fetch = PendingToken.begin(tokenSource, former);
        if (isGivenBack || (wasResuming && !resumption.isActive())) {
            // The source, which is the game's code, has ended what it was asked for.
            PendingToken.discard(fetch);
            return;
        }
        if (!resumption.isActive()) {
            disconnect(StatedReason.NONE);
            clearQueue();
            idFromBackend = null;
        }
        pendingToken.start(tokenSource, former, fetch);
        enter(connecting());
    }

    private ConnectionState connecting() {
        return resumption.isActive()
                ? new ConnectionState.Resuming(resumption.attempts())
                : new ConnectionState.Connecting();
    }

    /// Dials when the token is there.
    private void lookForToken(long sinceUpdateNanos) {
        switch (pendingToken.poll(sinceUpdateNanos)) {
            case null -> {}
            case PendingToken.Outcome.Failed(TokenFetchFailure failure) -> failFetch(failure);
            case PendingToken.Outcome.Fetched(FetchedToken fetched) -> connect(fetched);
        }
    }

    private void connect(FetchedToken fetched) {
        idFromBackend = new ClientId.Netcode(fetched.clientId());
        try {
            connect(fetched.token());
        } catch (TokenUsedException e) {
            // Whose mistake it is, is not in this process.
            failFetch(
                    new TokenFetchFailure.UnexpectedAnswer(
                            "it is a connect token that was connected with before, so something"
                                    + " keeps answers and gives them out again"));
        } finally {
            fetched.token().erase();
        }
    }

    private void failFetch(TokenFetchFailure failure) {
        if (resumption.isActive() && resumption.fetchFailed(nowNanos, failure)) {
            return;
        }
        fail(new DisconnectReason.TokenFetchFailed(failure));
    }

    private ConnectToken mint(Authentication.Manual manual, @Nullable TokenTag former) {
        TokenRequest.Builder request =
                TokenRequest.builder(manual.clientId())
                        .server(manual.serverAddress())
                        .timeoutSeconds(manual.timeoutSeconds())
                        .statesReasons(true)
                        .survivesMoves(true);
        if (former != null) {
            request.resumes(former);
        }
        return new TokenMint(manual.privateKey(), manual.protocolId(), random, wallClock)
                .mint(request.build());
    }

    private void connect(ConnectToken token) {
        ConnectTokenInfo info;
        boolean wasOpen = transport.isOpen();
        try {
            info = token.info();
            transport.open();
        } catch (InvalidConnectTokenException e) {
            fail(new DisconnectReason.TokenInvalid(String.valueOf(e.getMessage())));
            return;
        } catch (IOException e) {
            if (resumption.isActive()) {
                // There may be no network at the moment.
                resumption.waitLonger(nowNanos, 0);
                return;
            }
            fail(new DisconnectReason.TransportFailed(String.valueOf(e.getMessage())));
            return;
        }
        if (!usedTokens.claim(token.tag(), info.expireTimestamp())) {
            if (!wasOpen) {
                transport.close();
            }
            throw new TokenUsedException(token.tag());
        }
        pendingToken.cancel();
        NetcodeLog.cipher(logger, machine.cipherName());
        dialledTag = token.tag();
        if (!resumption.isActive()) {
            clearQueue();
            countAnew();
        }
        reasons.begin(info);
        if (machine.state().isActive()) {
            disconnect(StatedReason.NONE);
        }
        // Minting and opening took a while, which is not the first server's.
        nowNanos = monotonicClock.getAsLong();
        watch.begin();
        machine.connect(nowNanos, token, sink);
        transport.flush();
        stateOfMachine = machine.state();
        if (resumption.isActive()) {
            resumption.dialBegins(nowNanos);
        }
        enter(connecting());
    }

    private void fail(DisconnectReason reason) {
        resumption.end();
        disconnect(StatedReason.NONE);
        enter(new ConnectionState.Disconnected(reason));
    }

    @Override
    public void disconnect(StatedReason reason) {
        checkOwner();
        Objects.requireNonNull(reason, "reason");
        clearQueue();
        boolean wasFetching = pendingToken.cancel();
        boolean wasResuming = resumption.end() != null;
        if (machine.state().isActive()) {
            noticeServer();
            machine.disconnect(nowNanos, reason, sink);
            transport.flush();
            stateOfMachine = machine.state();
            release(reason);
        } else if (!wasFetching && !wasResuming) {
            return;
        }
        enter(new ConnectionState.Disconnected(new DisconnectReason.ClientLeft(reason)));
    }

    @Override
    protected void giveBack() {
        isGivenBack = true;
        if (TransportClaims.giveBack(transport, this)) {
            transport.close();
        }
    }

    // ---- A tick

    @Override
    public void update() {
        claimOwner();
        long updatedNanos = nowNanos;
        nowNanos = monotonicClock.getAsLong();
        lookForToken(nowNanos - updatedNanos);
        noticeServer();
        if (server != null && !transport.isOpen()) {
            loseTransport();
            return;
        }
        // Asked first: what came in before it is received, and says more.
        TransportFailure failure = server == null ? null : transport.failure(serverPeer);
        receivePackets();
        watch.look(nowNanos);
        watch.followNetwork(nowNanos);
        machine.handleTimeout(nowNanos, sink);
        if (failure != null) {
            heed(failure);
        }
        transport.flush();
        noticeState();
        tryToResume();
    }

    private void loseTransport() {
        machine.disconnect(nowNanos, StatedReason.NONE, sink);
        stateOfMachine = machine.state();
        release(StatedReason.NONE);
        ended(Reasons.TRANSPORT_CLOSED);
    }

    /// The connection, or the attempt at one, has ended by itself.
    private void ended(DisconnectReason reason) {
        if (!resumption.isActive()) {
            if (canComeBack() && resumption.begin(nowNanos, reason, connectedTag)) {
                enter(connecting());
            } else {
                enter(new ConnectionState.Disconnected(reason));
            }
        } else if (Resumption.isFinal(reason)) {
            resumption.end();
            enter(new ConnectionState.Disconnected(reason));
        } else {
            resumption.dialFailed(nowNanos, reason);
        }
    }

    private boolean canComeBack() {
        return authentication instanceof Authentication.Backend
                || authentication instanceof Authentication.Manual;
    }

    /// Goes on with a connection that was lost, as far as something is due.
    private void tryToResume() {
        if (!resumption.isActive()) {
            return;
        }
        boolean isOver = resumption.isOver(nowNanos);
        if (isOver || resumption.isDialOver(nowNanos)) {
            stopDialling();
            resumption.dialFailed(nowNanos);
        }
        if (isOver) {
            giveUp();
        } else if (resumption.isAttemptDue(nowNanos)) {
            resumption.attemptBegins(nowNanos);
            try {
                begin(resumption.former());
            } catch (IllegalStateException e) {
                // The source was closed, the key erased, or the token used: no reason to end the
                // game's tick, and none to try again.
                giveUp();
            }
        }
    }

    private void giveUp() {
        pendingToken.cancel();
        DisconnectReason lost = resumption.end();
        if (lost != null) {
            enter(new ConnectionState.Disconnected(lost));
        }
    }

    /// Without a goodbye: a server that has given the slot back, and was not heard, would free it.
    private void stopDialling() {
        if (machine.state().isActive()) {
            machine.disconnect(nowNanos, StatedReason.NONE, (_, _) -> {});
            stateOfMachine = machine.state();
            release(StatedReason.NONE);
        }
    }

    /// Takes what has arrived. Of what is more than an update takes, only the payloads are dropped:
    /// left where they are, they would be older with every update, and so would the end of the
    /// connection behind them.
    private void receivePackets() {
        int taken = transport.receive(datagramHandler, packetsPerUpdateMax);
        if (taken >= packetsPerUpdateMax
                && transport.receive(surplusHandler, PacketLimits.SURPLUS_PACKETS_MAX) > 0) {
            reachedLimit(nowNanos, "packetsPerUpdateMax", packetsPerUpdateMax);
        }
        reportNotQueued(nowNanos);
    }

    private void handleSurplus(PeerAddress from, ByteBuffer datagram) {
        machine.handleSurplus(nowNanos, from, datagram);
    }

    private void handleDatagram(PeerAddress from, ByteBuffer datagram) {
        if (machine.handleDatagram(nowNanos, from, datagram)) {
            queueOrDrop(datagram);
        }
    }

    /// Acts on a failure that is final, and keeps one that is not where a timeout has passed: it
    /// says why.
    private void heed(TransportFailure failure) {
        boolean isAsBefore = Objects.equals(machine.serverAddress(), server);
        if (failure.isFinal() && isAsBefore) {
            if (machine.state() == ClientState.CONNECTED) {
                reasons.closed(failure);
            } else {
                reasons.unreached(failure);
            }
            machine.handlePathLost(nowNanos);
        } else if (!failure.isFinal() && !isAsBefore) {
            reasons.unreached(failure);
        }
    }

    private void noticeState() {
        ClientState latest = machine.state();
        if (latest != stateOfMachine) {
            stateOfMachine = latest;
            switch (latest) {
                case SENDING_CONNECTION_REQUEST, SENDING_CONNECTION_RESPONSE -> enter(connecting());
                case CONNECTED -> {
                    connectedTag = dialledTag;
                    resumption.end();
                    enter(new ConnectionState.Connected());
                }
                default -> {
                    release(StatedReason.NONE);
                    ended(reasons.of(latest));
                }
            }
        }
    }

    /// Remembers the server while the machine knows it.
    private void noticeServer() {
        NetAddress present = machine.serverAddress();
        if (present != null && !present.equals(server)) {
            server = present;
            serverPeer.set(present);
        }
    }

    private void release(StatedReason reason) {
        if (server != null) {
            server = null;
            transport.release(serverPeer, reason);
        }
    }

    @Override
    protected SendResult sendChecked(ByteBuffer payload) {
        if (payload.remaining() > PacketLimits.ALWAYS_FIT_BYTES && !fits(payload)) {
            return SendResult.TOO_LARGE;
        }
        if (machine.state() == ClientState.CONNECTED && !transport.hasRoom(serverPeer)) {
            return SendResult.QUEUE_FULL;
        }
        return machine.send(nowNanos, payload, sink) ? SendResult.SENT : SendResult.NOT_CONNECTED;
    }

    private boolean fits(ByteBuffer payload) {
        return server == null || PacketLimits.fits(payload, transport, serverPeer);
    }

    /// {@inheritDoc}
    ///
    /// The transport's socket stays unless packets find no way out of it ([Transport#reopen]): one
    /// that is bound to no address sends by whatever network there is.
    @Override
    public void networkChanged() {
        checkOwner();
        machine.networkChanged(monotonicClock.getAsLong());
    }

    @Override
    public void suspendTimeouts() {
        checkOwner();
        machine.suspendTimeouts();
    }

    @Override
    public void resumeTimeouts() {
        checkOwner();
        machine.resumeTimeouts(monotonicClock.getAsLong());
    }

    @Override
    public void reportRoundTrip(long nanos) {
        checkOwner();
        ConnectionMeter meter = machine.meter();
        if (meter != null) {
            meter.reportRoundTrip(nanos);
        }
    }

    @Override
    public void flush() {
        checkOwner();
        transport.flush();
    }

    // ---- Looks

    /// {@return the state as the netcode standard names and numbers it}
    public ClientState clientState() {
        return machine.state();
    }

    /// {@inheritDoc}
    ///
    /// With [Authentication.Backend] it is known from when the token was there.
    @Override
    public Optional<ClientId> id() {
        return switch (authentication) {
            case Authentication.Manual manual ->
                    Optional.of(new ClientId.Netcode(manual.clientId()));
            case Authentication.Backend _ -> Optional.ofNullable(idFromBackend);
            case Authentication.Token _, Authentication.None _ -> Optional.empty();
        };
    }

    /// {@return the place of this client at the server, from 0; 0 too while it is not connected}
    public int clientIndex() {
        return machine.clientIndex();
    }

    /// {@return the number of slots of the server; 0 while this client is not connected}
    public int maxClients() {
        return machine.maxClients();
    }

    @Override
    public Optional<NetAddress> localAddress() {
        return transport.isOpen() ? Optional.of(transport.localAddress()) : Optional.empty();
    }

    @Override
    public Optional<NetAddress> serverAddress() {
        return Optional.ofNullable(machine.serverAddress());
    }

    @Override
    public int maxPayloadBytes() {
        return maxPayloadBytes;
    }

    @Override
    public ClientStats stats() {
        return counted().drops(machine.drops().asMap()).transport(transport.stats()).build();
    }

    @Override
    public ConnectionStats connectionStats() {
        ConnectionMeter meter = machine.meter();
        return meter == null
                ? ConnectionStats.builder().build()
                : Meters.stats(countedOfConnection(), meter);
    }

    @Override
    protected Logger logger() {
        return logger;
    }

    @Override
    public String toString() {
        return "NetcodeClient[" + stateOfMachine + "]";
    }

    /// How a client is set up. Each method replaces what was set before and returns the builder.
    public static final class Builder {
        private @Nullable Transport transport;
        private Authentication authentication = new Authentication.None();
        private int packetsPerUpdateMax = PACKETS_PER_UPDATE_MAX;
        private int receiveQueueBytes = RECEIVE_QUEUE_BYTES;
        private LongSupplier monotonicClock = System::nanoTime;
        private WallClock wallClock = SystemClock.WALL_CLOCK;
        private RandomBytes random = SystemRandom.RANDOM;
        private UsedTokens usedTokens = UsedTokens.OF_PROCESS;
        private @Nullable Resume resume;
        private Logger logger = System.getLogger("dev.hawser");

        private Builder() {}

        /// Sets what moves the packets, [UdpTransport#anyPort()] by default. The client opens and
        /// closes it, and nobody else uses it: while another client or server does, or somebody
        /// over a transport that wraps the same one, [NetcodeClient#connect()] refuses
        /// ([IllegalStateException]). When somebody else closes it, the connection ends with
        /// [DisconnectReason.TransportFailed].
        public Builder transport(Transport transport) {
            this.transport = Objects.requireNonNull(transport, "transport");
            return this;
        }

        /// Sets how the client shows who it is, [Authentication.None] by default.
        public Builder authentication(Authentication authentication) {
            this.authentication = Objects.requireNonNull(authentication, "authentication");
            return this;
        }

        /// Sets that the client comes back by itself when it loses its connection, which it does
        /// not by default: after a timeout, a failure of the transport, when the server was
        /// restarted, or when it sends its players on ([dev.hawser.NetServer#drain]); that counts
        /// for a first connect too. It fetches a token that resumes the connection, and dials,
        /// until it is connected again, the server says no, or the time is over; its state is
        /// [ConnectionState.Resuming] meanwhile. A server that keeps its place
        /// ([NetcodeServer.Builder#keepSlotFor]) gives it back.
        ///
        /// With [Authentication.Backend] or [Authentication.Manual]: with a single
        /// [Authentication.Token] there is nothing to come back with, and the connection just ends.
        public Builder resume(Resume resume) {
            this.resume = Objects.requireNonNull(resume, "resume");
            return this;
        }

        /// Sets how many packets one update takes, 1 to 16,777,216, 4096 by default. Of those that
        /// come on top the payloads are dropped unopened and counted, so that nothing gets older
        /// from update to update; the end of the connection counts all the same.
        /// [ClientStats#updatesAtLimit()] and the log say when that happened.
        ///
        /// @throws IllegalArgumentException when it is outside that range
        public Builder packetsPerUpdateMax(int packets) {
            packetsPerUpdateMax = PacketLimits.checkPacketsPerUpdate(packets);
            return this;
        }

        /// Sets how large the queue between update and receive may get, in bytes, 4 MiB by default;
        /// memory is taken as it is needed. A payload that finds no room is dropped, counted
        /// ([ClientStats#payloadsNotQueued()]) and said in the log; those that wait already stay.
        ///
        /// @throws IllegalArgumentException when not even the largest payload fits, or it is more
        ///   than 1 GiB
        public Builder receiveQueueBytes(int bytes) {
            receiveQueueBytes = Payloads.checkQueue(bytes);
            return this;
        }

        /// Sets the clock of the timers: nanoseconds that never decrease, `System.nanoTime()` by
        /// default.
        public Builder monotonicClock(LongSupplier nanos) {
            monotonicClock = Objects.requireNonNull(nanos, "monotonicClock");
            return this;
        }

        /// Sets the Unix time of the tokens that [Authentication.Manual] makes, by default
        /// [dev.hawser.time.SystemClock#WALL_CLOCK].
        public Builder wallClock(WallClock wallClock) {
            this.wallClock = Objects.requireNonNull(wallClock, "wallClock");
            return this;
        }

        /// Sets the randomness of the tokens that [Authentication.Manual] makes, a `SecureRandom`
        /// by default.
        public Builder random(RandomBytes random) {
            this.random = Objects.requireNonNull(random, "random");
            return this;
        }

        Builder usedTokens(UsedTokens usedTokens) {
            this.usedTokens = usedTokens;
            return this;
        }

        Builder logger(Logger logger) {
            this.logger = logger;
            return this;
        }

        /// {@return the client, not yet connected}
        ///
        /// @throws IllegalArgumentException when the transport's packets are too small for netcode
        public NetcodeClient build() {
            return new NetcodeClient(this);
        }
    }
}
