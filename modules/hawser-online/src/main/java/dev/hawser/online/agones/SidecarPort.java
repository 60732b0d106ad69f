package dev.hawser.online.agones;

import org.jspecify.annotations.Nullable;

/// At which port of loopback the sidecar is.
final class SidecarPort {
    private static final int PORT_MAX = 65_535;

    private SidecarPort() {}

    static boolean isInEnvironment() {
        return !environment().isEmpty();
    }

    private static String environment() {
        String port = System.getenv(AgonesLifecycle.PORT_VARIABLE);
        return port == null ? "" : port.strip();
    }

    /// @throws IllegalArgumentException when it is no port that can be dialled
    static void check(int port) {
        if (port < 1 || port > PORT_MAX) {
            throw new IllegalArgumentException(
                    "port is " + port + ", but must be from 1 to " + PORT_MAX);
        }
    }

    /// {@return the port that was set, or else what the environment says}
    ///
    /// @throws IllegalStateException when that is no port
    static int of(@Nullable Integer set) {
        return set == null ? parse(environment()) : set;
    }

    /// {@return the port in the environment's words}
    static int parse(String text) {
        if (text.isEmpty()) {
            return AgonesLifecycle.PORT_DEFAULT;
        }
        try {
            int port = Integer.parseInt(text);
            check(port);
            return port;
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException(
                    AgonesLifecycle.PORT_VARIABLE
                            + " is '"
                            + text
                            + "', but must be a port from 1 to "
                            + PORT_MAX
                            + ": Agones sets it, so leave it alone, or set port(…)",
                    e);
        }
    }
}
