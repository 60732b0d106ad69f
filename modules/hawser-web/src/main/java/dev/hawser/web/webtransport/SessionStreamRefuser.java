package dev.hawser.web.webtransport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;

/// Closes bidirectional streams of a WebTransport session, which no packet comes on and which
/// HTTP/3 would take for a request in disorder. Other streams it leaves to HTTP/3.
final class SessionStreamRefuser extends ByteToMessageDecoder {
    private static final int TYPE_FIRST_BYTE = WebTransport.BIDI_STREAM_TYPE >>> Byte.SIZE;

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        boolean mayBe = in.getByte(in.readerIndex()) == TYPE_FIRST_BYTE;
        if (mayBe && in.readableBytes() < Short.BYTES) {
            return;
        }
        if (mayBe && in.getShort(in.readerIndex()) == WebTransport.BIDI_STREAM_TYPE) {
            in.skipBytes(in.readableBytes());
            ctx.close();
        } else {
            ctx.pipeline().remove(this);
        }
    }
}
