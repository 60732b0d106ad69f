package dev.hawser.web.webtransport;

import dev.hawser.web.SessionEnd;
import dev.hawser.web.WebDrop;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http3.DefaultHttp3DataFrame;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicStreamChannel;
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
            connection.datagrams().write(datagram, bytes);
            return null;
        }
        return takesStreams ? writeOnStream(channel, packet) : WebDrop.NOT_WRITTEN;
    }

    private @Nullable WebDrop writeOnStream(QuicChannel channel, ByteBuffer packet) {
        int bytes = packet.remaining();
        ByteBuf content = channel.alloc().directBuffer(2 * Long.BYTES + bytes);
        WebTransport.writeVarint(content, WebTransport.UNI_STREAM_TYPE);
        WebTransport.writeVarint(content, stream.streamId());
        content.writeBytes(packet);
        WebDrop drop = connection.streams().write(content, bytes);
        connection.ackDelay().letGoSoon();
        return drop;
    }

    /// {@return whether a packet would find room at this moment; any thread may ask}
    boolean hasRoom() {
        // To a peer without datagrams all goes on streams.
        return datagramPacketBytesMax() > 0
                ? !connection.datagrams().isFull()
                : connection.streams().hasRoom();
    }

    void flush() {
        connection.datagrams().flush();
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
