package dev.hawser.web.session;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import dev.hawser.protocol.StatedReason;
import dev.hawser.transport.DatagramHandler;
import dev.hawser.transport.SendFailure;
import dev.hawser.transport.TransportStats;
import dev.hawser.web.SessionCut;
import dev.hawser.web.SessionEnd;
import dev.hawser.web.SessionRefusal;
import dev.hawser.web.WebDrop;
import dev.hawser.web.WebServerOptions;
import dev.hawser.web.WebServerTransport;
import dev.hawser.web.WebStats;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// What the servers of both kinds share: their sessions, the queues to and from the owner's thread,
/// and the limits. A kind says how a session is asked for, read, written and closed.
public abstract class SessionServer implements WebServerTransport {
    /// How long a close waits for peers that are to hear of it.
    private static final long CLOSE_MILLIS_MAX = 500;

    /// How long it waits for its own thread to let go of the port.
    private static final long SHUTDOWN_MILLIS_MAX = 10_000;

    private static final long LOOK_ROUND_MILLIS = 500;

    /// How many packets may wait for a flush before the network's thread is told of them.
    private static final int KICK_PACKETS = 64;

    private static final int PORTS = 65_535;

    /// Connections whose session has not begun, or has ended, may be on top of the sessions.
    private static final int CONNECTIONS_ON_TOP = 256;

    private static final int CONNECTIONS_ON_TOP_PER_ADDRESS = 16;

    public final WebServerOptions options;
    public final WebCounters counters = new WebCounters();
    private final NetAddress bindAddress;
    private final int packetBytesMax;
    private final PacketRing<ServerSession> received;
    private final PacketRing<ServerSession> toSend;
    private final ReceiveWait receiveWait;
    private final AtomicBoolean isDrainDue = new AtomicBoolean();

    /// The owner has flushed since the network's thread last looked.
    private volatile boolean hasFlushed;

    // The owner's.
    private final ByteBuffer datagram;
    private final PeerAddress from = new PeerAddress();
    private final PeerKey probe = new PeerKey(new PeerAddress());
    private int packetsSinceKick;
    private boolean hasUnflushed;
    private @Nullable EventLoopGroup group;
    private volatile @Nullable EventLoop loop;
    private volatile NetAddress localAddress;

    /// Written by the network's thread, read by the owner's.
    private final Map<PeerKey, ServerSession> sessions = new ConcurrentHashMap<>();

    // The network's thread's.
    private final Shares sessionShares = new Shares();
    private final List<ServerSession> dirty = new ArrayList<>();

    /// Those that had no room when they were flushed last.
    private final List<ServerSession> full = new ArrayList<>();

    private final Shares connectionShares = new Shares();
    private volatile int connections;
    private int latestPort;

    /// Whether it looks round by itself; a test says when.
    public volatile boolean looksRound = true;

    private volatile @Nullable SessionEnd latestEnd;

    public SessionServer(NetAddress bindAddress, WebServerOptions options, int packetBytesMax) {
        this.bindAddress = bindAddress;
        this.options = options;
        this.packetBytesMax = packetBytesMax;
        localAddress = bindAddress;
        received = new PacketRing<>(options.queuePackets(), packetBytesMax);
        toSend = new PacketRing<>(options.queuePackets(), packetBytesMax);
        receiveWait = new ReceiveWait(received);
        datagram = ByteBuffer.allocate(packetBytesMax);
    }

    // ---- What the kinds do

    /// {@return what the network's thread runs on}
    public abstract IoHandlerFactory handlers();

    /// {@return the channel that peers come to, when it is bound}
    public abstract ChannelFuture bind(EventLoop loop, InetSocketAddress address);

    /// Looks after connections of the network that have no session; on its thread, twice a second.
    public abstract void lookRound(long nowNanos);

    /// What the owner has flushed is written; on the network's thread.
    public void flushed() {}

    /// {@return when every connection of the network has ended, after its sessions were closed; on
    /// the network's thread}
    public abstract Future<?> closeConnections(EventLoop loop);

    /// Closes the channel that peers come to, and all connections.
    public abstract void closeChannels();

    // ---- Life

