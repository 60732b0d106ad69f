package dev.hawser.transport;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketOption;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// A socket by the JDK's channel: on every system, one call for each packet.
final class NioSocket implements UdpSocket {
    private final DatagramChannel channel;
    private final NetAddress localAddress;
    private final TransportCounters counters;
    private final AtomicBoolean isWoken = new AtomicBoolean();

    /// One byte more than the largest packet, to see that a datagram was larger. On the heap, where
    /// the JDK's ciphers work fastest.
    private final ByteBuffer received = ByteBuffer.allocate(UdpTransport.PACKET_BYTES_MAX + 1);

    private final PeerAddress from = new PeerAddress();
    private final SocketAddressCache peers = new SocketAddressCache();
    private @Nullable InetSocketAddress lastFrom;

    /// Made by the first [#await]: who never waits needs no file descriptors for it.
    private volatile @Nullable Selector selector;

    private NioSocket(
            DatagramChannel channel, NetAddress localAddress, TransportCounters counters) {
        this.channel = channel;
        this.localAddress = localAddress;
        this.counters = counters;
    }

    static NioSocket open(NetAddress address, UdpSocketOptions options, TransportCounters counters)
            throws IOException {
        DatagramChannel opened;
        try {
            opened =
                    DatagramChannel.open(
                            address.isIpv4()
                                    ? StandardProtocolFamily.INET
                                    : StandardProtocolFamily.INET6);
        } catch (UnsupportedOperationException e) {
            throw UdpBindFailures.noIpv6(address, e);
        } catch (IOException e) {
            throw UdpBindFailures.explain(address, e);
        }
        try {
            opened.configureBlocking(false);
            opened.setOption(StandardSocketOptions.SO_RCVBUF, options.bufferBytes());
            opened.setOption(StandardSocketOptions.SO_SNDBUF, options.bufferBytes());
            if (options.trafficClass() != 0) {
                opened.setOption(StandardSocketOptions.IP_TOS, options.trafficClass());
            }
            bind(opened, address);
            NetAddress localAddress =
                    SocketAddresses.toNetAddress((InetSocketAddress) opened.getLocalAddress());
            return new NioSocket(opened, localAddress, counters);
        } catch (IOException e) {
            opened.close();
            throw e;
        }
    }

    private static void bind(DatagramChannel channel, NetAddress address) throws IOException {
        try {
            channel.bind(SocketAddresses.toSocketAddress(address));
        } catch (IOException e) {
            throw UdpBindFailures.explain(address, e);
        }
    }

    @Override
    public NetAddress localAddress() {
        return localAddress;
    }

    @Override
    public int receive(DatagramHandler handler, int packetsMax) {
        int taken = 0;
        // The handler may close this socket.
        while (taken < packetsMax && channel.isOpen() && receiveOne(handler)) {
            taken++;
        }
        return taken;
    }

    private boolean receiveOne(DatagramHandler handler) {
        received.clear().order(ByteOrder.BIG_ENDIAN);
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
        if (received.remaining() > UdpTransport.PACKET_BYTES_MAX) {
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
        int position = packet.position();
        int limit = packet.limit();
        try {
            if (channel.send(packet, peers.get(to)) == bytes) {
                counters.sent(bytes);
            } else {
                counters.notSent(SendFailure.BUFFER_FULL, "the socket's send buffer is full");
            }
        } catch (IOException | RuntimeException e) {
            counters.notSent(UdpSendFailures.classify(e), UdpSendFailures.text(e));
        } finally {
            packet.limit(limit).position(position);
        }
    }

    @Override
    public void flush() {
        // The channel knows no batches: each send is a call to the system.
    }

    @Override
    public void await(long timeoutNanos) {
        if (isWoken.getAndSet(false) || timeoutNanos <= 0) {
            return;
        }
        try {
            Selector selector = selector();
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

    private Selector selector() throws IOException {
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
    public int receiveBufferBytes() {
        return bufferBytes(StandardSocketOptions.SO_RCVBUF);
    }

    @Override
    public int sendBufferBytes() {
        return bufferBytes(StandardSocketOptions.SO_SNDBUF);
    }

    private int bufferBytes(SocketOption<Integer> option) {
        try {
            return channel.getOption(option);
        } catch (IOException e) {
            throw new IllegalStateException("the socket " + localAddress + " was closed", e);
        }
    }

    @Override
    public void close() {
        Selector selector = this.selector;
        this.selector = null;
        try {
            // The selector goes first: a channel that is still registered keeps its port.
            if (selector != null) {
                selector.close();
            }
            channel.close();
        } catch (IOException e) {
            counters.receiveError();
        }
    }
}
