package dev.hawser.web.websocket;

import dev.hawser.web.SessionCut;
import dev.hawser.web.session.WebCounters;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;

/// Bounds what waits for a peer that does not read, whoever wrote it: pongs, HTTP answers, what TLS
/// has to say. Packets and pongs ask before whether there is room; what goes on regardless ends the
/// connection. The first handler of a connection, so that it sees what is to leave.
final class UnreadLimit extends ChannelOutboundHandlerAdapter {
    private final WebCounters counters;
    private final int bytesMax;

    UnreadLimit(WebCounters counters, int bytesMax) {
        this.counters = counters;
        this.bytesMax = bytesMax;
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        ctx.write(message, promise);
        Channel channel = ctx.channel();
        ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
        if (waiting != null && waiting.totalPendingWriteBytes() > bytesMax) {
            counters.cut(SessionCut.NOT_READING);
            channel.close();
        }
    }
}
