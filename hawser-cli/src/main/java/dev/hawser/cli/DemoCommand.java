package dev.hawser.cli;

import dev.hawser.LocalServer;
import dev.hawser.MultiServer;
import dev.hawser.NetServer;
import dev.hawser.NetcodeServer;
import dev.hawser.ServerRunner;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.protocol.token.ConnectToken;
import dev.hawser.protocol.token.TokenMint;
import dev.hawser.protocol.token.TokenRequest;
import dev.hawser.transport.UdpTransport;
import java.io.IOException;
import java.io.PrintWriter;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `hawser demo`: a server and its clients in one process, as they would be in many.
@Command(
        name = "demo",
        description = {
            "Shows a server and its clients at work, over UDP on this machine.",
            "",
            "Each client has a connect token of its own and sends "
                    + DemoClient.SENDS_PER_SECOND
                    + " encrypted packets a second, which the server echoes. Ctrl-C ends it early.",
            "",
            "From --latency to --seed: what happens to packets between the server and each udp"
                    + " client, in each direction.",
            "",
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {
            "%nExit codes: 0 every client was connected to the end, no payload was damaged, and at"
                    + " most 1 in 100 was lost, besides those in the packets that its link was told"
                    + " to drop and did drop; 1 it was otherwise; 2 wrong usage.",
        })
final class DemoCommand implements Callable<Integer> {
    private static final long PROTOCOL_ID = 1;
    private static final int SECONDS_MAX = 86_400;
    private static final int CLIENTS_MAX = 64;
    private static final long TABLE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long LINES_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "10",
            description = "How long, 1 to " + SECONDS_MAX + " (${DEFAULT-VALUE}).")
    private int seconds;

    @Option(
            names = "--clients",
            paramLabel = "N",
            defaultValue = "8",
            description =
                    "How many clients, the host included, 1 to "
                            + CLIENTS_MAX
                            + " (${DEFAULT-VALUE}).")
    private int clientCount;

    @Option(
            names = "--host",
            description =
                    "One client is the player who hosts: in the server's own process, without"
                            + " network, while the others come over udp.")
    private boolean hasHost;

    @Mixin private LinkOptions links = new LinkOptions();

    @Override
    public Integer call() throws IOException, InterruptedException {
        Limits.check(spec, "--seconds", seconds, 1, SECONDS_MAX);
        Limits.check(spec, "--clients", clientCount, 1, CLIENTS_MAX);
        DemoLink link = link();
        Interruption interruption = Interruption.ofProcess();
        PrivateKey key = PrivateKey.random(new SecureRandom()::nextBytes);
        NetcodeServer udp =
                NetcodeServer.builder()
                        .transport(UdpTransport.bind(NetAddress.parse("127.0.0.1:0")))
                        .protocolId(PROTOCOL_ID)
                        .privateKey(key)
                        .maxClients(clientCount)
                        .maxConnectTokenLifetime(Duration.ofSeconds(link.lifetimeSeconds()))
                        .build();
        LocalServer local = LocalServer.builder().maxClients(1).build();
        NetServer server =
                hasHost ? MultiServer.builder().add("udp", udp).add("local", local).build() : udp;
        DemoGame game = new DemoGame(server);
        try (ServerRunner runner = ServerRunner.builder(server, game).start()) {
            List<DemoClient> clients = new ArrayList<>();
            if (hasHost) {
                clients.add(new LocalDemoClient(local, game));
            }
            // After the start: the server refuses tokens that could be from before it.
            addUdpClients(clients, key, udp.localAddress(), link);
            play(udp.localAddress(), clients, game, link, interruption);
            return clients.stream().allMatch(client -> client.snapshot().isWell())
                            && runner.isRunning()
                    ? CommandLine.ExitCode.OK
                    : CommandLine.ExitCode.SOFTWARE;
        }
    }

    private DemoLink link() {
        DemoLink link = links.link();
        if (hasHost && clientCount == 1 && !link.changesNothing()) {
            spec.commandLine()
                    .getErr()
                    .println("note: no client comes over udp, so the link options have no effect");
            return DemoLink.NONE;
        }
        return link;
    }

    private void play(
            NetAddress server,
            List<DemoClient> clients,
            DemoGame game,
            DemoLink link,
            Interruption interruption)
            throws InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        boolean isTerminal = Main.surroundingsOf(spec).isTerminal();
        DemoReport report =
                isTerminal
                        ? new DemoTable(out, clients, game, link)
                        : new DemoLines(out, clients, game, link);
        report.begin(server);
        long startNanos = System.nanoTime();
        clients.forEach(DemoClient::start);
        watch(interruption, report, startNanos, isTerminal ? TABLE_NANOS : LINES_NANOS);
        clients.forEach(DemoClient::stop);
        for (DemoClient client : clients) {
            client.join();
        }
        report.summarise(System.nanoTime() - startNanos);
    }

    /// Adds clients until there are as many as there should be.
    private void addUdpClients(
            List<DemoClient> clients, PrivateKey key, NetAddress server, DemoLink link) {
        SecureRandom random = new SecureRandom();
        TokenMint mint = new TokenMint(key, PROTOCOL_ID, random::nextBytes, UnixClock::unixSeconds);
        SplittableRandom seeds = new SplittableRandom(link.seed());
        while (clients.size() < clientCount) {
            long clientId = Integer.toUnsignedLong(random.nextInt());
            ConnectToken token =
                    mint.mint(
                            TokenRequest.forClient(clientId)
                                    .server(server)
                                    .lifetimeSeconds(link.lifetimeSeconds())
                                    .timeoutSeconds(link.timeoutSeconds()));
            clients.add(new UdpDemoClient(clientId, token, link, seeds.nextLong()));
        }
    }

    private void watch(
            Interruption interruption, DemoReport report, long startNanos, long reportNanos) {
        long endNanos = TimeUnit.SECONDS.toNanos(seconds);
        long nextReportNanos = reportNanos;
        long elapsedNanos = 0;
        while (elapsedNanos < endNanos && !interruption.isRequested()) {
            LockSupport.parkNanos(TICK_NANOS);
            elapsedNanos = System.nanoTime() - startNanos;
            if (elapsedNanos >= nextReportNanos) {
                report.progress(elapsedNanos);
                nextReportNanos += reportNanos;
            }
        }
    }
}
