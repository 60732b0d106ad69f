package dev.hawser.steam;

import dev.hawser.ConnectionStats;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.UserData;
import dev.hawser.protocol.machine.ConnectionMeter;
import dev.hawser.spi.AbstractConnectedClient;
import dev.hawser.spi.ReceiveLimit;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A connection of a [SteamServer].
final class SteamConnectedClient extends AbstractConnectedClient {
    final SteamPeer peer;

    /// For the echoes that the game may report.
    private final ConnectionMeter meter = new ConnectionMeter();

    private volatile StatusReader.@Nullable Sample latest;

    SteamConnectedClient(SteamServer server, SteamPeer peer, ReceiveLimit limit) {
        super(server, peer.id, peer.slot, UserData.EMPTY, limit);
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
    public Optional<NetAddress> address() {
        return Optional.ofNullable(peer.address);
    }

    @Override
    public ConnectionStats stats() {
        return StatusReader.stats(counted(), latest, meter);
    }

    @Override
    public void reportRoundTrip(long nanos) {
        meter.reportRoundTrip(nanos);
    }
}
