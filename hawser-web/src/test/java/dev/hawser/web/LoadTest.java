package dev.hawser.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import io.netty.channel.EventLoop;
import io.netty.util.ResourceLeakDetector;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A full server: 400 sessions, each 60 packets a second of 300 bytes, all echoed.
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class LoadTest {
    private static final PeerAddress NAMED = PeerAddress.of(NetAddress.parse("203.0.113.5:7777"));
    private static final int SESSIONS = 400;
    private static final int DIALLED_AT_ONCE = 20;

    /// Netty's code and the cipher's are compiled while the first seconds pass.
    private static final int WARM_UP_TICKS = 480;

    private static final int TICKS = 240;
    private static final int SLICES = 16;
    private static final long TICK_NANOS = TimeUnit.SECONDS.toNanos(1) / 60;
    private static final int PAYLOAD_BYTES = 300;
    private static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long SETTLING_NANOS_MAX = TimeUnit.SECONDS.toNanos(20);

    private final List<WebClientTransport> clients = new ArrayList<>();
    private final AtomicLong sent = new AtomicLong();
    private final EventLoop loop = ClientLoop.acquire();
    private long echoed;
    private long cpuNanos;
    private long droppedBefore;
    private long serverDropped;

    @Test
    void theServersQueuesLoseNothingUnderFourHundredSessions() throws Exception {
        ResourceLeakDetector.Level level = ResourceLeakDetector.getLevel();
        // Where every buffer leaves a stack trace, that is what would be measured.
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.SIMPLE);
        WebServerTransport server =
                Web.WEB_TRANSPORT.server(
                        WebServerOptions.DEFAULT
                                .withSessionsMax(SESSIONS, SESSIONS)
                                .withConnectTimeout(Duration.ofHours(1))
                                .withQueuePackets(32_768));
        server.open();
        try {
            long beforeBytes = residentBytes();
            dialAll(Web.WEB_TRANSPORT.url(server));
            long sessionBytes = (residentBytes() - beforeBytes) / SESSIONS;
            assertThat(server.webStats().sessions()).isEqualTo(SESSIONS);
            playTwice(server);
            report(server, sessionBytes);
            assertThat(server.webStats().drops()).isEmpty();
            assertThat(server.stats().sendFailures()).isEmpty();
            // Both ends take up to a core each. A slower machine reads too late, and its kernel
            // drops what finds no room in a socket. Nobody else may lose anything.
            long least = kernelDrops(0) == droppedBefore ? sent.get() : sent.get() / 2;
            assertThat(echoed).isBetween(least, sent.get());
        } finally {
            clients.forEach(WebClientTransport::close);
            ClientLoop.release();
            server.close();
            ResourceLeakDetector.setLevel(level);
        }
    }

    private void dialAll(URI url) throws IOException {
        while (clients.size() < SESSIONS) {
            for (int i = 0; i < DIALLED_AT_ONCE; i++) {
                WebClientTransport client = Web.WEB_TRANSPORT.client(url);
                client.open();
                client.dial(NAMED);
                clients.add(client);
            }
            Web.until(() -> clients.stream().noneMatch(WebClientTransport::isDialling), "dialling");
        }
    }

    private void playTwice(WebServerTransport server) throws InterruptedException, IOException {
        Thread owner = Thread.ofPlatform().name("game").start(() -> serve(server));
        play(WARM_UP_TICKS);
        settle();
        sent.set(0);
        echoed = 0;
        droppedBefore = kernelDrops(0);
        long serverDroppedBefore = kernelDrops(server.localAddress().port());
        long beforeNanos = networkCpuNanos();
        play(TICKS);
        settle();
        cpuNanos = networkCpuNanos() - beforeNanos;
        serverDropped = kernelDrops(server.localAddress().port()) - serverDroppedBefore;
        owner.interrupt();
        owner.join();
    }

    private void play(int ticks) {
        long nextNanos = System.nanoTime();
        for (int tick = 0; tick < ticks; tick++) {
            // Players do not send all at once.
            for (int slice = 0; slice < SLICES; slice++) {
                int first = slice;
                loop.execute(() -> sendFrom(first));
                for (int i = slice; i < SESSIONS; i += SLICES) {
                    takeEchoes(clients.get(i));
                }
                nextNanos += TICK_NANOS / SLICES;
                while (nextNanos - System.nanoTime() > 0) {
                    LockSupport.parkNanos(nextNanos - System.nanoTime());
                }
                // A stall is no reason to hurry afterwards.
                nextNanos = Math.max(nextNanos, System.nanoTime() - TICK_NANOS);
            }
        }
    }

    /// Straight on the network's thread, which is one for all: in the place of four hundred games
    /// that wake it.
    private void sendFrom(int first) {
        for (int i = first; i < SESSIONS; i += SLICES) {
            ClientSession session = clients.get(i).session();
            if (session != null && session.write(ByteBuffer.allocate(PAYLOAD_BYTES)) == null) {
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
            LockSupport.parkNanos(TICK_NANOS / SLICES);
        }
    }

    private void takeEchoes(WebClientTransport client) {
        echoed += client.receive((_, _) -> {}, 1000);
    }

    /// As a game does: once a tick.
    private static void serve(WebServerTransport server) {
        while (!Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(TICK_NANOS);
            server.receive(server::send, 10_000);
            server.flush();
        }
    }

    /// {@return how many datagrams the kernel had no room for in the UDP sockets of this port, 0
    /// for all; where the system does not say, another number each time}
    private static long kernelDrops(int port) throws IOException {
        String addressEnd = port == 0 ? "" : ":%04X".formatted(port);
        long drops = 0;
        for (String table : List.of("/proc/net/udp", "/proc/net/udp6")) {
            if (!Files.exists(Path.of(table))) {
                return -System.nanoTime();
            }
            // One line for each socket: the second column is its address, the last what it lost.
            drops +=
                    Files.readAllLines(Path.of(table)).stream()
                            .skip(1)
                            .map(line -> line.strip().split("\\s+", -1))
                            .filter(columns -> columns[1].endsWith(addressEnd))
                            .mapToLong(columns -> Long.parseLong(columns[columns.length - 1]))
                            .sum();
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

    /// Both ends are in this process: half of the memory, about, is the server's.
    private void report(WebServerTransport server, long sessionBytes) throws IOException {
        Files.writeString(
                Files.createDirectories(Path.of("target")).resolve("web-load.json"),
                "{\"sessions\":%d,\"sent\":%d,\"echoed\":%d,\"bytesPerSessionBothEnds\":%d,\"networkNanosPerEcho\":%d,\"serverSocketDropped\":%d,\"web\":\"%s\"}%n"
                        .formatted(
                                SESSIONS,
                                sent.get(),
                                echoed,
                                sessionBytes,
                                cpuNanos / Math.max(1, echoed),
                                serverDropped,
                                server.webStats()));
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
