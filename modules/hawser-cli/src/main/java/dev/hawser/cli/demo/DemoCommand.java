package dev.hawser.cli.demo;

import dev.hawser.NetServer;
import dev.hawser.ServerRunner;
import dev.hawser.backend.EmbeddedBackend;
import dev.hawser.backend.TokenService;
import dev.hawser.backend.player.DevelopmentAuthenticator;
import dev.hawser.cli.arena.WebDemo;
import dev.hawser.cli.option.Limits;
import dev.hawser.cli.option.OptionRules;
import dev.hawser.cli.process.Interruption;
import dev.hawser.cli.process.RootCommand;
import dev.hawser.local.LocalServer;
import dev.hawser.multi.MultiServer;
import dev.hawser.netcode.NetcodeServer;
import dev.hawser.online.token.TokenClient;
import dev.hawser.protocol.KeyRing;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.tls.CertificateSource;
import dev.hawser.tls.ServerCertificate;
import dev.hawser.transport.UdpTransport;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
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
            "Each client logs in at the server's own backend over HTTPS, gets a connect token there,"
                    + " and sends "
                    + DemoClient.SENDS_PER_SECOND
                    + " encrypted packets a second, which the server echoes. Ctrl-C ends it early.",
            "",
            "From --latency to --seed: what happens to packets between the server and each udp"
                    + " client, in each direction.",
            "",
            "With --web it prints an address to open in a browser: a small arena, where bots over"
                    + " udp, a host in this process, and every browser that opens the page meet."
                    + " Of the other options, only --seconds goes with it.",
            "",
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {
            "%nExit codes: 0 every client was connected to the end, no payload was damaged, and at"
                    + " most 1 in 100 was lost, besides those in the packets that its link was told"
                    + " to drop and did drop; 1 it was otherwise; 2 wrong usage.",
        })
