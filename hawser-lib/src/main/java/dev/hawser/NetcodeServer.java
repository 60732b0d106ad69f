package dev.hawser;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.protocol.RandomBytes;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.WallClock;
import dev.hawser.protocol.machine.PacketSink;
import dev.hawser.protocol.machine.ServerConfig.SameClient;
import dev.hawser.protocol.machine.ServerEvent;
import dev.hawser.protocol.machine.ServerMachine;
import dev.hawser.transport.DatagramHandler;
import dev.hawser.transport.Transport;
import java.io.IOException;
import java.lang.System.Logger;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
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
/// **Silence.** Wrong requests are dropped without an answer, as the standard asks. When every
/// request is dropped for one reason, a line in the log says which and what to do, at most once a
/// minute; [#stats()] has the counts.
///
/// Nothing is allocated per packet in steady state, except by the JDK's own ciphers and for the
/// addresses of its channel.
public final class NetcodeServer implements NetServer {
    private static final StatedReason STOPPED =
            StatedReason.of(StatedReason.SERVER_STOPPED, "the server has stopped");

    private final OwnerThread owner = new OwnerThread("server");
    private final NetcodeServerSettings settings;
    private final Transport transport;
    private final int maxPayloadBytes;
    private final int packetsPerUpdateMax;
    private final PacketSink sink;
    private final DatagramHandler datagramHandler = this::handleDatagram;

    private final ServerInbox inbox;
    private final PayloadCounters payloads = new PayloadCounters();
    private final @Nullable NetcodeConnectedClient[] clientOfSlot;
    private final List<ConnectedClient> connected = new ArrayList<>();
    private final Collection<ConnectedClient> connectedView =
            Collections.unmodifiableCollection(connected);

    /// Of the present start, or the last one: its figures outlive it.
    private volatile @Nullable ServerMachine machine;

    private volatile boolean isRunning;
    private @Nullable SilenceExplainer silence;
    private boolean hasLetIn;
    private boolean hasWarned;
    private long nowNanos;

    private NetcodeServer(NetcodeServerSettings settings) {
        this.settings = settings;
        transport = settings.transport();
        maxPayloadBytes = Payloads.bytesMax(transport);
        packetsPerUpdateMax = settings.packetsPerUpdateMax();
        inbox = new ServerInbox(settings.receiveQueueBytes(), settings.eventsMax());
        clientOfSlot = new @Nullable NetcodeConnectedClient[settings.maxClients()];
        sink = transport::send;
    }

    /// {@return a builder, in which transport, protocol id and private key have to be set}
    public static Builder builder() {
        return new Builder();
    }

    // ---- Life

    /// {@inheritDoc}
    ///
    /// @throws IllegalStateException when the transport is bound to all interfaces and no identity
    ///   was set, or the private key has been erased
    @Override
    public void start() throws IOException {
        owner.check();
        if (isRunning) {
            return;
        }
        transport.open();
        try {
            start(settings.identityAt(transport.localAddress()));
        } catch (RuntimeException e) {
            transport.close();
            throw e;
        }
    }

    private void start(List<NetAddress> identity) {
        nowNanos = settings.monotonicClock().getAsLong();
        ServerMachine started =
                new ServerMachine(
                        settings.config(identity), settings.wallClock(), settings.random());
        silence =
                new SilenceExplainer(
                        settings.logger(),
                        settings.protocolId(),
                        identity,
                        settings.maxConnectTokenLifetime(),
                        started.drops(),
                        nowNanos);
        Log.cipher(settings.logger(), started.cipherName());
        if (settings.maxConnectTokenLifetime().isZero()) {
            Log.lifetimeLimitOff(settings.logger());
        }
        machine = started;
        isRunning = true;
    }

    @Override
    public void stop() {
        owner.check();
        ServerMachine machine = this.machine;
        if (isRunning && machine != null) {
            isRunning = false;
            machine.close(nowNanos, STOPPED, sink);
            takeEvents(machine);
            transport.flush();
            transport.close();
            owner.release();
        }
    }

    @Override
    public boolean isRunning() {
        return isRunning;
    }

