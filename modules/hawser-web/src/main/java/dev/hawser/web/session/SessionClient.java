package dev.hawser.web.session;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import dev.hawser.protocol.StatedReason;
import dev.hawser.transport.DatagramHandler;
import dev.hawser.transport.SendFailure;
import dev.hawser.transport.TransportFailure;
import dev.hawser.transport.TransportStats;
import dev.hawser.web.SessionEnd;
import dev.hawser.web.WebClientTransport;
import dev.hawser.web.WebDrop;
import dev.hawser.web.WebStats;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What the clients of both kinds share: one session at a time, and the queues to and from the
/// owner's thread. A kind says how a session is dialled, read, written and closed.
public abstract class SessionClient implements WebClientTransport {
    /// What a client sends between two flushes.
    private static final int SEND_QUEUE_PACKETS = 256;

    /// What a server that sends 600 packets a second sends in one and a half.
    private static final int RECEIVE_QUEUE_PACKETS = 1024;

    private static final long CLOSE_MILLIS_MAX = 1000;

    public final WebCounters counters = new WebCounters();
    private final Function<NetAddress, @Nullable URI> urls;
    private final int packetBytesMax;
    private final PacketRing<ClientSession> received;
    private final PacketRing<ClientSession> toSend;
    private final ReceiveWait receiveWait;
    private final AtomicBoolean isDrainDue = new AtomicBoolean();
    private final ByteBuffer datagram;
    private final PeerAddress from = new PeerAddress();
    private boolean hasUnflushed;
    private volatile @Nullable EventLoop loop;
    private volatile @Nullable ClientSession session;

    /// The server that there is no URL for, where that is why there is no session.
    private @Nullable PeerAddress serverWithoutUrl;

    private volatile @Nullable TransportFailure lastFailure;
    private volatile @Nullable SessionEnd lastEnd;

    public SessionClient(Function<NetAddress, @Nullable URI> urls, int packetBytesMax) {
        this.urls = urls;
        this.packetBytesMax = packetBytesMax;
        received = new PacketRing<>(RECEIVE_QUEUE_PACKETS, packetBytesMax);
        toSend = new PacketRing<>(SEND_QUEUE_PACKETS, packetBytesMax);
        receiveWait = new ReceiveWait(received);
        datagram = ByteBuffer.allocate(packetBytesMax);
    }

    // ---- What the kinds do

    /// Does nothing when a session of this kind can be dialled at a URL.
    ///
    /// @throws IllegalArgumentException when it cannot
    public abstract void check(URI url);

    /// Takes from the system what all sessions need.
    public abstract void open(EventLoop loop) throws IOException;

    /// {@return a session that is still to be dialled}
    public abstract ClientSession newSession(EventLoop loop, PeerAddress server, URI url);

    /// Gives back what all sessions needed, soon; on the network's thread.
    ///
    /// @param then what to do after it
    public abstract void shut(EventLoop loop, Runnable then);

    // ---- Life

    @Override
    public void open() throws IOException {
        if (isOpen()) {
            return;
        }
        EventLoop acquired = ClientLoop.acquire();
        try {
            open(acquired);
        } catch (IOException e) {
            ClientLoop.release();
            throw e;
        }
        loop = acquired;
    }

    @Override
    public boolean isOpen() {
        return loop != null;
    }

    /// Ends the session with the code 1000 and gives everything back. Packets that were sent are on
    /// their way when it returns; the goodbyes of the network go on for a moment.
    @Override
    public void close() {
        EventLoop loop = this.loop;
        if (loop == null) {
            return;
        }
        ClientSession last = session;
        this.loop = null;
        session = null;
        hasUnflushed = false;
        loop.submit(
                        () -> {
                            drain();
                            if (last != null) {
                                last.close(SessionEnds.LEFT);
                            }
                            shut(loop, ClientLoop::release);
                        })
                .awaitUninterruptibly(CLOSE_MILLIS_MAX);
        received.clear();
        receiveWait.wakeup();
    }

    // ---- The owner's side

