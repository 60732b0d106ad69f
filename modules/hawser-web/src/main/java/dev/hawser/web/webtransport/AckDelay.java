package dev.hawser.web.webtransport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Lets acknowledgements travel with the packets that the game is about to send: RFC 9000, section
/// 13.2.1. The first handler of an UDP channel that carries QUIC.
///
/// quiche would acknowledge each packet at once, in a packet of its own: half of all that a server
/// of games sends and receives. It does so when Netty tells it that reading is complete, so this is
/// what is held back. Datagrams reach their session before that, and are not delayed.
final class AckDelay extends ChannelInboundHandlerAdapter {
    /// Longer than a tick of 60 a second; shorter than the 25 milliseconds that QUIC promises its
    /// peers where nothing else is said.
    static final long NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(20);

    /// The first bit of a packet that belongs to a handshake.
    private static final int LONG_HEADER = 0x80;

    private @Nullable ChannelHandlerContext context;
    private @Nullable ScheduledFuture<?> latest;
    private boolean isHolding;
    private boolean isUrgent;

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        stopHolding();
        context = null;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        // A handshake is not to wait.
        if (message instanceof DatagramPacket packet && isOfHandshake(packet.content())) {
            isUrgent = true;
        }
        ctx.fireChannelRead(message);
    }

    private static boolean isOfHandshake(ByteBuf packet) {
        return packet.isReadable() && (packet.getByte(packet.readerIndex()) & LONG_HEADER) != 0;
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (isUrgent) {
            isUrgent = false;
            stopHolding();
            ctx.fireChannelReadComplete();
        } else if (!isHolding) {
            isHolding = true;
            latest = ctx.executor().schedule(this::letGo, NANOS_MAX, TimeUnit.NANOSECONDS);
        }
    }

    /// Something was written that does not leave by itself while acknowledgements are held back,
    /// and is not to wait: they leave when the present turn of the network's thread is over.
    void letGoSoon() {
        isUrgent = true;
        ChannelHandlerContext ctx = context;
        if (isHolding && ctx != null) {
            ctx.executor().execute(this::letGo);
        }
    }

    /// The packets that acknowledgements waited for are written: all leave.
    void letGo() {
        ChannelHandlerContext ctx = context;
        if (isHolding && ctx != null) {
            isUrgent = false;
            stopHolding();
            ctx.fireChannelReadComplete();
        }
    }

    private void stopHolding() {
        isHolding = false;
        ScheduledFuture<?> due = latest;
        if (due != null) {
            latest = null;
            due.cancel(false);
        }
    }
}
