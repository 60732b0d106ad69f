package dev.hawser.cli.process;

import dev.hawser.cli.words.Wording;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/// Makes what the library logs through `System.Logger` one short line on standard error.
public final class LogLines {
    /// Says at each start what the command says in its own words. Kept, since a logger that nobody
    /// keeps forgets its level.
    private static final Logger WEB_SERVER = Logger.getLogger("io.helidon");

    private LogLines() {}

    /// Has an effect only before the first line is logged.
    public static void configure() {
        // With java.logging in the process (which it is unless the runtime is cut down), and
        // without. 4: level, 5: message, 6: throwable.
        setIfAbsent("java.util.logging.SimpleFormatter.format", "%4$s: %5$s%6$s%n");
        setIfAbsent("jdk.system.logger.format", "%4$s: %5$s%6$s%n");
        WEB_SERVER.setLevel(Level.WARNING);
        for (Handler handler : Logger.getLogger("").getHandlers()) {
            // Whoever configures another one knows what they want.
            if (handler.getFormatter() instanceof SimpleFormatter) {
                handler.setFormatter(new InOptions());
            }
        }
    }

    private static void setIfAbsent(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    /// The library advises in terms of its methods.
    private static final class InOptions extends SimpleFormatter {
        @Override
        public String formatMessage(LogRecord line) {
            return Wording.ofOptions(super.formatMessage(line));
        }
    }
}
