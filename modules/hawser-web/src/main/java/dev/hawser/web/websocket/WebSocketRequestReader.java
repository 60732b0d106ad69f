package dev.hawser.web.websocket;

import dev.hawser.web.SessionRefusal;
import dev.hawser.web.session.Addresses;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/// Reads the request with which a WebSocket begins, and hands the connection to the session. One
/// that is refused gets its WebSocket first: browsers tell a page nothing of an HTTP status.
final class WebSocketRequestReader extends SimpleChannelInboundHandler<FullHttpRequest> {
    private static final String SUBPROTOCOL = "hawser";

    private final WebSocketServerTransport server;

    WebSocketRequestReader(WebSocketServerTransport server) {
        this.server = server;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
        if (!isWebSocket(request)) {
            server.counters.refused(SessionRefusal.NOT_A_SESSION);
            answer(ctx, SessionRefusal.NOT_A_SESSION);
            return;
        }
        InetAddress remote = Addresses.remoteOf(ctx.channel().remoteAddress());
        @Nullable SessionRefusal refusal =
                server.refusalOf(
                        request.uri(), request.headers().get(HttpHeaderNames.ORIGIN), remote);
        var config =
                WebSocketServerProtocolConfig.newBuilder()
                        .websocketPath("/")
                        .checkStartsWith(true)
                        .subprotocols(SUBPROTOCOL)
                        .handleCloseFrames(false)
                        .sendCloseFrame(null)
                        .decoderConfig(
                                WebSocketDecoderConfig.newBuilder()
                                        .maxFramePayloadLength(
                                                WebSocketServerTransport.MESSAGE_BYTES_MAX)
                                        .allowExtensions(false)
                                        .withUTF8Validator(false)
                                        .build())
                        .build();
        ctx.pipeline()
                .addAfter(ctx.name(), null, new WebSocketFrameReader(server, remote, refusal))
                .addAfter(
                        ctx.name(),
                        null,
                        new WebSocketFrameAggregator(WebSocketServerTransport.MESSAGE_BYTES_MAX))
                .addAfter(ctx.name(), null, new WebSocketServerProtocolHandler(config))
                .addAfter(ctx.name(), null, new PingLimit(server.counters));
        ctx.fireChannelRead(request.retain());
        ctx.pipeline().remove(this);
    }

    private static boolean isWebSocket(FullHttpRequest request) {
        return request.decoderResult().isSuccess()
                && request.method().equals(HttpMethod.GET)
                && request.uri().startsWith("/")
                && request.headers()
                        .containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true);
    }

    private static void answer(ChannelHandlerContext ctx, SessionRefusal refusal) {
        ByteBuf text = ByteBufUtil.writeUtf8(ctx.alloc(), refusal.text() + "\n");
        var response =
                new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1,
                        HttpResponseStatus.valueOf(refusal.httpStatus()),
                        text);
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8")
                .set(HttpHeaderNames.CONTENT_LENGTH, text.readableBytes())
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        server.counters.protocolError();
        ctx.close();
    }
}