    @Override
    public void open() throws IOException {
        if (isOpen()) {
            return;
        }
        var opening =
                new MultiThreadIoEventLoopGroup(
                        1, new DefaultThreadFactory("hawser-web-server", true), handlers());
        try {
            open(opening.next());
        } catch (IOException | RuntimeException | Error e) {
            shutDown(opening);
            throw e;
        }
        group = opening;
    }

    private void open(EventLoop only) throws IOException {
        ChannelFuture bound =
                bind(only, Addresses.toSocketAddress(bindAddress)).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw Addresses.bindFailure(bindAddress, bound.cause());
        }
        localAddress = Addresses.toNetAddress((InetSocketAddress) bound.channel().localAddress());
        only.scheduleAtFixedRate(
                () -> {
                    if (looksRound) {
                        lookAtAll(System.nanoTime());
                    }
                },
                LOOK_ROUND_MILLIS,
                LOOK_ROUND_MILLIS,
                TimeUnit.MILLISECONDS);
        loop = only;
    }

    /// Closes what is still open on the thread, which then ends; that frees the port.
    private static void shutDown(EventLoopGroup group) {
        Future<?> ended = group.shutdownGracefully(0, CLOSE_MILLIS_MAX, TimeUnit.MILLISECONDS);
        boolean isItself = false;
        for (EventExecutor thread : group) {
            isItself |= thread.inEventLoop();
        }
        if (!isItself) {
            ended.awaitUninterruptibly(SHUTDOWN_MILLIS_MAX);
        }
    }

    @Override
    public boolean isOpen() {
        return loop != null;
    }

    /// Ends every session with the code 1001, and gives everything back. It waits for the peers to
    /// hear of it, half a second at most, and for the port to be free. Being interrupted does not
    /// shorten that.
    @Override
    public void close() {
        EventLoopGroup group = this.group;
        EventLoop loop = this.loop;
        if (group == null || loop == null) {
            return;
        }
        this.loop = null;
        this.group = null;
        try {
            if (loop.inEventLoop()) {
                // It cannot wait for itself.
                sayGoodbye(loop);
                closeChannels();
            } else {
                awaitGoodbyes(loop);
            }
        } finally {
            shutDown(group);
            forgetAll();
        }
        receiveWait.wakeup();
    }

    private void awaitGoodbyes(EventLoop loop) {
        Future<Future<?>> said = loop.submit(() -> sayGoodbye(loop));
        said.awaitUninterruptibly(SHUTDOWN_MILLIS_MAX);
        if (said.isSuccess()) {
            said.getNow().awaitUninterruptibly(CLOSE_MILLIS_MAX);
        }
        loop.submit(this::closeChannels).awaitUninterruptibly(SHUTDOWN_MILLIS_MAX);
    }

    /// {@return when all connections have ended}
    private Future<?> sayGoodbye(EventLoop loop) {
        // The last packets go first.
        drain();
        for (ServerSession session : List.copyOf(sessions.values())) {
            session.close(SessionEnds.STOPPED);
        }
        return closeConnections(loop);
    }

    private void forgetAll() {
        sessions.clear();
        sessionShares.clear();
        dirty.clear();
        full.clear();
        received.clear();
        toSend.clear();
        isDrainDue.set(false);
        packetsSinceKick = 0;
        hasUnflushed = false;
        hasFlushed = false;
    }

    // ---- The owner's side

    @Override
    public int receive(DatagramHandler handler, int packetsMax) {
        int taken = 0;
        // What comes meanwhile waits for the next call.
        int most = Math.min(packetsMax, received.size());
        // Asked anew each time: the handler may close this transport.
        while (taken < most && isOpen()) {
            ServerSession session = received.session();
            if (session == null) {
                break;
            }
            datagram.clear().order(ByteOrder.BIG_ENDIAN).put(received.packet()).flip();
            from.set(session.key.address);
            session.receivedWaiting.decrementAndGet();
            received.remove();
            taken++;
            counters.received(datagram.remaining());
            handler.handle(from, datagram);
        }
        return taken;
    }

    @Override
    public void send(PeerAddress to, ByteBuffer packet) {
        SendFailure failure = trySend(to, packet);
        if (failure == null) {
            counters.sent(packet.remaining());
        } else {
            counters.notSent(failure);
        }
    }

    private @Nullable SendFailure trySend(PeerAddress to, ByteBuffer packet) {
        if (!isOpen()) {
            return SendFailure.CLOSED;
        }
        int bytes = packet.remaining();
        if (bytes > packetBytesMax) {
            return SendFailure.TOO_LARGE;
        }
        ServerSession session = sessionAt(to);
        if (session == null || bytes == 0) {
            return SendFailure.UNREACHABLE;
        }
        if (bytes > session.maxPacketBytes()) {
            return SendFailure.TOO_LARGE;
        }
        boolean isPayload = PacketRing.isPayload(packet.get(packet.position()));
        if (session.sentWaiting.get() >= ServerSession.waitingMax(isPayload)) {
            counters.drop(WebDrop.SEND_SESSION_LIMIT);
            return SendFailure.BUFFER_FULL;
        }
        ByteBuffer free = toSend.free(isPayload);
        if (free == null) {
            counters.drop(WebDrop.SEND_QUEUE_FULL);
            return SendFailure.BUFFER_FULL;
        }
        free.put(0, packet, packet.position(), bytes).position(bytes);
        enqueue(session);
        return null;
    }

    /// {@inheritDoc}
    ///
    /// It has none while the path of this peer carries less than is sent to it, or the network's
    /// thread is behind.
    @Override
    public boolean hasRoom(PeerAddress peer) {
        ServerSession session = sessionAt(peer);
        if (session == null
                || (session.sentWaiting.get() < ServerSession.QUEUE_PACKETS_MAX
                        && toSend.free(true) != null
                        && session.hasRoom())) {
            return true;
        }
        counters.noRoom();
        // Else nothing might be sent that shows that there is room again.
        hasUnflushed = true;
        return false;
    }

    /// {@inheritDoc}
    ///
    /// A session that nobody retains within [WebServerOptions#connectTimeout()] is closed.
    @Override
    public void retain(PeerAddress peer) {
        ServerSession session = sessionAt(peer);
        if (session != null) {
            session.isRetained = true;
        }
    }

    private void enqueue(ServerSession session) {
        session.sentWaiting.incrementAndGet();
        toSend.add(session);
        hasUnflushed = true;
        packetsSinceKick++;
        if (packetsSinceKick >= KICK_PACKETS) {
            kick();
        }
    }

    private @Nullable ServerSession sessionAt(PeerAddress address) {
        probe.address.set(address);
        return sessions.get(probe);
    }

    @Override
    public void flush() {
        if (hasUnflushed) {
            hasUnflushed = false;
            hasFlushed = true;
            kick();
        }
    }

    /// One wakeup of the network's thread for many packets.
    private void kick() {
        packetsSinceKick = 0;
        EventLoop loop = this.loop;
        if (loop != null && !isDrainDue.getAndSet(true)) {
            loop.execute(this::drain);
        }
    }

    /// {@inheritDoc}
    ///
    /// The session of this peer is closed, with the stated code and text.
    @Override
    public void release(PeerAddress peer, StatedReason reason) {
        EventLoop loop = this.loop;
        ServerSession session = sessionAt(peer);
        if (loop == null || session == null || session.wantedEnd != null) {
            return;
        }
        SessionEnd end = SessionEnds.of(reason);
        session.wantedEnd = end;
        if (toSend.free() == null) {
            loop.execute(() -> session.close(end));
        } else {
            enqueue(session);
        }
    }

    @Override
    public void await(long timeoutNanos) {
        flush();
        if (isOpen()) {
            receiveWait.await(timeoutNanos);
        }
    }

    @Override
    public void wakeup() {
        receiveWait.wakeup();
    }

    @Override
    public NetAddress localAddress() {
        return localAddress;
    }

    @Override
    public int maxPacketBytes() {
        return packetBytesMax;
    }

    /// {@inheritDoc}
    ///
    /// Over WebTransport it is 1225 where the peer takes large packets on streams, else what a
    /// datagram to it carries. For peers without a session it is [#maxPacketBytes()].
    @Override
    public int maxPacketBytes(PeerAddress peer) {
        ServerSession session = sessionAt(peer);
        return session == null ? packetBytesMax : session.maxPacketBytes();
    }

    @Override
    public TransportStats stats() {
        return counters.transportStats();
    }

    @Override
    public WebStats webStats() {
        return counters.webStats(sessions.size(), connections, received.bytes() + toSend.bytes());
    }

    /// {@return whether the network's thread has taken all that was sent}
    public boolean isDrained() {
        return toSend.isEmpty();
    }

    /// {@return how many packets can be received at this moment}
    public int packetsWaiting() {
        return received.size();
    }

    /// {@return how the latest peer left that ended its session, or null; any thread may ask}
    public @Nullable SessionEnd latestEnd() {
        return latestEnd;
    }

    /// {@return the addresses of all peers; any thread may ask}
    public List<PeerAddress> peers() {
        return sessions.keySet().stream().map(key -> key.address).toList();
    }

    // ---- The network's side

    /// Writes what waits, and flushes each session once.
    private void drain() {
        isDrainDue.set(false);
        boolean isLast = hasFlushed;
        if (isLast) {
            hasFlushed = false;
            full.forEach(ServerSession::tryAgain);
            full.clear();
        }
        for (ServerSession session = toSend.session();
                session != null;
                session = toSend.session()) {
            try {
                leave(session, toSend.packet());
            } finally {
                toSend.remove();
            }
        }
        for (ServerSession session : dirty) {
            session.isDirty = false;
            session.flush();
            if (!session.hasRoom()) {
                full.add(session);
            }
        }
        dirty.clear();
        if (isLast) {
            flushed();
        }
    }

    private void leave(ServerSession session, ByteBuffer packet) {
        session.sentWaiting.decrementAndGet();
        SessionEnd end = session.wantedEnd;
        if (!packet.hasRemaining() && end != null) {
            session.close(end);
        } else {
            write(session, packet);
        }
    }

    private void write(ServerSession session, ByteBuffer packet) {
        int bytes = packet.remaining();
        WebDrop drop = session.isClosed ? WebDrop.NOT_WRITTEN : session.write(packet);
        if (drop != null) {
            counters.notSentAfterAll(bytes, drop);
        } else if (!session.isDirty) {
            session.isDirty = true;
            dirty.add(session);
        }
    }

    /// {@return why a session is not opened, or null when it may be}
    ///
    /// @param uri path and query, as the client sent them
    /// @param origin of the page that asks, or null
    public @Nullable SessionRefusal refusalOf(
            String uri, @Nullable CharSequence origin, InetAddress remote) {
        int query = uri.indexOf('?');
        if (!options.path().equals(query < 0 ? uri : uri.substring(0, query))) {
            return SessionRefusal.PATH;
        }
        if (origin != null
                && !options.origins().isEmpty()
                && !options.origins().contains(origin.toString())) {
            return SessionRefusal.ORIGIN;
        }
        if (sessions.size() >= options.sessionsMax()) {
            return SessionRefusal.SESSION_LIMIT;
        }
        return sessionShares.hasRoom(remote, options.sessionsPerAddressMax())
                ? null
                : SessionRefusal.ADDRESS_LIMIT;
    }

    /// Counts a connection of the network until it is closed.
    ///
    /// @param remote where it says that it comes from
    /// @return whether it may stay
    public boolean admits(Channel connection, InetAddress remote) {
        if (connections >= options.sessionsMax() + CONNECTIONS_ON_TOP) {
            counters.refused(SessionRefusal.SESSION_LIMIT);
            return false;
        }
        if (!hasShare(remote)) {
            return false;
        }
        count(1);
        connection.closeFuture().addListener(_ -> count(-1));
        return true;
    }

    private boolean hasShare(InetAddress remote) {
        int max = options.sessionsPerAddressMax() + CONNECTIONS_ON_TOP_PER_ADDRESS;
        boolean hasRoom = connectionShares.hasRoom(remote, max);
        if (!hasRoom) {
            counters.refused(SessionRefusal.ADDRESS_LIMIT);
        }
        return hasRoom;
    }

    /// Counts a connection as one of the address that it comes from, which it has proven: others
    /// could take away the places of that address.
    ///
    /// @return whether it may stay
    public boolean admitsFrom(Channel connection, InetAddress remote) {
        if (!hasShare(remote)) {
            return false;
        }
        connectionShares.add(remote);
        connection.closeFuture().addListener(_ -> connectionShares.remove(remote));
        return true;
    }

    /// Only the network's thread writes.
    @SuppressWarnings("NonAtomicVolatileUpdate")
    private void count(int more) {
        connections += more;
    }

    /// {@return a free address for a session from there}
    public PeerAddress chooseAddress(InetAddress remote) {
        PeerAddress address;
        do {
            // There are more ports than sessions.
            latestPort = latestPort % PORTS + 1;
            address = Addresses.peer(remote, latestPort);
        } while (sessions.containsKey(new PeerKey(address)));
        return address;
    }

    public void opened(ServerSession session) {
        session.openedNanos = System.nanoTime();
        session.latestPacketNanos = session.openedNanos;
        sessions.put(session.key, session);
        sessionShares.add(session.remote);
        counters.sessionOpened();
    }

    /// The peer has ended a session, or its connection broke off.
    public void endedByPeer(ServerSession session, SessionEnd end) {
        if (!session.isClosed) {
            closed(session);
            // Afterwards: who sees the end does not see the session any more.
            latestEnd = end;
        }
    }

    /// A session has ended, from whichever side.
    public void closed(ServerSession session) {
        session.isClosed = true;
        if (sessions.remove(session.key, session)) {
            sessionShares.remove(session.remote);
        }
    }

    /// Looks after all sessions and connections as if it were a certain time.
    public void lookRoundAt(long nowNanos) {
        onNetworksThread(() -> lookAtAll(nowNanos));
    }

    /// {@return what became of a task of the network's thread, which has done it; the transport
    /// must be open}
    public Future<?> onNetworksThread(Runnable task) {
        EventLoop loop = this.loop;
        if (loop == null) {
            throw new IllegalStateException(this + " is closed: open it");
        }
        return loop.submit(task).awaitUninterruptibly();
    }

    private void lookAtAll(long nowNanos) {
        for (ServerSession session : sessions.values()) {
            lookAt(session, nowNanos);
        }
        lookRound(nowNanos);
    }

    private void lookAt(ServerSession session, long nowNanos) {
        if (nowNanos - session.latestPacketNanos > options.idleTimeout().toNanos()) {
            counters.cut(SessionCut.IDLE);
            session.close(SessionEnds.IDLE);
        } else if (!session.isRetained
                && nowNanos - session.openedNanos > options.connectTimeout().toNanos()) {
            counters.cut(SessionCut.NOT_CONNECTED);
            session.close(SessionEnds.NOT_CONNECTED);
        } else if (session.isStuck(nowNanos)) {
            counters.cut(SessionCut.NOT_READING);
            session.cutOff(SessionEnds.NOT_READING);
        }
    }

    /// Hands a packet to the owner's thread, or drops and counts it. The bytes are copied.
    public void receive(ServerSession session, ByteBuf packet) {
        int bytes = packet.readableBytes();
        if (bytes == 0) {
            counters.drop(WebDrop.NO_PACKET);
            return;
        }
        if (bytes > packetBytesMax) {
            counters.drop(WebDrop.OVERSIZE);
            return;
        }
        session.latestPacketNanos = System.nanoTime();
        boolean isPayload = PacketRing.isPayload(packet.getByte(packet.readerIndex()));
        if (session.receivedWaiting.get() >= ServerSession.waitingMax(isPayload)) {
            counters.drop(WebDrop.RECEIVE_SESSION_LIMIT);
            return;
        }
        ByteBuffer free = received.free(isPayload);
        if (free == null) {
            counters.drop(WebDrop.RECEIVE_QUEUE_FULL);
            return;
        }
        packet.getBytes(packet.readerIndex(), free.limit(bytes));
        session.receivedWaiting.incrementAndGet();
        received.add(session);
        receiveWait.packetAdded();
    }
}
