package dev.hawser.netcode;

import dev.hawser.ClientId;
import dev.hawser.Refusal;
import dev.hawser.SendResult;
import dev.hawser.protocol.Drop;
import dev.hawser.protocol.KeyRing;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.machine.PacketSink;
import dev.hawser.protocol.machine.ServerConfig;
import dev.hawser.protocol.machine.ServerEvent;
import dev.hawser.protocol.machine.ServerGroup;
import dev.hawser.protocol.machine.ServerMachine;
import dev.hawser.transport.DatagramHandler;
import dev.hawser.transport.Transport;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// One start of a [NetcodeServer], until its stop: its machine, the clients in its slots, its time.
/// One thread.
final class NetcodeRun {
    /// Packets of clients that are over their limit cost next to nothing, so that an update takes
    /// more of them: up to so many times what it takes otherwise.
    private static final int CHEAP_PACKETS_FACTOR = 8;

    /// How long a server that was woken for nothing lets packets gather before it looks again: less
    /// than anybody feels, and under a flood one wakeup for many. A wakeup costs nearly as much as
    /// the refusal of a packet.
    private static final long GATHERING_NANOS = TimeUnit.MICROSECONDS.toNanos(500);

    private final NetcodeServer server;
    private final NetcodeServerSettings settings;
    private final Transport transport;
    private final PacketSink sink;
    private final DatagramHandler datagramHandler = this::handleDatagram;
    private final DatagramHandler surplusHandler = this::handleSurplus;
    private final TickClock tickClock = new TickClock();
    private final ServerMachine machine;
    private final @Nullable NetcodeConnectedClient[] clientOfSlot;
    private final SilenceExplainer silence;
    private final long startedNanos;
    private final long movedAtStartSeconds;

    private long nowNanos;

    /// What has been said of the clock's moves.
    private long saidMovedBySeconds;

    private boolean hasLetIn;

    /// All that the last tick received was dropped, and no more is known to wait.
    private boolean wasWokenForNothing;

    private boolean hasLostTransport;

    private boolean isOver;

    /// @param identity the addresses by which connect tokens name the server
    /// @param group what the members of a [dev.hawser.multi.MultiServer] share, or null
    NetcodeRun(
            NetcodeServer server,
            NetcodeServerSettings settings,
            List<NetAddress> identity,
            KeyRing keyRing,
            boolean asksAdmission,
            @Nullable ServerGroup group) {
        this.server = server;
        this.settings = settings;
        transport = settings.transport();
        sink = transport::send;
        clientOfSlot = new @Nullable NetcodeConnectedClient[settings.maxClients()];
        nowNanos = settings.monotonicClock().getAsLong();
        tickClock.look(settings.wallClock());
        startedNanos = nowNanos;
        movedAtStartSeconds = tickClock.movedBySeconds();
        saidMovedBySeconds = movedAtStartSeconds;
        ServerConfig config =
                settings.config(identity, keyRing).asksAdmission(asksAdmission).build();
        machine =
                group == null
                        ? new ServerMachine(config, tickClock, settings.random())
                        : new ServerMachine(config, tickClock, settings.random(), group);
        silence =
                new SilenceExplainer(
                        settings.logger(),
                        settings.protocolId(),
                        identity,
                        settings.maxConnectTokenLifetime(),
                        machine.newcomerDrops(),
                        nowNanos);
    }

    /// Its transport was closed by somebody else: what ends from now on ends by that.
    void loseTransport() {
        hasLostTransport = true;
    }

    /// Ends every connection; what that gives to say is sent.
    void close(StatedReason reason) {
        isOver = true;
        machine.close(nowNanos, reason, sink);
        takeEvents();
        transport.flush();
    }

    // ---- A tick

    /// @param receives whether there is room for what may happen when packets are taken
    void tick(boolean receives) {
        nowNanos = settings.monotonicClock().getAsLong();
        tickClock.look(settings.wallClock());
        wasWokenForNothing = false;
        if (receives) {
            receive();
        }
        machine.handleTimeout(nowNanos, sink);
        takeEvents();
        transport.flush();
        explainSilence();
        explainClock();
    }

