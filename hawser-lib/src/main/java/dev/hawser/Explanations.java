package dev.hawser;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.StatedReason;
import dev.hawser.transport.TransportFailure;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// Parts of sentences for [DisconnectReason].
final class Explanations {
    private Explanations() {}

    /// {@return the end of a sentence that says what a peer stated}
    static String said(StatedReason stated) {
        if (stated.equals(StatedReason.NONE)) {
            return ".";
        }
        StringBuilder text = new StringBuilder();
        if (!stated.text().isEmpty()) {
            text.append(": ").append(stated.text());
        }
        text.append(" (code ").append(stated.code());
        if (stated.retryAfterSeconds() > 0) {
            text.append(", try again in ").append(stated.retryAfterSeconds()).append(" s");
        }
        return text.append(").").toString();
    }

    static String within(int timeoutSeconds) {
        return timeoutSeconds > 0 ? " for " + timeoutSeconds + " s" : "";
    }

    /// {@return a sentence for each, with a space before it}
    static String failures(List<TransportFailure> failures) {
        return failures.stream()
                .map(TransportFailure::text)
                .map(text ->
                        " "
                                + text.substring(0, 1).toUpperCase(Locale.ROOT)
                                + text.substring(1)
                                + ".")
                .collect(Collectors.joining());
    }

    /// {@return a sentence about a side that stood still, with a space before it; or nothing}
    static String paused(long pausedMillis) {
        return pausedMillis == 0
                ? ""
                : " This side stood still for "
                        + seconds(pausedMillis)
                        + " meanwhile: update() was not called, and the server may have given up.";
    }

    static String seconds(long millis) {
        return millis / 1000 + "." + millis % 1000 / 100 + " s";
    }

    static String list(List<NetAddress> servers) {
        return servers.isEmpty()
                ? "the server"
                : servers.stream().map(NetAddress::toString).collect(Collectors.joining(", "));
    }

    static String last(List<NetAddress> servers) {
        return servers.isEmpty() ? "" : servers.getLast().toString();
    }
}