public final class DemoCommand implements Callable<Integer> {
    private static final long PROTOCOL_ID = 1;
    private static final int SECONDS_MAX = 86_400;
    private static final int CLIENTS_MAX = 64;
    private static final long TABLE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long LINES_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /// A machine that is busy otherwise takes longer to log everybody in than the demo lasts.
    private static final long LATE_NANOS_MAX = TimeUnit.SECONDS.toNanos(20);

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "10",
            description =
                    "How long, 1 to "
                            + SECONDS_MAX
                            + " (${DEFAULT-VALUE}; with --web until Ctrl-C). Where a client is still"
                            + " connecting then, up to 20 more.")
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

    @Option(names = "--web", description = "Shows an arena in the browser.")
    private boolean isWeb;

    @Option(
            names = "--bots",
            paramLabel = "N",
            defaultValue = "4",
            description =
                    "With --web: how many bots, 0 to " + WebDemo.BOTS_MAX + " (${DEFAULT-VALUE}).")
    private int bots;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "0",
            description = "With --web: the port of the page, 0 for any (${DEFAULT-VALUE}).")
    private int port;

    @Mixin private LinkOptions links = new LinkOptions();

    @Override
    public Integer call() throws IOException, InterruptedException {
        Limits.check(spec, "--seconds", seconds, 1, SECONDS_MAX);
        Limits.check(spec, "--clients", clientCount, 1, CLIENTS_MAX);
        Limits.check(spec, "--bots", bots, 0, WebDemo.BOTS_MAX);
        Limits.check(spec, "--port", port, 0, 65_535);
        checkMode();
        if (isWeb) {
            return showInBrowser();
        }
        DemoLink link = links.link();
        Interruption interruption =
                Interruption.ofProcess(RootCommand.of(spec).output()::hasFailed);
        PrivateKey key = PrivateKey.random(new SecureRandom()::nextBytes);
        ServerCertificate certificate = ServerCertificate.selfSigned("127.0.0.1");
        EmbeddedBackend backend = backend(key, certificate, link);
        NetcodeServer udp = backend.server();
        LocalServer local = LocalServer.builder().maxClients(1).build();
        NetServer server =
                hasHost ? MultiServer.builder().add("udp", udp).add("local", local).build() : udp;
        DemoGame game = new DemoGame(server);
        CountDownLatch isKnown = new CountDownLatch(1);
        Runnable tell =
                () -> {
                    backend.update();
                    isKnown.countDown();
                };
        try (backend;
                ServerRunner runner = ServerRunner.builder(server, game).onTick(tell).start()) {
            // Whoever asked before it knows of the server would be told to come back later.
            isKnown.await();
            backend.start();
            List<DemoClient> clients = new ArrayList<>();
            if (hasHost) {
                clients.add(new LocalDemoClient(local, game));
            }
            addUdpClients(clients, backend.service().uri(), certificate, link);
            play(backend, clients, game, link, interruption);
            clients.forEach(DemoClient::close);
            return clients.stream().allMatch(client -> client.snapshot().isWell())
                            && runner.isRunning()
                    ? CommandLine.ExitCode.OK
                    : CommandLine.ExitCode.SOFTWARE;
        }
    }

    /// Refuses options of the one demo in the other.
    private void checkMode() {
        OptionRules.onlyWith(spec, "--web", isWeb, "--bots", "--port");
        OptionRules.notWith(
                spec, "--web", isWeb, "the page has weather of its own", LinkOptions.NAMES);
        OptionRules.notWith(
                spec, "--web", isWeb, "the arena has a host and --bots", "--host", "--clients");
        if (hasHost && clientCount == 1) {
            OptionRules.notWith(
                    spec,
                    "--clients 1 and --host",
                    true,
                    "nobody comes over udp",
                    LinkOptions.NAMES);
        }
    }

    private int showInBrowser() throws IOException, InterruptedException {
        boolean hasEnd = spec.commandLine().getParseResult().hasMatchedOption("--seconds");
        WebDemo demo =
                new WebDemo(
                        bots,
                        port,
                        hasEnd ? seconds : 0,
                        spec.commandLine().getOut(),
                        Interruption.ofProcess(RootCommand.of(spec).output()::hasFailed)
                                ::isRequested);
        return demo.run() ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    }

    /// {@return a game server that is its own backend, where everybody is who they say}
    private EmbeddedBackend backend(PrivateKey key, ServerCertificate certificate, DemoLink link)
            throws IOException {
        Duration lifetime = Duration.ofSeconds(link.lifetimeSeconds());
        return EmbeddedBackend.builder()
                .server(
                        NetcodeServer.builder()
                                .transport(UdpTransport.bind(NetAddress.parse("127.0.0.1:0")))
                                .maxClients(clientCount)
                                .maxConnectTokenLifetime(lifetime))
                .service(
                        TokenService.builder()
                                .bind(NetAddress.parse("127.0.0.1:0"))
                                .certificate(CertificateSource.of(certificate))
                                .authenticator(new DevelopmentAuthenticator())
                                .connectTokenLifetime(lifetime)
                                .timeout(Duration.ofSeconds(link.timeoutSeconds()))
                                // There would be a line for every client.
                                .audit(_ -> {}))
                .keyRing(KeyRing.of(key))
                .protocolId(PROTOCOL_ID)
                .build();
    }

    private void play(
            EmbeddedBackend backend,
            List<DemoClient> clients,
            DemoGame game,
            DemoLink link,
            Interruption interruption)
            throws InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        boolean isTerminal = RootCommand.of(spec).surroundings().isTerminal();
        DemoReport report =
                isTerminal
                        ? new DemoTable(out, clients, game, link)
                        : new DemoLines(out, clients, game, link);
        report.begin(backend.server().localAddress(), backend.service().uri());
        long startNanos = System.nanoTime();
        clients.forEach(DemoClient::start);
        watch(clients, interruption, report, startNanos, isTerminal ? TABLE_NANOS : LINES_NANOS);
        clients.forEach(DemoClient::stop);
        for (DemoClient client : clients) {
            client.join();
        }
        report.summarise(System.nanoTime() - startNanos);
    }

    /// Adds clients until there are as many as there should be.
    private void addUdpClients(
            List<DemoClient> clients, URI service, ServerCertificate certificate, DemoLink link) {
        SplittableRandom seeds = new SplittableRandom(link.seed());
        while (clients.size() < clientCount) {
            int number = clients.size() + 1;
            TokenClient tokens =
                    TokenClient.builder()
                            .endpoint(service)
                            .credentials(() -> "player-" + number)
                            .pinnedCertificates(certificate.sha256())
                            .build();
            clients.add(new UdpDemoClient(number, tokens, link, seeds.nextLong()));
        }
    }

    private void watch(
            List<DemoClient> clients,
            Interruption interruption,
            DemoReport report,
            long startNanos,
            long reportNanos) {
        long endNanos = TimeUnit.SECONDS.toNanos(seconds);
        long nextReportNanos = reportNanos;
        long elapsedNanos = 0;
        while (!interruption.isRequested()
                && (elapsedNanos < endNanos
                        || (elapsedNanos < endNanos + LATE_NANOS_MAX && isSomebodyLate(clients)))) {
            LockSupport.parkNanos(TICK_NANOS);
            elapsedNanos = System.nanoTime() - startNanos;
            if (elapsedNanos >= nextReportNanos) {
                report.progress(elapsedNanos);
                nextReportNanos += reportNanos;
            }
        }
    }

    private static boolean isSomebodyLate(List<DemoClient> clients) {
        return !clients.stream().allMatch(client -> client.snapshot().hasBegun());
    }
}
