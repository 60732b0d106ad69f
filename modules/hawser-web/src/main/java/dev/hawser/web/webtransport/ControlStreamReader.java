package dev.hawser.web.webtransport;

import dev.hawser.web.session.WebCounters;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http3.Http3SettingsFrame;
import io.netty.util.ReferenceCountUtil;

/// Takes what comes on HTTP/3's control stream: nothing of it matters but that the settings came.
final class ControlStreamReader extends ChannelInboundHandlerAdapter {
    private final WebCounters counters;
    private final Runnable onSettings;

    ControlStreamReader(WebCounters counters, Runnable onSettings) {
        this.counters = counters;
        this.onSettings = onSettings;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object frame) {
        ReferenceCountUtil.release(frame);
        if (frame instanceof Http3SettingsFrame) {
            onSettings.run();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        counters.protocolError();
    }
}
