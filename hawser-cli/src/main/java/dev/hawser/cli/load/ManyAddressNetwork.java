package dev.hawser.cli.load;

import dev.hawser.linux.Errno;
import dev.hawser.linux.ErrnoException;
import dev.hawser.linux.LinuxUdpSocket;
import dev.hawser.linux.LocalAddressBatch;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import java.nio.ByteBuffer;

/// Clients of a server on IPv4 loopback: one socket of Linux whose packets come from 127.64.0.0,
/// 127.64.0.1 and so on, all of which are this machine.
final class ManyAddressNetwork implements ClientNetwork {
    private static final int FIRST_ADDRESS = 127 << 24 | 64 << 16;
    private static final int SOCKET_BUFFER_BYTES = 8 << 20;
    private static final NetAddress ANY_PORT = NetAddress.ipv4(0, 0);

    /// So often a packet is tried again where the system has no room, some milliseconds in all.
    private static final int SEND_ATTEMPTS = 10_000;

    private final LinuxUdpSocket socket;
    private final LocalAddressBatch inbound;
    private final LocalAddressBatch outbound;
    private final PeerAddress server;
    private final PeerAddress from = new PeerAddress();
    private final int clients;
    private int waiting;
    private long sendFailures;

    ManyAddressNetwork(NetAddress server, int clients, int packetBytesMax) throws ErrnoException {
        this.server = PeerAddress.of(server);
        this.clients = clients;
        socket = LinuxUdpSocket.open(false);
        try {
            socket.bufferBytes(SOCKET_BUFFER_BYTES);
            inbound = socket.newLocalAddressBatch(packetBytesMax);
            outbound = socket.newLocalAddressBatch(packetBytesMax);
            NetAddress _ = socket.bind(ANY_PORT);
        } catch (ErrnoException e) {
            socket.close();
            throw e;
        }
    }

    @Override
    public int receive(Receiver receiver) {
        int received = socket.receive(inbound);
        for (int i = 0; i < received; i++) {
            int client = inbound.localAddress(i) - FIRST_ADDRESS;
            inbound.copySender(i, from);
            if (client >= 0 && client < clients && from.sameAs(server)) {
                receiver.handle(client, inbound.message(i));
            }
        }
        return Math.max(0, received);
    }

    @Override
    public void send(int client, ByteBuffer packet) {
        outbound.put(waiting++, FIRST_ADDRESS + client, server, packet);
        if (waiting == LocalAddressBatch.MESSAGES) {
            flush();
        }
    }

    @Override
    public void flush() {
        int sent = 0;
        int attempts = 0;
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
        waiting = 0;
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
