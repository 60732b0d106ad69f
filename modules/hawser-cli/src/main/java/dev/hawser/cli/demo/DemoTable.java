package dev.hawser.cli.demo;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/// The demo on a terminal: a table that is drawn over itself.
final class DemoTable extends DemoReport {
    private static final String ESCAPE = "\u001b[";
    private static final String ERASE_TO_LINE_END = ESCAPE + "K";
    private static final String ERASE_BELOW = ESCAPE + "J";

    /// The head of the table, and the time below it.
    private static final int OTHER_LINES = 2;

    private final int lines;
    private boolean isDrawn;

    DemoTable(PrintWriter out, List<? extends DemoClient> clients, DemoGame game, DemoLink link) {
        super(out, clients, game, link);
        lines = clients.size() + OTHER_LINES;
    }

    @Override
    void progress(long elapsedNanos) {
        goToTop();
        isDrawn = true;
        printTable(ERASE_TO_LINE_END);
        out().printf(
                        Locale.ROOT,
                        "%.1f s, Ctrl-C ends it%s%n",
                        seconds(elapsedNanos),
                        ERASE_TO_LINE_END);
    }

    @Override
    void summarise(long elapsedNanos) {
        goToTop();
        out().print(ERASE_BELOW);
        super.summarise(elapsedNanos);
    }

    private void goToTop() {
        if (isDrawn) {
            out().print(ESCAPE + lines + "A\r");
        }
    }
}
