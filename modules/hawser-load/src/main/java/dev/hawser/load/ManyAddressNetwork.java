package dev.hawser.load;

import dev.hawser.linux.Errno;
import dev.hawser.linux.ErrnoException;
import dev.hawser.linux.InboundMessages;
import dev.hawser.linux.LinuxUdpSocket;
import dev.hawser.linux.OutboundMessages;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import java.nio.ByteBuffer;

/// Clients of a server on IPv4 loopback: one socket of Linux whose packets come from 127.64.0.0,
/// 127.64.0.1 and so on, all of which are this machine.
final class ManyAddressNetwork implements ClientNetwork {
    private static final int FIRST_ADDRESS = 127 << 24 | 64 << 16;
    private static final int PACKETS_PER_CALL = InboundMessages.MESSAGES;
    private static final int SOCKET_BUFFER_BYTES = 8 << 20;
    private static final NetAddress ANY_PORT = NetAddress.ipv4(0, 0);

    /// So often a packet is tried again where the system has no room, some milliseconds in all.
    private static final int SEND_ATTEMPTS = 10_000;

    private final LinuxUdpSocket socket;
    private final InboundMessages inbound;
    private final OutboundMessages outbound;
    private final PeerAddress server;
    private final PeerAddress from = new PeerAddress();
    private final int clients;
    private long sendFailures;

    ManyAddressNetwork(NetAddress server, int clients, int packetBytesMax) throws ErrnoException {
        this.server = PeerAddress.of(server);
        this.clients = clients;
        socket = LinuxUdpSocket.open(false);
        try {
            socket.bufferBytes(SOCKET_BUFFER_BYTES);
            socket.tellLocalAddresses();
            inbound = socket.newInbound(packetBytesMax);
            outbound = socket.newOutbound(PACKETS_PER_CALL, PACKETS_PER_CALL * packetBytesMax);
            NetAddress _ = socket.bind(ANY_PORT);
        } catch (ErrnoException e) {
            socket.close();
            throw e;
        }
    }

    @Override
    public int receive(Receiver receiver) {
        int received = socket.receive(inbound, InboundMessages.MESSAGES);
        for (int i = 0; i < received; i++) {
            inbound.copySender(i, from);
            int client = (int) from.localLow() - FIRST_ADDRESS;
            if (client >= 0 && client < clients && from.sameAs(server)) {
                receiver.handle(client, inbound.received(i));
            }
        }
        return Math.max(0, received);
    }

    @Override
    public void send(int client, ByteBuffer packet) {
        server.setLocalIpv4(FIRST_ADDRESS + client);
        outbound.add(server, packet);
        if (outbound.packets() == PACKETS_PER_CALL) {
            flush();
        }
    }

    @Override
    public void flush() {
        int sent = 0;
        int attempts = 0;
        // Clients are many, and each sends one packet at a time: there are no rows to make.
        int waiting = outbound.arrange(false);
        while (sent < waiting) {
            int result = socket.send(outbound, sent, waiting - sent);
            if (result > 0) {
                sent += result;
                attempts = 0;
            } else if (isWorthAnotherTry(result) && attempts < SEND_ATTEMPTS) {
                attempts++;
                Thread.onSpinWait();
            } else {
                sendFailures++;
                sent++;
            }
        }
        outbound.clear();
    }

    private static boolean isWorthAnotherTry(int result) {
        return result == -Errno.EAGAIN || result == -Errno.ENOBUFS || result == -Errno.EINTR;
    }

    @Override
    public void await(long timeoutNanos) {
        socket.await(Math.max(0, timeoutNanos));
    }

    @Override
    public long sendFailures() {
        return sendFailures;
    }

    @Override
    public String description() {
        return "one socket with an address for each client";
    }

    @Override
    public void close() {
        socket.close();
    }
}