    // ---- A tick

    @Override
    public void update() {
        ServerMachine machine = this.machine;
        if (!isRunning || machine == null) {
            owner.check();
            return;
        }
        owner.claim();
        nowNanos = settings.monotonicClock().getAsLong();
        if (inbox.takesEvents()) {
            hasWarned = false;
            transport.receive(datagramHandler, packetsPerUpdateMax);
        } else if (!hasWarned) {
            hasWarned = true;
            Log.handlerTooSlow(settings.logger(), inbox.events());
        }
        machine.handleTimeout(nowNanos, sink);
        takeEvents(machine);
        transport.flush();
        explainSilence(machine);
    }

    private void handleDatagram(PeerAddress from, ByteBuffer datagram) {
        ServerMachine machine = this.machine;
        if (machine == null) {
            return;
        }
        int slot = machine.handleDatagram(nowNanos, from, datagram, sink);
        if (slot == ServerMachine.NO_SLOT) {
            takeEvents(machine);
            return;
        }
        NetcodeConnectedClient client = clientOfSlot[slot];
        if (client != null) {
            payloads.in(datagram.remaining(), inbox.add(client, datagram));
        }
    }

    private void explainSilence(ServerMachine machine) {
        SilenceExplainer silence = this.silence;
        if (silence != null) {
            boolean letsIn = hasLetIn || machine.pendingConnections() > 0;
            if (silence.look(nowNanos, settings.wallClock(), letsIn)) {
                hasLetIn = false;
            }
        }
    }

    private void takeEvents(ServerMachine machine) {
        ServerEvent event = machine.pollEvent();
        while (event != null) {
            switch (event) {
                case ServerEvent.Connected connect -> handleConnect(connect);
                case ServerEvent.Disconnected disconnect -> handleDisconnect(disconnect);
                // Everybody with a valid token gets in: the machine does not ask.
                case ServerEvent.Requested _ -> {}
            }
            event = machine.pollEvent();
        }
    }

    private void handleConnect(ServerEvent.Connected event) {
        NetcodeConnectedClient client =
                new NetcodeConnectedClient(
                        this,
                        event.slot(),
                        new ClientId.Netcode(event.clientId()),
                        event.address(),
                        event.userData());
        clientOfSlot[client.slot] = client;
        client.listIndex = connected.size();
        connected.add(client);
        inbox.addConnect(client);
        hasLetIn = true;
    }

    private void handleDisconnect(ServerEvent.Disconnected event) {
        NetcodeConnectedClient client = clientOfSlot[event.slot()];
        if (client == null) {
            throw new AssertionError("slot " + event.slot() + " was freed, but nobody had it");
        }
        clientOfSlot[client.slot] = null;
        client.end();
        // The last one takes its place, so that nothing moves up.
        NetcodeConnectedClient last = (NetcodeConnectedClient) connected.removeLast();
        if (last != client) {
            connected.set(client.listIndex, last);
            last.listIndex = client.listIndex;
        }
        inbox.addDisconnect(client, Reasons.of(event));
    }

    @Override
    public int receive(ServerHandler handler) {
        owner.check();
        return inbox.deliver(handler);
    }

    // ---- Commands

    @Override
    public SendResult send(ConnectedClient client, ByteBuffer payload) {
        owner.check();
        Payloads.check(payload, maxPayloadBytes);
        NetcodeConnectedClient own = own(client);
        ServerMachine machine = this.machine;
        if (!own.isConnected() || machine == null) {
            return SendResult.NOT_CONNECTED;
        }
        int bytes = payload.remaining();
        if (!machine.send(nowNanos, own.slot, payload, sink)) {
            takeEvents(machine);
            return SendResult.NOT_CONNECTED;
        }
        payloads.out(bytes);
        return SendResult.SENT;
    }

    @Override
    public void disconnect(ConnectedClient client, StatedReason reason) {
        owner.check();
        NetcodeConnectedClient own = own(client);
        ServerMachine machine = this.machine;
        if (own.isConnected() && machine != null) {
            machine.disconnect(nowNanos, own.slot, reason, sink);
            takeEvents(machine);
        }
    }

