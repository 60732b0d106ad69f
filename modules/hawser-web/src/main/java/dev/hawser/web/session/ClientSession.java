package dev.hawser.web.session;

import dev.hawser.protocol.PeerAddress;
import dev.hawser.transport.TransportFailure;
import dev.hawser.web.SessionEnd;
import dev.hawser.web.WebDrop;
import java.net.URI;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// One session of a client, from the dialling to its end. It belongs to the network's thread,
/// except where said.
public abstract class ClientSession {
    /// How far it is.
    public enum Stage {
        DIALLING,
        OPEN,
        ENDED
    }

    /// The server as the token names it, which packets come from.
    public final PeerAddress server;

    private final SessionClient transport;

    /// What there is to say while it is dialled: most of what keeps a session from coming about is
    /// never heard of.
    private final TransportFailure unanswered;

    /// Why it has ended; null before, and where this side ended it.
    private volatile @Nullable TransportFailure failure;

    /// Written by the network's thread.
    public volatile Stage stage = Stage.DIALLING;

    /// How the owner wants it to end; set before the empty packet that says so.
    public volatile @Nullable SessionEnd wantedEnd;

    /// The latest packet that was sent before the session stood.
    private @Nullable ByteBuffer kept;

    public boolean isDirty;

    public ClientSession(SessionClient transport, PeerAddress server, URI url) {
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
    public abstract void dial();

    /// {@return the size of the largest packet that goes; any thread may ask}
    public abstract int maxPacketBytes();

    /// {@return whether the network would take a packet of this session; any thread may ask}
    public abstract boolean hasRoom();

    /// The owner has flushed: what had no room before may have some.
    public void tryAgain() {}

    /// Writes a packet of a session that is open, without flushing.
    ///
    /// @return why it did not go, or null
    public abstract @Nullable WebDrop write(ByteBuffer packet);

    public abstract void flush();

    /// Says goodbye, if there is somebody to say it to, and gives everything back.
    public abstract void close(SessionEnd end);

    /// Takes a packet that was sent: writes it, or keeps it until the session stands.
    ///
    /// @return whether it was written
    public final boolean take(ByteBuffer packet) {
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
    public final void opened() {
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
    public final void failed(TransportFailure.Kind kind, String text) {
        if (stage != Stage.ENDED) {
            TransportFailure failed = new TransportFailure(kind, true, text);
            failure = failed;
            stage = Stage.ENDED;
            dropKept();
            transport.failed(this, failed);
        }
    }

    /// {@return why there is no session at this moment, or null; any thread may ask}
    public final @Nullable TransportFailure failure() {
        return switch (stage) {
            case DIALLING -> unanswered;
            case OPEN -> null;
            case ENDED -> failure;
        };
    }

    /// The session stood, and has ended.
    public final void endedByPeer(SessionEnd end) {
        if (stage == Stage.OPEN) {
            transport.ended(end);
        }
        boolean isRefused = stage == Stage.DIALLING || end.code() == SessionEnd.POLICY;
        failed(
                isRefused ? TransportFailure.Kind.REFUSED : TransportFailure.Kind.ENDED,
                "the session ended: " + end);
    }

    public final void receivePacket(ByteBuffer packet) {
        transport.receive(this, packet);
    }
}
