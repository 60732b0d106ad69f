package dev.hawser.netcode;

import dev.hawser.ClientId;
import dev.hawser.ConnectionRequestHandler;
import dev.hawser.DisconnectReason;
import dev.hawser.Refusal;
import dev.hawser.ServerStats;
import dev.hawser.protocol.KeyId;
import dev.hawser.protocol.KeyRing;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.protocol.RandomBytes;
import dev.hawser.protocol.SameClient;
import dev.hawser.protocol.UserData;
import dev.hawser.protocol.WallClock;
import dev.hawser.protocol.machine.ConnectionMeter;
import dev.hawser.protocol.machine.ServerEvent;
import dev.hawser.protocol.machine.ServerMachine;
import dev.hawser.spi.AbstractServer;
import dev.hawser.spi.ReceiveLimit;
import dev.hawser.transport.Transport;
import java.io.IOException;
import java.lang.System.Logger;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A server that speaks netcode 1.02 over any transport.
///
/// ```java
/// var server =
///         NetcodeServer.builder()
///                 .transport(UdpTransport.bind(NetAddress.parse("0.0.0.0:7777")))
///                 .identity(NetAddress.parse("203.0.113.5:7777"))
///                 .protocolId(PROTOCOL_ID)
///                 .privateKey(privateKey)
///                 .maxClients(64)
///                 .build();
/// server.start();
/// ```
///
/// **Identity.** A connect token lists servers by address, and a server takes only tokens that list
/// it. It knows itself by the address it is bound to, unless told otherwise: bound to all
/// interfaces, behind a NAT or in a container it must be told.
///
/// **Silence.** Wrong requests are dropped without an answer, as the standard asks. While nobody
/// gets in, a line in the log says why and what to do, at most once a minute for each reason;
/// [#stats()] has the counts.
///
/// Nothing is allocated per packet in steady state, except by the JDK's own ciphers and for the
/// addresses of its channel.
public final class NetcodeServer extends AbstractServer {
    private final NetcodeServerSettings settings;
    private final Transport transport;
    private final int maxPayloadBytes;
    private final RecentClientIds recentClientIds;
    private final RecentClientIds recentlyLeft;

    /// Null while the server does not run.
    private @Nullable NetcodeRun run;

    /// Of the present run, or the last one, for its figures; null before the first.
    private volatile @Nullable ServerMachine machine;

    private KeyRing keyRing;

    /// One list for each ring, so that who looks often sees by identity that nothing has changed.
    private volatile List<KeyId> keyIds;

    private boolean areTimeoutsSuspended;

    private NetcodeServer(NetcodeServerSettings settings) {
        super(settings.maxClients(), settings.requestHandler());
        this.settings = settings;
        keyRing = settings.keyRing();
        keyIds = keyRing.ids();
        recentClientIds = new RecentClientIds(settings.maxClients());
        recentlyLeft = new RecentClientIds(settings.maxClients());
        transport = settings.transport();
        maxPayloadBytes = PacketLimits.bytesMax(transport);
    }

    /// {@return a builder, in which transport, protocol id and private key have to be set}
    public static Builder builder() {
        return new Builder();
    }

    // ---- Life

    /// @throws IllegalStateException when another server or client uses the transport
    @Override
    protected void open() throws IOException {
        TransportClaims.claim(transport, this);
        try {
            transport.open();
            open(settings.identityAt(transport.localAddress()));
        } catch (IOException | RuntimeException e) {
            closeTransport();
            throw e;
        }
    }

    private void closeTransport() {
        try {
            transport.close();
        } finally {
            TransportClaims.giveBack(transport, this);
        }
    }

    private void open(List<NetAddress> identity) {
        NetcodeRun begun =
                new NetcodeRun(
                        this, settings, identity, keyRing, hasRequestHandler(), netcodeGroup());
        if (areTimeoutsSuspended) {
            begun.suspendTimeouts();
        }
        NetcodeLog.cipher(settings.logger(), begun.machine().cipherName());
        if (settings.maxConnectTokenLifetime().isZero()) {
            NetcodeLog.lifetimeLimitOff(settings.logger());
        }
        run = begun;
        machine = begun.machine();
    }

