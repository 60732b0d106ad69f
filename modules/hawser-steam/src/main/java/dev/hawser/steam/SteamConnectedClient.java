package dev.hawser.steam;

import dev.hawser.ConnectionStats;
import dev.hawser.DisconnectReason;
import dev.hawser.SendResult;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.UserData;
import dev.hawser.spi.AbstractConnectedClient;
import dev.hawser.spi.ReceiveLimit;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A connection of a [SteamServer].
final class SteamConnectedClient extends AbstractConnectedClient {
    private final SteamServer steam;
    final SteamPeer peer;

    private volatile StatusReader.@Nullable Sample latest;

    SteamConnectedClient(SteamServer server, SteamPeer peer, ReceiveLimit limit) {
        super(server, peer.id, peer.slot, UserData.EMPTY, limit);
        steam = server;
        this.peer = peer;
    }

    void sampled(StatusReader.@Nullable Sample sample) {
        if (sample != null) {
            latest = sample;
        }
    }

    /// {@return whether there was room}
    boolean offer(ByteBuffer payload) {
        return queue(payload);
    }

    void offerLast(ByteBuffer payload) {
        queueLast(payload);
    }

    void countDropped() {
        dropped();
    }

    @Override
    protected SendResult sendChecked(ByteBuffer payload) {
        return steam.sendTo(peer, payload);
    }

    @Override
    protected void end(StatedReason reason) {
        steam.end(this, reason, DisconnectReason.endedByServer(reason));
    }

    @Override
    protected void replace() {
        steam.end(this, SteamAdmission.REPLACED, new DisconnectReason.Replaced());
    }

    @Override
    public Optional<NetAddress> address() {
        return Optional.ofNullable(peer.address);
    }

    @Override
    public ConnectionStats stats() {
        return StatusReader.stats(counted(), latest);
    }
}
