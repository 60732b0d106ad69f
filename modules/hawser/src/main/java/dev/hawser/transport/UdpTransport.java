package dev.hawser.transport;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Packets over UDP: in batches on Linux, by the JDK's own channel elsewhere ([UdpIo]).
///
/// ```java
/// UdpTransport.bind(NetAddress.parse("[::]:7777")) // a server, IPv4 and IPv6
/// UdpTransport.anyPort() // a client
/// ```
///
/// Make one, set what differs from the defaults, then give it to a server or client, which opens
/// and closes it.
///
/// An IPv4 address makes an IPv4 socket, an IPv6 address an IPv6 socket, and `[::]` one that serves
/// both. Packets of IPv4 peers carry the same [PeerAddress] on either.
///
/// A server that is bound to all addresses answers each client from the one that it has dialled;
/// with [UdpIo#NIO], whose channel cannot, from the one that the system prefers, of which the log
/// warns when it is opened.
///
/// A client's socket whose packets find no way out is replaced ([#reopen]) while the connection can
/// follow, if its port was left to the system ([#anyPort()]). One that was bound to an address is
/// not, whoever uses it: others know a server by its port, and who binds a client to an address or
/// a port has a reason that this class does not know.
public final class UdpTransport implements Transport {
    /// The largest packet: what is left of the 1280 bytes that every IPv6 path carries whole, after
    /// the headers of IPv6 (40) and UDP (8). netcode's largest is 1225.
    public static final int PACKET_BYTES_MAX = 1232;

    /// The buffer that each socket asks for in either direction, 4 MiB. A server that pauses for
    /// 100 milliseconds while 256 clients send 60 packets of 1200 bytes a second finds 1.8 MB
    /// waiting. The system may give less ([#receiveBufferBytes()]); the log then says how to change
    /// that.
    public static final int SOCKET_BUFFER_BYTES_DEFAULT = 4 << 20;

    /// The traffic class *expedited forwarding* (DSCP 46), which Wi-Fi access points and some
    /// routers put before bulk traffic.
    public static final int TRAFFIC_CLASS_EXPEDITED = 0xb8;

    private static final long DROPS_LINE_NANOS = TimeUnit.MINUTES.toNanos(1);

    /// While there is no network, another socket does not help either.
    private static final long REOPENING_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final NetAddress ANY_IPV4 = NetAddress.ipv4(0, 0);
    private static final NetAddress ANY_IPV6 = NetAddress.ipv6(0, 0, 0);

    private final NetAddress bindAddress;
    private final boolean isClient;
    private final int socketBufferBytes;
    private final int trafficClass;
    private final @Nullable UdpIo askedIo;
    private final UdpSocket.Opener opener;

    private final TransportCounters counters = new TransportCounters();

    // What the system has dropped: as counted, and as said in the log.
    private long dropsSeen;
    private long dropsSaid;
    private long dropsSaidAtNanos;

    private boolean hasTriedToReopen;
    private long triedToReopenAtNanos;

    private volatile @Nullable UdpSocket socket;
    private volatile NetAddress localAddress;

    private UdpTransport(Builder builder) {
        bindAddress = builder.bindAddress;
        isClient = builder.isClient;
        socketBufferBytes = builder.socketBufferBytes;
        trafficClass = builder.trafficClass;
        askedIo = builder.askedIo;
        opener = builder.opener == null ? this::openSocket : builder.opener;
        localAddress = bindAddress;
    }

    /// {@return a builder; without an address it is one for a client ([#anyPort()])}
    public static Builder builder() {
        return new Builder();
    }

    /// {@return a transport that will be bound to this address}
    ///
    /// @param address of an interface of this machine, or all of them: `0.0.0.0` (IPv4), `[::]`
    ///   (both). Port 0 lets the system choose; [#localAddress()] then knows the real one
    public static UdpTransport bind(NetAddress address) {
        return builder().bind(address).build();
    }

    /// {@return a transport on a port that the system chooses, for a client: it reaches IPv4 and
    /// IPv6 servers, since one connect token may list both; where IPv6 is switched off, IPv4}
    public static UdpTransport anyPort() {
        return builder().build();
    }

    @Override
    public void open() throws IOException {
        if (socket != null) {
            return;
        }
        UdpSocket opened = isClient ? openAnyPort() : open(bindAddress);
        localAddress = opened.localAddress();
        socket = opened;
        int given = opened.receiveBufferBytes();
        if (given < socketBufferBytes) {
            UdpIo.log(ReceiveBufferWords.tooSmall(socketBufferBytes, given));
        }
    }

