package dev.hawser.web;

import dev.hawser.protocol.PeerAddress;
import dev.hawser.transport.TransportFailure;
import java.net.URI;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// One session of a client, from the dialling to its end. It belongs to the network's thread,
/// except where said.
abstract class ClientSession {
    /// How far it is.
    enum Stage {
        DIALLING,
        OPEN,
        ENDED
    }

    /// The server as the token names it, which packets come from.
    final PeerAddress server;

    private final WebClientTransport transport;

    /// What there is to say while it is dialled: most of what keeps a session from coming about is
    /// never heard of.
    private final TransportFailure unanswered;

    /// Why it has ended; null before, and where this side ended it.
    private volatile @Nullable TransportFailure failure;

    /// Written by the network's thread.
    volatile Stage stage = Stage.DIALLING;

    /// How the owner wants it to end; set before the empty packet that says so.
    volatile @Nullable SessionEnd wantedEnd;

    /// The latest packet that was sent before the session stood.
    private @Nullable ByteBuffer kept;

    boolean isDirty;

    ClientSession(WebClientTransport transport, PeerAddress server, URI url) {
        this.transport = transport;
        this.server = server;
        unanswered =
                new TransportFailure(
                        TransportFailure.Kind.UNREACHABLE,
                        false,
                        "no session at "
                                + url
                                + ": nothing has answered; check that the server runs, that host"
                                + " and port are right, and that no firewall is between");
    }

    /// Starts dialling.
    abstract void dial();

    /// {@return the size of the largest packet that goes; any thread may ask}
    abstract int maxPacketBytes();

    /// {@return whether the network would take a packet of this session; any thread may ask}
    abstract boolean hasRoom();

    /// The owner has flushed: what had no room before may have some.
    void tryAgain() {}

    /// Writes a packet of a session that is open, without flushing.
    ///
    /// @return why it did not go, or null
    abstract @Nullable WebDrop write(ByteBuffer packet);

    abstract void flush();

    /// Says goodbye, if there is somebody to say it to, and gives everything back.
    abstract void close(SessionEnd end);

    /// Takes a packet that was sent: writes it, or keeps it until the session stands.
    ///
    /// @return whether it was written
    final boolean take(ByteBuffer packet) {
        switch (stage) {
            case DIALLING -> {
                dropKept();
                kept = ByteBuffer.allocate(packet.remaining()).put(packet).flip();
                return false;
            }
            case OPEN -> {
                int bytes = packet.remaining();
                WebDrop drop = write(packet);
                if (drop != null) {
                    transport.counters.notSentAfterAll(bytes, drop);
                }
                return true;
            }
            case ENDED ->
                    transport.counters.notSentAfterAll(packet.remaining(), WebDrop.NOT_WRITTEN);
        }
        return false;
    }

    private void dropKept() {
        if (kept != null) {
            transport.counters.notSentAfterAll(kept.remaining(), WebDrop.NOT_WRITTEN);
            kept = null;
        }
    }

    /// The session stands.
    final void opened() {
        if (stage != Stage.DIALLING) {
            return;
        }
        stage = Stage.OPEN;
        transport.counters.sessionOpened();
        ByteBuffer first = kept;
        kept = null;
        if (first != null) {
            take(first);
            flush();
        }
    }

    /// There is no session, or no longer.
    final void failed(TransportFailure.Kind kind, String text) {
        if (stage != Stage.ENDED) {
            TransportFailure failed = new TransportFailure(kind, true, text);
            failure = failed;
            stage = Stage.ENDED;
            dropKept();
            transport.failed(this, failed);
        }
    }

    /// {@return why there is no session at this moment, or null; any thread may ask}
    final @Nullable TransportFailure failure() {
        return switch (stage) {
            case DIALLING -> unanswered;
            case OPEN -> null;
            case ENDED -> failure;
        };
    }

    /// The session stood, and has ended.
    final void endedByPeer(SessionEnd end) {
        if (stage == Stage.OPEN) {
            transport.ended(end);
        }
        boolean isRefused = stage == Stage.DIALLING || end.code() == SessionEnd.POLICY;
        failed(
                isRefused ? TransportFailure.Kind.REFUSED : TransportFailure.Kind.ENDED,
                "the session ended: " + end);
    }

    final void receivePacket(ByteBuffer packet) {
        transport.receive(this, packet);
    }
}
