package dev.hawser.benchmarks.web;

import dev.hawser.web.WebServerOptions;
import dev.hawser.web.WebServerTransport;
import dev.hawser.web.session.ClientLoop;
import dev.hawser.web.session.ClientSession;
import dev.hawser.web.session.SessionClient;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/// What a full WebTransport server gets through: each session sends 60 packets of 300 bytes a
/// second, and a server with a tick echoes them all.
///
/// `modules/hawser-benchmarks/run web-load [SESSIONS]`: 400 unless said otherwise. Both ends are in
/// one process, and with 400 take nearly all of two processors.
public final class WebLoad {
    private static final int SESSIONS_DEFAULT = 400;
    private static final int QUEUE_PACKETS = 32_768;

    /// Netty's code and the cipher's are compiled while the first seconds pass.
    private static final int WARM_UP_TICKS = 480;

    private static final int TICKS = 240;
    private static final int SLICES = 16;
    private static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long SETTLING_NANOS_MAX = TimeUnit.SECONDS.toNanos(20);

    private final WebBench bench;
    private final List<SessionClient> clients;
    private final AtomicLong sent = new AtomicLong();
    private final EventLoop loop = ClientLoop.acquire();
    private long echoed;

    private WebLoad(WebBench bench) {
        this.bench = bench;
        clients = bench.clients;
    }

    /// Measures and prints.
    public static void main(String[] args) throws IOException, InterruptedException {
        int sessions = args.length == 0 ? SESSIONS_DEFAULT : Integer.parseInt(args[0]);
        System.out.println(measure(sessions, WARM_UP_TICKS, TICKS));
    }

    /// {@return the figures as JSON: what was sent and came back, who dropped what, the time that
    /// the server's network thread took for an echo, and the memory of both ends of a session}
    ///
    /// @param warmUpTicks how many ticks pass before those that are measured
    public static String measure(int sessions, int warmUpTicks, int ticks)
            throws IOException, InterruptedException {
        WebServerOptions options =
                WebServerOptions.builder()
                        .sessionsMax(sessions, sessions)
                        // Netcode is left out, so nobody ever connects.
                        .connectTimeout(Duration.ofHours(1))
                        .queuePackets(QUEUE_PACKETS)
                        .build();
        try (var bench = new WebBench(options)) {
            long beforeBytes = residentBytes();
            bench.dial(sessions, WebBench.url(bench.server.localAddress().port()));
            long sessionBytes = (residentBytes() - beforeBytes) / sessions;
            var load = new WebLoad(bench);
            try {
                return load.play(warmUpTicks, ticks, sessionBytes);
            } finally {
                ClientLoop.release();
            }
        }
    }

    private String play(int warmUpTicks, int ticks, long sessionBytes)
            throws IOException, InterruptedException {
        Thread owner = Thread.ofPlatform().name("game").start(() -> serve(bench.server));
        play(warmUpTicks);
        settle();
        sent.set(0);
        echoed = 0;
        int port = bench.server.localAddress().port();
        long serverDropsBefore = kernelDrops(port);
        long allDropsBefore = kernelDrops(0);
        long beforeNanos = networkCpuNanos();
        play(ticks);
        settle();
        long cpuNanos = networkCpuNanos() - beforeNanos;
        long serverDrops = kernelDrops(port) - serverDropsBefore;
        long allDrops = kernelDrops(0) - allDropsBefore;
        owner.interrupt();
        owner.join();
        return "{\"sessions\":%d,\"sent\":%d,\"echoed\":%d,\"serverSocketDropped\":%d,\"allSocketsDropped\":%d,\"networkNanosPerEcho\":%d,\"bytesPerSessionBothEnds\":%d,\"web\":\"%s\"}"
                .formatted(
                        clients.size(),
                        sent.get(),
                        echoed,
                        serverDrops,
                        allDrops,
                        cpuNanos / Math.max(1, echoed),
                        sessionBytes,
                        bench.server.webStats());
    }

    private void play(int ticks) {
        long nextNanos = System.nanoTime();
        for (int tick = 0; tick < ticks; tick++) {
            // Players do not send all at once.
            for (int slice = 0; slice < SLICES; slice++) {
                int first = slice;
                loop.execute(() -> sendFrom(first));
                for (int i = slice; i < clients.size(); i += SLICES) {
                    takeEchoes(clients.get(i));
                }
                nextNanos += WebBench.TICK_NANOS / SLICES;
                while (nextNanos - System.nanoTime() > 0) {
                    LockSupport.parkNanos(nextNanos - System.nanoTime());
                }
                // A stall is no reason to hurry afterwards.
                nextNanos = Math.max(nextNanos, System.nanoTime() - WebBench.TICK_NANOS);
            }
        }
    }

    /// Straight on the network's thread, which is one for all: in the place of four hundred games
    /// that wake it.
    private void sendFrom(int first) {
        for (int i = first; i < clients.size(); i += SLICES) {
            ClientSession session = clients.get(i).session();
            if (session != null
                    && session.write(ByteBuffer.allocate(WebBench.PAYLOAD_BYTES)) == null) {
                session.flush();
                sent.incrementAndGet();
            }
        }
    }

    /// Takes what is still under way, until nothing has come for a while.
    private void settle() {
        long startNanos = System.nanoTime();
        long latestNanos = startNanos;
        long latest = echoed;
        while (System.nanoTime() - latestNanos < QUIET_NANOS
                && System.nanoTime() - startNanos < SETTLING_NANOS_MAX) {
            clients.forEach(this::takeEchoes);
            if (echoed != latest) {
                latest = echoed;
                latestNanos = System.nanoTime();
            }
            LockSupport.parkNanos(WebBench.TICK_NANOS / SLICES);
        }
    }

    private void takeEchoes(SessionClient client) {
        echoed += client.receive((_, _) -> {}, 1000);
    }

    /// As a game does: once a tick.
    private static void serve(WebServerTransport server) {
        while (!Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(WebBench.TICK_NANOS);
            server.receive(server::send, 10_000);
            server.flush();
        }
    }

    /// {@return how many datagrams the kernel had no room for in the UDP sockets of this port, 0
    /// for all; 0 where the system does not say}
    private static long kernelDrops(int port) throws IOException {
        String addressEnd = port == 0 ? "" : ":%04X".formatted(port);
        long drops = 0;
        for (String table : List.of("/proc/net/udp", "/proc/net/udp6")) {
            if (Files.exists(Path.of(table))) {
                // One line for each socket: the second column is its address, the last what it
                // lost.
                drops +=
                        Files.readAllLines(Path.of(table)).stream()
                                .skip(1)
                                .map(line -> line.strip().split("\\s+", -1))
                                .filter(columns -> columns[1].endsWith(addressEnd))
                                .mapToLong(columns -> Long.parseLong(columns[columns.length - 1]))
                                .sum();
            }
        }
        return drops;
    }

    /// {@return the processor's time that the server's network thread has taken}
    private static long networkCpuNanos() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("hawser-web-server"))
                .mapToLong(thread -> threads.getThreadCpuTime(thread.threadId()))
                .sum();
    }

    /// {@return the memory of this process, what is native too; 0 where the system does not say}
    private static long residentBytes() throws IOException {
        System.gc();
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return 0;
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                .findFirst()
                .orElse(0);
    }
}
