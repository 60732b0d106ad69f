package dev.hawser.web.webtransport;

import dev.hawser.web.WebDrop;
import dev.hawser.web.session.SessionClient;
import dev.hawser.web.session.SessionServer;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.handler.codec.http3.Http3SettingsFrame;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicCodecBuilder;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What tests of both kinds need of the inside of this one.
public final class Inside {
    public static final String ALPN = WebTransport.ALPN;
    public static final int HALF_OPEN_MAX = WebTransportServerTransport.HALF_OPEN_MAX;
    public static final int SOCKET_BYTES_MAX = SocketLimit.BYTES_MAX;
    public static final int STREAMS_WAITING_MAX = PacketStreams.WAITING_MAX;

    private Inside() {}

    public static Http3SettingsFrame settings() {
        return WebTransport.settings();
    }

    public static <B extends QuicCodecBuilder<B>> B configure(B codec, long idleNanos) {
        return WebTransport.configure(codec, idleNanos);
    }

    /// {@return the connection of a client that has a session}
    public static QuicChannel connectionOf(SessionClient client) {
        return session(client).connection().channel();
    }

    public static Channel socketOf(SessionServer server) {
        return ((WebTransportServerTransport) server).sockets.keySet().iterator().next();
    }

    private static WebTransportClientSession session(SessionClient client) {
        return (WebTransportClientSession) client.session();
    }

    /// The way to a peer that takes no streams.
    public static final class WayWithoutStreams {
        private final WebTransportPath path;

        public WayWithoutStreams(SessionClient client) {
            path =
                    new WebTransportPath(
                            session(client).connection(), session(client).stream(), false);
        }

        public int maxPacketBytes() {
            return path.maxPacketBytes();
        }

        public @Nullable WebDrop write(ByteBuffer packet) {
            return path.write(packet);
        }
    }

    /// {@return what a reader of capsules makes of bytes}
    public static Consumer<ByteBuf> newCapsuleReader() {
        var reader = new CapsuleReader();
        return reader::read;
    }
}
