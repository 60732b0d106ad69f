package dev.hawser.cli.demo;

import dev.hawser.ConnectionState;
import dev.hawser.ConnectionStats;
import dev.hawser.NetClient;
import dev.hawser.cli.session.EchoTraffic;
import dev.hawser.cli.words.Wording;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/// A client of the demo on a thread of its own: sends payloads that should come back, and tells how
/// it fares.
abstract sealed class DemoClient permits LocalDemoClient, UdpDemoClient {
    static final int SENDS_PER_SECOND = 60;

    private static final int PAYLOAD_BYTES = 64;
    private static final long SEND_NANOS = TimeUnit.SECONDS.toNanos(1) / SENDS_PER_SECOND;

    /// What has not come back after this long, and what its link may take, counts as lost.
    private static final long LOST_NANOS = TimeUnit.SECONDS.toNanos(1);

    /// Longer than any pause of the machine that a connection survives.
    private static final long FORGOTTEN_NANOS = TimeUnit.SECONDS.toNanos(60);

    /// After a pause of the machine it goes on from here; it does not catch up.
    private static final long BEHIND_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(100);

    /// The kinds of connections that the demo has.
    enum Kind {
        LOCAL,
        UDP;

        /// {@return the word for it}
        String label() {
            return name().toLowerCase(Locale.ROOT);
        }

        /// {@return so many clients of this kind, for people}
        String clients(int count) {
            return count + " " + label() + (count == 1 ? " client" : " clients");
        }
    }

    private final Kind kind;
    private final long clientId;
    private final NetClient client;
    private final long lostNanos;
    private final EchoTraffic traffic;
    private final Thread thread = Thread.ofPlatform().name("client").unstarted(this::run);
    private volatile DemoSnapshot snapshot;
    private volatile boolean isStopping;
    private long nextSendNanos;
    private int index = -1;
    private boolean isConnected;
    private @Nullable ConnectionStats measured;

    /// @param clientId unsigned
    /// @param linkNanosMax how long the link may take there and back
    DemoClient(Kind kind, long clientId, NetClient client, long linkNanosMax) {
        this.kind = kind;
        this.clientId = clientId;
        this.client = client;
        lostNanos = LOST_NANOS + linkNanosMax;
        traffic = new EchoTraffic(clientId, _ -> PAYLOAD_BYTES);
        snapshot =
                new DemoSnapshot(
                        clientId, kind, -1, "starting", false, 0, 0, 0, 0, 0, 0, null, null);
    }

    // ---- What a kind does

    /// {@return the client index; asked while it is connected}
    abstract int clientIndex();

    /// Waits until something may have come, at most for so long.
    abstract void await(long nanos);

    /// {@return how many packets its link was given, in both directions}
    abstract long linkPackets();

    /// {@return how many of these its link has dropped}
    abstract long linkDropped();

    /// Gives back what it has besides its connection.
    void close() {}

    // ---- For everybody

    final void start() {
        thread.start();
    }

    /// Asks it to leave; see [#join()].
    final void stop() {
        isStopping = true;
    }

    final void join() throws InterruptedException {
        thread.join();
    }

    final Kind kind() {
        return kind;
    }

    /// {@return how it fares; any thread may ask}
    final DemoSnapshot snapshot() {
        return snapshot;
    }

    /// {@return its round trips; not before [#join()]}
    final Histogram roundTrips() {
        return traffic.roundTrips();
    }

    // ---- Its thread

    private void run() {
        try (client) {
            client.connect();
            play();
            client.disconnect();
        }
    }

    private void play() {
        nextSendNanos = System.nanoTime();
        long stopNanos = 0;
        boolean isLeaving = false;
        while (true) {
            client.update();
            client.receive(this::takeEcho);
            long nowNanos = System.nanoTime();
            traffic.forgetBefore(nowNanos - lostNanos - FORGOTTEN_NANOS);
            if (!isLeaving && isStopping) {
                isLeaving = true;
                stopNanos = nowNanos;
            }
            if (!isLeaving) {
                sendIfDue(nowNanos);
                // Later there are keep-alives only, whose long intervals would count as jitter.
                measured = client.connectionStats();
            }
            boolean isLast = isLeaving && isDone(nowNanos - stopNanos);
            publish(nowNanos, isLast);
            if (isLast || client.state() instanceof ConnectionState.Disconnected) {
                return;
            }
            await(isLeaving ? SEND_NANOS : nextSendNanos - nowNanos);
        }
    }

    private void takeEcho(ByteBuffer payload) {
        if (traffic.received(System.nanoTime(), payload)) {
            client.reportRoundTrip(traffic.lastRoundTripNanos());
        }
    }

    private void sendIfDue(long nowNanos) {
        if (!client.isConnected()) {
            // Nothing is made up for later, and until then there is time to sleep.
            nextSendNanos = nowNanos + SEND_NANOS;
        } else if (nextSendNanos - nowNanos <= 0) {
            client.send(traffic.next(nowNanos));
            client.flush();
            nextSendNanos = Math.max(nextSendNanos, nowNanos - BEHIND_NANOS_MAX) + SEND_NANOS;
        }
    }

    private boolean isDone(long nanosSinceStop) {
        return traffic.missing() == 0 || nanosSinceStop >= lostNanos;
    }

    private void publish(long nowNanos, boolean isLast) {
        String problem = null;
        String state;
        switch (client.state()) {
            case ConnectionState.Connecting _, ConnectionState.Resuming _ -> {
                state = "connecting";
                problem = isLast ? "It was still connecting at the end: " + remedy() : null;
            }
            case ConnectionState.Connected _ -> {
                isConnected = true;
                index = clientIndex();
                state = "connected";
            }
            case ConnectionState.Disconnected(var reason) -> {
                isConnected = false;
                state = "ended";
                problem = Wording.ofOptions(reason.explanation());
            }
        }
        snapshot =
                new DemoSnapshot(
                        clientId,
                        kind,
                        index,
                        state,
                        isConnected,
                        traffic.sent(),
                        traffic.echoed(),
                        isLast ? traffic.missing() : traffic.missingSince(nowNanos - lostNanos),
                        traffic.damaged(),
                        linkPackets(),
                        linkDropped(),
                        measured,
                        problem);
    }

    private String remedy() {
        return linkDropped() == 0
                ? "give it more --seconds."
                : "give it more --seconds, or a better link.";
    }
}
