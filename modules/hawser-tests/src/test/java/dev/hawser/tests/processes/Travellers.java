package dev.hawser.tests.processes;

import dev.hawser.Authentication;
import dev.hawser.ConnectionState;
import dev.hawser.Resume;
import dev.hawser.netcode.NetcodeClient;
import dev.hawser.online.token.TokenClient;
import dev.hawser.transport.UdpTransport;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// Players in a thread of this JVM, each with one client object for all servers that it comes to,
/// and a number that it sends, which grows with each echo of it.
final class Travellers implements AutoCloseable {
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(10);

    private final List<Traveller> players = new ArrayList<>();
    private final Thread thread;
    private volatile boolean isOver;

    /// Connects so many.
    Travellers(BackendRig backend, int count) {
        for (int i = 0; i < count; i++) {
            players.add(new Traveller(backend, i));
        }
        thread = Thread.ofPlatform().daemon().name("travellers").start(this::play);
    }

    private static final class Traveller {
        final TokenClient tokens;
        final NetcodeClient client;
        final ByteBuffer payload = ByteBuffer.allocate(Integer.BYTES);
        volatile int echoes;
        volatile ConnectionState state = new ConnectionState.Connecting();

        Traveller(BackendRig backend, int number) {
            tokens =
                    TokenClient.builder()
                            .endpoint(backend.url())
                            .credentials(() -> "traveller-" + number)
                            .pinnedCertificates(backend.pin())
                            .build();
            client =
                    NetcodeClient.builder()
                            .transport(UdpTransport.anyPort())
                            .authentication(new Authentication.Backend(tokens))
                            .resume(Resume.within(Duration.ofHours(1)))
                            .build();
        }

        /// An end stays what it is seen as.
        void tick() {
            client.update();
            client.receive(this::hear);
            if (!(state instanceof ConnectionState.Disconnected)) {
                state = client.state();
            }
            client.send(payload.clear().putInt(echoes).flip());
            client.flush();
        }

        private void hear(ByteBuffer echo) {
            int next = echo.getInt() + 1;
            if (next == echoes + 1) {
                echoes = next;
            }
        }
    }

    private void play() {
        players.forEach(player -> player.client.connect());
        while (!isOver) {
            players.forEach(Traveller::tick);
            LockSupport.parkNanos(TICK_NANOS);
        }
        players.forEach(player -> player.client.close());
        players.forEach(player -> player.tokens.close());
    }

    /// Waits until each has heard ten more of its echoes.
    ///
    /// @throws AssertionError when one of them has ended, or nothing is heard
    void awaitEchoes() throws InterruptedException {
        int[] targets = players.stream().mapToInt(player -> player.echoes + 10).toArray();
        long deadlineNanos = System.nanoTime() + PATIENCE_NANOS;
        for (int i = 0; i < targets.length; i++) {
            Traveller player = players.get(i);
            while (player.echoes < targets[i]) {
                if (player.state instanceof ConnectionState.Disconnected
                        || System.nanoTime() - deadlineNanos > 0) {
                    throw new AssertionError("traveller " + i + " is " + player.state);
                }
                Thread.sleep(5);
            }
        }
    }

    @Override
    public void close() {
        isOver = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
