package dev.hawser.netcode;

import dev.hawser.protocol.PeerAddress;
import dev.hawser.spi.Payloads;
import dev.hawser.transport.Transport;
import java.nio.ByteBuffer;

/// What fits into the packets of a transport, and how many packets an update takes.
final class PacketLimits {
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

    private PacketLimits() {}

    static int bytesMax(Transport transport) {
        return Math.min(Payloads.BYTES_MAX, transport.maxPacketBytes() - OVERHEAD_BYTES);
    }

    static int bytesMax(Transport transport, PeerAddress peer) {
        return Math.min(Payloads.BYTES_MAX, transport.maxPacketBytes(peer) - OVERHEAD_BYTES);
    }

    /// {@return whether the path to a peer carries this payload; asked of the transport only where
    /// paths can differ}
    static boolean fits(ByteBuffer payload, Transport transport, PeerAddress peer) {
        int bytes = payload.remaining();
        return bytes <= ALWAYS_FIT_BYTES || bytes <= bytesMax(transport, peer);
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
                            + PACKETS_PER_UPDATE_LIMIT
                            + ": leave it out for the default");
        }
        return packets;
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