    @Override
    public int receive(DatagramHandler handler, int packetsMax) {
        int taken = 0;
        // What comes meanwhile waits for the next call.
        int most = Math.min(packetsMax, received.size());
        // Asked anew each time: the handler may close this transport.
        while (taken < most && isOpen()) {
            ClientSession sender = received.session();
            if (sender == null) {
                break;
            }
            datagram.clear().order(ByteOrder.BIG_ENDIAN).put(received.packet()).flip();
            from.set(sender.server);
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
        EventLoop loop = this.loop;
        if (loop == null) {
            return SendFailure.CLOSED;
        }
        int bytes = packet.remaining();
        if (bytes > packetBytesMax) {
            return SendFailure.TOO_LARGE;
        }
        ClientSession session = sessionTo(loop, to);
        if (session == null || bytes == 0) {
            return SendFailure.UNREACHABLE;
        }
        if (bytes > session.maxPacketBytes()) {
            return SendFailure.TOO_LARGE;
        }
        ByteBuffer free = toSend.free(PacketRing.isPayload(packet.get(packet.position())));
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
    /// It has none while the path carries less than is sent, or the network's thread is behind.
    @Override
    public boolean hasRoom(PeerAddress peer) {
        ClientSession present = session;
        if (present == null
                || !present.server.sameAs(peer)
                || (toSend.free(true) != null && present.hasRoom())) {
            return true;
        }
        counters.noRoom();
        // Else nothing might be sent that shows that there is room again.
        hasUnflushed = true;
        return false;
    }

    private void enqueue(ClientSession session) {
        toSend.add(session);
        hasUnflushed = true;
    }

    /// {@return the session with a server, dialled if need be; null when it has ended, or nobody
    /// knows where to dial}
    private @Nullable ClientSession sessionTo(EventLoop loop, PeerAddress server) {
        ClientSession present = session;
        if (present != null && present.server.sameAs(server)) {
            return present.stage == ClientSession.Stage.ENDED ? null : present;
        }
        return isWithoutUrl(server) ? null : dial(loop, server);
    }

    /// Opens a session before there is anything to send on it. The transport must be open.
    public void dial(PeerAddress server) {
        EventLoop loop = this.loop;
        if (loop != null) {
            dial(loop, server);
        }
    }

    private @Nullable ClientSession dial(EventLoop loop, PeerAddress server) {
        ClientSession former = session;
        if (former != null) {
            release(former, SessionEnds.LEFT);
        }
        PeerAddress own = new PeerAddress();
        own.set(server);
        URI url = urls.apply(server.toNetAddress());
        String objection = url == null ? "" : objection(url);
        if (url == null || !objection.isEmpty()) {
            session = null;
            serverWithoutUrl = own;
            lastFailure =
                    new TransportFailure(
                            TransportFailure.Kind.NO_URL,
                            true,
                            "there is no URL for the server "
                                    + server
                                    + ", so it cannot be reached through the web"
                                    + (objection.isEmpty() ? "" : ": " + objection));
            return null;
        }
        serverWithoutUrl = null;
        ClientSession dialled = newSession(loop, own, url);
        session = dialled;
        loop.execute(dialled::dial);
        return dialled;
    }

    private String objection(URI url) {
        try {
            check(url);
            return "";
        } catch (IllegalArgumentException e) {
            return String.valueOf(e.getMessage());
        }
    }

    /// {@return whether the network's thread has taken all that was sent}
    public boolean isDrained() {
        return toSend.isEmpty();
    }

    /// {@return how many packets can be received at this moment}
    public int packetsWaiting() {
        return received.size();
    }

    /// {@return the session, if there is one}
    public @Nullable ClientSession session() {
        return session;
    }

    @Override
    public void flush() {
        if (hasUnflushed) {
            hasUnflushed = false;
            EventLoop loop = this.loop;
            if (loop != null && !isDrainDue.getAndSet(true)) {
                loop.execute(this::drain);
            }
        }
    }

    /// {@inheritDoc}
    ///
    /// The session is closed, with the stated code and text; the next packet dials another.
    @Override
    public void release(PeerAddress peer, StatedReason reason) {
        if (isWithoutUrl(peer)) {
            serverWithoutUrl = null;
        }
        ClientSession present = session;
        if (present != null && present.server.sameAs(peer)) {
            session = null;
            release(present, SessionEnds.of(reason));
        }
    }

    private void release(ClientSession former, SessionEnd end) {
        if (former.stage == ClientSession.Stage.DIALLING) {
            lastFailure = former.failure();
        }
        former.wantedEnd = end;
        EventLoop loop = this.loop;
        if (toSend.free() != null) {
            enqueue(former);
            flush();
        } else if (loop != null) {
            loop.execute(() -> former.close(end));
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
    public int maxPacketBytes() {
        return packetBytesMax;
    }

    /// {@inheritDoc}
    ///
    /// Over WebTransport it is what a datagram carries where the server does not take large packets
    /// on streams. While there is no session it is [#maxPacketBytes()].
    @Override
    public int maxPacketBytes(PeerAddress peer) {
        ClientSession present = session;
        return present == null || !present.server.sameAs(peer)
                ? packetBytesMax
                : present.maxPacketBytes();
    }

    private boolean isWithoutUrl(PeerAddress server) {
        return serverWithoutUrl != null && serverWithoutUrl.sameAs(server);
    }

    /// {@inheritDoc}
    ///
    /// While a session is dialled it is [TransportFailure.Kind#UNREACHABLE], not final: of most of
    /// what keeps a session from coming about nothing is ever heard.
    @Override
    public @Nullable TransportFailure failure(PeerAddress peer) {
        if (isWithoutUrl(peer)) {
            return lastFailure;
        }
        ClientSession present = session;
        return present != null && present.server.sameAs(peer) ? present.failure() : null;
    }

    @Override
    public TransportStats stats() {
        return counters.transportStats();
    }

    @Override
    public WebStats webStats() {
        ClientSession present = session;
        boolean isOpen = present != null && present.stage == ClientSession.Stage.OPEN;
        int open = isOpen ? 1 : 0;
        return counters.webStats(open, open, received.bytes() + toSend.bytes());
    }

    @Override
    public boolean isDialling() {
        ClientSession present = session;
        return present != null && present.stage == ClientSession.Stage.DIALLING;
    }

    @Override
    public Optional<TransportFailure> lastFailure() {
        return Optional.ofNullable(lastFailure);
    }

    @Override
    public Optional<SessionEnd> lastEnd() {
        return Optional.ofNullable(lastEnd);
    }

    // ---- The network's side

    private void drain() {
        isDrainDue.set(false);
        ClientSession present = session;
        if (present != null) {
            present.tryAgain();
        }
        List<ClientSession> dirty = new ArrayList<>(1);
        for (ClientSession to = toSend.session(); to != null; to = toSend.session()) {
            ByteBuffer packet = toSend.packet();
            SessionEnd end = to.wantedEnd;
            if (!packet.hasRemaining() && end != null) {
                to.close(end);
            } else if (to.take(packet) && !to.isDirty) {
                to.isDirty = true;
                dirty.add(to);
            }
            toSend.remove();
        }
        for (ClientSession written : dirty) {
            written.isDirty = false;
            written.flush();
        }
    }

    @SuppressWarnings("ReferenceEquality") // A session is itself and no other.
    public void failed(ClientSession failed, TransportFailure failure) {
        if (session == failed) {
            lastFailure = failure;
        }
    }

    public void ended(SessionEnd end) {
        lastEnd = end;
    }

    /// Hands a packet to the owner's thread, or drops and counts it. The bytes are copied.
    ///
    /// Locked, since the last packets of one session may meet the first of the next.
    public synchronized void receive(ClientSession sender, ByteBuffer packet) {
        int bytes = packet.remaining();
        if (bytes == 0) {
            counters.drop(WebDrop.NO_PACKET);
            return;
        }
        if (bytes > packetBytesMax) {
            counters.drop(WebDrop.OVERSIZE);
            return;
        }
        ByteBuffer free = received.free(PacketRing.isPayload(packet.get(packet.position())));
        if (free == null) {
            counters.drop(WebDrop.RECEIVE_QUEUE_FULL);
            return;
        }
        free.put(packet);
        received.add(sender);
        receiveWait.packetAdded();
    }
}
