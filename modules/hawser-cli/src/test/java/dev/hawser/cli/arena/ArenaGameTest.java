package dev.hawser.cli.arena;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.Authentication;
import dev.hawser.DisconnectReason;
import dev.hawser.NetServer;
import dev.hawser.Resume;
import dev.hawser.local.LocalClient;
import dev.hawser.local.LocalServer;
import dev.hawser.multi.MultiServer;
import dev.hawser.netcode.NetcodeClient;
import dev.hawser.netcode.NetcodeServer;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.transport.MemoryNetwork;
import dev.hawser.transport.Transport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Bots and a host on one server, in virtual time.
class ArenaGameTest implements ArenaGame.Listener {
    private static final long TICK_NANOS = 1_000_000_000L / 60;
    private static final long PROTOCOL_ID = 7;
    private static final int TICKS_MAX = 60 * 60;

    private final MemoryNetwork network = new MemoryNetwork();
    private final PrivateKey key = PrivateKey.random(new Random(1)::nextBytes);
    private final LocalServer local = LocalServer.builder().build();
    private final List<String> heard = new ArrayList<>();
    private final List<Bot> bots = new ArrayList<>();
    private final List<Transport> transports = new ArrayList<>();
    private NetcodeServer remote;
    private NetServer server;
    private ArenaGame game;
    private long nowNanos;

    /// Held, or the level is forgotten with it.
    private static final Logger LOGGER = Logger.getLogger("dev.hawser");

    @BeforeAll
    static void silence() {
        LOGGER.setLevel(Level.SEVERE);
    }

    @AfterAll
    static void unsilence() {
        LOGGER.setLevel(null);
    }

    @BeforeEach
    void startServer() throws IOException {
        remote =
                NetcodeServer.builder()
                        .transport(network.bind(NetAddress.parse("10.0.0.1:7000")))
                        .privateKey(key)
                        .protocolId(PROTOCOL_ID)
                        .keepSlotFor(Duration.ofMinutes(1))
                        .monotonicClock(() -> nowNanos)
                        .build();
        server = MultiServer.builder().add("udp", remote).add("local", local).build();
        game =
                new ArenaGame(
                        server, Map.of(remote, WayIn.UDP, local, WayIn.LOCAL), new Arena(1), this);
        server.start();
    }

    @AfterEach
    void stopServer() {
        bots.forEach(Bot::close);
        server.stop();
        key.erase();
    }

    @Test
    void botsAndTheHostSeeEachOtherMove() {
        bots.add(host());
        bots.add(remoteBot(1));
        bots.add(remoteBot(2));
        playUntil(() -> bots.stream().allMatch(bot -> sees(bot, 3)));
        Map<Integer, Snapshot.Dot> before = dots(bots.getFirst());

        play(120);

        assertThat(bots)
                .allSatisfy(bot -> {
                    Map<Integer, Snapshot.Dot> after = dots(bot);
                    assertThat(after.values())
                            .extracting(Snapshot.Dot::wayIn)
                            .containsExactlyInAnyOrder(WayIn.LOCAL, WayIn.UDP, WayIn.UDP);
                    assertThat(after.keySet()).isEqualTo(before.keySet());
                    after.forEach((id, dot) ->
                            assertThat(
                                            Math.hypot(
                                                    dot.x() - before.get(id).x(),
                                                    dot.y() - before.get(id).y()))
                                    .as("how far %d has gone", id)
                                    .isGreaterThan(1));
                });
        assertThat(bots.stream().map(bot -> snapshot(bot).you())).doesNotHaveDuplicates();
        assertThat(heard)
                .containsExactlyInAnyOrder("Host by local", "Bot 1 by udp", "Bot 2 by udp");
    }

    @Test
    void whoLeavesIsGone() {
        bots.add(host());
        bots.add(remoteBot(1));
        playUntil(() -> heard.size() == 2 && sees(bots.getFirst(), 2));

        bots.removeLast().close();
        playUntil(() -> sees(bots.getFirst(), 1));

        assertThat(heard).last().isEqualTo("Bot 1 left by udp: ClientLeft");
    }

    @Test
    void whoLosesTheConnectionComesBackAsTheSamePlayer() {
        bots.add(host());
        bots.add(remoteBot(1));
        playUntil(() -> heard.size() == 2 && sees(bots.getFirst(), 2));
        int you = snapshot(bots.getLast()).you();
        int sequence = snapshot(bots.getLast()).sequence();

        transports.getLast().close();
        playUntil(() -> heard.contains("Bot 1 back by udp"));
        playUntil(() -> snapshot(bots.getLast()).sequence() - sequence > 60);

        assertThat(heard).containsSubsequence("Bot 1 lost by udp", "Bot 1 back by udp");
        assertThat(heard).noneMatch(line -> line.contains("left"));
        assertThat(snapshot(bots.getLast()).you()).isEqualTo(you);
    }