    @Override
    protected void shut() {
        NetcodeRun ended = run;
        run = null;
        try {
            if (ended != null) {
                ended.close(STOPPED);
            }
        } finally {
            closeTransport();
        }
    }

    // ---- A tick

    @Override
    protected void tick() {
        if (run != null && !transport.isOpen()) {
            NetcodeLog.transportClosed(settings.logger(), this);
            run.loseTransport();
            stop();
        }
        if (run != null) {
            boolean receives = takesEvents();
            if (!receives) {
                reportEventsWait();
            }
            run.tick(receives);
            reportNotQueued(run.nowNanos());
        }
    }

    @Override
    protected void refuseNewcomers(Refusal.Draining reason) {
        if (run != null) {
            run.drain(reason.stated());
        }
    }

    @Override
    protected long monotonicNanos() {
        return settings.monotonicClock().getAsLong();
    }

    // ---- What its run tells

    void reachedPacketLimit(long nowNanos) {
        reachedLimit(nowNanos, "packetsPerUpdateMax", settings.packetsPerUpdateMax());
    }

    /// @param answer takes null when it may come in
    void requested(ServerEvent.Requested event, Consumer<@Nullable Refusal> answer) {
        ask(
                new ClientId.Netcode(event.clientId()),
                event.userData(),
                event.address(),
                event.token(),
                answer);
    }

    void connected(NetcodeConnectedClient client) {
        recentClientIds.add(client.id().value());
        addClient(client);
    }

    void suspended(NetcodeConnectedClient client) {
        suspendClient(client);
    }

    /// {@return the client that goes on with its connection here}
    NetcodeConnectedClient resuming(ClientId id) {
        if (resumable(id) instanceof NetcodeConnectedClient client) {
            return client;
        }
        throw new AssertionError("nobody has the connection of " + id + " that goes on");
    }

    void resumed(
            NetcodeConnectedClient client, int slot, UserData userData, ConnectionMeter meter) {
        recentClientIds.add(client.id().value());
        resumeClient(client, slot, userData, meter);
    }

    void moved(NetcodeConnectedClient client, NetAddress from, NetAddress to) {
        moveClient(client, from, to);
    }

    /// A client has come back at another member.
    void abandoned(NetcodeConnectedClient client) {
        recentlyLeft.add(client.id().value());
    }

    void disconnected(NetcodeConnectedClient client, DisconnectReason reason) {
        recentlyLeft.add(client.id().value());
        removeClient(client, reason);
    }

    // ---- Commands

    /// Takes the keys that connect tokens may be sealed with from now on. Who is connected stays
    /// so, and so does who has shown a token.
    ///
    /// @param keys kept, not copied: erase them after the last stop, and the former ones after this
    /// @throws IllegalStateException when one of the keys has been erased; the former ones then
    ///   stay
    public void keyRing(KeyRing keys) {
        checkOwner();
        // First, since it refuses what the next start would find.
        List<KeyId> ids = Objects.requireNonNull(keys, "keys").ids();
        if (run != null) {
            run.keyRing(keys);
        }
        keyRing = keys;
        keyIds = ids;
    }

    @Override
    public void suspendTimeouts() {
        checkOwner();
        areTimeoutsSuspended = true;
        if (run != null) {
            run.suspendTimeouts();
        }
    }

    @Override
    public void resumeTimeouts() {
        checkOwner();
        areTimeoutsSuspended = false;
        if (run != null) {
            run.resumeTimeouts();
        }
    }

    @Override
    public void flush() {
        checkOwner();
        transport.flush();
    }

    @Override
    protected boolean waitsForPackets() {
        return true;
    }

    @Override
    public void await(long timeoutNanos) {
        if (!isRunning()) {
            return;
        }
        claimOwner();
        if (run != null) {
            run.await(untilDue(timeoutNanos));
        }
    }

    @Override
    public void wakeup() {
        transport.wakeup();
    }

    // ---- Looks

    /// {@return the number of slots; any thread may ask}
    public int maxClients() {
        return settings.maxClients();
    }

