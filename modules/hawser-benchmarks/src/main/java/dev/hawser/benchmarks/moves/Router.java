package dev.hawser.benchmarks.moves;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// What lies between clients and a server: a way of some length, and if wished a NAT, which forgets
/// what it knows when it is told to. It runs in user space, since not every kernel has a NAT.
///
/// Packets of the clients come through one or more interfaces and leave through one, and back.
final class Router {
    private static final long DELAY_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final int PACKET_BYTES_MAX = 4096;
    private static final int PORT_FIRST = 20_000;

    private record Due(int file, ByteBuffer packet, long nanos) {}

    private final int far;
    private final List<InetAddress> publicAddresses;
    private final Map<InetAddress, Integer> interfaces = new HashMap<>();
    private final Map<InetSocketAddress, InetSocketAddress> outward = new HashMap<>();
    private final Map<InetSocketAddress, InetSocketAddress> inward = new HashMap<>();
    private final BlockingQueue<Due> toServer = new LinkedBlockingQueue<>();
    private final BlockingQueue<Due> toClients = new LinkedBlockingQueue<>();
    private int mappings;

    /// @param nears the clients' interfaces
    /// @param far the server's
    /// @param publicAddresses by which the server is to see the clients, of both families, taken in
    ///   turns; none for a router that changes nothing
    Router(List<Integer> nears, int far, List<InetAddress> publicAddresses) {
        this.far = far;
        this.publicAddresses = publicAddresses;
        nears.forEach(near -> start("near", () -> readNear(near)));
        start("far", this::readFar);
        start("to server", () -> forward(toServer));
        start("to clients", () -> forward(toClients));
    }

    private interface Work {
        void run() throws IOException, InterruptedException;
    }

    private static void start(String name, Work work) {
        Thread thread =
                new Thread(
                        () -> {
                            try {
                                work.run();
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                        },
                        "router, " + name);
        thread.setDaemon(true);
        thread.start();
    }

    /// Forgets every mapping: what the server sends to the clients' former addresses is lost, and
    /// what they send next comes from new ones.
    synchronized void rebind() {
        outward.clear();
        inward.clear();
    }

    private void readNear(int near) throws IOException {
        while (true) {
            IpPacket packet = read(near);
            if (packet.isUdp()) {
                translateOutward(near, packet);
                toServer.add(due(far, packet));
            }
        }
    }

    private void readFar() throws IOException {
        while (true) {
            IpPacket packet = read(far);
            if (packet.isUdp()) {
                translateInward(packet).ifPresent(near -> toClients.add(due(near, packet)));
            }
        }
    }

    private static IpPacket read(int file) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocateDirect(PACKET_BYTES_MAX);
        return new IpPacket(bytes.limit(Libc.read(file, MemorySegment.ofBuffer(bytes))));
    }

    private static Due due(int file, IpPacket packet) {
        return new Due(file, packet.bytes(), System.nanoTime() + DELAY_NANOS);
    }

    private synchronized void translateOutward(int near, IpPacket packet) {
        InetSocketAddress client = packet.source();
        interfaces.put(client.getAddress(), near);
        if (!publicAddresses.isEmpty()) {
            packet.source(outward.computeIfAbsent(client, this::map));
        }
    }

    private InetSocketAddress map(InetSocketAddress client) {
        int number = mappings++;
        List<InetAddress> sameFamily =
                publicAddresses.stream()
                        .filter(one -> one.getClass() == client.getAddress().getClass())
                        .toList();
        var mapped =
                new InetSocketAddress(
                        sameFamily.get(number % sameFamily.size()), PORT_FIRST + number);
        inward.put(mapped, client);
        return mapped;
    }

    /// {@return where it leaves; nothing when nobody is there}
    private synchronized Optional<Integer> translateInward(IpPacket packet) {
        InetSocketAddress target = packet.destination();
        if (!publicAddresses.isEmpty()) {
            target = inward.get(target);
            if (target == null) {
                return Optional.empty();
            }
            packet.destination(target);
        }
        return Optional.ofNullable(interfaces.get(target.getAddress()));
    }

    private static void forward(BlockingQueue<Due> queue) throws InterruptedException {
        while (true) {
            Due due = queue.take();
            long nanos = due.nanos - System.nanoTime();
            while (nanos > 0) {
                LockSupport.parkNanos(nanos);
                nanos = due.nanos - System.nanoTime();
            }
            try {
                Libc.write(due.file, MemorySegment.ofBuffer(due.packet));
            } catch (IOException interfaceIsDown) {
                // As in any network, the packet is lost.
            }
        }
    }
}
