package dev.hawser.transport;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketOption;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// Packets over UDP, by the JDK's own channel.
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
public final class UdpTransport implements Transport {
    /// The largest packet: what is left of the 1280 bytes that every IPv6 path carries whole, after
    /// the headers of IPv6 (40) and UDP (8). netcode's largest is 1225.
    public static final int PACKET_BYTES_MAX = 1232;

    /// The buffer that each socket asks for in either direction, 4 MiB. A server that pauses for
    /// 100 milliseconds while 256 clients send 60 packets of 1200 bytes a second finds 1.8 MB
    /// waiting. The system may give less ([#receiveBufferBytes()]).
    public static final int SOCKET_BUFFER_BYTES_DEFAULT = 4 << 20;

    /// The traffic class *expedited forwarding* (DSCP 46), which Wi-Fi access points and some
    /// routers put before bulk traffic.
    public static final int TRAFFIC_CLASS_EXPEDITED = 0xb8;

    private static final NetAddress ANY_IPV4 = NetAddress.ipv4(0, 0);
    private static final NetAddress ANY_IPV6 = NetAddress.ipv6(0, 0, 0);

    private final NetAddress bindAddress;
    private final boolean mayFallBackToIpv4;
    private int socketBufferBytes = SOCKET_BUFFER_BYTES_DEFAULT;
    private int trafficClass;

    private final TransportCounters counters = new TransportCounters();
    private final AtomicBoolean isWoken = new AtomicBoolean();

    /// One byte more than the largest packet, to see that a datagram was larger. On the heap, where
    /// the JDK's ciphers work fastest.
    private final ByteBuffer received = ByteBuffer.allocate(PACKET_BYTES_MAX + 1);

    private final PeerAddress from = new PeerAddress();
    private final SocketAddressCache peers = new SocketAddressCache();
    private @Nullable InetSocketAddress lastFrom;
    private @Nullable DatagramChannel channel;
    private volatile NetAddress localAddress;

    /// Made by the first [#await]: who never waits needs no file descriptors for it.
    private volatile @Nullable Selector selector;

    private UdpTransport(NetAddress bindAddress, boolean mayFallBackToIpv4) {
        this.bindAddress = bindAddress;
        this.mayFallBackToIpv4 = mayFallBackToIpv4;
        localAddress = bindAddress;
    }

    /// {@return a transport that will be bound to this address}
    ///
    /// @param address of an interface of this machine, or all of them: `0.0.0.0` (IPv4), `[::]`
    ///   (both). Port 0 lets the system choose; [#localAddress()] then knows the real one
    public static UdpTransport bind(NetAddress address) {
        return new UdpTransport(address, false);
    }

    /// {@return a transport on a port that the system chooses, for a client: it reaches IPv4 and
    /// IPv6 servers, since one connect token may list both; where IPv6 is switched off, IPv4}
    public static UdpTransport anyPort() {
        return new UdpTransport(ANY_IPV6, true);
    }