    private UdpSocket openAnyPort() throws IOException {
        try {
            return open(ANY_IPV6);
        } catch (IOException e) {
            try {
                return open(ANY_IPV4);
            } catch (IOException ipv4Failure) {
                ipv4Failure.addSuppressed(e);
                throw ipv4Failure;
            }
        }
    }

    private UdpSocket open(NetAddress address) throws IOException {
        return opener.open(
                address, new UdpSocketOptions(socketBufferBytes, trafficClass, isClient), counters);
    }

    private UdpSocket openSocket(
            NetAddress address, UdpSocketOptions options, TransportCounters counters)
            throws IOException {
        return switch (UdpIo.choose(askedIo)) {
            case MMSG -> MmsgSocket.open(address, options, counters);
            case NIO -> {
                UdpSocket opened = NioSocket.open(address, options, counters);
                if (address.isUnspecified() && !isClient) {
                    UdpIo.warnOfOneAddress(opened.localAddress());
                }
                yield opened;
            }
        };
    }

    @Override
    public boolean isOpen() {
        return socket != null;
    }

    @Override
    public int receive(DatagramHandler handler, int packetsMax) {
        UdpSocket socket = this.socket;
        if (socket == null) {
            return 0;
        }
        int taken = socket.receive(handler, packetsMax);
        long drops = counters.receiveBufferDrops();
        if (drops != dropsSeen) {
            explainDrops(socket, drops);
        }
        return taken;
    }

    /// In the log, once a minute at most.
    private void explainDrops(UdpSocket socket, long drops) {
        long nowNanos = System.nanoTime();
        boolean isDue = dropsSaid == 0 || nowNanos - dropsSaidAtNanos >= DROPS_LINE_NANOS;
        dropsSeen = drops;
        if (isDue && isOpen()) {
            System.getLogger("dev.hawser")
                    .log(
                            Level.WARNING,
                            ReceiveBufferWords.full(
                                    localAddress,
                                    drops - dropsSaid,
                                    socketBufferBytes,
                                    socket.receiveBufferBytes()));
            dropsSaid = drops;
            dropsSaidAtNanos = nowNanos;
        }
    }

    @Override
    public void send(PeerAddress to, ByteBuffer packet) {
        UdpSocket socket = this.socket;
        if (socket == null) {
            counters.notSent(SendFailure.CLOSED, "the transport is closed");
        } else if (packet.remaining() > PACKET_BYTES_MAX) {
            counters.notSent(SendFailure.TOO_LARGE, "a packet has at most 1,232 bytes");
        } else {
            socket.send(to, packet);
        }
    }

    @Override
    public void flush() {
        UdpSocket socket = this.socket;
        if (socket != null) {
            socket.flush();
        }
    }

