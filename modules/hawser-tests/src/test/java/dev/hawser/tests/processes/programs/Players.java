package dev.hawser.tests.processes.programs;

import dev.hawser.Authentication;
import dev.hawser.ConnectionState;
import dev.hawser.netcode.NetcodeClient;
import dev.hawser.online.token.TokenClient;
import dev.hawser.transport.UdpTransport;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// A program with many players, who log in at a backend and come back whenever they are thrown out.
///
/// Arguments: the URL of the backend, the hash of its certificate. Each line of its input brings a
/// group of players: the number of the first, how many there are. Of each group it prints how many
/// are connected and how often they had to come back, twice a second where that has changed; the
/// end of its input makes all of them leave.
public final class Players {
    /// Far below what ends a connection. Each tick asks every socket: in shorter ones a program
    /// that waits for minutes computes more than all servers and the backend together.
    private static final long TICK_MILLIS = 50;

    private static final int TICKS_PER_LINE = 10;

    /// Nobody hammers at a door that was just closed.
    private static final long COME_BACK_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final BlockingQueue<Group> joining = new LinkedBlockingQueue<>();
    private volatile boolean isEnding;

    private static final class Player {
        final TokenClient tokens;
        final NetcodeClient client;
        long triedNanos;
        int comebacks;

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

    /// Players who join together.
    private static final class Group {
        final int first;
        final int count;
        final List<Player> players = new ArrayList<>();
        private String said = "";

        Group(int first, int count) {
            this.first = first;
            this.count = count;
        }

        void join(URI backend, String pin) {
            for (int i = 0; i < count; i++) {
                players.add(new Player(backend, pin, first + i));
            }
        }

        void say() {
            long connected = players.stream().filter(player -> player.client.isConnected()).count();
            int comebacks = players.stream().mapToInt(player -> player.comebacks).sum();
            String line = "group " + first + " connected " + connected + " comebacks " + comebacks;
            if (!line.equals(said)) {
                IO.println(line);
                said = line;
            }
        }
    }

    void main(String[] args) throws InterruptedException {
        URI backend = URI.create(args[0]);
        List<Group> groups = new ArrayList<>();
        Thread.ofPlatform().daemon().start(this::readInput);
        for (int ticks = 0; !isEnding; ticks++) {
            Group next = joining.poll();
            if (next != null) {
                next.join(backend, args[1]);
                groups.add(next);
            }
            groups.forEach(group -> group.players.forEach(Player::tick));
            if (ticks % TICKS_PER_LINE == 0) {
                groups.forEach(Group::say);
            }
            Thread.sleep(TICK_MILLIS);
        }
        groups.forEach(group -> group.players.forEach(player -> player.client.close()));
        groups.forEach(group -> group.players.forEach(player -> player.tokens.close()));
        IO.println("left");
    }

    private void readInput() {
        try (BufferedReader input =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = input.readLine(); line != null; line = input.readLine()) {
                String[] numbers = line.split(" ", -1);
                joining.add(new Group(Integer.parseInt(numbers[0]), Integer.parseInt(numbers[1])));
            }
        } catch (IOException e) {
            // Over as well.
        }
        isEnding = true;
    }
}