    /// Sets the size of the socket's buffers, in each direction, in bytes.
    ///
    /// @throws IllegalArgumentException when it is below one packet
    /// @throws IllegalStateException when the transport is open
    public UdpTransport socketBufferBytes(int bytes) {
        checkClosed();
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

    /// Sets the traffic class byte of outgoing packets (six bits DSCP, two bits ECN), for example
    /// [#TRAFFIC_CLASS_EXPEDITED]. A system or network that does not heed it changes nothing.
    ///
    /// 0 by default: on the way through the internet most networks erase the mark and a few old
    /// home routers drop what carries it. A player who cannot connect is worse than one whose
    /// packets queue, so whoever knows the network switches it on.
    ///
    /// @throws IllegalArgumentException when it is outside 0..255
    /// @throws IllegalStateException when the transport is open
    public UdpTransport trafficClass(int octet) {
        checkClosed();
        if (octet < 0 || octet > 0xff) {
            throw new IllegalArgumentException(
                    "trafficClass is " + octet + ", but it is one byte: 0 to 255");
        }
        trafficClass = octet;
        return this;
    }

    @Override
    public void open() throws IOException {
        if (channel != null) {
            return;
        }
        if (!mayFallBackToIpv4) {
            open(bindAddress);
            return;
        }
        try {
            open(ANY_IPV6);
        } catch (IOException e) {
            try {
                open(ANY_IPV4);
            } catch (IOException ipv4Failure) {
                ipv4Failure.addSuppressed(e);
                throw ipv4Failure;
            }
        }
    }

    private void open(NetAddress address) throws IOException {
        DatagramChannel opened;
        try {
            opened =
                    DatagramChannel.open(
                            address.isIpv4()
                                    ? StandardProtocolFamily.INET
                                    : StandardProtocolFamily.INET6);
        } catch (UnsupportedOperationException e) {
            throw UdpBindFailures.noIpv6(address, e);
        }
        try {
            opened.configureBlocking(false);
            opened.setOption(StandardSocketOptions.SO_RCVBUF, socketBufferBytes);
            opened.setOption(StandardSocketOptions.SO_SNDBUF, socketBufferBytes);
            if (trafficClass != 0) {
                opened.setOption(StandardSocketOptions.IP_TOS, trafficClass);
            }
            bind(opened, address);
            localAddress =
                    SocketAddresses.toNetAddress((InetSocketAddress) opened.getLocalAddress());
        } catch (IOException e) {
            opened.close();
            throw e;
        }
        channel = opened;
    }

    private static void bind(DatagramChannel channel, NetAddress address) throws IOException {
        try {
            channel.bind(SocketAddresses.toSocketAddress(address));
        } catch (IOException e) {
            throw UdpBindFailures.explain(address, e);
        }
    }

    @Override
    public boolean isOpen() {
        return channel != null;
    }

    @Override
    public int receive(DatagramHandler handler, int packetsMax) {
        int taken = 0;
        while (taken < packetsMax) {
            // Asked anew each time: the handler may close this transport.
            DatagramChannel channel = this.channel;
            if (channel == null || !receiveOne(channel, handler)) {
                break;
            }
            taken++;
        }
        return taken;
    }

    private boolean receiveOne(DatagramChannel channel, DatagramHandler handler) {
        received.clear();
        InetSocketAddress sender;
        try {
            sender = (InetSocketAddress) channel.receive(received);
        } catch (IOException e) {
            // A packet sent before reached nobody, and some systems say so here (ICMP). It costs
            // this call one turn, and the next datagram is read.
            counters.receiveError();
            return true;
        }
        if (sender == null) {
            return false;
        }
        received.flip();
        if (received.remaining() > PACKET_BYTES_MAX) {
            counters.oversize();
            return true;
        }
        if (!sender.equals(lastFrom)) {
            SocketAddresses.copy(sender, from);
            peers.put(from, sender);
            lastFrom = sender;
        }
        counters.received(received.remaining());
        handler.handle(from, received);
        return true;
    }

    @Override
    public void send(PeerAddress to, ByteBuffer packet) {
        int bytes = packet.remaining();
        DatagramChannel channel = this.channel;
        if (channel == null) {
            counters.notSent(SendFailure.CLOSED);
            return;
        }
        if (bytes > PACKET_BYTES_MAX) {
            counters.notSent(SendFailure.TOO_LARGE);
            return;
        }
        int position = packet.position();
        int limit = packet.limit();
        try {
            if (channel.send(packet, peers.get(to)) == bytes) {
                counters.sent(bytes);
            } else {
                counters.notSent(SendFailure.BUFFER_FULL);
            }
        } catch (IOException | RuntimeException e) {
            counters.notSent(UdpSendFailures.classify(e));
        } finally {
            packet.limit(limit).position(position);
        }
    }

    @Override
    public void flush() {
        // The JDK's channel knows no batches: each send is a call to the system.
    }

    @Override
    public void await(long timeoutNanos) {
        DatagramChannel channel = this.channel;
        if (isWoken.getAndSet(false) || timeoutNanos <= 0 || channel == null) {
            return;
        }
        try {
            Selector selector = selectorFor(channel);
            // Between the first question and the selector a wakeup may have found none to wake.
            if (!isWoken.getAndSet(false)) {
                // Rounded up: 0 would mean to wait for ever.
                selector.select(TimeUnit.NANOSECONDS.toMillis(timeoutNanos + 999_999));
                selector.selectedKeys().clear();
            }
        } catch (IOException e) {
            counters.receiveError();
        }
    }

    private Selector selectorFor(DatagramChannel channel) throws IOException {
        Selector selector = this.selector;
        if (selector == null) {
            selector = Selector.open();
            channel.register(selector, SelectionKey.OP_READ);
            this.selector = selector;
        }
        return selector;
    }

    @Override
    public void wakeup() {
        isWoken.set(true);
        Selector selector = this.selector;
        if (selector != null) {
            selector.wakeup();
        }
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
        return counters.snapshot();
    }

    /// {@return the size of the receive buffer that the system gave, in bytes; Linux gives at most
    /// `net.core.rmem_max`}
    ///
    /// @throws IllegalStateException when the transport is not open
    public int receiveBufferBytes() {
        return bufferBytes(StandardSocketOptions.SO_RCVBUF);
    }

    /// {@return the size of the send buffer that the system gave, in bytes; Linux gives at most
    /// `net.core.wmem_max`}
    ///
    /// @throws IllegalStateException when the transport is not open
    public int sendBufferBytes() {
        return bufferBytes(StandardSocketOptions.SO_SNDBUF);
    }

    private int bufferBytes(SocketOption<Integer> option) {
        DatagramChannel channel = this.channel;
        if (channel == null) {
            throw new IllegalStateException(
                    "the transport for " + bindAddress + " has no buffers yet: open it first");
        }
        try {
            return channel.getOption(option);
        } catch (IOException e) {
            throw new IllegalStateException("the socket " + localAddress + " was closed", e);
        }
    }

    private void checkClosed() {
        if (channel != null) {
            throw new IllegalStateException(
                    "the socket " + localAddress + " is open: set options before it is opened");
        }
    }

    @Override
    public void close() {
        DatagramChannel channel = this.channel;
        Selector selector = this.selector;
        this.channel = null;
        this.selector = null;
        lastFrom = null;
        try {
            // The selector goes first: a channel that is still registered keeps its port.
            if (selector != null) {
                selector.close();
            }
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            counters.receiveError();
        }
    }

    @Override
    public String toString() {
        return "UdpTransport[" + localAddress + "]";
    }
}
