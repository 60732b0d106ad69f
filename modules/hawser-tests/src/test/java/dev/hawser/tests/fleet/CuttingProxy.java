package dev.hawser.tests.fleet;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/// Stands between a client and a server, and loses a connection in the worst moment: the server has
/// done what was asked for, and its answer does not come through.
final class CuttingProxy implements AutoCloseable {
    private final ServerSocket door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final int serverPort;
    private final AtomicBoolean cutsNextAnswer = new AtomicBoolean();
    private final AtomicInteger connections = new AtomicInteger();

    CuttingProxy(int serverPort) throws IOException {
        this.serverPort = serverPort;
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return door.getLocalPort();
    }

    /// How many connections there have been.
    int connections() {
        return connections.get();
    }

    /// Once the next answer comes, it is thrown away and its connection is cut. Later connections
    /// are left alone.
    void cutAtTheNextAnswer() {
        cutsNextAnswer.set(true);
    }

    private void accept() {
        try {
            while (true) {
                Socket client = door.accept();
                connections.incrementAndGet();
                Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
                Thread.ofVirtual().start(() -> copy(client, server, false));
                Thread.ofVirtual().start(() -> copy(server, client, true));
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    private void copy(Socket from, Socket to, boolean isAnswer) {
        byte[] buffer = new byte[65536];
        try (from;
                to;
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            int read = in.read(buffer);
            while (read >= 0 && !(isAnswer && cutsNextAnswer.compareAndSet(true, false))) {
                out.write(buffer, 0, read);
                read = in.read(buffer);
            }
        } catch (IOException cut) {
            // By the other direction.
        }
    }

    @Override
    public void close() throws IOException {
        door.close();
    }
}
