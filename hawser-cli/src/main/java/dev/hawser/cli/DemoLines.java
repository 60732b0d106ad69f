package dev.hawser.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/// The demo where its output is piped: a line now and then.
final class DemoLines extends DemoReport {
    DemoLines(PrintWriter out, List<DemoClient> clients) {
        super(out, clients);
    }

    @Override
    void progress(long elapsedNanos) {
        List<DemoClient.Snapshot> snapshots = snapshots();
        Totals totals = Totals.of(snapshots);
        out().printf(
                        Locale.ROOT,
                        "%.0f s: %d of %d connected, %d packets out, %d in, %d lost, slowest round"
                                + " trip %s%n",
                        seconds(elapsedNanos),
                        totals.connected(),
                        snapshots.size(),
                        totals.sent(),
                        totals.echoed(),
                        totals.lost(),
                        Millis.print(totals.slowestRttNanos()));
    }
}
