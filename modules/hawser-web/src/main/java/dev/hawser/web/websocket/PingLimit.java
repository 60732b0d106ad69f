package dev.hawser.web.websocket;

import dev.hawser.web.WebDrop;
import dev.hawser.web.session.WebCounters;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;

/// Lets a ping be answered where the peer reads what is sent to it. RFC 6455, section 5.5.3, has
/// only the latest of several pings answered.
final class PingLimit extends SimpleChannelInboundHandler<PingWebSocketFrame> {
    private final WebCounters counters;

    PingLimit(WebCounters counters) {
        this.counters = counters;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, PingWebSocketFrame ping) {
        if (ctx.channel().isWritable()) {
            ctx.fireChannelRead(ping.retain());
        } else {
            counters.drop(WebDrop.UNREAD_PING);
        }
    }
}
