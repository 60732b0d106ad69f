package dev.hawser;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.StatedReason;
import dev.hawser.transport.SendFailure;
import dev.hawser.transport.TransportFailure;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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

    /// {@return why nobody could answer: nothing was sent}
    static String nothingSent(List<NetAddress> servers, Attempt attempt) {
        return "Not one packet could leave this machine: "
                + switch (mostOften(attempt)) {
                    case UNREACHABLE ->
                            "no route to "
                                    + list(servers)
                                    + saidBySystem(attempt)
                                    + ". Check that it is connected to a network, and, where the"
                                    + " server's address is IPv6, to one with IPv6.";
                    case TOO_LARGE ->
                            "packets are too long for the way to "
                                    + list(servers)
                                    + saidBySystem(attempt)
                                    + ". Check the MTU of its network or VPN: the first packet has"
                                    + " 1,106 bytes with its headers, 1,126 over IPv6.";
                    case NOT_PERMITTED ->
                            "the system forbids packets to "
                                    + list(servers)
                                    + saidBySystem(attempt)
                                    + ". Check that this machine's firewall lets the game send UDP.";
                    case BUFFER_FULL, CLOSED, OTHER ->
                            "the system took none to "
                                    + list(servers)
                                    + saidBySystem(attempt)
                                    + ". Check that the address can be dialled, its port too.";
                };
    }

    /// {@return that a silence was one in which nothing could be sent either}
    ///
    /// @param until what was before it
    static String networkLost(String until, int timeoutSeconds, Attempt noticed) {
        return until
                + " this machine's own network: nothing was heard"
                + within(timeoutSeconds)
                + ", and meanwhile not one packet could leave it"
                + saidBySystem(noticed)
                + switch (mostOften(noticed)) {
                    case UNREACHABLE ->
                            ". Its network or its route to the server went away: check cable, Wi-Fi"
                                    + " and VPN.";
                    case TOO_LARGE ->
                            ". The way to the server takes shorter packets than before: check the"
                                    + " MTU of its network or VPN.";
                    case NOT_PERMITTED ->
                            ". Its firewall began to forbid them: check that it lets the game send"
                                    + " UDP.";
                    case BUFFER_FULL, CLOSED, OTHER ->
                            ". Check that it still has the address that it had: cable, Wi-Fi and"
                                    + " VPN.";
                };
    }

    private static SendFailure mostOften(Attempt attempt) {
        return attempt.sendFailures().entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .orElse(SendFailure.OTHER);
    }

    private static String saidBySystem(Attempt attempt) {
        return " (" + attempt.lastSendError() + ")";
    }

    /// {@return sentences that each begin with a space, or nothing}
    static String noticed(Attempt attempt) {
        String text = "";
        if (!attempt.lastSendError().isEmpty()) {
            text +=
                    " Of its packets, "
                            + attempt.packetsNotSent()
                            + " could not even leave this machine"
                            + saidBySystem(attempt)
                            + ".";
        }
        if (attempt.packetsFromElsewhere() > 0) {
            text +=
                    " But packets came from addresses that were not dialled ("
                            + attempt.packetsFromElsewhere()
                            + "): where the server's machine has several addresses, and the server"
                            + " is bound to all of them, it may answer from another one, and its log"
                            + " says so; bind it to the address that clients dial.";
        }
        return text;
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
