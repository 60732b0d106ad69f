package dev.hawser.steam;

import java.net.DatagramSocket;
import java.net.SocketException;

/// Asks the system for a port, where the one who is to bind it cannot.
final class FreePort {
    private FreePort() {}

    /// {@return a UDP port that nobody had at this moment}
    ///
    /// @throws SocketException when the system has none
    static int udp() throws SocketException {
        try (DatagramSocket probe = new DatagramSocket()) {
            return probe.getLocalPort();
        }
    }
}
