package dev.hawser.transport;

import dev.hawser.protocol.NetAddress;
import java.io.IOException;
import java.net.BindException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Says what a person can do when a socket cannot be bound. Text without a type, since the JDK
/// passes on the system's.
final class UdpBindFailures {
    private static final int PRIVILEGED_PORTS_END = 1024;

    private UdpBindFailures() {}

    static BindException explain(NetAddress address, IOException cause) {
        String text = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
        String reason;
        if (text.contains("in use")) {
            reason = inUse(address.port());
        } else if (text.contains("cannot assign") || text.contains("can't assign")) {
            reason =
                    "no interface of this machine has that address; bind 0.0.0.0 or [::] and name"
                            + " the address that clients dial as the server's identity";
        } else if (text.contains("permission denied") || text.contains("not permitted")) {
            reason =
                    address.port() < PRIVILEGED_PORTS_END
                            ? "ports below 1024 need privileges; choose a larger one"
                            : "the system forbids it: " + cause.getMessage();
        } else if (text.contains("too many open files")) {
            reason =
                    cause.getMessage()
                            + ": files and sockets that the process holds and does not close, or a"
                            + " limit that is too low for it ('ulimit -n', LimitNOFILE of a service)";
        } else {
            reason = String.valueOf(cause.getMessage());
        }
        return exception(address, reason, cause);
    }

    static String inUse(int port) {
        return "port "
                + port
                + " is in use; choose another, take port 0 to let the system choose, or look who"
                + " holds it: 'ss -lunp sport = :"
                + port
                + "' on Linux, 'lsof -nP -iUDP:"
                + port
                + "' on macOS, 'netstat -ano -p UDP' on Windows";
    }

    static IOException noIpv6(NetAddress address, @Nullable Exception cause) {
        return exception(
                address,
                "IPv6 is switched off on this machine or in this JVM"
                        + " (java.net.preferIPv4Stack); bind an IPv4 address, for example 0.0.0.0",
                cause);
    }

    /// A port of 0 is not printed with the address.
    private static String text(NetAddress address) {
        return address.port() == 0 ? address + " (port 0)" : address.toString();
    }

    static BindException exception(NetAddress address, String reason, @Nullable Throwable cause) {
        var exception = new BindException("cannot bind " + text(address) + ": " + reason);
        if (cause != null) {
            exception.initCause(cause);
        }
        return exception;
    }
}
