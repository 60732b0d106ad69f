package dev.hawser.transport;

import dev.hawser.linux.Errno;
import dev.hawser.linux.ErrnoException;
import dev.hawser.linux.InboundMessages;
import dev.hawser.linux.LinuxUdpSocket;
import dev.hawser.linux.OutboundMessages;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import java.io.IOException;
import java.nio.ByteBuffer;

/// A socket by Linux's `recvmmsg` and `sendmmsg`: one call for many packets.
///
/// Packets come in where the handler reads them, and go out from where [#send] copies them: nothing
/// is allocated, and no address is an object. What one call received and a handler did not take,
/// because it threw or had enough, is the beginning of the next [#receive].
final class MmsgSocket implements UdpSocket {
    /// What a client sends between two flushes, and a small server.
    private static final int FEW_PACKETS = 64;

    private static final int FEW_BYTES = FEW_PACKETS * UdpTransport.PACKET_BYTES_MAX;

    /// What stays in the processor's cache.
    private static final int MANY_PACKETS = 512;

    private static final int MANY_BYTES = 256 << 10;

    /// Who takes so many at once may have let the buffer run full: then the kernel is asked.
    private static final int PACKETS_OF_A_FULL_BUFFER = 4 * InboundMessages.MESSAGES;

    private final LinuxUdpSocket socket;
    private final NetAddress localAddress;
    private final TransportCounters counters;

    private final InboundMessages inbound;
    private final PeerAddress from = new PeerAddress();
    private int received;
    private int handedOver;

    /// Whether the latest call left nothing behind in the kernel.
    private boolean isDrained;

    private final OutboundBatch outbound;
    private boolean isOpen = true;

    private MmsgSocket(LinuxUdpSocket socket, NetAddress localAddress, TransportCounters counters) {
        this.socket = socket;
        this.localAddress = localAddress;
        this.counters = counters;
        inbound = socket.newInbound(UdpTransport.PACKET_BYTES_MAX);
        outbound =
                new OutboundBatch(
                        socket.newOutbound(FEW_PACKETS, FEW_BYTES),
                        () -> socket.newOutbound(MANY_PACKETS, MANY_BYTES),
                        callsOf(socket),
                        socket.sendsRows(),
                        counters);
    }

    private static OutboundBatch.SendCalls callsOf(LinuxUdpSocket socket) {
        return new OutboundBatch.SendCalls() {
            @Override
            public int send(OutboundMessages messages, int first, int count) {
                return socket.send(messages, first, count);
            }

            @Override
            public int sendInFragments(OutboundMessages messages, int message) {
                return socket.sendInFragments(messages, message);
            }
        };
    }

    static MmsgSocket open(NetAddress address, UdpSocketOptions options, TransportCounters counters)
            throws IOException {
        boolean isIpv6 = !address.isIpv4();
        // Whoever starts Java with it means all sockets.
        if (isIpv6 && Boolean.getBoolean("java.net.preferIPv4Stack")) {
            throw UdpBindFailures.noIpv6(address, null);
        }
        LinuxUdpSocket socket;
        try {
            socket = LinuxUdpSocket.open(isIpv6);
        } catch (ErrnoException e) {
            throw isIpv6 && e.errno() == Errno.EAFNOSUPPORT
                    ? UdpBindFailures.noIpv6(address, e)
                    : UdpBindFailures.explain(address, e);
        }
        try {
            socket.bufferBytes(options.bufferBytes());
            if (!options.isClient()) {
                // The largest packet fits through whatever carries IPv6 (1,280 bytes with all
                // headers), and one that needs no fragments needs no number either, which the
                // kernel would pay for in each.
                socket.doNotFragment();
            }
            if (address.isUnspecified()) {
                socket.tellLocalAddresses();
            }
            if (options.trafficClass() != 0) {
                socket.trafficClass(options.trafficClass());
            }
            return new MmsgSocket(socket, socket.bind(address), counters);
        } catch (ErrnoException e) {
            socket.close();
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
        while (taken < packetsMax && isOpen) {
            if (handedOver < received) {
                taken++;
                handOver(handedOver++, handler);
            } else if (isDrained) {
                break;
            } else if (!receiveBatch(Math.min(packetsMax - taken, InboundMessages.MESSAGES))) {
                // A packet sent before reached nobody (ICMP), or memory is short. It costs this
                // call one turn, and the next datagrams are read.
                counters.receiveError();
                taken++;
            }
        }
        isDrained = false;
        if (taken >= PACKETS_OF_A_FULL_BUFFER) {
            countDrops();
        }
        return taken;
    }

    @Override
    public void countDrops() {
        long more = socket.newDrops();
        if (more > 0) {
            counters.receiveBufferDrops(more);
        }
    }

    /// @return false when the kernel reports an error
    private boolean receiveBatch(int messagesMax) {
        int result = socket.receive(inbound, messagesMax);
        handedOver = 0;
        received = Math.max(0, result);
        // Fewer than there was room for are all that there are: no need to ask again.
        isDrained = result == -Errno.EAGAIN || (result >= 0 && result < messagesMax);
        return result >= 0 || result == -Errno.EAGAIN || result == -Errno.EINTR;
    }

    private void handOver(int index, DatagramHandler handler) {
        if (inbound.isCut(index)) {
            counters.oversize();
            return;
        }
        ByteBuffer datagram = inbound.received(index);
        inbound.copySender(index, from);
        counters.received(datagram.remaining());
        handler.handle(from, datagram);
    }

    @Override
    public void send(PeerAddress to, ByteBuffer packet) {
        outbound.add(to, packet);
    }

    @Override
    public void flush() {
        outbound.flush();
    }

    @Override
    public void await(long timeoutNanos) {
        outbound.flush();
        if (handedOver == received) {
            socket.await(Math.max(0, timeoutNanos));
        }
    }

    @Override
    public void wakeup() {
        socket.wakeup();
    }

    @Override
    public int receiveBufferBytes() {
        try {
            return socket.receiveBufferBytes();
        } catch (ErrnoException e) {
            throw wasClosed(e);
        }
    }

    @Override
    public int sendBufferBytes() {
        try {
            return socket.sendBufferBytes();
        } catch (ErrnoException e) {
            throw wasClosed(e);
        }
    }

    private IllegalStateException wasClosed(ErrnoException cause) {
        return new IllegalStateException("the socket " + localAddress + " was closed", cause);
    }

    @Override
    public void close() {
        outbound.flush();
        countDrops();
        isOpen = false;
        received = 0;
        handedOver = 0;
        socket.close();
    }
}