    /// Takes packets until there are none, or so many that the tick has to go on. Of those that are
    /// left then, only the ends of connections count: what stayed where it is would be older with
    /// every tick, and so would they.
    private void receive() {
        int costly = settings.packetsPerUpdateMax();
        int total = costly * CHEAP_PACKETS_FACTOR;
        long received = 0;
        long droppedBefore = machine.drops().total();
        int cheap;
        do {
            long overLimit = machine.drops().count(Drop.OVER_LIMIT);
            int taken = transport.receive(datagramHandler, Math.min(costly, total));
            cheap = (int) (machine.drops().count(Drop.OVER_LIMIT) - overLimit);
            costly -= taken - cheap;
            total -= taken;
            received += taken;
        } while (cheap > 0 && costly > 0 && total > 0);
        if ((costly <= 0 || total <= 0)
                && transport.receive(surplusHandler, PacketLimits.SURPLUS_PACKETS_MAX) > 0) {
            server.reachedPacketLimit(nowNanos);
        }
        long dropped = machine.drops().total() - droppedBefore;
        wasWokenForNothing = received > 0 && dropped == received && costly > 0 && total > 0;
    }

    private void handleSurplus(PeerAddress from, ByteBuffer datagram) {
        machine.handleSurplus(nowNanos, from, datagram);
        takeEvents();
    }

    private void handleDatagram(PeerAddress from, ByteBuffer datagram) {
        int slot = machine.handleDatagram(nowNanos, from, datagram, sink);
        if (slot == ServerMachine.NO_SLOT) {
            takeEvents();
            return;
        }
        NetcodeConnectedClient client = clientOfSlot[slot];
        if (client != null && !client.takes(datagram)) {
            machine.pausePayloads(slot);
        }
    }

    private void explainSilence() {
        boolean letsIn = hasLetIn || machine.pendingConnections() > 0;
        if (silence.look(nowNanos, tickClock, letsIn)) {
            hasLetIn = false;
        }
    }

    private void explainClock() {
        long moved = tickClock.movedBySeconds() - saidMovedBySeconds;
        if (moved != 0) {
            saidMovedBySeconds = tickClock.movedBySeconds();
            NetcodeLog.clockMoved(
                    settings.logger(),
                    server,
                    moved,
                    tickClock.unixSeconds(),
                    machine.latestForgottenExpiry());
        }
    }

    void await(long timeoutNanos) {
        long timeoutAtNanos = machine.nextTimeout();
        long wait = timeoutNanos;
        if (timeoutAtNanos != ServerMachine.NO_TIMEOUT) {
            wait = Math.min(wait, timeoutAtNanos - settings.monotonicClock().getAsLong());
        }
        if (wasWokenForNothing && wait > 0) {
            long gathering = Math.min(wait, GATHERING_NANOS);
            LockSupport.parkNanos(this, gathering);
            wait -= gathering;
        }
        transport.await(wait);
    }

    // ---- What has happened

    private void takeEvents() {
        ServerEvent event = machine.pollEvent();
        while (event != null) {
            switch (event) {
                case ServerEvent.Connected connect -> handleConnect(connect);
                case ServerEvent.Disconnected disconnect -> handleDisconnect(disconnect);
                case ServerEvent.Moved move -> handleMove(move);
                case ServerEvent.Suspended suspend -> handleSuspend(suspend);
                case ServerEvent.Resumed resume -> handleResume(resume);
                case ServerEvent.Requested request ->
                        server.requested(request, refusal -> answer(request.entry(), refusal));
            }
            event = machine.pollEvent();
        }
    }

    private void answer(long entry, @Nullable Refusal refusal) {
        if (isOver) {
            return;
        }
        if (refusal == null) {
            machine.admit(nowNanos, entry, sink);
        } else {
            machine.refuse(nowNanos, entry, refusal.stated(), sink);
        }
        takeEvents();
    }

    private void handleConnect(ServerEvent.Connected event) {
        int slot = event.slot();
        NetcodeConnectedClient client =
                new NetcodeConnectedClient(
                        server,
                        this,
                        slot,
                        new ClientId.Netcode(event.clientId()),
                        event.address(),
                        event.userData(),
                        event.token(),
                        settings.receiveLimit(),
                        machine.meter(slot));
        clientOfSlot[slot] = client;
        transport.retain(client.peer);
        server.connected(client);
        hasLetIn = true;
    }

    private NetcodeConnectedClient clientOf(int slot) {
        NetcodeConnectedClient client = clientOfSlot[slot];
        if (client == null) {
            throw new AssertionError("something happened to slot " + slot + ", but nobody has it");
        }
        return client;
    }

