package dev.hawser.netcode;

import dev.hawser.ClientId;
import dev.hawser.ConnectionStats;
import dev.hawser.SendResult;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import dev.hawser.protocol.ShownToken;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.UserData;
import dev.hawser.protocol.machine.ConnectionMeter;
import dev.hawser.spi.AbstractConnectedClient;
import dev.hawser.spi.ReceiveLimit;
import java.nio.ByteBuffer;
import java.util.Optional;

/// A connection of a [NetcodeServer], made when the client takes its slot.
final class NetcodeConnectedClient extends AbstractConnectedClient {
    private volatile NetcodeRun run;
    private volatile NetAddress address;
    private volatile ConnectionMeter meter;
    private volatile ShownToken token;

    /// The address as transports take it.
    final PeerAddress peer;

    NetcodeConnectedClient(
            NetcodeServer server,
            NetcodeRun run,
            int slot,
            ClientId id,
            NetAddress address,
            UserData userData,
            ShownToken token,
            ReceiveLimit limit,
            ConnectionMeter meter) {
        super(server, id, slot, userData, limit, meter);
        this.run = run;
        this.address = address;
        this.meter = meter;
        this.token = token;
        peer = PeerAddress.of(address);
    }

    /// From now on the client is there.
    void move(NetAddress to) {
        address = to;
        peer.set(to);
    }

    /// The transport need not keep the way to where the client was.
    void releasePeer() {
        run.release(this);
    }

    /// The client goes on here, from this address.
    void resume(NetcodeRun run, NetAddress address, ShownToken token, ConnectionMeter meter) {
        this.run = run;
        this.token = token;
        this.meter = meter;
        move(address);
    }

    @Override
    protected void abandon() {
        run.abandon(this);
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
    public Optional<ShownToken> token() {
        return Optional.of(token);
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
