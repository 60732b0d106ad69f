package dev.hawser.load;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import dev.hawser.transport.DatagramHandler;
import dev.hawser.transport.UdpIo;
import dev.hawser.transport.UdpTransport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.LockSupport;

/// Clients of a server anywhere, on any system: a socket for each.
final class ManySocketNetwork implements ClientNetwork {
    private static final int PACKETS_PER_TURN = 64;
    private static final int SOCKET_BUFFER_BYTES = 256 << 10;
    private static final long AWAIT_NANOS_MAX = 100_000;
    private static final NetAddress ANY_IPV4 = NetAddress.ipv4(0, 0);
    private static final NetAddress ANY_IPV6 = NetAddress.ipv6(0, 0, 0);

    private final PeerAddress server;
    private final UdpTransport[] sockets;
    private final DatagramHandler[] handlers;
    private Receiver receiver = (_, _) -> {};

    ManySocketNetwork(NetAddress server, int clients) throws IOException {
        this.server = PeerAddress.of(server);
        sockets = new UdpTransport[clients];
        handlers = new DatagramHandler[clients];
        int opened = 0;
        try {
            for (; opened < clients; opened++) {
                // Packet by packet: the batches of so many sockets would take gigabytes.
                UdpTransport socket =
                        UdpTransport.builder()
                                .bind(server.isIpv4() ? ANY_IPV4 : ANY_IPV6)
                                .io(UdpIo.NIO)
                                .socketBufferBytes(SOCKET_BUFFER_BYTES)
                                .build();
                socket.open();
                sockets[opened] = socket;
                handlers[opened] = handlerOf(opened);
            }
        } catch (IOException e) {
            for (int i = 0; i < opened; i++) {
                sockets[i].close();
            }
            throw new IOException(
                    "could open "
                            + opened
                            + " of "
                            + clients
                            + " sockets, one for each client ("
                            + e.getMessage()
                            + "): raise the limit of open files ('ulimit -n'), or take fewer"
                            + " --clients",
                    e);
        }
    }

    private DatagramHandler handlerOf(int client) {
        return (from, datagram) -> {
            if (from.sameAs(server)) {
                receiver.handle(client, datagram);
            }
        };
    }

    @Override
    public int receive(Receiver receiver) {
        this.receiver = receiver;
        int received = 0;
        for (int i = 0; i < sockets.length; i++) {
            received += sockets[i].receive(handlers[i], PACKETS_PER_TURN);
        }
        return received;
    }

    @Override
    public void send(int client, ByteBuffer packet) {
        sockets[client].send(server, packet);
    }

    @Override
    public void flush() {
        // Without batches everything has gone out.
    }

    @Override
    public void await(long timeoutNanos) {
        // Nothing waits for thousands of sockets here.
        LockSupport.parkNanos(Math.min(timeoutNanos, AWAIT_NANOS_MAX));
    }

    @Override
    public long sendFailures() {
        long failures = 0;
        for (UdpTransport socket : sockets) {
            failures += socket.stats().packetsNotSent();
        }
        return failures;
    }

    @Override
    public String description() {
        return "a socket for each client";
    }

    @Override
    public void close() {
        for (UdpTransport socket : sockets) {
            socket.close();
        }
    }
}
