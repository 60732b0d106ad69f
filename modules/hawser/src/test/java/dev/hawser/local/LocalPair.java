package dev.hawser.local;

import java.io.IOException;
import java.io.UncheckedIOException;

/// A server and a client of it, for tests.
public record LocalPair(LocalServer server, LocalClient client) {
    /// {@return a server that runs, and a client that connects with the server's next update}
    public static LocalPair connecting() {
        LocalServer server = LocalServer.builder().build();
        try {
            server.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        LocalClient client = LocalClient.builder(server).id(1).build();
        client.connect();
        return new LocalPair(server, client);
    }

    /// {@return both, connected}
    public static LocalPair connected() {
        LocalPair pair = connecting();
        pair.server.update();
        pair.client.update();
        return pair;
    }
}
