package dev.hawser.web.webtransport;

import dev.hawser.web.SessionCut;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufHolder;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;

/// Bounds what a peer can have waiting on one of its streams. HTTP/3 keeps a frame until it is
/// whole and believes the length that the peer gives it, up to 2 GB: so what brings no frame for so
/// long as no honest one takes ends the connection. The first handler of every stream of a peer.
final class StreamLimit extends ChannelInboundHandlerAdapter {
    /// Headers have a few hundred bytes, a packet about twelve hundred.
    static final int BYTES_MAX = 16 << 10;

    private final WebTransportConnection connection;
    private int bytes;

    StreamLimit(WebTransportConnection connection) {
        this.connection = connection;
    }

    /// A frame of HTTP/3 was whole.
    static void readFrame(ChannelHandlerContext ctx) {
        StreamLimit limit = ctx.pipeline().get(StreamLimit.class);
        if (limit != null) {
            limit.bytes = 0;
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof ByteBuf piece) {
            bytes += piece.readableBytes();
        } else if (message instanceof ByteBufHolder frame) {
            bytes += frame.content().readableBytes();
        }
        if (bytes > BYTES_MAX) {
            ReferenceCountUtil.release(message);
            connection.counters().cut(SessionCut.STREAM_TOO_LONG);
            connection.end();
            return;
        }
        ctx.fireChannelRead(message);
    }
}
