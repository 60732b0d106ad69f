package dev.hawser.cli;

import dev.hawser.Authentication;
import dev.hawser.ConnectionState;
import dev.hawser.NetcodeClient;
import dev.hawser.protocol.token.ConnectToken;
import dev.hawser.transport.Transport;
import dev.hawser.transport.UdpTransport;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A client of the demo on a thread of its own: sends payloads that should come back, and tells how
/// it fares.
final class DemoClient {
    static final int SENDS_PER_SECOND = 60;
    private static final double LOST_SHARE_MAX = 0.01;

    private static final int PAYLOAD_BYTES = 64;
    private static final long SEND_NANOS = TimeUnit.SECONDS.toNanos(1) / SENDS_PER_SECOND;

    /// What has not come back after this long counts as lost.
    private static final long LOST_NANOS = TimeUnit.SECONDS.toNanos(1);

    /// After a pause of the machine it goes on from here; it does not catch up.
    private static final long BEHIND_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(100);

    /// How a client fares at a moment.
    ///
    /// @param clientId unsigned
    /// @param index the client index, -1 before there is one
    /// @param state in a word or two
    /// @param isConnected whether it is, or was until it left
    /// @param rttNanos the last round trip
    /// @param sent payloads
    /// @param echoed payloads that came back
    /// @param lost payloads that did not come back in a second
    /// @param damaged payloads that came and had not been sent
    /// @param problem what went wrong, for people; null while nothing has
    record Snapshot(
            long clientId,
            int index,
            String state,
            boolean isConnected,
            long rttNanos,
            long sent,
            long echoed,
            long lost,
            long damaged,
            @Nullable String problem) {
        boolean isWell() {
            return isConnected
                    && problem == null
                    && sent > 0
                    && damaged == 0
                    && lost <= sent * LOST_SHARE_MAX;
        }
    }

    private final long clientId;
    private final ConnectToken token;
    private final EchoTraffic traffic;
    private final Transport transport = UdpTransport.anyPort();
    private final Thread thread = Thread.ofPlatform().name("client").unstarted(this::run);
    private volatile Snapshot snapshot;
    private volatile boolean isStopping;
    private int index = -1;
    private boolean isConnected;

    DemoClient(long clientId, ConnectToken token) {
        this.clientId = clientId;
        this.token = token;
        traffic = new EchoTraffic(clientId, _ -> PAYLOAD_BYTES);
        snapshot = new Snapshot(clientId, -1, "starting", false, 0, 0, 0, 0, 0, null);
    }

    void start() {
        thread.start();
    }

    /// Asks it to leave; see [#join()].
    void stop() {
        isStopping = true;
    }

    void join() throws InterruptedException {
        thread.join();
    }

    /// {@return how it fares; any thread may ask}
    Snapshot snapshot() {
        return snapshot;
    }

    /// {@return its round trips; not before [#join()]}
    LatencyHistogram roundTrips() {
        return traffic.roundTrips();
    }

    private void run() {
        try (NetcodeClient client =
                NetcodeClient.builder()
                        .transport(transport)
                        .authentication(new Authentication.Token(token))
                        .build()) {
            client.connect();
            play(client);
            client.disconnect();
        }
    }

    private void play(NetcodeClient client) {
        long nextSendNanos = System.nanoTime();
        long stopNanos = 0;
        boolean isLeaving = false;
        while (true) {
            client.update();
            client.receive(payload -> traffic.received(System.nanoTime(), payload));
            long nowNanos = System.nanoTime();
            if (!isLeaving && isStopping) {
                isLeaving = true;
                stopNanos = nowNanos;
            }
            if (client.isConnected() && !isLeaving && nextSendNanos - nowNanos <= 0) {
                client.send(traffic.next(nowNanos));
                client.flush();
                nextSendNanos = Math.max(nextSendNanos, nowNanos - BEHIND_NANOS_MAX) + SEND_NANOS;
            }
            publish(client, nowNanos, isLeaving && nowNanos - stopNanos >= LOST_NANOS);
            if (client.state() instanceof ConnectionState.Disconnected
                    || isDone(isLeaving, nowNanos - stopNanos)) {
                return;
            }
            transport.await(isLeaving ? SEND_NANOS : nextSendNanos - nowNanos);
        }
    }

    private boolean isDone(boolean isLeaving, long nanosSinceStop) {
        return isLeaving && (traffic.missing() == 0 || nanosSinceStop >= LOST_NANOS);
    }

    private void publish(NetcodeClient client, long nowNanos, boolean isLast) {
        String problem = null;
        String state =
                switch (client.state()) {
                    case ConnectionState.Connecting _ -> "connecting";
                    case ConnectionState.Connected _ -> {
                        isConnected = true;
                        index = client.clientIndex();
                        yield "connected";
                    }
                    case ConnectionState.Disconnected(var reason) -> {
                        isConnected = false;
                        problem = reason.explanation();
                        yield Reasons.describe(reason);
                    }
                };
        snapshot =
                new Snapshot(
                        clientId,
                        index,
                        state,
                        isConnected,
                        traffic.lastRoundTripNanos(),
                        traffic.sent(),
                        traffic.echoed(),
                        isLast ? traffic.missing() : traffic.missingSince(nowNanos - LOST_NANOS),
                        traffic.damaged(),
                        problem);
    }
}
