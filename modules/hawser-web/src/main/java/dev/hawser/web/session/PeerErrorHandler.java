package dev.hawser.web.session;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.quic.QuicStreamChannel;

/// Stands at the end of every pipeline: what a peer did wrong is counted, and nothing of it gets
/// into a log. A stream that went wrong is closed; a socket that all peers share is not.
@Sharable
public final class PeerErrorHandler extends ChannelInboundHandlerAdapter {
    private final WebCounters counters;

    public PeerErrorHandler(WebCounters counters) {
        this.counters = counters;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        counters.protocolError();
        Channel channel = ctx.channel();
        if (channel instanceof QuicStreamChannel) {
            channel.close();
        }
    }
}
