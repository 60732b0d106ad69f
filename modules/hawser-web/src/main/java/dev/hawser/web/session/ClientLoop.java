package dev.hawser.web.session;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The network's thread of all clients of this process: there while one of them is open.
public final class ClientLoop {
    private static final long QUIET_MILLIS = 50;
    private static final long TIMEOUT_MILLIS = 1000;

    private static @Nullable EventLoopGroup group;
    private static int users;

    private ClientLoop() {}

    public static synchronized EventLoop acquire() {
        EventLoopGroup running = group;
        if (running == null) {
            running =
                    new MultiThreadIoEventLoopGroup(
                            1,
                            new DefaultThreadFactory("hawser-web-client", true),
                            NioIoHandler.newFactory());
            group = running;
        }
        users++;
        return running.next();
    }

    public static synchronized void release() {
        users--;
        EventLoopGroup running = group;
        if (users == 0 && running != null) {
            group = null;
            running.shutdownGracefully(QUIET_MILLIS, TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
        }
    }
}
