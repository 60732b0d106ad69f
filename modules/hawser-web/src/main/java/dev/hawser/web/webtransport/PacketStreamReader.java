package dev.hawser.web.webtransport;

import dev.hawser.web.WebDrop;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;

/// Reads one packet from an unidirectional stream, which ends after it: the id of the session, then
/// the packet.
final class PacketStreamReader extends ChannelInboundHandlerAdapter {
    private static final int ID_BYTES_MAX = 8;

    private final WebTransportConnection connection;
    private final ByteBuf bytes = Unpooled.buffer(0, ID_BYTES_MAX + WebTransport.PACKET_BYTES_MAX);
    private boolean isDone;

    PacketStreamReader(WebTransportConnection connection) {
        this.connection = connection;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf piece = (ByteBuf) message;
        try {
            if (isDone) {
                return;
            }
            if (piece.readableBytes() > bytes.maxWritableBytes()) {
                isDone = true;
                connection.counters().drop(WebDrop.OVERSIZE);
                ctx.close();
            } else {
                bytes.writeBytes(piece);
            }
        } finally {
            piece.release();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == ChannelInputShutdownReadComplete.INSTANCE && !isDone) {
            isDone = true;
            long id = WebTransport.readVarint(bytes);
            if (id < 0) {
                connection.counters().drop(WebDrop.NO_PACKET);
            } else {
                connection.receive(id, bytes);
            }
        }
        ctx.fireUserEventTriggered(event);
    }
}