    @Test
    void aPlayerHearsHowManyOfItsInputsCame() {
        bots.add(host());
        playUntil(() -> sees(bots.getFirst(), 1));

        play(60);

        Snapshot snapshot = snapshot(bots.getFirst());
        assertThat(snapshot.inputsReceived()).isBetween(58, 70).isEqualTo(snapshot.inputSequence());
    }

    @Test
    void aPingComesBackAndNonsenseIsIgnored() {
        LocalClient client = LocalClient.builder(local).id(5).build();
        client.connect();
        List<byte[]> received = new ArrayList<>();
        playUntil(() -> {
            client.update();
            return client.isConnected();
        });
        for (byte[] message :
                new byte[][] {
                    {0}, {99, 1, 2}, {Wire.INPUT}, {Wire.HELLO}, {Wire.PING, 1, 2, 3, 4}
                }) {
            client.send(ByteBuffer.wrap(message));
        }

        playUntil(() -> {
            client.update();
            client.receive(payload -> {
                byte[] bytes = new byte[payload.remaining()];
                payload.get(bytes);
                received.add(bytes);
            });
            return received.stream().anyMatch(message -> message[0] == Wire.PONG);
        });

        assertThat(received).contains(new byte[] {Wire.PONG, 1, 2, 3, 4});
        assertThat(client.isConnected()).isTrue();
        client.close();
    }

    @Test
    void afterAPauseTheWorldDoesNotCatchUp() {
        bots.add(host());
        playUntil(() -> sees(bots.getFirst(), 1));
        int sequence = snapshot(bots.getFirst()).sequence();

        nowNanos += 60_000_000_000L;
        play(2);

        assertThat(snapshot(bots.getFirst()).sequence() - sequence).isBetween(1, 6);
    }

    private Bot host() {
        return new Bot(LocalClient.builder(local).id(1).build(), "Host", 1);
    }

    private Bot remoteBot(int number) {
        transports.add(network.bind(NetAddress.parse("10.0.1." + number + ":7000")));
        NetcodeClient client =
                NetcodeClient.builder()
                        .transport(transports.getLast())
                        .authentication(
                                new Authentication.Manual(
                                        remote.localAddress(), 100 + number, key, PROTOCOL_ID))
                        .resume(Resume.within(Duration.ofMinutes(1)))
                        .monotonicClock(() -> nowNanos)
                        .build();
        return new Bot(client, "Bot " + number, number);
    }

    private void playUntil(BooleanSupplier isDone) {
        for (int tick = 0; !isDone.getAsBoolean(); tick++) {
            assertThat(tick).as("ticks; heard so far: %s", heard).isLessThan(TICKS_MAX);
            play(1);
        }
    }

    private void play(int ticks) {
        for (int i = 0; i < ticks; i++) {
            nowNanos += TICK_NANOS;
            bots.forEach(bot -> bot.turn(nowNanos));
            server.update();
            server.receive(game);
            game.tick(nowNanos);
            server.flush();
        }
    }

    private static boolean sees(Bot bot, int players) {
        return Optional.ofNullable(bot.snapshot())
                .filter(snapshot -> snapshot.dots().size() == players)
                .isPresent();
    }

    private static Snapshot snapshot(Bot bot) {
        return Optional.ofNullable(bot.snapshot()).orElseThrow();
    }

    private static Map<Integer, Snapshot.Dot> dots(Bot bot) {
        return new HashMap<>(
                snapshot(bot).dots().stream()
                        .collect(Collectors.toMap(Snapshot.Dot::id, dot -> dot)));
    }

    @Override
    public void joined(String name, WayIn wayIn) {
        heard.add(name + " by " + wayIn.label());
    }

    @Override
    public void lost(String name, WayIn wayIn) {
        heard.add(name + " lost by " + wayIn.label());
    }

    @Override
    public void back(String name, WayIn wayIn) {
        heard.add(name + " back by " + wayIn.label());
    }

    @Override
    public void left(String name, WayIn wayIn, DisconnectReason reason) {
        heard.add(name + " left by " + wayIn.label() + ": " + reason.getClass().getSimpleName());
    }
}
