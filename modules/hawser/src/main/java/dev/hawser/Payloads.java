package dev.hawser;

import dev.hawser.protocol.PeerAddress;
import dev.hawser.transport.Transport;
import java.nio.ByteBuffer;

/// How large a payload may be, and what becomes of one that is not.
final class Payloads {
    /// The largest payload of netcode.
    static final int BYTES_MAX = 1200;

    /// What a packet has besides the payload: prefix (1), sequence (at most 8), tag (16).
    private static final int OVERHEAD_BYTES = 1 + Long.BYTES + 16;

    /// A connection request: a transport that is too small for it connects nobody.
    private static final int REQUEST_BYTES = 1078;

    /// A payload up to this size fits every path, since a connection request does.
    static final int ALWAYS_FIT_BYTES = REQUEST_BYTES - OVERHEAD_BYTES;

    private static final int PACKETS_PER_UPDATE_LIMIT = 1 << 24;

    /// Of the packets on top of what an update takes, so many are looked at for the end of a
    /// connection: several times what waits in a socket's buffer of the default size. Each costs
    /// next to nothing.
    static final int SURPLUS_PACKETS_MAX = 1 << 16;

    /// What one client may have waiting by default ([ReceiveLimit]).
    private static final int QUEUE_BYTES_PER_CLIENT = 64 << 10;

    private static final int QUEUE_BYTES_MIN = 2 << 20;

    /// The largest queue that nobody has asked for.
    static final int QUEUE_BYTES_MAX = 64 << 20;

    private Payloads() {}

    static int bytesMax(Transport transport) {
        return Math.min(BYTES_MAX, transport.maxPacketBytes() - OVERHEAD_BYTES);
    }

    static int bytesMax(Transport transport, PeerAddress peer) {
        return Math.min(BYTES_MAX, transport.maxPacketBytes(peer) - OVERHEAD_BYTES);
    }

    /// {@return whether the path to a peer carries this payload; asked of the transport only where
    /// paths can differ}
    static boolean fits(ByteBuffer payload, Transport transport, PeerAddress peer) {
        int bytes = payload.remaining();
        return bytes <= ALWAYS_FIT_BYTES || bytes <= bytesMax(transport, peer);
    }

    /// @throws IllegalArgumentException when the payload is empty or too large
    static void check(ByteBuffer payload, int bytesMax) {
        int bytes = payload.remaining();
        if (bytes >= 1 && bytes <= bytesMax) {
            return;
        }
        throw new IllegalArgumentException(
                bytes == 0
                        ? "an empty payload, but a payload has 1 to "
                                + bytesMax
                                + " bytes: send nothing, the connection keeps itself alive"
                        : "a payload of "
                                + bytes
                                + " bytes, but at most "
                                + bytesMax
                                + " fit a packet: split it");
    }

    /// {@return the size of a server's queue between update and receive where nothing is said}
    static int queueBytes(int maxClients) {
        return Math.clamp(
                (long) maxClients * QUEUE_BYTES_PER_CLIENT, QUEUE_BYTES_MIN, QUEUE_BYTES_MAX);
    }

    /// {@return how many packets an update takes}
    ///
    /// @throws IllegalArgumentException when it is outside the range
    static int checkPacketsPerUpdate(int packets) {
        if (packets < 1 || packets > PACKETS_PER_UPDATE_LIMIT) {
            throw new IllegalArgumentException(
                    "packetsPerUpdateMax is "
                            + packets
                            + ", but must be from 1 to "
                            + PACKETS_PER_UPDATE_LIMIT);
        }
        return packets;
    }

    /// {@return the size of a queue}
    ///
    /// @throws IllegalArgumentException when not even the largest payload fits
    static int checkQueue(int bytes) {
        if (bytes < BYTES_MAX) {
            throw new IllegalArgumentException(
                    "receiveQueueBytes is "
                            + bytes
                            + ", but the largest payload takes "
                            + BYTES_MAX);
        }
        return bytes;
    }

    /// @throws IllegalArgumentException when connections cannot be made over this transport
    static void checkCarriesRequests(Transport transport) {
        if (transport.maxPacketBytes() < REQUEST_BYTES) {
            throw new IllegalArgumentException(
                    "the transport "
                            + transport
                            + " takes packets of up to "
                            + transport.maxPacketBytes()
                            + " bytes, but a connection request has "
                            + REQUEST_BYTES
                            + ": use a transport that carries larger ones");
        }
    }
}
