package dev.hawser.backend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.MemoryGrowth;
import dev.hawser.tls.CertificateSource;
import dev.hawser.tls.ServerCertificate;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// A token service over TLS with players, a game server and somebody who asks for its health, while
/// hostile callers of one kind work for as long as `-Dhawser.siegeSeconds` says, a minute by
/// default, from one address or from many: memory stays where it was after a third of that time,
/// and nobody else loses a request.
///
/// Not a part of the check, which has [HostileConnectionsTest]: this is run by its name. Everything
/// is in one process, so what the callers keep would be seen too, and they keep little.
class ServiceSiege {
    private static final int SECONDS = Integer.getInteger("hawser.siegeSeconds", 60);
    private static final int SAMPLES = 12;
    private static final int ROUND_MILLIS = 100;
    private static final long ANNOUNCEMENT_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int PLAYERS = 20;
    private static final int ALL = 600;
    private static final int SHARE = 64;
    private static final int ADDRESSES = 12;

    /// More than an address may have, and more than all may have.
    private static final int FROM_EACH = 72;

    private static final int PATIENCE_MILLIS = 60_000;

    private final AtomicBoolean goesOn = new AtomicBoolean(true);
    private final AtomicLong attempts = new AtomicLong();
    private final MemoryGrowth memory = new MemoryGrowth(SAMPLES);
    private final List<String> lost = new ArrayList<>();
    private long announcedNanos;
    private long asked;
    private long slowestNanos;
    private ServiceRig rig;
    private HostileCaller.Target honest;
    private @Nullable Socket server;

    private static Stream<Arguments> callers() {
        String only = System.getProperty("hawser.siege", "");
        return Stream.of(HostileCaller.values())
                .filter(caller -> caller.toString().contains(only))
                .flatMap(caller ->
                        Stream.of(
                                Arguments.of(caller, List.of("127.0.1.1")),
                                Arguments.of(caller, manyAddresses())));
    }

    private static List<String> manyAddresses() {
        return Stream.iterate(1, i -> i + 1).limit(ADDRESSES).map(i -> "127.0.1." + i).toList();
    }

    @ParameterizedTest
    @MethodSource("callers")
    void memoryStaysAndNobodyElseLosesARequest(HostileCaller caller, List<String> addresses)
            throws Exception {
        String siege = caller + " of " + addresses.size();
        ServerCertificate certificate = ServerCertificate.selfSigned("localhost");
        try (ServiceRig rig = rig(certificate)) {
            this.rig = rig;
            honest = target(rig, certificate);
            HostileCaller.Target hostile = target(rig, certificate);
            List<Thread> threads = new ArrayList<>();
            for (String from : addresses) {
                for (int i = 0; i < FROM_EACH; i++) {
                    threads.add(Thread.ofVirtual().start(() -> attack(caller, hostile, from)));
                }
            }
            live(siege);
            goesOn.set(false);
            hostile.end();
            honest.end();
            for (Thread thread : threads) {
                thread.join();
            }
            report(siege);
        } finally {
            goesOn.set(false);
        }
    }

    private static ServiceRig rig(ServerCertificate certificate) {
        return new ServiceRig(builder ->
                builder.certificate(CertificateSource.of(certificate))
                        .requestsPerMinute(100_000, 100_000)
                        .concurrency(ALL, 100)
                        .connectionsPerAddress(SHARE)
                        .monotonicClock(System::nanoTime)
                        .audit(_ -> {})
                        .logger(System.getLogger("siege")));
    }

    private static HostileCaller.Target target(ServiceRig rig, ServerCertificate certificate) {
        return new HostileCaller.Target(
                rig.service.uri().getPort(), ServiceRig.trusting(certificate));
    }

    private void attack(HostileCaller caller, HostileCaller.Target target, String from) {
        while (goesOn.get()) {
            attempts.incrementAndGet();
            try {
                caller.connect(target, from, goesOn::get);
            } catch (IOException | RuntimeException e) {
                // The service has enough of it: again.
                HostileCaller.rest(1000);
            }
        }
    }

    // ---- Everybody else

    private void live(String siege) {
        long startNanos = System.nanoTime();
        long seconds = 0;
        for (int round = 0; seconds < SECONDS; round++) {
            long nowNanos = System.nanoTime();
            if (round == 0 || nowNanos - announcedNanos >= ANNOUNCEMENT_NANOS) {
                announcedNanos = nowNanos;
                ask("a server on its connection", this::announceAgain);
                ask("another server", () -> announce("other", connected("127.0.0.5")));
            }
            String player = "player" + round % PLAYERS;
            ask("a player", () -> login(player));
            ask("health", this::health);
            seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startNanos);
            if (seconds >= (long) SECONDS * memory.samples() / SAMPLES
                    && memory.samples() < SAMPLES) {
                sample(siege);
            }
            HostileCaller.rest(ROUND_MILLIS);
        }
    }

    private interface Request {
        int status() throws IOException;
    }

    private void ask(String who, Request request) {
        asked++;
        long startNanos = System.nanoTime();
        try {
            int status = request.status();
            if (status != 200) {
                lost.add(who + ": " + status);
            }
        } catch (IOException e) {
            lost.add(who + ": " + e);
        }
        slowestNanos = Math.max(slowestNanos, System.nanoTime() - startNanos);
    }

    private Socket connected(String from) throws IOException {
        Socket socket = honest.secure(from);
        socket.setSoTimeout(PATIENCE_MILLIS);
        return socket;
    }

    private int login(String player) throws IOException {
        try (Socket socket = connected("127.0.0.4")) {
            HostileCaller.write(
                    socket,
                    "POST /v1/connect-token HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                            + "Content-Type: application/json\r\nAuthorization: Bearer player:"
                            + player
                            + "\r\nContent-Length: 2\r\n\r\n{}");
            return HostileCaller.status(socket);
        }
    }

    private int health() throws IOException {
        try (Socket socket = connected("127.0.0.1")) {
            HostileCaller.write(
                    socket,
                    "GET /health/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            return HostileCaller.status(socket);
        }
    }

    private int announceAgain() throws IOException {
        if (server == null) {
            server = connected("127.0.0.3");
        }
        return announceOn(server, "one");
    }

    private int announce(String id, Socket socket) throws IOException {
        try (socket) {
            return announceOn(socket, id);
        }
    }

    private int announceOn(Socket socket, String id) throws IOException {
        HostileCaller.write(socket, rig.announcement(id, 64));
        return HostileCaller.status(socket);
    }

    // ---- Figures

    private void sample(String siege) {
        MemoryGrowth.Sample sample = memory.sample(MemoryGrowth.directBytes());
        System.out.printf(
                "%s: %s; %d connections%n", siege, sample, rig.service.stats().connections());
    }

    private void report(String siege) {
        System.out.printf("%s: %,d attempts, %s%n", siege, attempts.get(), rig.service.stats());
        System.out.printf(
                "%s: %d honest requests, %d lost, the slowest took %d ms%n",
                siege, asked, lost.size(), TimeUnit.NANOSECONDS.toMillis(slowestNanos));
        assertThat(lost).isEmpty();
        memory.check();
    }
}
