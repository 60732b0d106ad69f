package dev.hawser.load;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/// Clients that connect, leave and connect again, each time as somebody else.
final class HandshakeLoad implements ClientNetwork.Receiver {
    private static final long RESEND_CHECK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final int PRECISION_DIGITS = 3;
    private static final long DURATION_NANOS_MAX = TimeUnit.SECONDS.toNanos(10);
    private static final long SILENCE_NANOS_MAX = TimeUnit.SECONDS.toNanos(5);

    private final LoadSettings settings;
    private final ClientNetwork network;
    private final ClientPackets packets;
    private final EchoReader reader;
    private final Connector connector;
    private final Measurement measurement;
    private final Histogram durations = new Histogram(DURATION_NANOS_MAX, PRECISION_DIGITS);

    private long nowNanos;
    private long lastConnectNanos;
    private long allConnects;
    private long connects;
    private long denied;

    HandshakeLoad(
            LoadSettings settings,
            ClientNetwork network,
            ClientTokens tokens,
            Measurement measurement) {
        this.settings = settings;
        this.network = network;
        this.measurement = measurement;
        long protocolId = settings.target().protocolId();
        reader = new EchoReader(LoadRun.CIPHERS, settings.target(), tokens.serverToClientKey());
        packets =
                new ClientPackets(
                        LoadRun.CIPHERS,
                        protocolId,
                        tokens.clientToServerKey(),
                        ByteBuffer.allocate(Long.BYTES));
        connector = new Connector(network, tokens, packets, reader, settings.clients());
    }

    LoadReport.Handshakes run(long warmupNanos, long measuredNanos) throws LoadException {
        nowNanos = System.nanoTime();
        lastConnectNanos = nowNanos;
        for (int client = 0; client < settings.clients(); client++) {
            connector.start(client, nowNanos);
        }
        network.flush();
        runUntil(nowNanos + warmupNanos);
        measurement.start();
        runUntil(System.nanoTime() + measuredNanos);
        measurement.stop();
        return new LoadReport.Handshakes(connects, denied, durations);
    }

    private void runUntil(long endNanos) throws LoadException {
        long nextCheckNanos = nowNanos;
        while (nowNanos - endNanos < 0) {
            nowNanos = System.nanoTime();
            int received = network.receive(this);
            if (nowNanos - nextCheckNanos >= 0) {
                nextCheckNanos = nowNanos + RESEND_CHECK_NANOS;
                handleTime();
            }
            network.flush();
            if (received == 0) {
                network.await(TimeUnit.MILLISECONDS.toNanos(1));
            }
        }
    }

    private void handleTime() throws LoadException {
        if (nowNanos - lastConnectNanos > SILENCE_NANOS_MAX) {
            throw new LoadException(
                    "nobody could connect to "
                            + settings.target().server()
                            + " for 5 s, after "
                            + allConnects
                            + " connects: see that a netcode 1.02 server runs there, with the same"
                            + " --protocol-id and private key, that it knows itself by this address"
                            + " (else pass --identity), and has room for the tokens of this run"
                            + " (else a shorter --max-token-lifetime on both sides)");
        }
        for (int client = 0; client < settings.clients(); client++) {
            connector.handleTimeout(client, nowNanos);
        }
    }

    @Override
    public void handle(int client, ByteBuffer datagram) {
        if (!reader.inspect(datagram)) {
            return;
        }
        long startNanos = connector.startNanos(client);
        switch (connector.handle(client, datagram, nowNanos)) {
            case CONNECTED -> {
                count(nowNanos - startNanos);
                network.send(client, packets.disconnect());
                connector.start(client, nowNanos);
            }
            case DENIED -> {
                denied += measurement.isRunning() ? 1 : 0;
                connector.start(client, nowNanos);
            }
            case PENDING -> {}
        }
    }

    private void count(long nanos) {
        allConnects++;
        lastConnectNanos = nowNanos;
        if (measurement.isRunning()) {
            connects++;
            durations.recordValue(Math.clamp(nanos, 0, DURATION_NANOS_MAX));
        }
    }
}
