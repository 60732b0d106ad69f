package dev.hawser.load;

import dev.hawser.protocol.wire.PacketType;
import dev.hawser.protocol.wire.Wire;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/// Connected clients that send payloads and get them back.
final class EchoLoad implements ClientPool.Game {
    /// What has not come back by then is lost.
    private static final long LOST_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final long ROUND_TRIP_NANOS_MAX = 2 * LOST_NANOS;
    private static final int PRECISION_DIGITS = 3;

    /// One in so many echoes is opened.
    private static final int VERIFY_EVERY = 32;

    private static final int BATCH = 64;

    /// While fewer than this have come back, it waits a moment before it asks again: asking keeps
    /// the server from putting more there.
    private static final int WORTHWHILE = 24;

    private static final int SPINS = 400;
    private static final int RING_MIN = 64;
    private static final int RING_PER_WINDOW = 4;
    private static final long SHORT_WAIT_NANOS = 80_000;

    private final LoadSettings.Echoes work;
    private final ClientNetwork network;
    private final EchoReader reader;
    private final ClientPool pool;
    private final Measurement measurement;
    private final ByteBuffer expected;
    private final Outstanding[] outstanding;
    private final ReadyClients ready;
    private final Histogram roundTrips = new Histogram(ROUND_TRIP_NANOS_MAX, PRECISION_DIGITS);

    private long nowNanos;
    private int nextClient;
    private int inFlight;
    private long untilVerified = 1;

    private long idleNanos;
    private long sent;
    private long echoes;
    private long returned;
    private long late;
    private long verified;
    private long damaged;

    EchoLoad(
            LoadSettings settings,
            LoadSettings.Echoes work,
            ClientNetwork network,
            ClientTokens tokens,
            Measurement measurement) {
        this.work = work;
        this.network = network;
        this.measurement = measurement;
        byte[] body = new byte[work.payloadBytes()];
        new SplittableRandom(work.payloadBytes()).nextBytes(body);
        expected = ByteBuffer.wrap(body.clone());
        long protocolId = settings.target().protocolId();
        reader = new EchoReader(LoadRun.CIPHERS, settings.target(), tokens.serverToClientKey());
        ClientPackets packets =
                new ClientPackets(
                        LoadRun.CIPHERS,
                        protocolId,
                        tokens.clientToServerKey(),
                        ByteBuffer.wrap(body));
        pool = new ClientPool(settings, network, tokens, packets, reader, this);
        outstanding = new Outstanding[settings.clients()];
        for (int i = 0; i < outstanding.length; i++) {
            outstanding[i] = new Outstanding(ringOf(work));
        }
        ready = new ReadyClients(settings.clients());
    }

    private static int ringOf(LoadSettings.Echoes work) {
        int ring =
                isSaturating(work)
                        ? RING_PER_WINDOW * work.window()
                        : (int) Math.ceil(work.packetsPerSecond() * LOST_NANOS / 1e9);
        return Math.max(RING_MIN, ring);
    }

    private static boolean isSaturating(LoadSettings.Echoes work) {
        return work.packetsPerSecond() == 0;
    }

    LoadReport.Echoes run(long warmupNanos, long measuredNanos) throws LoadException {
        pool.connectAll();
        long start = System.nanoTime();
        for (int i = 0; i < work.window() * outstanding.length; i++) {
            ready.add(i % outstanding.length);
        }
        double perSecond = work.packetsPerSecond() * outstanding.length;
        Schedule schedule = new Schedule(perSecond, start);
        runUntil(start + warmupNanos, schedule);
        long pingsBefore = pool.pingsAnswered();
        measurement.start();
        runUntil(System.nanoTime() + measuredNanos, schedule);
        measurement.stop();
        long pings = pool.pingsAnswered() - pingsBefore;
        collect();
        pool.disconnectAll();
        return new LoadReport.Echoes(
                sent,
                echoes,
                sent - returned,
                late,
                verified,
                damaged,
                pool.disconnected(),
                pings,
                idleNanos,
                roundTrips);
    }

