package dev.hawser.linux;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.hawser.protocol.NetAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

/// Real sockets for a test, which are closed after it.
abstract class LinuxSockets {
    static final NetAddress LOOPBACK = NetAddress.parse("127.0.0.1");
    static final NetAddress LOOPBACK_6 = NetAddress.parse("::1");

    private final List<LinuxUdpSocket> opened = new ArrayList<>();

    @BeforeAll
    static void assumeLinux() {
        String obstacle = Linux.obstacle(false);
        assumeTrue(obstacle.isEmpty(), obstacle);
    }

    @AfterEach
    void closeAll() {
        opened.forEach(LinuxUdpSocket::close);
    }

    LinuxUdpSocket open(boolean isIpv6) throws ErrnoException {
        LinuxUdpSocket socket = LinuxUdpSocket.open(isIpv6);
        opened.add(socket);
        return socket;
    }
}
