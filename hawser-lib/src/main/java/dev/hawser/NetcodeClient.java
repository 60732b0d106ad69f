package dev.hawser;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import dev.hawser.protocol.RandomBytes;
import dev.hawser.protocol.StatedReason;
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
import dev.hawser.token.FetchedToken;
import dev.hawser.token.TokenClient;
import dev.hawser.token.TokenFetchFailure;
import dev.hawser.transport.DatagramHandler;
import dev.hawser.transport.Transport;
import dev.hawser.transport.UdpTransport;
import java.io.IOException;
import java.lang.System.Logger;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
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
public final class NetcodeClient implements NetClient {
    /// How many packets one update takes at most: what one server sends, and a bound on what
    /// anybody else does.
    static final int PACKETS_PER_UPDATE_MAX = 256;

    /// The queue between update and receive: all that one update takes, at full size.
    static final int RECEIVE_QUEUE_BYTES = 512 << 10;

    private final OwnerThread owner = new OwnerThread("client");
    private final Transport transport;
    private final LongSupplier monotonicClock;
    private final WallClock wallClock;
    private final RandomBytes random;
    private final UsedTokens usedTokens;
    private final Logger logger;
    private final int maxPayloadBytes;

    private final ClientMachine machine = new ClientMachine();
    private final PayloadRing received = new PayloadRing(RECEIVE_QUEUE_BYTES);
    private final PayloadCounters payloads = new PayloadCounters();

    /// Those of the present connection, or the last one.
    private volatile PayloadCounters connectionPayloads = new PayloadCounters();

    private final PacketSink sink;
    private final DatagramHandler datagramHandler = this::handleDatagram;

    private Authentication authentication;
    private volatile ConnectionState state =
            new ConnectionState.Disconnected(new DisconnectReason.NeverConnected());
    private ClientState stateOfMachine = ClientState.DISCONNECTED;

    /// Of the token that was connected with last.
    private @Nullable ConnectTokenInfo tokenInfo;

    /// What [Authentication.Backend] has asked for.
    private final PendingToken pendingToken = new PendingToken();

    /// As the backend said with the latest token.
    private @Nullable ClientId idFromBackend;

    private long nowNanos;

    /// The server of the present connection or attempt.
    private @Nullable NetAddress server;

    /// The same, as transports take it.
    private final PeerAddress serverPeer = new PeerAddress();

    private boolean isReceiving;
    private boolean isClosed;

    private NetcodeClient(Builder builder) {
        transport = builder.transport;
        Payloads.checkCarriesRequests(transport);
        maxPayloadBytes = Payloads.bytesMax(transport);
        sink = transport::send;
        authentication = builder.authentication;
        monotonicClock = builder.monotonicClock;
        wallClock = builder.wallClock;
        random = builder.random;
        usedTokens = builder.usedTokens;
        logger = builder.logger;
    }

    /// {@return a builder in which everything has a default; without an authentication the client
    /// cannot connect yet}
    public static Builder builder() {
        return new Builder();
    }

    /// Sets how the next [#connect()] shows who this client is.
    public void authentication(Authentication authentication) {
        owner.check();
        this.authentication = authentication;
    }

    // ---- Connecting

    /// {@inheritDoc}
    ///
    /// Payloads of an earlier connection that were not received are dropped.
    ///
    /// With [Authentication.Backend] it starts a fetch, which goes on in threads of the
    /// [TokenClient], and the first [#update()] that finds the token there dials.
    ///
    /// @throws IllegalStateException when this client, or the [TokenClient], is closed
    @Override
    public void connect() {
        owner.check();
        if (isClosed) {
            throw new IllegalStateException("this client is closed: make another one");
        }
        nowNanos = monotonicClock.getAsLong();
        switch (authentication) {
            case Authentication.None _ -> fail(new DisconnectReason.NoAuthentication());
            case Authentication.Token(ConnectToken token) -> connect(token);
            case Authentication.Backend(TokenClient tokenClient) -> fetch(tokenClient);
            case Authentication.Manual manual -> {
                Log.manualAuthentication(logger);
                ConnectToken token = mint(manual);
                connect(token);
                token.erase();
            }
        }
    }

    private void fetch(TokenClient tokenClient) {
        CompletableFuture<FetchedToken> fetch = tokenClient.fetch();
        disconnect(StatedReason.NONE);
        received.clear();
        idFromBackend = null;
        pendingToken.start(fetch);
        state = new ConnectionState.Connecting();
    }

