package dev.hawser.web.webtransport;

import dev.hawser.web.WebDrop;
import dev.hawser.web.session.WebCounters;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledHeapByteBuf;
import io.netty.handler.codec.quic.QuicChannel;
import java.nio.BufferUnderflowException;

/// What leaves one QUIC connection as datagrams, and how much of it does. The network's thread uses
/// it, except where said.
///
/// quiche keeps so many datagrams as its queue was made for, until the path takes them. Netty says
/// of one that found no room what it says of all others: that it was written. It then drops all
/// that is left of the batch, without a look at it. So behind each datagram goes an empty buffer,
/// which costs nothing and which Netty only looks at when the one before it found its place.
final class DatagramQueue {
    /// How many go to quiche in one turn.
    private static final int BATCH_DATAGRAMS = 64;

    private final QuicChannel channel;
    private final WebCounters counters;
    private final Mark mark = new Mark();

    /// The sizes of the packets that are written and not flushed.
    private final int[] packetBytes = new int[BATCH_DATAGRAMS];

    private int written;

    /// How many of those quiche has taken; counted by the mark during a flush.
    private int taken;

    private boolean isFlushing;
    private volatile boolean isFull;

    DatagramQueue(QuicChannel channel, WebCounters counters) {
        this.channel = channel;
        this.counters = counters;
    }

    /// {@return whether quiche had no room at the last flush, and nobody has tried since; any
    /// thread may ask}
    boolean isFull() {
        return isFull;
    }

    /// What had no room may have some.
    void tryAgain() {
        isFull = false;
    }

    /// Writes a packet, which counts as sent. What turns out to have found no room is counted then.
    void write(ByteBuf datagram, int bytes) {
        packetBytes[written++] = bytes;
        channel.write(datagram, channel.voidPromise());
        channel.write(mark, channel.voidPromise());
        if (written == BATCH_DATAGRAMS) {
            flush();
        }
    }

    void flush() {
        taken = 0;
        isFlushing = true;
        channel.flush();
        isFlushing = false;
        if (taken < written) {
            WebDrop why = channel.isActive() ? WebDrop.SEND_SESSION_LIMIT : WebDrop.NOT_WRITTEN;
            for (int i = taken; i < written; i++) {
                counters.notSentAfterAll(packetBytes[i], why);
            }
            isFull = true;
        }
        written = 0;
    }

    /// {@return whether what Netty complains of is a datagram, which the path has become too small
    /// for}
    boolean refused(Throwable cause) {
        if (!isFlushing || taken >= written || !(cause instanceof BufferUnderflowException)) {
            return false;
        }
        counters.notSentAfterAll(packetBytes[taken], WebDrop.NOT_WRITTEN);
        return true;
    }

    /// An empty buffer that notices when Netty looks at it. One is enough, and nobody frees it.
    private final class Mark extends UnpooledHeapByteBuf {
        Mark() {
            super(UnpooledByteBufAllocator.DEFAULT, 0, 0);
        }

        @Override
        public int readableBytes() {
            if (isFlushing) {
                taken++;
            }
            return 0;
        }

        @Override
        public boolean release() {
            return false;
        }

        @Override
        public boolean release(int decrement) {
            return false;
        }
    }
}
