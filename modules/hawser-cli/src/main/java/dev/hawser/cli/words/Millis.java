package dev.hawser.cli.words;

import java.util.Locale;

/// Durations for people.
public final class Millis {
    private static final double NANOS_PER_MILLI = 1e6;

    private Millis() {}

    public static String print(long nanos) {
        return String.format(Locale.ROOT, "%.2f ms", nanos / NANOS_PER_MILLI);
    }
}
