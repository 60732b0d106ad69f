package dev.hawser.transport;

class NioUdpTransportTest extends UdpTransportContract {
    @Override
    UdpIo io() {
        return UdpIo.NIO;
    }
}
