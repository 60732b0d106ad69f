package dev.hawser.transport;

import org.junit.jupiter.api.BeforeAll;

class MmsgUdpTransportTest extends UdpTransportContract {
    @BeforeAll
    static void assumeLinux() {
        Mmsg.assume();
    }

    @Override
    UdpIo io() {
        return UdpIo.MMSG;
    }
}
