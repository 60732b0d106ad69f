package dev.hawser.web;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http3.DefaultHttp3DataFrame;
import io.netty.handler.codec.quic.DefaultQuicStreamFrame;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamType;
import io.netty.util.concurrent.Future;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// The way from one side of a WebTransport session to the other: a packet is a datagram, or, where
/// the peer takes that and no datagram is large enough, a stream. The network's thread uses it.
final class WebTransportPath {
    private final WebTransportConnection connection;
    private final QuicStreamChannel stream;
    private final byte[] prefix;
    private final boolean takesStreams;
    private boolean isClosed;

    /// @param stream on which the session was opened
    /// @param takesStreams whether the peer takes packets on streams
    WebTransportPath(
            WebTransportConnection connection, QuicStreamChannel stream, boolean takesStreams) {
        this.connection = connection;
        this.stream = stream;
        this.takesStreams = takesStreams;
        ByteBuf number = stream.alloc().buffer(Long.BYTES);
        // A datagram names its session by a fourth of the stream's id.
        WebTransport.writeVarint(number, stream.streamId() / 4);
        prefix = new byte[number.readableBytes()];
        number.readBytes(prefix).release();
    }

    /// {@return the size of the largest packet that goes; any thread may ask}
    int maxPacketBytes() {
        return takesStreams
                ? WebTransport.PACKET_BYTES_MAX
                : Math.min(WebTransport.PACKET_BYTES_MAX, datagramPacketBytesMax());
    }

    private int datagramPacketBytesMax() {
        return connection.datagramBytesMax() - prefix.length;
    }

    /// {@return why the packet did not go, or null}
    @Nullable WebDrop write(ByteBuffer packet) {
        QuicChannel channel = connection.channel();
        if (isClosed || !channel.isActive()) {
            return WebDrop.NOT_WRITTEN;
        }
        int bytes = packet.remaining();
        if (bytes <= datagramPacketBytesMax()) {
            ByteBuf datagram = channel.alloc().directBuffer(prefix.length + bytes);
            datagram.writeBytes(prefix).writeBytes(packet);
            channel.write(datagram, channel.voidPromise());
            return null;
        }
        return takesStreams ? writeOnStream(channel, packet) : WebDrop.NOT_WRITTEN;
    }

    private @Nullable WebDrop writeOnStream(QuicChannel channel, ByteBuffer packet) {
        if (channel.peerAllowedStreams(QuicStreamType.UNIDIRECTIONAL) < 1) {
            return WebDrop.SEND_SESSION_LIMIT;
        }
        ByteBuf bytes = channel.alloc().directBuffer(2 * Long.BYTES + packet.remaining());
        WebTransport.writeVarint(bytes, WebTransport.UNI_STREAM_TYPE);
        WebTransport.writeVarint(bytes, stream.streamId());
        bytes.writeBytes(packet);
        channel.createStream(QuicStreamType.UNIDIRECTIONAL, connection.guard())
                .addListener((Future<QuicStreamChannel> created) -> {
                    if (created.isSuccess()) {
                        created.getNow().writeAndFlush(new DefaultQuicStreamFrame(bytes, true));
                        connection.ackDelay().letGoSoon();
                    } else {
                        bytes.release();
                        connection.counters().drop(WebDrop.NOT_WRITTEN);
                    }
                });
        return null;
    }

    void flush() {
        connection.channel().flush();
    }

    /// Tells the peer how it ends, after all that was written, and sends nothing any more.
    void close(SessionEnd end) {
        if (isClosed) {
            return;
        }
        isClosed = true;
        flush();
        // The end would overtake datagrams that have not left.
        connection.ackDelay().letGo();
        byte[] reason = end.reason().getBytes(StandardCharsets.UTF_8);
        ByteBuf capsule = stream.alloc().buffer(2 * Long.BYTES + Integer.BYTES + reason.length);
        WebTransport.writeVarint(capsule, WebTransport.CLOSE_CAPSULE);
        WebTransport.writeVarint(capsule, Integer.BYTES + reason.length);
        capsule.writeInt(end.code()).writeBytes(reason);
        stream.writeAndFlush(new DefaultHttp3DataFrame(capsule))
                .addListener(QuicStreamChannel.SHUTDOWN_OUTPUT);
        connection.ackDelay().letGoSoon();
    }

    /// The peer has ended it: nothing is sent any more, not even a goodbye.
    void end() {
        if (!isClosed) {
            isClosed = true;
            stream.shutdownOutput();
        }
    }
}
