package dev.hawser.netcode;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import dev.hawser.protocol.StatedReason;
import dev.hawser.transport.ForwardingTransport;
import dev.hawser.transport.SendFailure;
import dev.hawser.transport.Transport;
import dev.hawser.transport.TransportFailure;
import dev.hawser.transport.TransportStats;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What only a transport of sessions has, around one that has none.
final class PathTransport extends ForwardingTransport {
    static final int PACKET_BYTES = 1100;

    final List<String> released = new ArrayList<>();
    final List<String> retained = new ArrayList<>();
    boolean isFull;

    /// What the system says of each packet, while there is no network; else empty.
    String outage = "";

    private String lastSendError = "";
    private long notSent;

    /// Of which peer, and why.
    final Map<NetAddress, TransportFailure> failures = new HashMap<>();

    PathTransport(Transport wrapped) {
        super(wrapped);
    }

    @Override
    public int maxPacketBytes(PeerAddress peer) {
        return PACKET_BYTES;
    }

    @Override
    public boolean hasRoom(PeerAddress peer) {
        return !isFull;
    }

    @Override
    public void retain(PeerAddress peer) {
        retained.add(peer.toString());
    }

    @Override
    public void release(PeerAddress peer, StatedReason reason) {
        released.add(peer + " " + reason.code());
    }

    @Override
    public @Nullable TransportFailure failure(PeerAddress peer) {
        return failures.get(peer.toNetAddress());
    }

    @Override
    public void send(PeerAddress to, ByteBuffer packet) {
        if (outage.isEmpty()) {
            wrapped.send(to, packet);
        } else {
            notSent++;
            lastSendError = outage;
        }
    }

    @Override
    public String lastSendError() {
        return lastSendError;
    }

    @Override
    public TransportStats stats() {
        return notSent == 0
                ? wrapped.stats()
                : wrapped.stats()
                        .plus(
                                new TransportStats(
                                        0,
                                        0,
                                        0,
                                        0,
                                        0,
                                        0,
                                        0,
                                        0,
                                        Map.of(SendFailure.UNREACHABLE, notSent)));
    }
}