    /// {@return the 64 bits that tell this game, and this version of it, from every other;
    /// unsigned; any thread may ask}
    public long protocolId() {
        return settings.protocolId();
    }

    /// {@return the names of the keys that connect tokens may be sealed with, newest first: the
    /// same list until [#keyRing(KeyRing)] is called; any thread may ask}
    public List<KeyId> keyIds() {
        return keyIds;
    }

    /// {@return how long connect tokens may live, in whole seconds; zero for any time; any thread
    /// may ask}
    public Duration maxConnectTokenLifetime() {
        return settings.maxConnectTokenLifetime();
    }

    /// {@return whether a connect token of this lifetime that was minted at the latest update is
    /// accepted, as far as lifetimes go}
    ///
    /// A server refuses tokens that may have been used before it started, and so, for as long as
    /// [#maxConnectTokenLifetime()] is longer than this lifetime, new ones too.
    public boolean acceptsTokensOf(Duration lifetime) {
        checkOwner();
        Duration longest = settings.maxConnectTokenLifetime();
        if (longest.isZero()) {
            return true;
        }
        return run != null
                && lifetime.compareTo(longest) <= 0
                && run.isLaterThanStartBy(longest.minus(lifetime));
    }

    /// {@return how many connections there were, over all starts; one that was resumed counts
    /// again}
    public long connections() {
        checkOwner();
        return recentClientIds.count();
    }

    /// {@return the ids of the clients of the connections after the first so many, in that order,
    /// also of those that have ended}
    ///
    /// At least the latest four for each slot are remembered; older ones are left out.
    ///
    /// @param connections what [#connections()] said at some time
    public long[] clientIdsSince(long connections) {
        checkOwner();
        return recentClientIds.since(connections);
    }

    /// {@return the ids of the clients that have a slot here, in no order: who is connected, and
    /// for whom a slot is kept}
    public long[] clientIds() {
        return Stream.concat(connectedClients().stream(), suspendedClients().stream())
                .mapToLong(client -> ((NetcodeConnectedClient) client).id().value())
                .toArray();
    }

    /// {@return how many connections have ended, over all starts; also those that went on at
    /// another member of a [dev.hawser.multi.MultiServer]}
    public long disconnections() {
        checkOwner();
        return recentlyLeft.count();
    }

    /// {@return the ids of the clients of the ends after the first so many, in that order, also of
    /// those that have come back}
    ///
    /// At least the latest four for each slot are remembered; older ones are left out.
    ///
    /// @param disconnections what [#disconnections()] said at some time
    public long[] disconnectedIdsSince(long disconnections) {
        checkOwner();
        return recentlyLeft.since(disconnections);
    }

    /// {@return the address that this server is bound to, with the real port where port 0 asked the
    /// system to choose; any thread may ask}
    public NetAddress localAddress() {
        return transport.localAddress();
    }

    @Override
    public List<NetAddress> localAddresses() {
        return List.of(localAddress());
    }

    @Override
    public int maxPayloadBytes() {
        return maxPayloadBytes;
    }

    @Override
    protected int receiveQueueBytes() {
        return settings.receiveQueueBytes();
    }

    @Override
    protected int eventsMax() {
        return settings.eventsMax();
    }

    @Override
    public ServerStats stats() {
        ServerStats.Builder stats = counted().transport(transport.stats());
        ServerMachine machine = this.machine;
        if (machine != null) {
            stats.pendingConnections(machine.pendingConnections())
                    .rememberedTokens(machine.rememberedTokens())
                    .deniedConnections(machine.denied())
                    .drops(machine.drops().asMap());
        }
        return stats.build();
    }

    @Override
    protected Logger logger() {
        return settings.logger();
    }

    @Override
    public String toString() {
        return "NetcodeServer[" + transport.localAddress() + "]";
    }

    /// How a server is set up. Each method replaces what was set before and returns the builder.
    public static final class Builder {
        private final NetcodeServerSettings.Draft draft = new NetcodeServerSettings.Draft();

        private Builder() {}

