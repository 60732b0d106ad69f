package dev.hawser.web.websocket;

import dev.hawser.web.SessionEnd;
import dev.hawser.web.SessionRefusal;
import dev.hawser.web.WebDrop;
import dev.hawser.web.session.SessionEnds;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler.HandshakeComplete;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/// Opens a session when the WebSocket stands, and reads its messages.
final class WebSocketFrameReader extends SimpleChannelInboundHandler<WebSocketFrame> {
    /// What a close frame without a code stands for.
    private static final int NO_CODE = -1;

    private final WebSocketServerTransport server;
    private final InetAddress remote;
    private final @Nullable SessionRefusal refusal;
    private @Nullable WebSocketSession session;

    /// @param refusal why there will be no session, or null
    WebSocketFrameReader(
            WebSocketServerTransport server, InetAddress remote, @Nullable SessionRefusal refusal) {
        this.server = server;
        this.remote = remote;
        this.refusal = refusal;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof HandshakeComplete) {
            if (refusal == null) {
                session = new WebSocketSession(server, ctx.channel(), remote);
                server.opened(session);
            } else {
                server.counters.refused(refusal);
                WebSocketSession.sayGoodbye(ctx.channel(), SessionEnds.of(refusal));
            }
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, WebSocketFrame frame) {
        if (frame instanceof CloseWebSocketFrame close) {
            int code = close.statusCode();
            end(new SessionEnd(code == NO_CODE ? SessionEnd.NORMAL : code, close.reasonText()));
            // The answer repeats what the peer said.
            ctx.writeAndFlush(close.retain()).addListener(ChannelFutureListener.CLOSE);
        } else if (session != null && frame instanceof BinaryWebSocketFrame) {
            server.receive(session, frame.content());
        } else {
            server.counters.drop(WebDrop.NO_PACKET);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        end(new SessionEnd(SessionEnd.BROKEN_OFF, "the connection broke off"));
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        server.counters.protocolError();
        WebSocketSession ended = session;
        if (cause instanceof TooLongFrameException && ended != null) {
            server.counters.drop(WebDrop.OVERSIZE);
            ended.close(new SessionEnd(SessionEnd.TOO_LARGE, "a message that is too large"));
        } else {
            ctx.close();
        }
    }

    private void end(SessionEnd end) {
        WebSocketSession ended = session;
        if (ended != null) {
            ended.endedByPeer(end);
        }
    }
}