    /// Dials when the token is there.
    private void lookForToken() {
        CompletableFuture<FetchedToken> fetch = pendingToken.poll();
        if (fetch == null) {
            return;
        }
        if (fetch.state() != Future.State.SUCCESS) {
            failFetch(PendingToken.failureOf(fetch));
            return;
        }
        FetchedToken fetched = fetch.resultNow();
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
        fail(new DisconnectReason.TokenFetchFailed(failure));
    }

    private ConnectToken mint(Authentication.Manual manual) {
        TokenRequest request =
                TokenRequest.forClient(manual.clientId())
                        .server(manual.serverAddress())
                        .statesReasons(true);
        return new TokenMint(manual.privateKey(), manual.protocolId(), random, wallClock)
                .mint(request);
    }

    private void connect(ConnectToken token) {
        ConnectTokenInfo info;
        try {
            info = token.info();
            transport.open();
        } catch (InvalidConnectTokenException e) {
            fail(new DisconnectReason.TokenInvalid(String.valueOf(e.getMessage())));
            return;
        } catch (IOException e) {
            fail(new DisconnectReason.TransportFailed(String.valueOf(e.getMessage())));
            return;
        }
        if (!usedTokens.claim(token.tag(), info.expireTimestamp())) {
            throw new TokenUsedException(token.tag());
        }
        pendingToken.cancel();
        Log.cipher(logger, machine.cipherName());
        received.clear();
        connectionPayloads = new PayloadCounters();
        tokenInfo = info;
        if (machine.state().isActive()) {
            disconnect(StatedReason.NONE);
        }
        // Minting and opening took a while, which is not the first server's.
        nowNanos = monotonicClock.getAsLong();
        machine.connect(nowNanos, token, sink);
        transport.flush();
        stateOfMachine = machine.state();
        state = new ConnectionState.Connecting();
    }

    private void fail(DisconnectReason reason) {
        disconnect(StatedReason.NONE);
        state = new ConnectionState.Disconnected(reason);
    }

    @Override
    public void disconnect(StatedReason reason) {
        owner.check();
        boolean wasFetching = pendingToken.cancel();
        if (machine.state().isActive()) {
            noticeServer();
            machine.disconnect(nowNanos, reason, sink);
            transport.flush();
            stateOfMachine = machine.state();
            release(reason);
        } else if (!wasFetching) {
            return;
        }
        state = new ConnectionState.Disconnected(new DisconnectReason.ClientLeft(reason));
    }

    @Override
    public void close() {
        owner.check();
        if (!isClosed) {
            disconnect(StatedReason.NONE);
            isClosed = true;
            transport.close();
        }
    }

    // ---- A tick

    @Override
    public void update() {
        owner.claim();
        nowNanos = monotonicClock.getAsLong();
        lookForToken();
        noticeServer();
        transport.receive(datagramHandler, PACKETS_PER_UPDATE_MAX);
        machine.handleTimeout(nowNanos, sink);
        transport.flush();
        noticeState();
    }

    private void handleDatagram(PeerAddress from, ByteBuffer datagram) {
        if (machine.handleDatagram(nowNanos, from, datagram)) {
            int bytes = datagram.remaining();
            if (received.add(null, datagram)) {
                payloads.in(bytes);
                connectionPayloads.in(bytes);
            } else {
                payloads.dropped();
                connectionPayloads.dropped();
            }
        }
    }

