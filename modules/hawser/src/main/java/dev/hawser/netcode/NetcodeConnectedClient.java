package dev.hawser.netcode;

import dev.hawser.ClientId;
import dev.hawser.ConnectionStats;
import dev.hawser.SendResult;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.UserData;
import dev.hawser.protocol.machine.ConnectionMeter;
import dev.hawser.spi.AbstractConnectedClient;
import dev.hawser.spi.ReceiveLimit;
import java.nio.ByteBuffer;
import java.util.Optional;

/// A connection of a [NetcodeServer], made when the client takes its slot.
final class NetcodeConnectedClient extends AbstractConnectedClient {
    private final NetcodeRun run;
    private volatile NetAddress address;
    private final ConnectionMeter meter;

    /// The address as transports take it.
    final PeerAddress peer;

    NetcodeConnectedClient(
            NetcodeServer server,
            NetcodeRun run,
            int slot,
            ClientId id,
            NetAddress address,
            UserData userData,
            ReceiveLimit limit,
            ConnectionMeter meter) {
        super(server, id, slot, userData, limit, meter);
        this.run = run;
        this.address = address;
        this.meter = meter;
        peer = PeerAddress.of(address);
    }

    /// From now on the client is there.
    void move(NetAddress to) {
        address = to;
        peer.set(to);
    }

    /// Puts a payload before the application, or drops and counts it.
    ///
    /// @return whether more may wait
    boolean takes(ByteBuffer payload) {
        queueOrDrop(payload);
        return hasRoom();
    }

    @Override
    protected SendResult sendChecked(ByteBuffer payload) {
        return run.send(this, payload);
    }

    @Override
    protected void end(StatedReason reason) {
        run.end(this, reason);
    }

    @Override
    protected void replace() {
        run.replace(this);
    }

    @Override
    protected void roomAgain() {
        run.resumePayloads(this);
    }

    @Override
    public Optional<NetAddress> address() {
        return Optional.of(address);
    }

    @Override
    public int maxPayloadBytes() {
        return run.maxPayloadBytes(this);
    }

    @Override
    public ConnectionStats stats() {
        return Meters.stats(counted(), meter);
    }
}
