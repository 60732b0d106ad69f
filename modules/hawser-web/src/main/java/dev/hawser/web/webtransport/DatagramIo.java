package dev.hawser.web.webtransport;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;

/// How an UDP channel with many peers talks to the system: many packets in one call where Netty has
/// native code for that, which is Linux, else one by one.
///
/// `-Dio.netty.transport.noNative=true` keeps Netty from its native code.
enum DatagramIo {
    EPOLL {
        @Override
        public IoHandlerFactory handlers() {
            return EpollIoHandler.newFactory();
        }

        @Override
        public Bootstrap configure(Bootstrap bootstrap) {
            return bootstrap
                    .channel(EpollDatagramChannel.class)
                    .option(EpollChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, DATAGRAM_BYTES_MAX)
                    .option(
                            ChannelOption.RECVBUF_ALLOCATOR,
                            new FixedRecvByteBufAllocator(DATAGRAMS_OF_CALL * DATAGRAM_BYTES_MAX));
        }
    },

    NIO {
        @Override
        public IoHandlerFactory handlers() {
            return NioIoHandler.newFactory();
        }

        @Override
        public Bootstrap configure(Bootstrap bootstrap) {
            return bootstrap
                    .channel(NioDatagramChannel.class)
                    .option(
                            ChannelOption.RECVBUF_ALLOCATOR,
                            new FixedRecvByteBufAllocator(DATAGRAM_BYTES_MAX));
        }
    };

    private static final int DATAGRAM_BYTES_MAX = 2048;
    private static final int DATAGRAMS_OF_CALL = 64;

    /// {@return the best that is here}
    static DatagramIo best() {
        return Epoll.isAvailable() ? EPOLL : NIO;
    }

    /// {@return what the threads of the channel run on}
    abstract IoHandlerFactory handlers();

    /// Sets the kind of channel, and what it receives into.
    abstract Bootstrap configure(Bootstrap bootstrap);
}
