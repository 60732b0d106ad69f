package dev.hawser.load;

import dev.hawser.protocol.wire.PacketType;
import dev.hawser.protocol.wire.Wire;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/// Clients that get connected and stay so: whoever has nothing else to say for the standard's
/// interval sends a keep-alive.
final class ClientPool implements ClientNetwork.Receiver {
    /// How many are connected at once: what they send fits into every socket's buffer.
    private static final int PENDING_MAX = 128;

    /// So often every client is looked at.
    private static final long SWEEP_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private static final long SILENCE_NANOS_MAX = TimeUnit.SECONDS.toNanos(5);
    private static final int GOODBYES = 3;
    private static final int GOODBYES_PER_PAUSE = 64;
    private static final long GOODBYE_PAUSE_NANOS = 200_000;

    /// What becomes of payloads, and of time.
    interface Game {
        /// Takes a payload that came, sealed.
        void handlePayload(int client, ByteBuffer datagram);

        /// Looks at a client once in a while.
        void handleSweep(int client, long nowNanos);
    }

    private final LoadSettings settings;
    private final ClientNetwork network;
    private final ClientPackets packets;
    private final EchoReader reader;
    private final Connector connector;
    private final Game game;
    private final Pings pings;

    private final boolean[] isConnected;
    private final long[] lastSentNanos;
    private final long[] latestPayload;
    private final long[] latestKeepAlive;
    private int connected;
    private int disconnected;
    private int denied;
    private long pingsAnswered;
    private long lastHeardNanos;
    private long lastConnectNanos;
    private long nowNanos;
    private int sweepClient;
    private long sweepNanos;

    ClientPool(
            LoadSettings settings,
            ClientNetwork network,
            ClientTokens tokens,
            ClientPackets packets,
            EchoReader reader,
            Game game) {
        this.settings = settings;
        this.network = network;
        this.packets = packets;
        this.reader = reader;
        this.game = game;
        int clients = settings.clients();
        connector = new Connector(network, tokens, packets, reader, clients);
        pings = new Pings(clients, System.nanoTime());
        isConnected = new boolean[clients];
        lastSentNanos = new long[clients];
        latestPayload = new long[clients];
        latestKeepAlive = new long[clients];
        Arrays.fill(latestPayload, -1);
        Arrays.fill(latestKeepAlive, -1);
    }

    /// Connects all clients.
    ///
    /// @throws LoadException when one cannot be
    void connectAll() throws LoadException {
        lastConnectNanos = System.nanoTime();
        sweepNanos = lastConnectNanos;
        int started = 0;
        while (connected < isConnected.length) {
            long now = System.nanoTime();
            while (started < isConnected.length && connector.pending() < PENDING_MAX) {
                connector.start(started++, now);
            }
            receive(now);
            handleTime(now);
            network.flush();
            if (denied > 0 || disconnected > 0) {
                disconnectAll();
                throw new LoadException(
                        settings.target().server()
                                + " took "
                                + connected
                                + " of "
                                + settings.clients()
                                + " clients and refused the next one: give the server more slots,"
                                + " or take fewer --clients");
            }
            network.await(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    /// Takes what has come.
    ///
    /// @return how many packets
    int receive(long now) {
        nowNanos = now;
        return network.receive(this);
    }

    @Override
    public void handle(int client, ByteBuffer datagram) {
        lastHeardNanos = nowNanos;
        if (!reader.inspect(datagram)) {
            return;
        }
        PacketType type = reader.type();
        if (!isConnected[client]) {
            handleConnecting(client, datagram);
            return;
        }
        if (type.ordinal() >= PacketType.KEEP_ALIVE.ordinal()) {
            pings.count(client, reader.sequence());
        }
        if (type == PacketType.PAYLOAD) {
            game.handlePayload(client, datagram);
        } else if (type == PacketType.PING && reader.open(datagram)) {
            pings.handle(client, nowNanos, reader.sequence(), datagram);
        } else if (type == PacketType.DISCONNECT && reader.open(datagram)) {
            isConnected[client] = false;
            connected--;
            disconnected++;
        }
    }

    private void handleConnecting(int client, ByteBuffer datagram) {
        switch (connector.handle(client, datagram, nowNanos)) {
            case CONNECTED -> {
                isConnected[client] = true;
                connected++;
                lastConnectNanos = nowNanos;
                // It confirms the connection.
                sendKeepAlive(client, nowNanos);
            }
            case DENIED -> denied++;
            case PENDING -> {}
        }
    }

    /// Does what is due: keep-alives, repeated handshakes.
    ///
    /// @throws LoadException when the server has gone silent
    void handleTime(long now) throws LoadException {
        boolean isConnecting = connected + disconnected < isConnected.length;
        long lastSignNanos = isConnecting ? lastConnectNanos : lastHeardNanos;
        if (now - lastSignNanos > SILENCE_NANOS_MAX) {
            throw new LoadException(silence());
        }
        int clients = isConnected.length;
        long due = Math.min((now - sweepNanos) * clients / SWEEP_NANOS, clients);
        if (due == 0) {
            return;
        }
        sweepNanos = now;
        for (int i = 0; i < due; i++) {
            sweep(sweepClient, now);
            sweepClient = sweepClient + 1 == clients ? 0 : sweepClient + 1;
        }
    }

    private void sweep(int client, long now) {
        if (isConnected[client]) {
            game.handleSweep(client, now);
            if (pings.isDue(client, now)) {
                network.send(client, packets.ping(pings, client, now));
                lastSentNanos[client] = now;
                pingsAnswered++;
            }
            if (now - lastSentNanos[client] >= Wire.SEND_INTERVAL_NANOS) {
                sendKeepAlive(client, now);
            }
        } else {
            connector.handleTimeout(client, now);
        }
    }

    private String silence() {
        String server = settings.target().server().toString();
        return connected == 0 && disconnected == 0
                ? "no answer from "
                        + server
                        + " within 5 s: see that a netcode 1.02 server runs there, with the same"
                        + " --protocol-id and private key, and that it knows itself by this address"
                        + " (else pass --identity)"
                : server
                        + " has been silent for 5 s, with "
                        + connected
                        + " of "
                        + settings.clients()
                        + " clients connected: see whether it still runs, and has room for them";
    }

    boolean isConnected(int client) {
        return isConnected[client];
    }

    /// {@return how many clients the server has disconnected}
    int disconnected() {
        return disconnected;
    }

    /// {@return how many pings of the server have been answered}
    long pingsAnswered() {
        return pingsAnswered;
    }

    /// {@return how many clients are connected}
    int connected() {
        return connected;
    }

    private void sendKeepAlive(int client, long now) {
        network.send(client, packets.keepAlive(latestKeepAlive[client]));
        latestKeepAlive[client] = packets.keepAliveNumber();
        lastSentNanos[client] = now;
    }

    /// Sends a payload.
    ///
    /// @return its number
    long sendPayload(int client, long now) {
        network.send(client, packets.payload(latestPayload[client]));
        long number = packets.payloadNumber();
        latestPayload[client] = number;
        lastSentNanos[client] = now;
        return number;
    }

    /// Says goodbye for everybody, at a pace that the server's socket can hold.
    void disconnectAll() {
        for (int round = 0; round < GOODBYES; round++) {
            for (int client = 0; client < isConnected.length; client++) {
                if (isConnected[client]) {
                    network.send(client, packets.disconnect());
                }
                if (client % GOODBYES_PER_PAUSE == GOODBYES_PER_PAUSE - 1) {
                    network.flush();
                    network.await(GOODBYE_PAUSE_NANOS);
                }
            }
            network.flush();
        }
    }
}
