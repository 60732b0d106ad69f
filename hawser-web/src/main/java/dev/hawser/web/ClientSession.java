package dev.hawser.web;

import dev.hawser.protocol.PeerAddress;
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

    /// Written by the network's thread.
    volatile Stage stage = Stage.DIALLING;

    /// How the owner wants it to end; set before the empty packet that says so.
    volatile @Nullable SessionEnd wantedEnd;

    /// The latest packet that was sent before the session stood.
    private @Nullable ByteBuffer kept;

    boolean isDirty;

    ClientSession(WebClientTransport transport, PeerAddress server) {
        this.transport = transport;
        this.server = server;
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
    final void failed(WebFailure failure) {
        if (stage != Stage.ENDED) {
            stage = Stage.ENDED;
            dropKept();
            transport.failed(this, failure);
        }
    }

    /// The session stood, and has ended.
    final void endedByPeer(SessionEnd end) {
        if (stage == Stage.OPEN) {
            transport.ended(end);
        }
        boolean isRefused = stage == Stage.DIALLING || end.code() == SessionEnd.POLICY;
        failed(
                new WebFailure(
                        isRefused ? WebFailure.Kind.REFUSED : WebFailure.Kind.ENDED,
                        "the session ended: " + end));
    }

    final void receivePacket(ByteBuffer packet) {
        transport.receive(this, packet);
    }
}
