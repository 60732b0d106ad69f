package dev.hawser.web.webtransport;

import dev.hawser.web.WebDrop;
import dev.hawser.web.session.WebCounters;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.ReferenceCountUtil;

/// Bounds what waits for the system to take it, on an UDP socket that carries QUIC: Netty keeps
/// whatever is written, and what is more is dropped as the network would drop it. The first handler
/// of the socket, so that it sees what is to leave.
///
/// Whoever sends a packet with any address on it is answered, with a Retry or with the versions
/// that there are, and no window and no limit of connections bounds these. So they are the first to
/// go: a stranger takes no room from those who are there.
final class SocketLimit extends ChannelOutboundHandlerAdapter {
    /// How much may wait where an answer to a stranger is still added.
    static final int FOR_STRANGERS_BYTES_MAX = 64 << 10;

    /// How much may wait in all.
    static final int BYTES_MAX = 1 << 20;

    /// The first bit of a packet that belongs to a handshake (RFC 9000, section 17.2).
    private static final int LONG_HEADER = 0x80;

    private static final int TYPE_MASK = 0x30;
    private static final int RETRY = 0x30;

    private final WebCounters counters;

    SocketLimit(WebCounters counters) {
        this.counters = counters;
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        ChannelOutboundBuffer buffer = ctx.channel().unsafe().outboundBuffer();
        long waiting = buffer == null ? 0 : buffer.totalPendingWriteBytes();
        if (waiting < FOR_STRANGERS_BYTES_MAX || (waiting < BYTES_MAX && !isForStranger(message))) {
            ctx.write(message, promise);
            return;
        }
        ReferenceCountUtil.release(message);
        counters.drop(WebDrop.SOCKET_FULL);
        // It is lost on the way, of which nobody is told.
        promise.trySuccess();
    }

    private static boolean isForStranger(Object message) {
        if (!(message instanceof DatagramPacket packet)) {
            return false;
        }
        ByteBuf content = packet.content();
        int start = content.readerIndex();
        if (content.readableBytes() < 1 + Integer.BYTES
                || (content.getByte(start) & LONG_HEADER) == 0) {
            return false;
        }
        boolean isVersionNegotiation = content.getInt(start + 1) == 0;
        return isVersionNegotiation || (content.getByte(start) & TYPE_MASK) == RETRY;
    }
}
