package dev.hawser.web.webtransport;

import dev.hawser.web.SessionEnd;
import dev.hawser.web.SessionRefusal;
import dev.hawser.web.WebDrop;
import dev.hawser.web.session.Addresses;
import dev.hawser.web.session.ServerSession;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http3.DefaultHttp3HeadersFrame;
import io.netty.handler.codec.http3.Http3Headers;
import io.netty.handler.codec.http3.Http3HeadersFrame;
import io.netty.handler.codec.quic.QuicStreamChannel;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The server's side of the stream on which a WebTransport session is opened.
final class SessionRequestReader extends SessionStreamReader {
    private static final String WEB_TRANSPORT = "webtransport";

    private final WebTransportServerTransport server;
    private @Nullable Session session;

    SessionRequestReader(WebTransportServerTransport server, WebTransportConnection connection) {
        super(connection);
        this.server = server;
    }

    @Override
    public void readHeaders(ChannelHandlerContext ctx, Http3HeadersFrame frame) {
        Http3Headers headers = frame.headers();
        String path = String.valueOf(headers.path());
        InetAddress remote = Addresses.remoteOf(connection.channel().remoteSocketAddress());
        SessionRefusal refusal =
                isSession(headers)
                        ? server.refusalOf(path, headers.get("origin"), remote)
                        : SessionRefusal.NOT_A_SESSION;
        var response = new DefaultHttp3HeadersFrame();
        if (refusal != null) {
            server.counters.refused(refusal);
            response.headers().status(Integer.toString(refusal.httpStatus()));
            ctx.writeAndFlush(response).addListener(QuicStreamChannel.SHUTDOWN_OUTPUT);
            connection.ackDelay().letGoSoon();
            return;
        }
        response.headers().status("200").set(WebTransport.TAKES_STREAMS_HEADER, "1");
        ctx.writeAndFlush(response);
        connection.ackDelay().letGoSoon();
        open((QuicStreamChannel) ctx.channel(), path, remote);
    }

    private static boolean isSession(Http3Headers headers) {
        return HttpMethod.CONNECT.asciiName().contentEquals(String.valueOf(headers.method()))
                && WEB_TRANSPORT.contentEquals(String.valueOf(headers.protocol()));
    }

    private static boolean takesStreams(String path) {
        int query = path.indexOf('?');
        return query >= 0
                && Arrays.asList(path.substring(query + 1).split("&", -1))
                        .contains(WebTransport.TAKES_STREAMS_QUERY);
    }

    private void open(QuicStreamChannel stream, String path, InetAddress remote) {
        var way = new WebTransportPath(connection, stream, takesStreams(path));
        var opened = new Session(stream.streamId(), way, remote);
        session = opened;
        connection.add(stream.streamId(), opened);
        server.opened(opened);
    }

    @Override
    public void ended(SessionEnd end) {
        if (session != null) {
            session.ended(end);
        }
    }

    private final class Session extends ServerSession implements WebTransportConnection.Receiver {
        private final long id;
        private final WebTransportPath path;

        Session(long id, WebTransportPath path, InetAddress remote) {
            super(server.chooseAddress(remote), remote);
            this.id = id;
            this.path = path;
        }

        @Override
        public int maxPacketBytes() {
            return path.maxPacketBytes();
        }

        @Override
        public @Nullable WebDrop write(ByteBuffer packet) {
            return path.write(packet);
        }

        @Override
        public boolean hasRoom() {
            return path.hasRoom();
        }

        @Override
        public void tryAgain() {
            connection.datagrams().tryAgain();
        }

        @Override
        public boolean isStuck(long nowNanos) {
            return connection.streams().isStuck(nowNanos);
        }

        @Override
        public void flush() {
            path.flush();
        }

        @Override
        public void close(SessionEnd end) {
            path.close(end);
            connection.remove(id);
            server.closed(this);
        }

        @Override
        public void cutOff(SessionEnd end) {
            close(end);
            connection.end();
        }

        @Override
        public void receive(ByteBuf packet) {
            server.receive(this, packet);
        }

        @Override
        public void ended(SessionEnd end) {
            path.end();
            connection.remove(id);
            server.endedByPeer(this, end);
        }
    }
}