    private void noticeState() {
        ClientState latest = machine.state();
        if (latest != stateOfMachine) {
            stateOfMachine = latest;
            state =
                    switch (latest) {
                        case SENDING_CONNECTION_REQUEST, SENDING_CONNECTION_RESPONSE ->
                                new ConnectionState.Connecting();
                        case CONNECTED -> new ConnectionState.Connected();
                        default -> new ConnectionState.Disconnected(reasonOf(latest));
                    };
            if (!latest.isActive()) {
                release(StatedReason.NONE);
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

    /// {@return why the machine has left the active states by itself}
    private DisconnectReason reasonOf(ClientState ending) {
        ConnectTokenInfo info = tokenInfo;
        if (info == null) {
            return new DisconnectReason.NeverConnected();
        }
        int timeoutSeconds = Math.max(0, info.timeoutSeconds());
        return switch (ending) {
            case CONNECT_TOKEN_EXPIRED ->
                    new DisconnectReason.TokenExpired(
                            info.expireTimestamp() - info.createTimestamp());
            case CONNECTION_TIMED_OUT -> new DisconnectReason.TimedOut(timeoutSeconds);
            case CONNECTION_RESPONSE_TIMED_OUT ->
                    new DisconnectReason.ResponseTimedOut(info.servers(), timeoutSeconds);
            case CONNECTION_REQUEST_TIMED_OUT ->
                    new DisconnectReason.RequestTimedOut(info.servers(), timeoutSeconds);
            case CONNECTION_DENIED -> new DisconnectReason.Denied(machine.statedReason());
            case INVALID_CONNECT_TOKEN ->
                    new DisconnectReason.TokenInvalid("it was changed while it was read");
            default ->
                    machine.hasUsedUpSequence()
                            ? new DisconnectReason.SequenceExhausted()
                            : Reasons.endedByServer(machine.statedReason());
        };
    }

    @Override
    public int receive(PayloadHandler handler) {
        owner.check();
        if (isReceiving) {
            throw new IllegalStateException(
                    "receive was called from inside its own handler: return, and call it again");
        }
        isReceiving = true;
        int delivered = 0;
        try {
            while (!received.isEmpty()) {
                try {
                    handler.onPayload(received.lend());
                } finally {
                    received.removeLent();
                }
                delivered++;
            }
        } finally {
            isReceiving = false;
        }
        return delivered;
    }

    @Override
    public SendResult send(ByteBuffer payload) {
        owner.check();
        Payloads.check(payload, maxPayloadBytes);
        int bytes = payload.remaining();
        if (bytes > Payloads.ALWAYS_FIT_BYTES && !fits(payload)) {
            return SendResult.TOO_LARGE;
        }
        if (machine.state() == ClientState.CONNECTED && !transport.hasRoom(serverPeer)) {
            return SendResult.QUEUE_FULL;
        }
        if (!machine.send(nowNanos, payload, sink)) {
            return SendResult.NOT_CONNECTED;
        }
        payloads.out(bytes);
        connectionPayloads.out(bytes);
        return SendResult.SENT;
    }

    private boolean fits(ByteBuffer payload) {
        return server == null || Payloads.fits(payload, transport, serverPeer);
    }

    @Override
    public void suspendTimeouts() {
        owner.check();
        machine.suspendTimeouts();
    }

    @Override
    public void resumeTimeouts() {
        owner.check();
        machine.resumeTimeouts(monotonicClock.getAsLong());
    }

    @Override
    public void reportRoundTrip(long nanos) {
        owner.check();
        ConnectionMeter meter = machine.meter();
        if (meter != null) {
            meter.reportRoundTrip(nanos);
        }
    }

    @Override
    public void flush() {
        owner.check();
        transport.flush();
    }

    // ---- Looks

    @Override
    public ConnectionState state() {
        return state;
    }

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
        return new ClientStats(
                payloads.out(),
                payloads.bytesOut(),
                payloads.in(),
                payloads.bytesIn(),
                payloads.notQueued(),
                machine.drops().asMap(),
                transport.stats());
    }

    @Override
    public ConnectionStats connectionStats() {
        ConnectionMeter meter = machine.meter();
        return meter == null ? ConnectionStats.NONE : ConnectionStats.of(meter, connectionPayloads);
    }

    @Override
    public String toString() {
        return "NetcodeClient[" + stateOfMachine + "]";
    }

    /// How a client is set up. Each method replaces what was set before and returns the builder.
    public static final class Builder {
        private Transport transport = UdpTransport.anyPort();
        private Authentication authentication = new Authentication.None();
        private LongSupplier monotonicClock = System::nanoTime;
        private WallClock wallClock = SystemPorts.WALL_CLOCK;
        private RandomBytes random = SystemPorts.RANDOM;
        private UsedTokens usedTokens = UsedTokens.OF_PROCESS;
        private Logger logger = Log.logger();

        private Builder() {}

        /// Sets what moves the packets, [UdpTransport#anyPort()] by default. The client opens and
        /// closes it, and nobody else uses it.
        public Builder transport(Transport transport) {
            this.transport = transport;
            return this;
        }

        /// Sets how the client shows who it is, [Authentication.None] by default.
        public Builder authentication(Authentication authentication) {
            this.authentication = authentication;
            return this;
        }

        /// Sets the clock of the timers: nanoseconds that never decrease, `System.nanoTime()` by
        /// default.
        public Builder monotonicClock(LongSupplier nanos) {
            monotonicClock = nanos;
            return this;
        }

        /// Sets the Unix time of the tokens that [Authentication.Manual] makes, the system's by
        /// default.
        public Builder wallClock(WallClock wallClock) {
            this.wallClock = wallClock;
            return this;
        }

        /// Sets the randomness of the tokens that [Authentication.Manual] makes, a `SecureRandom`
        /// by default.
        public Builder random(RandomBytes random) {
            this.random = random;
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
