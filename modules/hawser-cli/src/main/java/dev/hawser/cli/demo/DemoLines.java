package dev.hawser.cli.demo;

import dev.hawser.cli.words.Millis;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/// The demo where its output is piped: a line now and then.
final class DemoLines extends DemoReport {
    DemoLines(PrintWriter out, List<? extends DemoClient> clients, DemoGame game, DemoLink link) {
        super(out, clients, game, link);
    }

    @Override
    void progress(long elapsedNanos) {
        List<DemoSnapshot> snapshots = snapshots();
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
                        Millis.print(totals.slowestRoundTripNanos()));
    }
}