        /// Sets what moves the packets. The server opens and closes it, and nobody else uses it: of
        /// several servers or clients over one transport, or over transports that wrap the same
        /// one, all but the first are refused when they start ([IllegalStateException]). When
        /// somebody else closes it, the server says so in the log and stops, and its connections
        /// end with [DisconnectReason.TransportFailed].
        public Builder transport(Transport transport) {
            draft.transport = Objects.requireNonNull(transport, "transport");
            return this;
        }

        /// Sets the 64 bits that tell this game, and this version of it, from every other.
        public Builder protocolId(long protocolId) {
            draft.protocolId = protocolId;
            return this;
        }

        /// Sets the key that the server shares with the backend that mints its connect tokens. It
        /// is kept, not copied: erase it after the last stop.
        public Builder privateKey(PrivateKey privateKey) {
            return keyRing(KeyRing.of(Objects.requireNonNull(privateKey, "privateKey")));
        }

        /// Sets the keys that the backend may have sealed connect tokens with: more than one while
        /// keys are being changed. They are kept, not copied: erase them after the last stop.
        public Builder keyRing(KeyRing keys) {
            draft.keyRing = Objects.requireNonNull(keys, "keyRing");
            return this;
        }

        /// Sets the addresses by which connect tokens name this server, the one it is bound to by
        /// default. A port of 0 stands for the port it is bound to. No two servers share an
        /// address.
        ///
        /// @throws IllegalArgumentException when one is `0.0.0.0` or `::`, which no token can name
        public Builder identity(NetAddress... addresses) {
            return identity(List.of(addresses));
        }

        /// Sets the addresses by which connect tokens name this server, the one it is bound to by
        /// default. A port of 0 stands for the port it is bound to. No two servers share an
        /// address.
        ///
        /// @throws IllegalArgumentException when one is `0.0.0.0` or `::`, which no token can name
        public Builder identity(List<NetAddress> addresses) {
            draft.setIdentity(addresses);
            return this;
        }

        /// Sets the number of slots, 1 to 65536, 256 by default.
        ///
        /// @throws IllegalArgumentException when it is outside that range
        public Builder maxClients(int slots) {
            draft.setMaxClients(slots);
            return this;
        }

        /// Sets how long connect tokens may live, 30 seconds by default. It is to be longer than
        /// the lifetime that the backend gives them by as much as clocks may differ.
        ///
        /// The server refuses tokens that live longer, and for this long after its start it refuses
        /// those that may have been used before.
        ///
        /// @param lifetime at least one second; parts of a second are left out
        /// @throws IllegalArgumentException when it is less than one second or more than 68 years
        public Builder maxConnectTokenLifetime(Duration lifetime) {
            draft.setMaxConnectTokenLifetime(lifetime);
            return this;
        }

        /// Accepts connect tokens of any lifetime, for development: whoever recorded a connection
        /// can replay it after a restart. The log says so.
        public Builder maxConnectTokenLifetimeOff() {
            draft.maxConnectTokenLifetime = Duration.ZERO;
            return this;
        }

        /// Sets how long the slot of a client that fell silent is kept for it, not at all by
        /// default. Nobody else gets it meanwhile, and a client that comes back in time
        /// ([NetcodeClient.Builder#resume]) finds its slot, and the game the same
        /// [dev.hawser.ConnectedClient] with what is attached to it: see
        /// [dev.hawser.ServerHandler#onSuspend]. Who leaves, or is sent away, is gone at once.
        /// Clients whose token does not have Hawser's extension cannot come back, and keep none.
        ///
        /// @throws IllegalArgumentException when it is negative, or longer than a day
        public Builder keepSlotFor(Duration time) {
            draft.setKeepSlotFor(time);
            return this;
        }

        /// Sets what happens when a client id that is connected asks again, by default
        /// [SameClient#REFUSE].
        public Builder sameClient(SameClient policy) {
            draft.sameClient = Objects.requireNonNull(policy, "sameClient");
            return this;
        }

