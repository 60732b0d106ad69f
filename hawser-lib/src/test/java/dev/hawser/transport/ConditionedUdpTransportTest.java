package dev.hawser.transport;

import dev.hawser.protocol.NetAddress;

/// In good weather conditioned UDP is UDP.
class ConditionedUdpTransportTest extends TransportContract {
    @Override
    Transport bind(int port) {
        return ConditionedTransport.builder(
                        UdpTransport.bind(NetAddress.parse("127.0.0.1").withPort(port)))
                .build();
    }

    @Override
    int packetBytesMax() {
        return UdpTransport.PACKET_BYTES_MAX;
    }
}
