package dev.hawser.transport;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.hawser.protocol.NetAddress;
import java.io.IOException;

/// Machines and containers without IPv6 exist: tests that need it say so and are skipped there.
public final class Ipv6 {
    private static final boolean IS_AVAILABLE = canBind();

    private Ipv6() {}

    public static void assume() {
        assumeTrue(IS_AVAILABLE, "this machine has no IPv6 loopback");
    }

    private static boolean canBind() {
        try (Transport transport = UdpTransport.bind(NetAddress.parse("::1"))) {
            transport.open();
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
