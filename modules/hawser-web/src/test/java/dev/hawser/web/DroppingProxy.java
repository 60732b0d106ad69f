package dev.hawser.web;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/// A path between one client and an UDP server that loses the packets that a test names, or stands
/// still.
final class DroppingProxy implements AutoCloseable {
    private static final int PACKET_BYTES_MAX = 2048;

    private final DatagramSocket front = socket();
    private final DatagramSocket back = socket();
    private final Way fromClient;
    private final Way fromServer;

    /// Where the latest packet of the client came from.
    private volatile SocketAddress client;

    DroppingProxy(InetSocketAddress server) {
        fromClient =
                new Way(front, back) {
                    @Override
                    SocketAddress to(SocketAddress from) {
                        client = from;
                        return server;
                    }
                };
        fromServer =
                new Way(back, front) {
                    @Override
                    SocketAddress to(SocketAddress from) {
                        return client;
                    }
                };
        Thread.ofVirtual().start(fromClient::run);
        Thread.ofVirtual().start(fromServer::run);
    }

    private static DatagramSocket socket() {
        try {
            return new DatagramSocket(0, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return front.getLocalPort();
    }

    Way fromClient() {
        return fromClient;
    }

    Way fromServer() {
        return fromServer;
    }

    /// Has every packet wait, or lets them go on.
    void hold(boolean isHeld) {
        fromClient.hold(isHeld);
        fromServer.hold(isHeld);
    }

    @Override
    public void close() {
        hold(false);
        front.close();
        back.close();
    }

    /// One direction.
    abstract static class Way {
        private final DatagramSocket in;
        private final DatagramSocket out;
        private int dropBytesMin;
        private int dropBytesMax;
        private int drops;
        private boolean isHeld;

        Way(DatagramSocket in, DatagramSocket out) {
            this.in = in;
            this.out = out;
        }

        /// {@return where a packet goes that comes from there}
        abstract SocketAddress to(SocketAddress from);

        /// Loses the next packet that has so many bytes.
        synchronized void dropNext(int bytesMin, int bytesMax) {
            dropBytesMin = bytesMin;
            dropBytesMax = bytesMax;
        }

        /// {@return how many it has lost}
        synchronized int drops() {
            return drops;
        }

        private synchronized boolean drops(int bytes) {
            if (bytes < dropBytesMin || bytes > dropBytesMax) {
                return false;
            }
            dropBytesMax = 0;
            drops++;
            return true;
        }

        private synchronized void hold(boolean isHeld) {
            this.isHeld = isHeld;
            notifyAll();
        }

        private synchronized void awaitTurn() throws InterruptedException {
            while (isHeld) {
                wait();
            }
        }

        private void run() {
            byte[] bytes = new byte[PACKET_BYTES_MAX];
            try {
                while (true) {
                    DatagramPacket packet = new DatagramPacket(bytes, bytes.length);
                    in.receive(packet);
                    awaitTurn();
                    SocketAddress to = to(packet.getSocketAddress());
                    if (!drops(packet.getLength())) {
                        out.send(new DatagramPacket(bytes, packet.getLength(), to));
                    }
                }
            } catch (IOException | InterruptedException closed) {
                // The test is over.
            }
        }
    }
}
