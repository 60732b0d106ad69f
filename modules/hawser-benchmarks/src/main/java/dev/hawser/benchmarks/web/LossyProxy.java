package dev.hawser.benchmarks.web;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;

/// A bad network between clients and an UDP server: each packet is lost by chance, or arrives late.
final class LossyProxy implements AutoCloseable {
    private static final int PACKET_BYTES_MAX = 2048;

    private final Selector selector = Selector.open();
    private final DatagramChannel front =
            open(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    private final SocketAddress server;
    private final Map<SocketAddress, DatagramChannel> ways = new HashMap<>();
    private final ArrayDeque<Packet> underWay = new ArrayDeque<>();
    private final SplittableRandom random;
    private final double loss;
    private final long delayNanos;
    private final Thread thread = new Thread(this::run, "lossy proxy");
    private volatile boolean isClosed;

    /// The largest delay on top of the one that was asked for, since the last look: a busy machine.
    private volatile long latestLateNanos;

    private record Packet(DatagramChannel by, SocketAddress to, ByteBuffer bytes, long dueNanos) {}

    LossyProxy(InetSocketAddress server, double loss, long delayNanos, long seed)
            throws IOException {
        this.server = server;
        this.loss = loss;
        this.delayNanos = delayNanos;
        random = new SplittableRandom(seed);
        thread.setDaemon(true);
        thread.start();
    }

    int port() throws IOException {
        return ((InetSocketAddress) front.getLocalAddress()).getPort();
    }

    /// {@return how much too late the latest packet left}
    long lateNanos() {
        return latestLateNanos;
    }

    private DatagramChannel open(SocketAddress address) throws IOException {
        DatagramChannel channel = DatagramChannel.open();
        channel.bind(address).configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ);
        return channel;
    }

    private void run() {
        try {
            while (!isClosed) {
                selector.select(1);
                for (SelectionKey key : selector.selectedKeys()) {
                    takeIn(key);
                }
                selector.selectedKeys().clear();
                sendDue();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void takeIn(SelectionKey key) throws IOException {
        var channel = (DatagramChannel) key.channel();
        ByteBuffer bytes = ByteBuffer.allocate(PACKET_BYTES_MAX);
        SocketAddress from = channel.receive(bytes);
        while (from != null) {
            boolean isLost = random.nextDouble() < loss;
            if (!isLost) {
                add(channel, from, bytes.flip());
            }
            bytes = ByteBuffer.allocate(PACKET_BYTES_MAX);
            from = channel.receive(bytes);
        }
    }

    private void add(DatagramChannel at, SocketAddress from, ByteBuffer bytes) throws IOException {
        long dueNanos = System.nanoTime() + delayNanos;
        if (at.equals(front)) {
            DatagramChannel way = ways.get(from);
            if (way == null) {
                way = open(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                ways.put(from, way);
            }
            underWay.add(new Packet(way, server, bytes, dueNanos));
        } else {
            for (Map.Entry<SocketAddress, DatagramChannel> way : ways.entrySet()) {
                if (way.getValue().equals(at)) {
                    underWay.add(new Packet(front, way.getKey(), bytes, dueNanos));
                }
            }
        }
    }

    private void sendDue() throws IOException {
        long nowNanos = System.nanoTime();
        while (!underWay.isEmpty() && underWay.getFirst().dueNanos - nowNanos <= 0) {
            Packet due = underWay.removeFirst();
            latestLateNanos = nowNanos - due.dueNanos;
            due.by.send(due.bytes, due.to);
        }
    }

    @Override
    public void close() throws IOException {
        isClosed = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        front.close();
        for (DatagramChannel way : ways.values()) {
            way.close();
        }
        selector.close();
    }
}
