package dev.hawser.cli.demo;

import dev.hawser.ConnectionStats;
import dev.hawser.cli.session.EchoTraffic;
import dev.hawser.cli.words.Millis;
import dev.hawser.protocol.NetAddress;
import java.io.PrintWriter;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/// What the demo shows while it runs and at its end.
abstract sealed class DemoReport permits DemoLines, DemoTable {
    /// As wide as a terminal is at least.
    private static final String ROW = "%-10s %-5s %5s  %-10s %10s %9s %7s %7s %6s";

    private final PrintWriter out;
    private final List<? extends DemoClient> clients;
    private final DemoGame game;
    private final DemoLink link;

    DemoReport(PrintWriter out, List<? extends DemoClient> clients, DemoGame game, DemoLink link) {
        this.out = out;
        this.clients = clients;
        this.game = game;
        this.link = link;
    }

    void begin(NetAddress server, URI backend) {
        int local = count(DemoClient.Kind.LOCAL);
        if (local == 0) {
            out.printf(
                    "A server on %s and %d clients, each sending %d encrypted packets a second.%n",
                    server, clients.size(), DemoClient.SENDS_PER_SECOND);
        } else {
            out.printf(
                    "A server on %s, %s, who hosts, and %s, each sending %d packets a second.%n",
                    server,
                    DemoClient.Kind.LOCAL.clients(local),
                    DemoClient.Kind.UDP.clients(count(DemoClient.Kind.UDP)),
                    DemoClient.SENDS_PER_SECOND);
        }
        out.printf("Tokens come from %s.%n", backend);
        if (!link.changesNothing()) {
            out.printf(
                    "The link of each udp client, each way: %s (seed %s).%n",
                    link.describe(), Long.toUnsignedString(link.seed()));
        }
    }

    private int count(DemoClient.Kind kind) {
        return (int) clients.stream().filter(client -> client.kind() == kind).count();
    }

    /// Shows how things stand.
    abstract void progress(long elapsedNanos);

    /// Shows how each client fared, and all of them together.
    void summarise(long elapsedNanos) {
        printTable("");
        List<DemoSnapshot> snapshots = snapshots();
        snapshots.forEach(this::printProblem);
        out.println("At the server: " + game.describe() + ".");
        printMeasured(snapshots);
        Totals totals = Totals.of(snapshots);
        Histogram roundTrips = EchoTraffic.newHistogram();
        clients.forEach(client -> roundTrips.add(client.roundTrips()));
        long well = snapshots.stream().filter(DemoSnapshot::isWell).count();
        out.printf(
                Locale.ROOT,
                "%d of %d clients well after %.1f s: %d packets out, %d in, %d lost;"
                        + " round trip p50 %s, p99 %s%n",
                well,
                clients.size(),
                seconds(elapsedNanos),
                totals.sent,
                totals.echoed,
                totals.lost,
                Millis.print(roundTrips.getValueAtPercentile(50)),
                Millis.print(roundTrips.getValueAtPercentile(99)));
    }

    private void printProblem(DemoSnapshot snapshot) {
        if (snapshot.problem() != null) {
            out.println(name(snapshot) + ": " + snapshot.problem());
        }
        if (snapshot.damaged() > 0) {
            out.println(
                    name(snapshot)
                            + ": "
                            + snapshot.damaged()
                            + " payloads came that were changed, or came twice.");
        }
    }

    private static String name(DemoSnapshot snapshot) {
        return "client " + Long.toUnsignedString(snapshot.clientId());
    }

    /// Prints what the connections say of themselves, and what there is to say of their links.
    private void printMeasured(List<DemoSnapshot> snapshots) {
        OptionalDouble inbound =
                measured(snapshots)
                        .flatMapToDouble(stats -> stats.inboundLoss().stream())
                        .average();
        OptionalDouble outbound =
                measured(snapshots)
                        .flatMapToDouble(stats -> stats.outboundLoss().stream())
                        .average();
        OptionalDouble jitterNanos =
                measured(snapshots).flatMapToLong(stats -> stats.jitterNanos().stream()).average();
        if (inbound.isPresent() && jitterNanos.isPresent()) {
            out.printf(
                    "Measured by the clients, on average: %s inbound loss, %s%s jitter.%n",
                    percent(inbound.getAsDouble()),
                    outbound.isPresent()
                            ? percent(outbound.getAsDouble()) + " outbound loss, "
                            : "",
                    Millis.print((long) jitterNanos.getAsDouble()));
        }
        if (!link.changesNothing()) {
            out.printf(
                    "Dropped by the links, as they were told to: %d of %d packets.%n",
                    snapshots.stream().mapToLong(DemoSnapshot::linkDropped).sum(),
                    snapshots.stream().mapToLong(DemoSnapshot::linkPackets).sum());
        }
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", share * 100);
    }

    private static Stream<ConnectionStats> measured(List<DemoSnapshot> snapshots) {
        return snapshots.stream().map(DemoSnapshot::measured).flatMap(Stream::ofNullable);
    }

    /// Prints a line for each client.
    ///
    /// @param lineEnd what stands at the end of each line, before the line break
    void printTable(String lineEnd) {
        out.println(
                ROW.formatted(
                                "client id",
                                "kind",
                                "index",
                                "state",
                                "round trip",
                                "jitter",
                                "out",
                                "in",
                                "lost")
                        + lineEnd);
        snapshots().forEach(snapshot -> out.println(row(snapshot) + lineEnd));
    }

    private static String row(DemoSnapshot snapshot) {
        return ROW.formatted(
                Long.toUnsignedString(snapshot.clientId()),
                snapshot.kind().label(),
                snapshot.index() < 0 ? "-" : snapshot.index(),
                snapshot.state(),
                millis(snapshot.roundTripNanos()),
                millis(snapshot.jitterNanos()),
                snapshot.sent(),
                snapshot.echoed(),
                snapshot.lost());
    }

    /// What has not been measured, or cannot be, is no zero.
    private static String millis(long nanos) {
        return nanos == 0 ? "-" : Millis.print(nanos);
    }

    PrintWriter out() {
        return out;
    }

    List<DemoSnapshot> snapshots() {
        return clients.stream().map(DemoClient::snapshot).toList();
    }

    static double seconds(long nanos) {
        return nanos / (double) TimeUnit.SECONDS.toNanos(1);
    }

    /// The sums over all clients.
    record Totals(int connected, long sent, long echoed, long lost, long slowestRoundTripNanos) {
        static Totals of(List<DemoSnapshot> snapshots) {
            int connected = 0;
            long sent = 0;
            long echoed = 0;
            long lost = 0;
            long slowestRoundTripNanos = 0;
            for (DemoSnapshot snapshot : snapshots) {
                connected += snapshot.isConnected() ? 1 : 0;
                sent += snapshot.sent();
                echoed += snapshot.echoed();
                lost += snapshot.lost();
                slowestRoundTripNanos = Math.max(slowestRoundTripNanos, snapshot.roundTripNanos());
            }
            return new Totals(connected, sent, echoed, lost, slowestRoundTripNanos);
        }
    }
}
