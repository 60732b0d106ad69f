package dev.hawser.benchmarks.moves;

import dev.hawser.Authentication;
import dev.hawser.ConnectionState;
import dev.hawser.DisconnectReason;
import dev.hawser.netcode.NetcodeClient;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.protocol.token.TokenMint;
import dev.hawser.protocol.token.TokenRequest;
import dev.hawser.time.SystemClock;
import dev.hawser.transport.UdpTransport;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/// How long a player plays on into nothing when `hawser server` is killed and started anew on its
/// port: from when it listens again to when the game is told that the server has forgotten it,
/// which may take 0.7 seconds.
///
/// `modules/hawser-benchmarks/run restarts [RUNS]`: five of each, started anew after 0, 1 and 3
/// seconds.
public final class Restarts {
    private static final int RUNS_DEFAULT = 5;
    private static final int[] DELAYS_SECONDS = {0, 1, 3};
    private static final long TOLD_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(700);

    /// Too long for a timeout to be taken for being told.
    private static final int TIMEOUT_SECONDS = 15;

    private static final long TICK_NANOS = TimeUnit.SECONDS.toNanos(1) / 60;
    private static final long PROTOCOL_ID = 23;
    private static final double NANOS_PER_MILLI = 1e6;

    private static final Logger LOG = Logger.getLogger("dev.hawser");

    private final PrivateKey key = PrivateKey.random(new SecureRandom()::nextBytes);
    private final Path keyFile;
    private final NetAddress address;

    private Restarts(Path keyFile, NetAddress address) {
        this.keyFile = keyFile;
        this.address = address;
    }

    /// Measures, prints, and ends with 1 where something was not as it must be.
    public static void main(String[] args) throws IOException, InterruptedException {
        LOG.setLevel(Level.OFF);
        int runs = args.length == 0 ? RUNS_DEFAULT : Integer.parseInt(args[0]);
        Path folder = Files.createTempDirectory("hawser-restarts");
        boolean isWell = true;
        try {
            var restarts = new Restarts(folder.resolve("key"), freeAddress());
            restarts.writeKey();
            System.out.printf("%-16s %-14s %s%n", "started after", "told after", "reason");
            for (int delaySeconds : DELAYS_SECONDS) {
                for (int run = 0; run < runs; run++) {
                    isWell &= restarts.run(delaySeconds);
                }
            }
        } finally {
            Files.deleteIfExists(folder.resolve("key"));
            Files.delete(folder);
        }
        System.exit(isWell ? 0 : 1);
    }

    private static NetAddress freeAddress() throws IOException {
        try (var socket =
                new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            return NetAddress.parse("127.0.0.1:" + socket.getLocalPort());
        }
    }

    private void writeKey() throws IOException {
        byte[] bytes = new byte[PrivateKey.BYTES];
        key.copyTo(bytes);
        Files.write(keyFile, bytes);
        Files.setPosixFilePermissions(keyFile, PosixFilePermissions.fromString("rw-------"));
    }

    private boolean run(int delaySeconds) throws IOException, InterruptedException {
        Process first = server();
        Process second = first;
        try (var player = new Player(address, key)) {
            player.awaitConnected();
            Thread.sleep(1000);
            first.destroyForcibly().waitFor();
            Thread.sleep(TimeUnit.SECONDS.toMillis(delaySeconds));
            second = server();
            long listeningNanos = System.nanoTime();
            long toldNanos = player.awaitEnd() - listeningNanos;
            DisconnectReason reason = player.reason();
            System.out.printf(
                    Locale.ROOT,
                    "%-16s %-14s %s%n",
                    delaySeconds + " s",
                    String.format(Locale.ROOT, "%.0f ms", toldNanos / NANOS_PER_MILLI),
                    reason.getClass().getSimpleName());
            return reason instanceof DisconnectReason.ForgottenByServer
                    && toldNanos <= TOLD_NANOS_MAX;
        } finally {
            first.destroyForcibly();
            second.destroyForcibly().waitFor();
        }
    }

    /// {@return `hawser server`, which listens}
    private Process server() throws IOException {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                "dev.hawser.cli.Main",
                                "server",
                                "--echo",
                                "--quiet",
                                "--bind",
                                address.toString(),
                                "--protocol-id",
                                "" + PROTOCOL_ID,
                                "--private-key-file",
                                keyFile.toString(),
                                "--max-token-lifetime",
                                "off")
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        String line = out.readLine();
        if (line == null || !line.startsWith("listening on ")) {
            throw new IOException("hawser server did not start, but said: " + line);
        }
        return process;
    }

    /// A client that sends sixty payloads a second, in a thread of its own.
    private static final class Player implements AutoCloseable {
        private final NetcodeClient client;
        private final CountDownLatch connected = new CountDownLatch(1);
        private final CountDownLatch ended = new CountDownLatch(1);
        private final Thread thread = new Thread(this::play, "player");
        private volatile long endNanos;
        private volatile @Nullable DisconnectReason reason;
        private volatile boolean isOver;

        Player(NetAddress server, PrivateKey key) {
            var mint =
                    new TokenMint(
                            key,
                            PROTOCOL_ID,
                            new SecureRandom()::nextBytes,
                            SystemClock.WALL_CLOCK);
            TokenRequest request =
                    TokenRequest.builder(1)
                            .server(server)
                            .timeoutSeconds(TIMEOUT_SECONDS)
                            .statesReasons(true)
                            .survivesMoves(true)
                            .build();
            client =
                    NetcodeClient.builder()
                            .transport(UdpTransport.anyPort())
                            .authentication(new Authentication.Token(mint.mint(request)))
                            .build();
            thread.start();
        }

        private void play() {
            client.connect();
            ByteBuffer payload = ByteBuffer.allocate(100);
            while (!isOver && ended.getCount() > 0) {
                client.update();
                client.receive(_ -> {});
                switch (client.state()) {
                    case ConnectionState.Connected() -> {
                        client.send(payload);
                        client.flush();
                        connected.countDown();
                    }
                    case ConnectionState.Disconnected(var why) -> {
                        endNanos = System.nanoTime();
                        reason = why;
                        connected.countDown();
                        ended.countDown();
                    }
                    default -> {}
                }
                LockSupport.parkNanos(TICK_NANOS);
            }
            client.close();
        }

        void awaitConnected() throws InterruptedException {
            connected.await();
        }

        /// {@return when the game was told}
        long awaitEnd() throws InterruptedException {
            ended.await();
            return endNanos;
        }

        DisconnectReason reason() {
            DisconnectReason why = reason;
            if (why == null) {
                throw new IllegalStateException("it has not ended");
            }
            return why;
        }

        @Override
        public void close() {
            isOver = true;
        }
    }
}
