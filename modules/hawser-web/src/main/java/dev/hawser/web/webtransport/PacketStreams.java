package dev.hawser.web.webtransport;

import dev.hawser.web.WebDrop;
import dev.hawser.web.session.PeerErrorHandler;
import dev.hawser.web.session.WebCounters;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.quic.DefaultQuicStreamFrame;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamType;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Sends packets of one QUIC connection on streams of their own, as many at a time as may. The
/// network's thread uses it, except where said.
///
/// How many streams there may be is the peer's to say, and how much of them it reads too: whoever
/// allows all and reads nothing would have the packets of a whole game wait in memory.
final class PacketStreams {
    /// How many streams may have bytes that QUIC did not take.
    static final int WAITING_MAX = 64;

    /// How long none of them may move.
    private static final long STILL_NANOS_MAX = TimeUnit.SECONDS.toNanos(10);

    private final QuicChannel channel;
    private final WebCounters counters;
    private final PeerErrorHandler errorHandler;
    private volatile int waiting;
    private long movedNanos;

    PacketStreams(QuicChannel channel, WebCounters counters, PeerErrorHandler errorHandler) {
        this.channel = channel;
        this.counters = counters;
        this.errorHandler = errorHandler;
    }

    /// {@return whether one more may be opened, as far as this side is concerned; any thread may
    /// ask}
    boolean hasRoom() {
        return waiting < WAITING_MAX;
    }

    /// {@return whether the peer has long read nothing of what waits for it}
    boolean isStuck(long nowNanos) {
        return waiting > 0 && nowNanos - movedNanos > STILL_NANOS_MAX;
    }

    /// {@return why the packet did not go, or null}
    ///
    /// @param content with all that a stream has; released here
    /// @param bytes of the packet in it
    @Nullable WebDrop write(ByteBuf content, int bytes) {
        if (!hasRoom() || channel.peerAllowedStreams(QuicStreamType.UNIDIRECTIONAL) < 1) {
            content.release();
            return WebDrop.SEND_SESSION_LIMIT;
        }
        if (waiting == 0) {
            movedNanos = System.nanoTime();
        }
        count(1);
        channel.createStream(QuicStreamType.UNIDIRECTIONAL, errorHandler)
                .addListener((Future<QuicStreamChannel> created) -> {
                    if (created.isSuccess()) {
                        created.getNow()
                                .writeAndFlush(new DefaultQuicStreamFrame(content, true))
                                .addListener(
                                        (ChannelFuture sent) -> moved(sent.isSuccess(), bytes));
                    } else {
                        content.release();
                        moved(false, bytes);
                    }
                });
        return null;
    }

    private void moved(boolean isSent, int bytes) {
        count(-1);
        movedNanos = System.nanoTime();
        if (!isSent) {
            counters.notSentAfterAll(bytes, WebDrop.NOT_WRITTEN);
        }
    }

    /// Only the network's thread writes.
    @SuppressWarnings("NonAtomicVolatileUpdate")
    private void count(int more) {
        waiting += more;
    }
}
