package dev.hawser.netcode;

import dev.hawser.ClientId;
import dev.hawser.ConnectionStats;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import dev.hawser.protocol.UserData;
import dev.hawser.protocol.machine.ConnectionMeter;
import dev.hawser.spi.AbstractConnectedClient;
import dev.hawser.spi.ReceiveLimit;
import java.nio.ByteBuffer;
import java.util.Optional;

/// A connection of a [NetcodeServer], made when the client takes its slot.
final class NetcodeConnectedClient extends AbstractConnectedClient {
    private final NetcodeServer netcode;
    private final NetAddress address;
    private final ConnectionMeter meter;

    /// The address as transports take it.
    final PeerAddress peer;

    NetcodeConnectedClient(
            NetcodeServer server,
            int slot,
            ClientId id,
            NetAddress address,
            UserData userData,
            ReceiveLimit limit,
            ConnectionMeter meter) {
        super(server, id, slot, userData, limit);
        netcode = server;
        this.address = address;
        this.meter = meter;
        peer = PeerAddress.of(address);
    }

    /// Puts a payload before the application, or drops and counts it.
    ///
    /// @return whether more may wait
    boolean takes(ByteBuffer payload) {
        queueOrDrop(payload);
        return hasRoom();
    }

    @Override
    protected void roomAgain() {
        netcode.resumePayloads(this);
    }

    @Override
    public Optional<NetAddress> address() {
        return Optional.of(address);
    }

    @Override
    public int maxPayloadBytes() {
        return netcode.maxPayloadBytes(peer);
    }

    @Override
    public ConnectionStats stats() {
        return Meters.stats(counted(), meter);
    }

    @Override
    public void reportRoundTrip(long nanos) {
        meter.reportRoundTrip(nanos);
    }
}
