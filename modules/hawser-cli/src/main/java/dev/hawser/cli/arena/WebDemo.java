package dev.hawser.cli.arena;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.hawser.Authentication;
import dev.hawser.ConnectedClient;
import dev.hawser.DisconnectReason;
import dev.hawser.NetServer;
import dev.hawser.ServerRunner;
import dev.hawser.backend.EmbeddedBackend;
import dev.hawser.local.LocalClient;
import dev.hawser.local.LocalServer;
import dev.hawser.netcode.NetcodeClient;
import dev.hawser.online.token.TokenClient;
import dev.hawser.protocol.StatedReason;
import dev.hawser.transport.UdpTransport;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// The demo with a page: a server that is reached by UDP, WebTransport, WebSocket and from this
/// process, its backend, bots, a host, and the page.
public final class WebDemo {
    /// The most bots that there can be.
    public static final int BOTS_MAX = 32;

    private static final long SEED = 7;

    /// So that an answer waits for at most a few milliseconds of what the page shows as round trip.
    private static final int TURNS_PER_SECOND = 250;

    private static final long INPUT_NANOS = TimeUnit.SECONDS.toNanos(1) / Input.PER_SECOND;
    private static final long GOODBYE_SECONDS = 1;
    private static final StatedReason ENDED =
            StatedReason.of(
                    StatedReason.SERVER_STOPPED,
                    "the demo was stopped; start it again with 'hawser demo --web'");

    private static final List<String> BOT_NAMES =
            List.of(
                    "Bowline",
                    "Sheepshank",
                    "Clove",
                    "Reef",
                    "Carrick",
                    "Halyard",
                    "Marlin",
                    "Splice",
                    "Toggle",
                    "Cleat",
                    "Lanyard",
                    "Prusik");

    private final int bots;
    private final int port;
    private final long endNanos;
    private final PrintWriter out;
    private final BooleanSupplier isInterrupted;

    /// Whether it is of no interest any more who leaves.
    private volatile boolean hasEnded;

    /// Creates a demo.
    ///
    /// @param bots that come over UDP, at most [#BOTS_MAX]
    /// @param port of the page, 0 for one that the system chooses
    /// @param seconds after which it ends by itself, 0 for never
    /// @param out what people read
    /// @param isInterrupted whether it is to end now, asked often
    public WebDemo(
            int bots, int port, int seconds, PrintWriter out, BooleanSupplier isInterrupted) {
        this.bots = bots;
        this.port = port;
        endNanos = seconds == 0 ? Long.MAX_VALUE : TimeUnit.SECONDS.toNanos(seconds);
        this.out = out;
        this.isInterrupted = isInterrupted;
    }

    /// Runs until it is interrupted or its time is over.
    ///
    /// @return whether the server ran until then
    /// @throws IOException when a port cannot be had, or the browser's client was not built
    public boolean run() throws IOException, InterruptedException {
        try (WebPage page = WebPage.bind(port, WebPage.builtClient());
                ArenaServer arena = new ArenaServer(page.origin())) {
            return serve(page, arena);
        }
    }

    private boolean serve(WebPage page, ArenaServer arena)
            throws IOException, InterruptedException {
        EmbeddedBackend backend = arena.backend();
        NetServer server = arena.server();
        ArenaGame game = new ArenaGame(server, arena.waysIn(), new Arena(SEED), new Newsreel());
        CountDownLatch isKnown = new CountDownLatch(1);
        Runnable turn =
                () -> {
                    backend.update();
                    isKnown.countDown();
                    game.tick(System.nanoTime());
                };
        try (ServerRunner runner =
                ServerRunner.builder(server, game)
                        .ticksPerSecond(TURNS_PER_SECOND)
                        .onTick(turn)
                        .start()) {
            // Whoever asked before it knows of the server would be told to come back later.
            isKnown.await();
            backend.start();
            URI tokens = backend.service().uri();
            List<String> connections = new ArrayList<>(arena.webOrigins());
            connections.add(tokens.toString());
            page.start(
                    JsonNodeFactory.instance
                            .objectNode()
                            .put("tokens", tokens.toString())
                            .toString(),
                    connections);
            out.println("Open " + page.origin() + "/");
            out.println("Ctrl-C stops it.");
            play(arena.local(), tokens, runner);
            boolean isWell = runner.isRunning();
            sayGoodbye(server, runner);
            return isWell;
        }
    }

    /// Lets the bots and the host play, on this thread, until the end.
    private void play(LocalServer local, URI tokens, ServerRunner runner) {
        SplittableRandom seeds = new SplittableRandom(SEED);
        List<Bot> players = new ArrayList<>();
        List<TokenClient> tokenClients = new ArrayList<>();
        players.add(new Bot(LocalClient.builder(local).id(1).build(), "Host", seeds.nextLong()));
        for (int i = 0; i < bots; i++) {
            String name = BOT_NAMES.get(i % BOT_NAMES.size());
            name += i < BOT_NAMES.size() ? "" : " " + (1 + i / BOT_NAMES.size());
            String credential = "bot-" + i;
            TokenClient client =
                    TokenClient.builder().endpoint(tokens).credentials(() -> credential).build();
            tokenClients.add(client);
            NetcodeClient bot =
                    NetcodeClient.builder()
                            .transport(UdpTransport.anyPort())
                            .authentication(new Authentication.Backend(client))
                            .build();
            players.add(new Bot(bot, name, seeds.nextLong()));
        }
        long startNanos = System.nanoTime();
        long nextNanos = startNanos;
        while (System.nanoTime() - startNanos < endNanos
                && !isInterrupted.getAsBoolean()
                && runner.isRunning()) {
            for (Bot player : players) {
                player.turn(System.nanoTime());
            }
            nextNanos = Math.max(nextNanos + INPUT_NANOS, System.nanoTime());
            LockSupport.parkNanos(nextNanos - System.nanoTime());
        }
        hasEnded = true;
        players.forEach(Bot::close);
        tokenClients.forEach(TokenClient::close);
    }

    /// Tells those who are left why it ends, in better words than that the server stops.
    private static void sayGoodbye(NetServer server, ServerRunner runner)
            throws InterruptedException {
        CountDownLatch isSaid = new CountDownLatch(1);
        boolean isTaken =
                runner.execute(() -> {
                    for (ConnectedClient client : List.copyOf(server.connectedClients())) {
                        server.disconnect(client, ENDED);
                    }
                    isSaid.countDown();
                });
        if (isTaken) {
            var _ = isSaid.await(GOODBYE_SECONDS, TimeUnit.SECONDS);
        }
    }

    /// Who comes and goes, for whoever watches the terminal.
    private final class Newsreel implements ArenaGame.Listener {
        @Override
        public void joined(String name, WayIn wayIn) {
            out.println(name + " is here (" + wayIn.label() + ")");
        }

        @Override
        public void lost(String name, WayIn wayIn) {
            out.println(name + " lost the connection (" + wayIn.label() + ")");
        }

        @Override
        public void back(String name, WayIn wayIn) {
            out.println(name + " is back (" + wayIn.label() + ")");
        }

        @Override
        public void left(String name, WayIn wayIn, DisconnectReason reason) {
            if (!hasEnded) {
                out.println(name + " is gone (" + wayIn.label() + "): " + reason.explanation());
            }
        }
    }
}
