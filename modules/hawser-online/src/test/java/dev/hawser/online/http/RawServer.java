package dev.hawser.online.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/// Accepts connections, and says to each what a test wants: something that is no HTTP, or nothing.
public final class RawServer implements AutoCloseable {
    private final ServerSocket listener;

    /// @param said to each connection, which is then closed; empty for one that stays silent
    public RawServer(String said) {
        try {
            listener = new ServerSocket(0, 50, InetAddress.getByName("localhost"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(() -> accept(said));
    }

    private void accept(String said) {
        try {
            while (true) {
                Socket socket = listener.accept();
                if (!said.isEmpty()) {
                    Thread.ofVirtual().start(() -> say(socket, said));
                }
            }
        } catch (IOException e) {
            // It is closed.
        }
    }

    private static void say(Socket socket, String said) {
        try (socket) {
            // What has not been read would make the close a reset.
            socket.getInputStream().read(new byte[1 << 16]);
            socket.getOutputStream().write(said.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            // Whoever asked has left.
        }
    }

    /// {@return its address}
    public URI endpoint() {
        return URI.create("http://localhost:" + listener.getLocalPort());
    }

    /// {@return the address of a port at which nobody listens}
    public static URI nobody() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("localhost"))) {
            return URI.create("http://localhost:" + socket.getLocalPort());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