    private void runUntil(long endNanos, Schedule schedule) throws LoadException {
        nowNanos = System.nanoTime();
        while (nowNanos - endNanos < 0) {
            pool.handleTime(nowNanos);
            checkSomebodyIsThere();
            int received = pool.receive(nowNanos);
            int sentNow = isSaturating(work) ? sendReady() : sendDue(schedule);
            network.flush();
            long doneNanos = received + sentNow == 0 ? nowNanos : System.nanoTime();
            if (!isSaturating(work)) {
                waitUnlessBusy(received + sentNow, schedule);
            } else if (received < WORTHWHILE) {
                spin();
            }
            nowNanos = System.nanoTime();
            if (measurement.isRunning()) {
                idleNanos += nowNanos - doneNanos;
            }
        }
    }

    private void checkSomebodyIsThere() throws LoadException {
        if (pool.connected() == 0) {
            throw new LoadException(
                    "the server has disconnected all "
                            + pool.disconnected()
                            + " clients during the run: see its output for the reason");
        }
    }

    private static void spin() {
        for (int i = 0; i < SPINS; i++) {
            Thread.onSpinWait();
        }
    }

    private void waitUnlessBusy(int moved, Schedule schedule) {
        long nanos = moved > 0 ? 0 : schedule.nanosToNext(System.nanoTime());
        if (nanos > SHORT_WAIT_NANOS) {
            // The kernel wakes late rather than early.
            network.await(Math.min(nanos - SHORT_WAIT_NANOS / 2, TimeUnit.MILLISECONDS.toNanos(1)));
        }
    }

    private int sendReady() {
        int count = Math.min(BATCH, Math.min(ready.count(), work.inFlightMax() - inFlight));
        for (int i = 0; i < count; i++) {
            send(ready.take());
        }
        return count;
    }

    private int sendDue(Schedule schedule) {
        int count = (int) Math.min(BATCH, schedule.due(nowNanos));
        for (int i = 0; i < count; i++) {
            send(nextClient);
            nextClient = nextClient + 1 == outstanding.length ? 0 : nextClient + 1;
        }
        schedule.take(count);
        return count;
    }

    private void send(int client) {
        if (!pool.isConnected(client)) {
            return;
        }
        Outstanding mine = outstanding[client];
        if (!mine.hasRoom()) {
            mine.giveUpFirst();
            hasReturned(client);
        }
        inFlight++;
        mine.add(pool.sendPayload(client, nowNanos), nowNanos);
        if (measurement.isRunning()) {
            sent++;
        }
    }

    /// Or has been given up.
    private void hasReturned(int client) {
        inFlight--;
        ready.add(client);
    }

    @Override
    public void handlePayload(int client, ByteBuffer datagram) {
        if (datagram.remaining() < 1 + 1 + work.payloadBytes() + Wire.TAG_BYTES) {
            damaged++;
            return;
        }
        long number = reader.number(datagram);
        long sentNanos = outstanding[client].take(number);
        boolean isKnown = sentNanos != Outstanding.UNKNOWN;
        if (!isKnown || --untilVerified == 0) {
            untilVerified = VERIFY_EVERY;
            verify(datagram, number);
        }
        if (!isKnown) {
            late++;
            return;
        }
        hasReturned(client);
        if (measurement.isRunning()) {
            echoes++;
            roundTrips.recordValue(Math.clamp(nowNanos - sentNanos, 0, ROUND_TRIP_NANOS_MAX));
        }
        if (measurement.contains(sentNanos)) {
            returned++;
        }
    }

    private void verify(ByteBuffer datagram, long number) {
        expected.putLong(0, Long.reverseBytes(number));
        if (reader.type() == PacketType.PAYLOAD
                && reader.open(datagram)
                && datagram.equals(expected)) {
            verified++;
        } else {
            damaged++;
        }
    }

    @Override
    public void handleSweep(int client, long now) {
        int lost = outstanding[client].expire(now - LOST_NANOS);
        for (int i = 0; i < lost; i++) {
            hasReturned(client);
        }
    }

    /// Takes what comes back late.
    private void collect() throws LoadException {
        long end = System.nanoTime() + LOST_NANOS;
        nowNanos = System.nanoTime();
        while (nowNanos - end < 0 && returned < sent) {
            pool.handleTime(nowNanos);
            pool.receive(nowNanos);
            network.flush();
            network.await(TimeUnit.MILLISECONDS.toNanos(1));
            nowNanos = System.nanoTime();
        }
    }
}
