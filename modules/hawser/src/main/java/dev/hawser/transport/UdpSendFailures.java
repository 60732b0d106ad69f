package dev.hawser.transport;

import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.Locale;

/// Sorts what the JDK throws when a datagram cannot be sent.
final class UdpSendFailures {
    /// Of a peer that the socket cannot even write down.
    static final String WRONG_FAMILY = "an IPv4 socket reaches no IPv6 address";

    private UdpSendFailures() {}

    static SendFailure classify(Exception e) {
        return switch (e) {
            case ClosedChannelException _ -> SendFailure.CLOSED;
            // An IPv6 address from an IPv4 socket.
            case UnsupportedAddressTypeException _ -> SendFailure.UNREACHABLE;
            case NoRouteToHostException _, ConnectException _, PortUnreachableException _ ->
                    SendFailure.UNREACHABLE;
            default -> classifyText(String.valueOf(e.getMessage()));
        };
    }

    /// {@return what a person is told}
    static String text(Exception e) {
        String message = e.getMessage();
        if (e instanceof UnsupportedAddressTypeException) {
            return WRONG_FAMILY;
        }
        return message == null ? e.getClass().getSimpleName() : message;
    }

    /// The JDK has no type for most of them and passes on the system's text.
    private static SendFailure classifyText(String message) {
        String text = message.toLowerCase(Locale.ROOT);
        if (text.contains("unreachable")
                || text.contains("no route")
                || text.contains("is down")
                || text.contains("cannot assign")
                || text.contains("can't assign")) {
            return SendFailure.UNREACHABLE;
        }
        if (text.contains("not permitted") || text.contains("permission denied")) {
            return SendFailure.NOT_PERMITTED;
        }
        if (text.contains("too long") || text.contains("message too large")) {
            return SendFailure.TOO_LARGE;
        }
        if (text.contains("no buffer space")) {
            return SendFailure.BUFFER_FULL;
        }
        return SendFailure.OTHER;
    }
}
