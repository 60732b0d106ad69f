package dev.hawser.web.webtransport;

import dev.hawser.web.session.ServerSession;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http3.DefaultHttp3SettingsFrame;
import io.netty.handler.codec.http3.Http3Settings;
import io.netty.handler.codec.http3.Http3SettingsFrame;
import io.netty.handler.codec.quic.QuicCodecBuilder;
import io.netty.handler.codec.quic.QuicCongestionControlAlgorithm;
import java.util.concurrent.TimeUnit;

/// The numbers of WebTransport over HTTP/3, and the settings of QUIC that games need.
final class WebTransport {
    /// The largest packet of netcode, which fits one datagram or else one stream.
    static final int PACKET_BYTES_MAX = 1225;

    /// HTTP/3 in TLS; browsers offer nothing older.
    static final String ALPN = "h3";

    /// The type of an unidirectional stream of a session: then come the session's id and the bytes.
    static final long UNI_STREAM_TYPE = 0x54;

    /// The type of a bidirectional stream of a session, in two bytes.
    static final int BIDI_STREAM_TYPE = 0x4041;

    /// The capsule that closes a session: a code of four bytes, then the reason.
    static final long CLOSE_CAPSULE = 0x2843;

    /// A client whose URL has this in its query takes packets on streams.
    static final String TAKES_STREAMS_QUERY = "streams=1";

    /// The header by which a server says that it takes packets on streams.
    static final String TAKES_STREAMS_HEADER = "hawser-streams";

    /// HTTP/3's code of an end without an error.
    static final int NO_ERROR = 0x100;

    /// How many datagrams QUIC keeps of one connection until the path takes them.
    private static final int QUEUE_DATAGRAMS = ServerSession.QUEUE_PACKETS_MAX;

    private static final int UDP_PAYLOAD_BYTES = 1350;
    private static final int CONNECTION_ID_BYTES = 8;
    private static final int CONNECTION_WINDOW_BYTES = 256 << 10;
    private static final int STREAM_WINDOW_BYTES = 16 << 10;
    private static final int BIDI_STREAMS_MAX = 16;

    /// Three of HTTP/3, a few that browsers open to test the other side, the rest for packets.
    private static final int UNI_STREAMS_MAX = 64;

    private static final int SESSIONS_OF_CONNECTION_MAX = 16;

    private WebTransport() {}

    /// Sets what games need of QUIC.
    static <B extends QuicCodecBuilder<B>> B configure(B codec, long idleNanos) {
        return codec
                // QUIC's datagrams are under congestion control, and CUBIC takes every loss for
                // congestion: at 5 % loss it let a third of the datagrams die in the queue.
                .congestionControlAlgorithm(QuicCongestionControlAlgorithm.BBR)
                .maxSendUdpPayloadSize(UDP_PAYLOAD_BYTES)
                .maxRecvUdpPayloadSize(UDP_PAYLOAD_BYTES)
                // Without it 1350 bytes vanish on paths that carry less.
                .discoverPmtu(true)
                // Short ids leave browsers the room for larger datagrams.
                .localConnectionIdLength(CONNECTION_ID_BYTES)
                .datagram(QUEUE_DATAGRAMS, QUEUE_DATAGRAMS)
                .maxIdleTimeout(idleNanos, TimeUnit.NANOSECONDS)
                .initialMaxData(CONNECTION_WINDOW_BYTES)
                .initialMaxStreamDataBidirectionalLocal(STREAM_WINDOW_BYTES)
                .initialMaxStreamDataBidirectionalRemote(STREAM_WINDOW_BYTES)
                .initialMaxStreamDataUnidirectional(STREAM_WINDOW_BYTES)
                .initialMaxStreamsBidirectional(BIDI_STREAMS_MAX)
                .initialMaxStreamsUnidirectional(UNI_STREAMS_MAX);
    }

    /// {@return what both sides say of themselves}
    static Http3SettingsFrame settings() {
        // The validator that is there by default leaves out, without a word, all that it does not
        // know.
        var settings = new Http3Settings((_, _) -> true);
        settings.put(0x01, 0L);
        settings.put(0x07, 0L);
        // What HTTP/3 keeps of headers until they are whole.
        settings.put(0x06, (long) StreamLimit.BYTES_MAX);
        settings.put(0x08, 1L);
        settings.put(0x33, 1L);
        // Draft 2 of WebTransport, which both browsers still ask for; then newer ones.
        settings.put(0x2b603742, 1L);
        settings.put(0xc671706aL, (long) SESSIONS_OF_CONNECTION_MAX);
        settings.put(0x14e9cd29, (long) SESSIONS_OF_CONNECTION_MAX);
        return new DefaultHttp3SettingsFrame(settings);
    }

    /// {@return the number of bytes of an integer whose first byte this is}
    static int varintBytes(byte first) {
        return 1 << ((first & 0xff) >>> 6);
    }

    /// {@return the integer at the reader index, which moves on; -1 when it is cut off}
    static long readVarint(ByteBuf in) {
        if (!in.isReadable()) {
            return -1;
        }
        int bytes = varintBytes(in.getByte(in.readerIndex()));
        if (in.readableBytes() < bytes) {
            return -1;
        }
        return switch (bytes) {
            case 1 -> in.readByte() & 0x3f;
            case 2 -> in.readShort() & 0x3fff;
            case 4 -> in.readInt() & 0x3fff_ffff;
            default -> in.readLong() & 0x3fff_ffff_ffff_ffffL;
        };
    }

    static void writeVarint(ByteBuf out, long value) {
        if (value < 0x40) {
            out.writeByte((int) value);
        } else if (value < 0x4000) {
            out.writeShort((int) value | 0x4000);
        } else if (value < 0x4000_0000) {
            out.writeInt((int) value | 0x8000_0000);
        } else {
            out.writeLong(value | 0xc000_0000_0000_0000L);
        }
    }
}