    private void handleMove(ServerEvent.Moved event) {
        NetcodeConnectedClient client = clientOf(event.slot());
        transport.release(client.peer, StatedReason.NONE);
        client.move(event.to());
        transport.retain(client.peer);
        server.moved(client, event.from(), event.to());
    }

    private void handleSuspend(ServerEvent.Suspended event) {
        NetcodeConnectedClient client = clientOf(event.slot());
        server.suspended(client);
        transport.release(client.peer, StatedReason.NONE);
    }

    private void handleResume(ServerEvent.Resumed event) {
        int slot = event.slot();
        NetcodeConnectedClient client = server.resuming(new ClientId.Netcode(event.clientId()));
        if (client.isConnected()) {
            // Nobody had noticed that it was lost.
            client.releasePeer();
        }
        server.resumed(client, slot, event.userData(), machine.meter(slot));
        client.resume(this, event.address(), event.token(), machine.meter(slot));
        clientOfSlot[slot] = client;
        transport.retain(client.peer);
        hasLetIn = true;
    }

    void release(NetcodeConnectedClient client) {
        transport.release(client.peer, StatedReason.NONE);
    }

    /// The client has come back at another member.
    void abandon(NetcodeConnectedClient client) {
        machine.abandon(client.clientIndex());
        clientOfSlot[client.clientIndex()] = null;
        server.abandoned(client);
    }

    private void handleDisconnect(ServerEvent.Disconnected event) {
        NetcodeConnectedClient client = clientOf(event.slot());
        boolean wasSuspended = client.isSuspended();
        clientOfSlot[event.slot()] = null;
        server.disconnected(
                client, hasLostTransport ? Reasons.TRANSPORT_CLOSED : Reasons.of(event));
        // Who replaced it may have the same address, and one that was kept has none.
        if (event.cause() != ServerEvent.Cause.REPLACED && !wasSuspended) {
            transport.release(client.peer, event.reason());
        }
    }

    // ---- Commands of its clients' handles

    SendResult send(NetcodeConnectedClient client, ByteBuffer payload) {
        PeerAddress peer = client.peer;
        if (!PacketLimits.fits(payload, transport, peer)) {
            return SendResult.TOO_LARGE;
        }
        if (!transport.hasRoom(peer)) {
            return SendResult.QUEUE_FULL;
        }
        if (machine.send(nowNanos, client.clientIndex(), payload, sink)) {
            return SendResult.SENT;
        }
        takeEvents();
        return SendResult.NOT_CONNECTED;
    }

    void end(NetcodeConnectedClient client, StatedReason reason) {
        machine.disconnect(nowNanos, client.clientIndex(), reason, sink);
        takeEvents();
    }

    void replace(NetcodeConnectedClient client) {
        machine.replace(nowNanos, client.clientIndex(), sink);
        takeEvents();
    }

    /// A client had as much waiting as it may, and has no longer.
    void resumePayloads(NetcodeConnectedClient client) {
        if (client.isConnected()) {
            machine.resumePayloads(client.clientIndex());
        }
    }

    // ---- Commands of the server

    void keyRing(KeyRing keys) {
        machine.keyRing(keys);
    }

    /// Nobody comes in any more.
    void drain(StatedReason reason) {
        machine.drain(nowNanos, reason);
        takeEvents();
    }

    void suspendTimeouts() {
        machine.suspendTimeouts();
    }

    void resumeTimeouts() {
        machine.resumeTimeouts(settings.monotonicClock().getAsLong());
    }

    // ---- Looks

    /// {@return the machine, for its figures, which outlive the run}
    ServerMachine machine() {
        return machine;
    }

    /// {@return the time of the last tick, or of the start}
    long nowNanos() {
        return nowNanos;
    }

    int maxPayloadBytes(NetcodeConnectedClient client) {
        return PacketLimits.bytesMax(transport, client.peer);
    }

    /// {@return whether a token that was minted at the latest update may not have been used before
    /// the start}
    ///
    /// @param remaining by how much the longest lifetime of a token exceeds this token's
    boolean isLaterThanStartBy(Duration remaining) {
        // And a second, since tokens and servers count whole ones; another where the start moved.
        int roundedSeconds = tickClock.movedBySeconds() == movedAtStartSeconds ? 1 : 2;
        long refusesNanos = remaining.toNanos() + TimeUnit.SECONDS.toNanos(roundedSeconds);
        return nowNanos - startedNanos > refusesNanos;
    }
}
