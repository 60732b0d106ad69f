package dev.hawser.transport;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import dev.hawser.protocol.StatedReason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A transport around another one, which does everything; a subclass overrides what differs.
public abstract class ForwardingTransport implements Transport {
    /// The transport that moves the packets.
    protected final Transport wrapped;

    /// Creates a transport around another one, which it opens and closes.
    protected ForwardingTransport(Transport wrapped) {
        this.wrapped = Objects.requireNonNull(wrapped, "wrapped");
    }

    /// {@return the transport that moves the packets: whoever uses this one uses that one}
    public final Transport wrapped() {
        return wrapped;
    }

    @Override
    public void open() throws IOException {
        wrapped.open();
    }

    @Override
    public boolean isOpen() {
        return wrapped.isOpen();
    }

    @Override
    public int receive(DatagramHandler handler, int packetsMax) {
        return wrapped.receive(handler, packetsMax);
    }

    @Override
    public void send(PeerAddress to, ByteBuffer packet) {
        wrapped.send(to, packet);
    }

    @Override
    public void flush() {
        wrapped.flush();
    }

    @Override
    public void await(long timeoutNanos) {
        wrapped.await(timeoutNanos);
    }

    @Override
    public void wakeup() {
        wrapped.wakeup();
    }

    @Override
    public NetAddress localAddress() {
        return wrapped.localAddress();
    }

    @Override
    public int maxPacketBytes() {
        return wrapped.maxPacketBytes();
    }

    @Override
    public int maxPacketBytes(PeerAddress peer) {
        return wrapped.maxPacketBytes(peer);
    }

    @Override
    public boolean hasRoom(PeerAddress peer) {
        return wrapped.hasRoom(peer);
    }

    @Override
    public void retain(PeerAddress peer) {
        wrapped.retain(peer);
    }

    @Override
    public void release(PeerAddress peer, StatedReason reason) {
        wrapped.release(peer, reason);
    }

    @Override
    public @Nullable TransportFailure failure(PeerAddress peer) {
        return wrapped.failure(peer);
    }

    @Override
    public boolean peersMayMove() {
        return wrapped.peersMayMove();
    }

    @Override
    public boolean reopen(long nowNanos) {
        return wrapped.reopen(nowNanos);
    }

    @Override
    public TransportStats stats() {
        return wrapped.stats();
    }

    @Override
    public String lastSendError() {
        return wrapped.lastSendError();
    }

    @Override
    public void close() {
        wrapped.close();
    }
}
