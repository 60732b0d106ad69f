package dev.hawser.web.websocket;

import dev.hawser.web.SessionEnd;
import dev.hawser.web.WebDrop;
import dev.hawser.web.session.ServerSession;
import dev.hawser.web.session.SessionEnds;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.util.AttributeKey;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A server's session over a WebSocket.
final class WebSocketSession extends ServerSession {
    private static final AttributeKey<WebSocketSession> SESSION =
            AttributeKey.valueOf("hawser.web.session");

    /// How long a peer may take to answer a goodbye.
    private static final long GOODBYE_SECONDS_MAX = 2;

    /// How long nothing of what waits may leave.
    private static final long STILL_NANOS_MAX = TimeUnit.SECONDS.toNanos(10);

    private final WebSocketServerTransport server;
    private final Channel channel;

    /// How much had to leave before there was room, when that last changed; looked at twice a
    /// second.
    private long bytesTooMany;

    private long movedNanos;

    WebSocketSession(WebSocketServerTransport server, Channel channel, InetAddress remote) {
        super(server.chooseAddress(remote), remote);
        this.server = server;
        this.channel = channel;
        channel.attr(SESSION).set(this);
    }

    static boolean isOpenOn(Channel channel) {
        WebSocketSession session = channel.attr(SESSION).get();
        return session != null && !session.isClosed;
    }

    @Override
    public int maxPacketBytes() {
        return WebSocketServerTransport.PACKET_BYTES_MAX;
    }

    @Override
    public boolean hasRoom() {
        return channel.isWritable() || !channel.isActive();
    }

    @Override
    public boolean isStuck(long nowNanos) {
        // While there is no room nothing is added, so what changes has left.
        long latest = channel.bytesBeforeWritable();
        if (latest == 0 || latest != bytesTooMany) {
            bytesTooMany = latest;
            movedNanos = nowNanos;
        }
        return nowNanos - movedNanos > STILL_NANOS_MAX;
    }

    @Override
    public @Nullable WebDrop write(ByteBuffer packet) {
        if (!channel.isWritable()) {
            return channel.isActive() ? WebDrop.SEND_SESSION_LIMIT : WebDrop.NOT_WRITTEN;
        }
        ByteBuf bytes = channel.alloc().directBuffer(packet.remaining()).writeBytes(packet);
        channel.write(new BinaryWebSocketFrame(bytes), channel.voidPromise());
        return null;
    }

    @Override
    public void flush() {
        channel.flush();
    }

    @Override
    public void close(SessionEnd end) {
        if (!isClosed) {
            sayGoodbye(channel, end);
            server.closed(this);
        }
    }

    @Override
    public void cutOff(SessionEnd end) {
        close(end);
        channel.close();
    }

    void endedByPeer(SessionEnd end) {
        server.endedByPeer(this, end);
    }

    /// Closes a WebSocket: its peer answers, and the connection ends.
    static void sayGoodbye(Channel channel, SessionEnd end) {
        SessionEnd said = SessionEnds.forWebSocket(end);
        channel.writeAndFlush(new CloseWebSocketFrame(said.code(), said.reason()));
        channel.eventLoop().schedule(() -> channel.close(), GOODBYE_SECONDS_MAX, TimeUnit.SECONDS);
    }
}