        /// Sets how many connections may be in the making: of one address and port, of one IPv4
        /// address or IPv6 /64, and in total. Requests beyond are dropped and counted. By default
        /// 4, 64, and four for each slot.
        ///
        /// @throws IllegalArgumentException when one is less than 1, or `perAddress` above 64 or
        ///   another above 2^20
        public Builder pendingLimits(int perAddress, int perNetwork, int total) {
            draft.setPendingLimits(
                    new NetcodeServerSettings.PendingLimits(perAddress, perNetwork, total));
            return this;
        }

        /// Sets how many connect tokens are remembered until they expire; with more, new ones are
        /// refused. By default the larger of 65,536 and 16 for each slot.
        ///
        /// @throws IllegalArgumentException when it is less than 1 or above 2^24
        public Builder tokenHistoryMax(int tokens) {
            draft.setTokenHistoryMax(tokens);
            return this;
        }

        /// Sets how many packets one update takes, 1 to 16,777,216: by default 64 for each slot,
        /// what a client sends in a second, but at least 8192. Packets of clients that are over
        /// their own limit ([#receiveLimitPerClient]) do not count.
        ///
        /// Of those that come on top the payloads are dropped unopened and counted, so that nothing
        /// gets older from update to update; the ends of connections count all the same.
        /// [ServerStats#updatesAtLimit()] and the log say when that happened.
        ///
        /// @throws IllegalArgumentException when it is outside that range
        public Builder packetsPerUpdateMax(int packets) {
            draft.setPacketsPerUpdateMax(packets);
            return this;
        }

        /// Sets how large the queue between update and receive may get, in bytes. A payload that
        /// finds no room is dropped, counted ([ServerStats#payloadsNotQueued()]) and said in the
        /// log; those that wait already stay. By default 64 KiB for each slot, but at least 2 MiB
        /// and at most 64 MiB; memory is taken as it is needed.
        ///
        /// @throws IllegalArgumentException when not even the largest payload fits, or it is more
        ///   than 1 GiB
        public Builder receiveQueueBytes(int bytes) {
            draft.setReceiveQueueBytes(bytes);
            return this;
        }

        /// Sets how much of one client may wait between update and receive, so that a client that
        /// floods takes nothing from the others: what it sends beyond is dropped unopened and
        /// counted. For a game that receives once a tick, it is what a client may send in a tick.
        /// By default 256 payloads and 64 KiB.
        ///
        /// @throws IllegalArgumentException when one is less than 1
        public Builder receiveLimitPerClient(int payloads, int bytes) {
            draft.receiveLimit = new ReceiveLimit(payloads, bytes);
            return this;
        }

        /// Sets who decides which clients may come in. Without one, everybody who has a valid
        /// connect token does; a member of a [dev.hawser.multi.MultiServer] asks the handler of
        /// that one.
        public Builder connectionRequests(ConnectionRequestHandler handler) {
            draft.requestHandler = Objects.requireNonNull(handler, "connectionRequests");
            return this;
        }

        /// Sets the clock of the timers: nanoseconds that never decrease, `System.nanoTime()` by
        /// default.
        public Builder monotonicClock(LongSupplier nanos) {
            draft.monotonicClock = Objects.requireNonNull(nanos, "monotonicClock");
            return this;
        }

        /// Sets the Unix time by which tokens expire, by default
        /// [dev.hawser.time.SystemClock#WALL_CLOCK], which follows within seconds when the
        /// machine's clock is set right. Another one is believed as it is: where it may jump, let
        /// [dev.hawser.time.SystemClock#corrected] look at it. It is asked at each start and once
        /// in each update.
        public Builder wallClock(WallClock wallClock) {
            draft.wallClock = Objects.requireNonNull(wallClock, "wallClock");
            return this;
        }

        /// Sets the randomness, which must be cryptographic; a `SecureRandom` by default.
        public Builder random(RandomBytes random) {
            draft.random = Objects.requireNonNull(random, "random");
            return this;
        }

        Builder logger(Logger logger) {
            draft.logger = logger;
            return this;
        }

        /// {@return the server, not yet started}
        ///
        /// @throws IllegalStateException when transport, protocol id or private key are missing;
        ///   the message says which
        /// @throws IllegalArgumentException when the transport's packets are too small for netcode
        public NetcodeServer build() {
            return new NetcodeServer(draft.toSettings());
        }
    }
}
