package dev.hawser.tests.processes;

import dev.hawser.Authentication;
import dev.hawser.ConnectionState;
import dev.hawser.NetcodeClient;
import dev.hawser.token.TokenClient;
import dev.hawser.transport.UdpTransport;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A program with many players, who log in at a backend and come back whenever they are thrown out.
///
/// Arguments: the URL of the backend, the hash of its certificate, the number of the first player,
/// how many there are. Twice a second it prints how many are connected and how often they had to
/// come back; the end of its input makes them leave.
final class Players {
    private static final long TICK_MILLIS = 10;
    private static final int TICKS_PER_LINE = 50;

    /// Nobody hammers at a door that was just closed.
    private static final long COME_BACK_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final List<Player> players = new ArrayList<>();
    private volatile boolean isEnding;
    private int comebacks;

    private final class Player {
        final TokenClient tokens;
        final NetcodeClient client;
        long triedNanos;

        Player(URI backend, String pin, int number) {
            tokens =
                    TokenClient.builder()
                            .endpoint(backend)
                            .credentials(() -> "player-" + number)
                            .pinnedCertificates(pin)
                            .build();
            client =
                    NetcodeClient.builder()
                            .transport(UdpTransport.anyPort())
                            .authentication(new Authentication.Backend(tokens))
                            .build();
            connect();
        }

        private void connect() {
            triedNanos = System.nanoTime();
            client.connect();
        }

        void tick() {
            client.update();
            client.receive(_ -> {});
            if (client.state() instanceof ConnectionState.Disconnected
                    && System.nanoTime() - triedNanos > COME_BACK_NANOS) {
                comebacks++;
                connect();
            }
        }
    }

    void main(String[] args) throws InterruptedException {
        URI backend = URI.create(args[0]);
        int first = Integer.parseInt(args[2]);
        int count = Integer.parseInt(args[3]);
        Thread.ofPlatform().daemon().start(this::awaitEndOfInput);
        for (int i = 0; i < count; i++) {
            players.add(new Player(backend, args[1], first + i));
        }
        for (int ticks = 0; !isEnding; ticks++) {
            players.forEach(Player::tick);
            if (ticks % TICKS_PER_LINE == 0) {
                long connected =
                        players.stream().filter(player -> player.client.isConnected()).count();
                IO.println("connected " + connected + " comebacks " + comebacks);
            }
            Thread.sleep(TICK_MILLIS);
        }
        players.forEach(player -> player.client.close());
        players.forEach(player -> player.tokens.close());
        IO.println("left");
    }

    private void awaitEndOfInput() {
        try {
            while (System.in.read() >= 0) {
                // Whatever is typed.
            }
        } catch (IOException e) {
            // Over as well.
        }
        isEnding = true;
    }
}
