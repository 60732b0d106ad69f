package dev.hawser.netcode;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import dev.hawser.transport.DatagramHandler;
import dev.hawser.transport.Transport;
import dev.hawser.transport.TransportStats;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.function.Supplier;

/// A client's transport whose address changes as those behind a NAT do: nobody there notices. And
/// one whose network can go away.
final class MovableTransport implements Transport {
    private static final PeerAddress NOWHERE = PeerAddress.of(NetAddress.parse("127.0.0.1:0"));

    private final Supplier<Transport> places;
    private Transport place;

    /// While there is no network; the packets then find no way out.
    boolean isCutOff;

    /// Whether another socket brings the network back.
    boolean isRepairedByReopening;

    /// How often the client has asked for another socket meanwhile.
    int reopeningsAsked;

    /// @param places makes the transport of each place where the client is
    MovableTransport(Supplier<Transport> places) {
        this.places = places;
        place = places.get();
    }

    /// The next packet comes from another address, and what is under way to the former is lost.
    void move() {
        place.close();
        place = places.get();
        try {
            place.open();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void open() throws IOException {
        place.open();
    }

    @Override
    public boolean isOpen() {
        return place.isOpen();
    }

    @Override
    public int receive(DatagramHandler handler, int packetsMax) {
        return place.receive(isCutOff ? (_, _) -> {} : handler, packetsMax);
    }

    /// The system says that a packet to nowhere cannot be sent, and so does the network in memory.
    @Override
    public void send(PeerAddress to, ByteBuffer packet) {
        place.send(isCutOff ? NOWHERE : to, packet);
    }

    @Override
    public void flush() {
        place.flush();
    }

    @Override
    public void await(long timeoutNanos) {
        place.await(timeoutNanos);
    }

    @Override
    public void wakeup() {
        place.wakeup();
    }

    @Override
    public NetAddress localAddress() {
        return place.localAddress();
    }

    @Override
    public int maxPacketBytes() {
        return place.maxPacketBytes();
    }

    /// A network in memory has no sockets: it moves instead.
    @Override
    public boolean reopen(long nowNanos) {
        if (!isCutOff) {
            return false;
        }
        reopeningsAsked++;
        if (place.peersMayMove()) {
            if (!place.reopen(nowNanos)) {
                return false;
            }
        } else {
            move();
        }
        isCutOff = !isRepairedByReopening;
        return true;
    }

    @Override
    public TransportStats stats() {
        return place.stats();
    }

    @Override
    public String lastSendError() {
        return "Network is unreachable";
    }

    @Override
    public void close() {
        place.close();
    }
}
