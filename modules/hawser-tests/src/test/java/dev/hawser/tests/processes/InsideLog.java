package dev.hawser.tests.processes;

import dev.hawser.cli.words.Wording;
import java.io.PrintWriter;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/// Has what a command inside this JVM logs on its own thread go to its standard error, in the words
/// of [dev.hawser.cli.process.LogLines]. What other threads log goes where it always went.
final class InsideLog extends Handler {
    /// Kept, since a logger that nobody keeps forgets its handlers.
    private static final Logger LIBRARY = Logger.getLogger("dev.hawser");

    private static final ThreadLocal<PrintWriter> ERR = new ThreadLocal<>();

    static {
        LIBRARY.addHandler(new InsideLog());
        LIBRARY.setUseParentHandlers(false);
    }

    private final SimpleFormatter formatter = new SimpleFormatter();

    private InsideLog() {}

    /// The command of this thread has this standard error.
    static void goesTo(PrintWriter err) {
        ERR.set(err);
    }

    @Override
    public void publish(LogRecord line) {
        PrintWriter err = ERR.get();
        if (err == null) {
            for (Handler handler : LIBRARY.getParent().getHandlers()) {
                handler.publish(line);
            }
            return;
        }
        err.println(line.getLevel() + ": " + Wording.ofOptions(formatter.formatMessage(line)));
        if (line.getThrown() != null) {
            line.getThrown().printStackTrace(err);
        }
    }

    @Override
    public void flush() {
        // Each line goes out at once.
    }

    @Override
    public void close() {
        // It holds nothing.
    }
}
