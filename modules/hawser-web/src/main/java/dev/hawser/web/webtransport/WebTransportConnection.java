package dev.hawser.web.webtransport;

import dev.hawser.web.SessionEnd;
import dev.hawser.web.WebDrop;
import dev.hawser.web.session.PeerErrorHandler;
import dev.hawser.web.session.WebCounters;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicConnectionCloseEvent;
import io.netty.handler.codec.quic.QuicDatagramExtensionEvent;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamType;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One QUIC connection with the sessions on it, for server and client alike. The first handler of
/// its pipeline, so that it sees datagrams and streams before HTTP/3 does.
final class WebTransportConnection extends ChannelInboundHandlerAdapter {
    /// Who gets what arrives for a session.
    interface Receiver {
        /// A packet; the bytes are lent.
        void receive(ByteBuf packet);

        /// The peer has ended the session, or the connection broke off.
        void ended(SessionEnd end);
    }

    private final QuicChannel channel;
    private final WebCounters counters;
    private final PeerErrorHandler errorHandler;
    private final AckDelay ackDelay;
    private final DatagramQueue datagrams;
    private final PacketStreams streams;
    private final Map<Long, Receiver> receivers = new HashMap<>();
    private final Promise<Void> over;
    private volatile int datagramBytesMax;

    /// When it began, or the last of its sessions ended.
    long withoutSessionSinceNanos = System.nanoTime();

    WebTransportConnection(QuicChannel channel, WebCounters counters) {
        this.channel = channel;
        this.counters = counters;
        errorHandler = new PeerErrorHandler(counters);
        datagrams = new DatagramQueue(channel, counters);
        streams = new PacketStreams(channel, counters, errorHandler);
        ackDelay = channel.parent().pipeline().get(AckDelay.class);
        over = channel.eventLoop().newPromise();
    }

    QuicChannel channel() {
        return channel;
    }

    WebCounters counters() {
        return counters;
    }

    /// {@return the end of the pipeline of a stream}
    PeerErrorHandler errorHandler() {
        return errorHandler;
    }

    /// {@return what is to know of all that is written and not to wait}
    AckDelay ackDelay() {
        return ackDelay;
    }

    DatagramQueue datagrams() {
        return datagrams;
    }

    /// {@return the streams that packets leave on}
    PacketStreams streams() {
        return streams;
    }

    /// Ends the connection, with all its sessions.
    void end() {
        channel.close(true, WebTransport.NO_ERROR, Unpooled.EMPTY_BUFFER);
    }

    /// {@return the size of the largest datagram, with the number of its session; any thread may
    /// ask}
    int datagramBytesMax() {
        return datagramBytesMax;
    }

    /// {@return when the peer has ended the connection, or it broke off; QUIC remembers it for a
    /// while longer}
    Future<Void> over() {
        return over;
    }

    boolean hasSessions() {
        return !receivers.isEmpty();
    }

    /// @param id of the stream on which the session was opened
    void add(long id, Receiver receiver) {
        receivers.put(id, receiver);
    }

    void remove(long id) {
        if (receivers.remove(id) != null) {
            withoutSessionSinceNanos = System.nanoTime();
        }
    }

    /// Hands a packet to its session.
    ///
    /// @param id of the stream on which the session was opened
    void receive(long id, ByteBuf packet) {
        Receiver receiver = receivers.get(id);
        if (receiver == null) {
            counters.drop(WebDrop.UNKNOWN_SESSION);
        } else {
            receiver.receive(packet);
        }
    }

    /// {@return what reads streams of a type that HTTP/3 does not know}
    @Nullable ChannelHandler readerOf(long streamType) {
        return streamType == WebTransport.UNI_STREAM_TYPE
                ? new PacketStreamReader(this)
                : errorHandler;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof ByteBuf datagram) {
            try {
                readDatagram(datagram);
            } finally {
                datagram.release();
            }
            // Netty asks for more when reading is complete, which AckDelay holds back.
            ctx.read();
            return;
        }
        ackDelay.letGoSoon();
        if (message instanceof QuicStreamChannel stream) {
            if (stream.type() == QuicStreamType.BIDIRECTIONAL) {
                stream.pipeline().addFirst(new SessionStreamRefuser());
            }
            stream.pipeline().addFirst(new StreamLimit(this));
        }
        ctx.fireChannelRead(message);
    }

    private void readDatagram(ByteBuf datagram) {
        long number = WebTransport.readVarint(datagram);
        if (number < 0 || number > Long.MAX_VALUE / 4) {
            counters.drop(WebDrop.UNKNOWN_SESSION);
        } else {
            receive(number * 4, datagram);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof QuicDatagramExtensionEvent extension) {
            datagramBytesMax = extension.maxLength();
        } else if (event instanceof QuicConnectionCloseEvent) {
            over.trySuccess(null);
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!datagrams.refused(cause)) {
            ctx.fireExceptionCaught(cause);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        SessionEnd brokenOff = new SessionEnd(SessionEnd.BROKEN_OFF, "the connection broke off");
        for (Receiver receiver : List.copyOf(receivers.values())) {
            receiver.ended(brokenOff);
        }
        receivers.clear();
        over.trySuccess(null);
        ctx.fireChannelInactive();
    }
}
