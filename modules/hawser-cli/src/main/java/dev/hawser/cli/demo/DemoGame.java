package dev.hawser.cli.demo;

import dev.hawser.ConnectedClient;
import dev.hawser.NetServer;
import dev.hawser.SendResult;
import dev.hawser.ServerHandler;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// The game of the demo at its server: echoes what comes, from whichever kind of client, and counts
/// it.
final class DemoGame implements ServerHandler {
    private final NetServer server;
    private final Tally local = new Tally();
    private final Tally udp = new Tally();
    private volatile int hostIndex = -1;

    DemoGame(NetServer server) {
        this.server = server;
    }

    @Override
    public void onConnect(ConnectedClient client) {
        tally(client).clients.incrementAndGet();
        if (client.isLocal()) {
            hostIndex = client.clientIndex();
        }
    }

    @Override
    public void onPayload(ConnectedClient client, ByteBuffer payload) {
        if (server.send(client, payload) == SendResult.SENT) {
            tally(client).echoes.incrementAndGet();
        }
    }

    private Tally tally(ConnectedClient client) {
        return client.isLocal() ? local : udp;
    }

    /// {@return the client index of the host, who is not told it; -1 while there is none; any
    /// thread may ask}
    int hostIndex() {
        return hostIndex;
    }

    /// {@return whom the server has seen, for people; any thread may ask}
    String describe() {
        List<String> parts = new ArrayList<>();
        local.addTo(parts, DemoClient.Kind.LOCAL);
        udp.addTo(parts, DemoClient.Kind.UDP);
        return parts.isEmpty() ? "nobody" : String.join("; ", parts);
    }

    /// What one kind of clients has done.
    private static final class Tally {
        final AtomicInteger clients = new AtomicInteger();
        final AtomicLong echoes = new AtomicLong();

        void addTo(List<String> parts, DemoClient.Kind kind) {
            int count = clients.get();
            if (count > 0) {
                parts.add(kind.clients(count) + ", " + echoes + " payloads echoed");
            }
        }
    }
}
