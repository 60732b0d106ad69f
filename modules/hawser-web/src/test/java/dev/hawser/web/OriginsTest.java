package dev.hawser.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import dev.hawser.web.session.SessionClient;
import dev.hawser.web.session.SessionServer;
import dev.hawser.web.webtransport.Inside;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http3.DefaultHttp3HeadersFrame;
import io.netty.handler.codec.http3.Http3;
import io.netty.handler.codec.http3.Http3DataFrame;
import io.netty.handler.codec.http3.Http3HeadersFrame;
import io.netty.handler.codec.http3.Http3RequestStreamInboundHandler;
import io.netty.handler.codec.quic.QuicChannel;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Which pages get a session, by the header in which a browser names their origin.
class OriginsTest {
    private static final PeerAddress NAMED = PeerAddress.of(NetAddress.parse("203.0.113.5:7777"));
    private static final String LISTED = "https://play.example.org";
    private static final String OTHER = "https://evil.example";

    private SessionServer server;

    @AfterEach
    void close() {
        if (server != null) {
            server.close();
        }
    }

    private void open(Web web) throws IOException {
        server = web.server(WebServerOptions.builder().origins(LISTED).build());
        server.open();
    }

    private void sessionsAre(int opened, long refused) {
        Web.until(() -> server.webStats().sessionsOpened() == opened, opened + " sessions opened");
        assertThat(server.webStats().refusals())
                .isEqualTo(refused == 0 ? Map.of() : Map.of(SessionRefusal.ORIGIN, refused));
    }

    // ---- WebTransport

    @Test
    void aPageOfAnotherOriginIsAnswered403OverWebTransport() throws Exception {
        open(Web.WEB_TRANSPORT);
        try (SessionClient client = Web.WEB_TRANSPORT.client(Web.WEB_TRANSPORT.url(server))) {
            client.open();
            Web.untilOpen(client, NAMED);
            // Clients that are no browsers come from no page.
            sessionsAre(1, 0);
            QuicChannel connection = Inside.connectionOf(client);

            assertThat(status(connection, OTHER)).isEqualTo("403");
            sessionsAre(1, 1);
            assertThat(status(connection, LISTED)).isEqualTo("200");
            sessionsAre(2, 1);
        }
    }

    /// {@return how the server answers a page that asks for one more session of a connection}
    private String status(QuicChannel connection, String origin) throws Exception {
        var request = new DefaultHttp3HeadersFrame();
        request.headers()
                .method("CONNECT")
                .protocol("webtransport")
                .scheme("https")
                .authority(server.localAddress().toString())
                .path("/hawser")
                .set("origin", origin);
        var answer = new CompletableFuture<String>();
        Http3.newRequestStream(connection, new StatusReader(answer))
                .sync()
                .getNow()
                .writeAndFlush(request)
                .sync();
        return answer.get(120, TimeUnit.SECONDS);
    }

    private static final class StatusReader extends Http3RequestStreamInboundHandler {
        private final CompletableFuture<String> answer;

        StatusReader(CompletableFuture<String> answer) {
            this.answer = answer;
        }

        @Override
        protected void channelRead(ChannelHandlerContext ctx, Http3HeadersFrame frame) {
            answer.complete(String.valueOf(frame.headers().status()));
        }

        @Override
        protected void channelRead(ChannelHandlerContext ctx, Http3DataFrame frame) {
            frame.release();
        }

        @Override
        protected void channelInputClosed(ChannelHandlerContext ctx) {
            // The server has said all.
        }
    }

    // ---- WebSocket

    /// Browsers tell a page nothing of an HTTP status, so the refusal comes as a close code.
    @Test
    void aPageOfAnotherOriginIsToldSoOverWebSocket() throws Exception {
        open(Web.WEB_SOCKET_PLAIN);
        try (HttpClient http = HttpClient.newHttpClient()) {
            var end = new CompletableFuture<SessionEnd>();
            WebSocket other = ask(http, OTHER, end);
            assertThat(end.get(120, TimeUnit.SECONDS))
                    .isEqualTo(new SessionEnd(1008, "pages of this origin are not allowed here"));
            sessionsAre(0, 1);
            assertThat(server.peers()).isEmpty();

            WebSocket listed = ask(http, LISTED, new CompletableFuture<>());
            sessionsAre(1, 1);
            assertThat(server.peers()).hasSize(1);
            other.abort();
            listed.abort();
        }
    }

    private WebSocket ask(HttpClient http, String origin, CompletableFuture<SessionEnd> end)
            throws Exception {
        return http.newWebSocketBuilder()
                .header("Origin", origin)
                .buildAsync(Web.WEB_SOCKET_PLAIN.url(server), new EndReader(end))
                .get(120, TimeUnit.SECONDS);
    }

    private record EndReader(CompletableFuture<SessionEnd> end) implements WebSocket.Listener {
        @Override
        public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            end.complete(new SessionEnd(code, reason));
            return CompletableFuture.completedStage(null);
        }
    }

    @Test
    void aSiteThatIsNoPagesIsRefused() {
        for (String wrong :
                new String[] {"foo", "*", "https://example.org/", "https://a.org:443"}) {
            assertThatThrownBy(() -> WebServerOptions.builder().origins(LISTED, wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("'" + wrong + "'");
        }
        // A list that came out empty would let everybody in.
        assertThatThrownBy(() -> WebServerOptions.builder().origins())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("leave origins(…) out");
    }
}
