package dev.hawser.transport;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

/// Tests of Linux's batches are skipped elsewhere, and say why.
final class Mmsg {
    private Mmsg() {}

    static void assume() {
        String obstacle = UdpIo.MMSG.obstacle();
        assumeTrue(obstacle.isEmpty(), obstacle);
    }
}
