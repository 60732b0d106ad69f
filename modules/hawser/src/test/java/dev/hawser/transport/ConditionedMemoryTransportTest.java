package dev.hawser.transport;

import dev.hawser.protocol.NetAddress;

/// In good weather a conditioned network in memory is a network in memory.
class ConditionedMemoryTransportTest extends BoundTransportContract {
    private final MemoryNetwork network = new MemoryNetwork();

    @Override
    Transport bind(int port) {
        return ConditionedTransport.builder(network.bind(NetAddress.ipv4(0x0a000001, port)))
                .build();
    }

    @Override
    protected int packetBytesMax() {
        return MemoryTransport.PACKET_BYTES_MAX;
    }
}
