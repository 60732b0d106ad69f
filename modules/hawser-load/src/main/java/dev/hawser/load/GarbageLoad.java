package dev.hawser.load;

import dev.hawser.protocol.wire.ConnectionRequest;
import dev.hawser.protocol.wire.Wire;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/// Requests that a server refuses, from many addresses. Client 0 is a real one, which must stay
/// connected: it shows that the server is there and lives through it.
final class GarbageLoad implements ClientPool.Game {
    private static final int BATCH = 64;

    private final LoadSettings.Garbage work;
    private final ClientNetwork network;
    private final ClientTokens tokens;
    private final ClientPool pool;
    private final Measurement measurement;
    private final int addresses;
    private final SplittableRandom random = new SplittableRandom();

    private ByteBuffer packet = ByteBuffer.allocate(0);
    private long renewNanos;
    private int nextAddress;
    private long sent;

    /// @param network of one client more than the settings have
    GarbageLoad(
            LoadSettings settings,
            LoadSettings.Garbage work,
            ClientNetwork network,
            ClientTokens tokens,
            Measurement measurement) {
        this.work = work;
        this.network = network;
        this.tokens = tokens;
        this.measurement = measurement;
        addresses = settings.clients();
        long protocolId = settings.target().protocolId();
        EchoReader reader =
                new EchoReader(LoadRun.CIPHERS, settings.target(), tokens.serverToClientKey());
        ClientPackets packets =
                new ClientPackets(
                        LoadRun.CIPHERS,
                        protocolId,
                        tokens.clientToServerKey(),
                        ByteBuffer.allocate(Long.BYTES));
        LoadSettings probe =
                new LoadSettings(settings.target(), work, 1, 0, 0, settings.serverPid());
        pool = new ClientPool(probe, network, tokens, packets, reader, this);
    }

    LoadReport.Garbage run(long warmupNanos, long measuredNanos) throws LoadException {
        pool.connectAll();
        long start = System.nanoTime();
        Schedule schedule = new Schedule(work.packetsPerSecond() * addresses, start);
        runUntil(start + warmupNanos, schedule);
        measurement.start();
        runUntil(System.nanoTime() + measuredNanos, schedule);
        measurement.stop();
        boolean survived = pool.connected() == 1;
        pool.disconnectAll();
        return new LoadReport.Garbage(work.kind(), sent, survived);
    }

    private void runUntil(long endNanos, Schedule schedule) throws LoadException {
        long now = System.nanoTime();
        while (now - endNanos < 0) {
            pool.handleTime(now);
            pool.receive(now);
            renew(now);
            int due = BATCH;
            if (work.packetsPerSecond() > 0) {
                due = (int) Math.min(due, schedule.due(now));
                schedule.take(due);
            }
            for (int i = 0; i < due; i++) {
                sendOne();
            }
            network.flush();
            if (due == 0) {
                network.await(
                        Math.min(schedule.nanosToNext(now), TimeUnit.MILLISECONDS.toNanos(1)));
            }
            now = System.nanoTime();
        }
    }

    /// A token's expiry moves on with the time: one that was made too early, or would live too
    /// long, is refused before the cipher runs.
    private void renew(long now) {
        if (packet.hasRemaining() && now - renewNanos < 0) {
            return;
        }
        renewNanos = now + TimeUnit.MILLISECONDS.toNanos(200);
        packet = tokens.newRequest();
        switch (work.kind()) {
            case FORGED -> {}
            case VERSION -> packet.put(ConnectionRequest.PROTOCOL_ID_OFFSET - 2, (byte) '9');
            case SIZE -> packet.limit(Wire.REQUEST_BYTES - 1);
            case RANDOM -> {}
        }
    }

    private void sendOne() {
        switch (work.kind()) {
            case FORGED, VERSION, SIZE -> {
                // Another nonce, another token: no server can have seen it.
                packet.putLong(ConnectionRequest.NONCE_OFFSET, random.nextLong());
                packet.putLong(ConnectionRequest.TAG_OFFSET - Long.BYTES, random.nextLong());
            }
            case RANDOM -> random.nextBytes(packet.array());
        }
        network.send(1 + nextAddress, packet);
        nextAddress = nextAddress + 1 == addresses ? 0 : nextAddress + 1;
        if (measurement.isRunning()) {
            sent++;
        }
    }

    @Override
    public void handlePayload(int client, ByteBuffer datagram) {
        // The probe sends none.
    }

    @Override
    public void handleSweep(int client, long now) {
        // Nothing to see to.
    }
}