    private NetcodeConnectedClient own(ConnectedClient client) {
        if (client instanceof NetcodeConnectedClient own && own.server == this) {
            return own;
        }
        throw new IllegalArgumentException(
                client + " is not a client of this server: use the server that it came from");
    }

    @Override
    public void flush() {
        owner.check();
        transport.flush();
    }

    @Override
    public void await(long timeoutNanos) {
        ServerMachine machine = this.machine;
        if (!isRunning || machine == null) {
            return;
        }
        owner.claim();
        long timeoutAtNanos = machine.nextTimeout();
        long wait = timeoutNanos;
        if (timeoutAtNanos != ServerMachine.NO_TIMEOUT) {
            wait = Math.min(wait, timeoutAtNanos - settings.monotonicClock().getAsLong());
        }
        transport.await(wait);
    }

    @Override
    public void wakeup() {
        transport.wakeup();
    }

    // ---- Looks

    @Override
    public Collection<ConnectedClient> connectedClients() {
        owner.check();
        return connectedView;
    }

    @Override
    public NetAddress localAddress() {
        return transport.localAddress();
    }

    /// {@return the size of the largest payload, in bytes}
    public int maxPayloadBytes() {
        return maxPayloadBytes;
    }

    @Override
    public ServerStats stats() {
        ServerMachine machine = this.machine;
        return new ServerStats(
                settings.maxClients(),
                machine == null ? 0 : machine.connectedClients(),
                machine == null ? 0 : machine.pendingConnections(),
                machine == null ? 0 : machine.rememberedTokens(),
                machine == null ? 0 : machine.denied(),
                payloads.out(),
                payloads.bytesOut(),
                payloads.in(),
                payloads.bytesIn(),
                payloads.notQueued(),
                machine == null ? Map.of() : machine.drops().asMap(),
                transport.stats());
    }

    @Override
    public String toString() {
        return "NetcodeServer[" + transport.localAddress() + "]";
    }

    /// How a server is set up. Each method replaces what was set before and returns the builder.
    public static final class Builder {
        private final NetcodeServerSettings.Draft draft = new NetcodeServerSettings.Draft();

        private Builder() {}

        /// Sets what moves the packets. The server opens and closes it, and nobody else uses it.
        public Builder transport(Transport transport) {
            draft.transport = transport;
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
            draft.privateKey = privateKey;
            return this;
        }

        /// Sets the addresses by which connect tokens name this server, the one it is bound to by
        /// default. A port of 0 stands for the port it is bound to. No two servers share an
        /// address.
        public Builder identity(NetAddress... addresses) {
            return identity(List.of(addresses));
        }

        /// Sets the addresses by which connect tokens name this server, the one it is bound to by
        /// default. A port of 0 stands for the port it is bound to. No two servers share an
        /// address.
        public Builder identity(List<NetAddress> addresses) {
            draft.identity = List.copyOf(addresses);
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

        /// Sets what happens when a client id that is connected asks again, by default
        /// [SameClient#REFUSE].
        public Builder sameClient(SameClient policy) {
            draft.sameClient = policy;
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

        /// Sets the size of the queue between update and receive, in bytes: payloads that find no
        /// room are dropped and counted. By default 8 KiB for each slot, but at least 2 MiB and at
        /// most 32 MiB.
        ///
        /// @throws IllegalArgumentException when not even the largest payload fits
        public Builder receiveQueueBytes(int bytes) {
            draft.setReceiveQueueBytes(bytes);
            return this;
        }

        /// Sets the clock of the timers: nanoseconds that never decrease, `System.nanoTime()` by
        /// default.
        public Builder monotonicClock(LongSupplier nanos) {
            draft.monotonicClock = nanos;
            return this;
        }

        /// Sets the Unix time by which tokens expire, by default the system's, made never to run
        /// backwards; another one must not do so either.
        public Builder wallClock(WallClock wallClock) {
            draft.wallClock = wallClock;
            return this;
        }

        /// Sets the randomness, which must be cryptographic; a `SecureRandom` by default.
        public Builder random(RandomBytes random) {
            draft.random = random;
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
