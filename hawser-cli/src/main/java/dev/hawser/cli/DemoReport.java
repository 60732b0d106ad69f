package dev.hawser.cli;

import dev.hawser.protocol.NetAddress;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/// What the demo shows while it runs and at its end.
abstract sealed class DemoReport permits DemoLines, DemoTable {
    private static final String ROW = "%-12s %5s  %-12s %10s %10s %10s %6s";

    private final PrintWriter out;
    private final List<DemoClient> clients;

    DemoReport(PrintWriter out, List<DemoClient> clients) {
        this.out = out;
        this.clients = clients;
    }

    void begin(NetAddress server) {
        out.printf(
                "A server on %s and %d clients, each sending %d encrypted packets a second.%n",
                server, clients.size(), DemoClient.SENDS_PER_SECOND);
    }

    /// Shows how things stand.
    abstract void progress(long elapsedNanos);

    /// Shows how each client fared, and all of them together.
    void summarise(long elapsedNanos) {
        printTable("");
        Totals totals = Totals.of(snapshots());
        LatencyHistogram roundTrips = new LatencyHistogram();
        clients.forEach(client -> roundTrips.add(client.roundTrips()));
        for (DemoClient.Snapshot snapshot : snapshots()) {
            if (snapshot.problem() != null) {
                out.println(
                        "client "
                                + Long.toUnsignedString(snapshot.clientId())
                                + ": "
                                + snapshot.problem());
            }
        }
        long well = snapshots().stream().filter(DemoClient.Snapshot::isWell).count();
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
                Millis.print(roundTrips.percentileNanos(0.5)),
                Millis.print(roundTrips.percentileNanos(0.99)));
    }

    /// Prints a line for each client.
    ///
    /// @param lineEnd what stands at the end of each line, before the line break
    void printTable(String lineEnd) {
        out.println(
                ROW.formatted("client id", "index", "state", "round trip", "out", "in", "lost")
                        + lineEnd);
        for (DemoClient.Snapshot snapshot : snapshots()) {
            out.println(
                    ROW.formatted(
                                    Long.toUnsignedString(snapshot.clientId()),
                                    snapshot.index() < 0 ? "-" : snapshot.index(),
                                    snapshot.state(),
                                    Millis.print(snapshot.rttNanos()),
                                    snapshot.sent(),
                                    snapshot.echoed(),
                                    snapshot.lost())
                            + lineEnd);
        }
    }

    PrintWriter out() {
        return out;
    }

    List<DemoClient.Snapshot> snapshots() {
        return clients.stream().map(DemoClient::snapshot).toList();
    }

    static double seconds(long nanos) {
        return nanos / (double) TimeUnit.SECONDS.toNanos(1);
    }

    /// The sums over all clients.
    record Totals(int connected, long sent, long echoed, long lost, long slowestRttNanos) {
        static Totals of(List<DemoClient.Snapshot> snapshots) {
            int connected = 0;
            long sent = 0;
            long echoed = 0;
            long lost = 0;
            long slowestRttNanos = 0;
            for (DemoClient.Snapshot snapshot : snapshots) {
                connected += snapshot.isConnected() ? 1 : 0;
                sent += snapshot.sent();
                echoed += snapshot.echoed();
                lost += snapshot.lost();
                slowestRttNanos = Math.max(slowestRttNanos, snapshot.rttNanos());
            }
            return new Totals(connected, sent, echoed, lost, slowestRttNanos);
        }
    }
}
