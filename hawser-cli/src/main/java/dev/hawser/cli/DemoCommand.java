package dev.hawser.cli;

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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine;
import picocli.CommandLine.Command;
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
        },
        mixinStandardHelpOptions = true,
        footer = {
            "%nExit codes: 0 every client was connected to the end and lost at most 1 packet in"
                    + " 100, 1 one was not or did, 2 wrong usage.",
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
            description = "How many clients, 1 to " + CLIENTS_MAX + " (${DEFAULT-VALUE}).")
    private int clientCount;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Limits.check(spec, "--seconds", seconds, 1, SECONDS_MAX);
        Limits.check(spec, "--clients", clientCount, 1, CLIENTS_MAX);
        Interruption interruption = Interruption.ofProcess();
        PrivateKey key = PrivateKey.random(new SecureRandom()::nextBytes);
        NetcodeServer server =
                NetcodeServer.builder()
                        .transport(UdpTransport.bind(NetAddress.parse("127.0.0.1:0")))
                        .protocolId(PROTOCOL_ID)
                        .privateKey(key)
                        .maxClients(clientCount)
                        .build();
        try (ServerRunner runner = ServerRunner.builder(server, server::send).start()) {
            // After the start: the server refuses tokens that could be from before it.
            List<DemoClient> clients = clients(key, server.localAddress());
            play(server.localAddress(), clients, interruption);
            return clients.stream().allMatch(client -> client.snapshot().isWell())
                            && runner.isRunning()
                    ? CommandLine.ExitCode.OK
                    : CommandLine.ExitCode.SOFTWARE;
        }
    }

    private void play(NetAddress server, List<DemoClient> clients, Interruption interruption)
            throws InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        boolean isTerminal = Main.surroundingsOf(spec).isTerminal();
        DemoReport report = isTerminal ? new DemoTable(out, clients) : new DemoLines(out, clients);
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

    private List<DemoClient> clients(PrivateKey key, NetAddress server) {
        SecureRandom random = new SecureRandom();
        TokenMint mint = new TokenMint(key, PROTOCOL_ID, random::nextBytes, UnixClock::unixSeconds);
        List<DemoClient> clients = new ArrayList<>();
        for (int i = 0; i < clientCount; i++) {
            long clientId = Integer.toUnsignedLong(random.nextInt());
            ConnectToken token = mint.mint(TokenRequest.forClient(clientId).server(server));
            clients.add(new DemoClient(clientId, token));
        }
        return clients;
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
