package dev.hawser.web.webtransport;

import dev.hawser.web.SessionEnd;
import dev.hawser.web.session.SessionEnds;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http3.Http3DataFrame;
import io.netty.handler.codec.http3.Http3Exception;
import io.netty.handler.codec.http3.Http3HeadersFrame;
import io.netty.handler.codec.http3.Http3RequestStreamInboundHandler;
import io.netty.handler.codec.quic.QuicException;
import org.jspecify.annotations.Nullable;

/// Reads the stream on which a session is opened, kept open, and closed: what server and client
/// have in common of it.
abstract class SessionStreamReader extends Http3RequestStreamInboundHandler {
    final WebTransportConnection connection;
    private final CapsuleReader capsules = new CapsuleReader();
    private boolean hasHeaders;
    private boolean hasEnded;

    SessionStreamReader(WebTransportConnection connection) {
        this.connection = connection;
    }

    /// The first headers: request or response.
    abstract void readHeaders(ChannelHandlerContext ctx, Http3HeadersFrame frame);

    /// The peer has ended the session, or broke off. Called once at most.
    abstract void ended(SessionEnd end);

    @Override
    protected final void channelRead(ChannelHandlerContext ctx, Http3HeadersFrame frame) {
        StreamLimit.readFrame(ctx);
        if (!hasHeaders) {
            hasHeaders = true;
            readHeaders(ctx, frame);
        }
    }

    @Override
    protected final void channelRead(ChannelHandlerContext ctx, Http3DataFrame frame) {
        StreamLimit.readFrame(ctx);
        try {
            @Nullable SessionEnd end = capsules.read(frame.content());
            if (end != null) {
                endOnce(end);
            }
        } finally {
            frame.release();
        }
    }

    @Override
    protected final void channelInputClosed(ChannelHandlerContext ctx) {
        endOnce(SessionEnds.LEFT);
    }

    @Override
    public final void channelInactive(ChannelHandlerContext ctx) {
        endOnce(new SessionEnd(SessionEnd.BROKEN_OFF, "the session's stream broke off"));
        ctx.fireChannelInactive();
    }

    private void endOnce(SessionEnd end) {
        if (!hasEnded) {
            hasEnded = true;
            ended(end);
        }
    }

    @Override
    protected final void handleHttp3Exception(ChannelHandlerContext ctx, Http3Exception exception) {
        ctx.fireExceptionCaught(exception);
    }

    @Override
    protected final void handleQuicException(ChannelHandlerContext ctx, QuicException exception) {
        ctx.fireExceptionCaught(exception);
    }
}