    @Override
    public void await(long timeoutNanos) {
        UdpSocket socket = this.socket;
        if (socket != null) {
            socket.await(timeoutNanos);
        }
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // Sockets equal nothing but themselves.
    public void wakeup() {
        UdpSocket woken;
        do {
            woken = socket;
            if (woken != null) {
                woken.wakeup();
            }
            // Where another one took its place meanwhile, that is the one to wait for.
        } while (woken != socket);
    }

    /// {@inheritDoc}
    ///
    /// The other socket has another port, and what was asked for the first: buffers, traffic class,
    /// IPv6 where there is any. Where none can be had, the present one stays.
    @Override
    public boolean reopen(long nowNanos) {
        UdpSocket former = socket;
        if (former == null || !isClient || !counters.isCutOff() || !isReopeningDue(nowNanos)) {
            return false;
        }
        hasTriedToReopen = true;
        triedToReopenAtNanos = nowNanos;
        UdpSocket opened;
        try {
            opened = openAnyPort();
        } catch (IOException e) {
            return false;
        }
        socket = opened;
        localAddress = opened.localAddress();
        // What was gathered there is tried there; it counts as the former's.
        former.close();
        counters.socketReopened();
        // Somebody may have called in between, and woken the former.
        opened.wakeup();
        return true;
    }

    private boolean isReopeningDue(long nowNanos) {
        return !hasTriedToReopen || nowNanos - triedToReopenAtNanos >= REOPENING_NANOS;
    }

    @Override
    public NetAddress localAddress() {
        return localAddress;
    }

    @Override
    public int maxPacketBytes() {
        return PACKET_BYTES_MAX;
    }

    @Override
    public TransportStats stats() {
        UdpSocket socket = this.socket;
        if (socket != null) {
            socket.countDrops();
        }
        return counters.snapshot();
    }

    @Override
    public String lastSendError() {
        return counters.lastSendError();
    }

    /// {@return the size of the receive buffer that the system gave, in bytes; Linux gives at most
    /// `net.core.rmem_max`, and more to a process with the capability `CAP_NET_ADMIN` that moves
    /// packets by [UdpIo#MMSG]}
    ///
    /// @throws IllegalStateException when the transport is not open
    public int receiveBufferBytes() {
        return present().receiveBufferBytes();
    }

    /// {@return the size of the send buffer that the system gave, in bytes; Linux gives at most
    /// `net.core.wmem_max`}
    ///
    /// @throws IllegalStateException when the transport is not open
    public int sendBufferBytes() {
        return present().sendBufferBytes();
    }

    private UdpSocket present() {
        UdpSocket socket = this.socket;
        if (socket == null) {
            throw new IllegalStateException(
                    "the transport for " + bindAddress + " has no buffers yet: open it first");
        }
        return socket;
    }

    @Override
    public void close() {
        UdpSocket socket = this.socket;
        if (socket != null) {
            this.socket = null;
            socket.close();
        }
    }

    @Override
    public String toString() {
        return "UdpTransport[" + localAddress + "]";
    }

    /// How a transport is set up. Each method replaces what was set before and returns the builder.
    public static final class Builder {
        private NetAddress bindAddress = ANY_IPV6;
        private boolean isClient = true;
        private int socketBufferBytes = SOCKET_BUFFER_BYTES_DEFAULT;
        private int trafficClass;
        private @Nullable UdpIo askedIo;
        private UdpSocket.@Nullable Opener opener;

        private Builder() {}

        /// Sets the address to be bound to: see [UdpTransport#bind(NetAddress)].
        public Builder bind(NetAddress address) {
            bindAddress = Objects.requireNonNull(address, "bind");
            isClient = false;
            return this;
        }

        /// Sets the size of the socket's buffers, in each direction, in bytes.
        ///
        /// @throws IllegalArgumentException when it is below one packet
        public Builder socketBufferBytes(int bytes) {
            if (bytes < PACKET_BYTES_MAX) {
                throw new IllegalArgumentException(
                        "socketBufferBytes is "
                                + bytes
                                + ", but one packet takes "
                                + PACKET_BYTES_MAX
                                + "; the default is "
                                + SOCKET_BUFFER_BYTES_DEFAULT);
            }
            socketBufferBytes = bytes;
            return this;
        }

        /// Sets the traffic class byte of outgoing packets (six bits DSCP, two bits ECN), for
        /// example [#TRAFFIC_CLASS_EXPEDITED]. A system or network that does not heed it changes
        /// nothing.
        ///
        /// 0 by default: on the way through the internet most networks erase the mark and a few old
        /// home routers drop what carries it. A player who cannot connect is worse than one whose
        /// packets queue, so whoever knows the network switches it on.
        ///
        /// @throws IllegalArgumentException when it is outside 0..255
        public Builder trafficClass(int octet) {
            if (octet < 0 || octet > 0xff) {
                throw new IllegalArgumentException(
                        "trafficClass is " + octet + ", but it is one byte: 0 to 255");
            }
            trafficClass = octet;
            return this;
        }

        /// Sets how the system is called. Without it the system property [UdpIo#PROPERTY] says so,
        /// and without that it is [UdpIo#MMSG] where nothing is in its way ([UdpIo#obstacle()]),
        /// else [UdpIo#NIO]; the log says once which and why.
        ///
        /// Forced, `MMSG` is used without native access being granted, of which Java warns; where
        /// it cannot be used at all, [#open()] fails and says why.
        public Builder io(UdpIo io) {
            askedIo = Objects.requireNonNull(io, "io");
            return this;
        }

        Builder opener(UdpSocket.Opener opener) {
            this.opener = opener;
            return this;
        }

        /// {@return the transport, not yet open}
        public UdpTransport build() {
            return new UdpTransport(this);
        }
    }
}
