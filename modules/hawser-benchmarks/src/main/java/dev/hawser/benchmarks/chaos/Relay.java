package dev.hawser.benchmarks.chaos;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// A cable for TCP between two programs on this machine, which can be cut: bytes go nowhere then,
/// and nobody is told. What was under way is lost with its connections when it is mended.
final class Relay implements Closeable {
    private static final int BUFFER_BYTES = 16 << 10;

    private final ServerSocketChannel listener;
    private final int target;
    private final Set<Closeable> open = ConcurrentHashMap.newKeySet();
    private boolean isCut;

    /// @param target the port of the other program
    Relay(int target) throws IOException {
        this.target = target;
        listener = ServerSocketChannel.open();
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        Thread.ofVirtual().start(this::accept);
    }

    int port() throws IOException {
        return ((InetSocketAddress) listener.getLocalAddress()).getPort();
    }

    synchronized void cut() {
        isCut = true;
    }

    void mend() {
        open.forEach(Relay::close);
        synchronized (this) {
            isCut = false;
            notifyAll();
        }
    }

    private synchronized void awaitWhole() throws InterruptedException {
        while (isCut) {
            wait();
        }
    }

    private void accept() {
        while (listener.isOpen()) {
            try {
                SocketChannel near = listener.accept();
                open.add(near);
                Thread.ofVirtual().start(() -> connect(near));
            } catch (IOException over) {
                return;
            }
        }
    }

    private void connect(SocketChannel near) {
        try {
            awaitWhole();
            SocketChannel far =
                    SocketChannel.open(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), target));
            open.add(far);
            Thread.ofVirtual().start(() -> pump(near, far));
            pump(far, near);
        } catch (IOException | InterruptedException e) {
            open.remove(near);
            close(near);
        }
    }

    private void pump(SocketChannel from, SocketChannel to) {
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
        try {
            while (from.read(buffer) >= 0) {
                awaitWhole();
                buffer.flip();
                while (buffer.hasRemaining()) {
                    to.write(buffer);
                }
                buffer.clear();
            }
        } catch (IOException | InterruptedException e) {
            // Both ends are told below.
        }
        for (SocketChannel end : new SocketChannel[] {from, to}) {
            open.remove(end);
            close(end);
        }
    }

    private static void close(Closeable end) {
        try {
            end.close();
        } catch (IOException e) {
            // It is gone.
        }
    }

    @Override
    public void close() {
        close(listener);
        mend();
    }
}
