package dev.hawser.cli.session;

import dev.hawser.ConnectionStats;
import dev.hawser.NetClient;
import dev.hawser.SendResult;
import dev.hawser.cli.words.Millis;
import dev.hawser.cli.words.Shares;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/// Sends numbered payloads at a steady rate and compares what comes back.
public final class SendSession implements ClientSession {
    /// What share of the payloads may be missing at the end: UDP promises nothing, and a test that
    /// demands everything fails now and then.
    private static final double LOST_SHARE_MAX = 0.01;

    /// After a pause the client catches up, but not in one burst that overruns the socket buffers.
    private static final int BURST_MAX = 64;

    private static final long BURST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private static final long LAST_ECHO_WAIT_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final EchoTraffic traffic;
    private final long count;
    private final int perSecond;
    private long startNanos;
    private boolean isStarted;
    private boolean isSendingOver;
    private long sendingOverNanos;

    public SendSession(EchoTraffic traffic, long count, int perSecond) {
        this.traffic = traffic;
        this.count = count;
        this.perSecond = perSecond;
    }

    @Override
    public void onPayload(ByteBuffer payload) {
        traffic.received(System.nanoTime(), payload);
    }

    @Override
    public boolean step(NetClient client, long nowNanos, boolean isStopping) {
        if (!isStarted) {
            isStarted = true;
            startNanos = nowNanos;
        }
        if (!isSendingOver) {
            sendWhatIsDue(client, nowNanos);
            isSendingOver = isStopping || traffic.sent() == count;
            sendingOverNanos = nowNanos;
        }
        return isSendingOver
                && (traffic.missing() == 0 || nowNanos - sendingOverNanos >= LAST_ECHO_WAIT_NANOS);
    }

    private void sendWhatIsDue(NetClient client, long nowNanos) {
        for (int i = 0; i < BURST_MAX && traffic.sent() < count; i++) {
            if (dueNanos() - nowNanos > 0) {
                return;
            }
            SendResult result = client.send(traffic.next(System.nanoTime()));
            if (result != SendResult.SENT) {
                return;
            }
        }
    }

    /// {@return when the next payload is due}
    private long dueNanos() {
        long second = traffic.sent() / perSecond;
        long inSecond = traffic.sent() % perSecond;
        return startNanos
                + TimeUnit.SECONDS.toNanos(second)
                + inSecond * TimeUnit.SECONDS.toNanos(1) / perSecond;
    }

    @Override
    public long nanosToNextStep(long nowNanos) {
        return isSendingOver
                ? sendingOverNanos + LAST_ECHO_WAIT_NANOS - nowNanos
                : Math.max(dueNanos() - nowNanos, BURST_PAUSE_NANOS);
    }

    @Override
    public boolean conclude(NetClient client, PrintWriter out, PrintWriter err) {
        long sent = traffic.sent();
        Histogram roundTrips = traffic.roundTrips();
        String connection = connectionLine(client.connectionStats());
        if (!connection.isEmpty()) {
            out.println(connection);
        }
        out.println(
                "sent "
                        + sent
                        + " echoed "
                        + traffic.echoed()
                        + " lost "
                        + traffic.missing()
                        + " damaged "
                        + traffic.damaged()
                        + " rtt p50 "
                        + Millis.print(roundTrips.getValueAtPercentile(50))
                        + " p99 "
                        + Millis.print(roundTrips.getValueAtPercentile(99)));
        if (sent == 0) {
            err.println("hawser: nothing was sent: the connection ended first");
            return false;
        }
        if (traffic.damaged() > 0) {
            err.println(
                    "hawser: "
                            + traffic.damaged()
                            + " payloads came that were no echo of one that was sent: does the"
                            + " server echo?");
            return false;
        }
        if (traffic.missing() > sent * LOST_SHARE_MAX) {
            err.println(
                    "hawser: "
                            + traffic.missing()
                            + " of "
                            + sent
                            + " payloads did not come back, and 1 in 100 may be lost: does the"
                            + " server echo ('hawser server --echo'), and is the rate too high for"
                            + " it?");
            return false;
        }
        return true;
    }

    /// {@return what was measured of the connection without the payloads, as far as it was; empty
    /// when nothing was}
    static String connectionLine(ConnectionStats stats) {
        StringBuilder line = new StringBuilder();
        stats.roundTripNanos().ifPresent(nanos -> line.append(" rtt ").append(Millis.print(nanos)));
        stats.outboundLoss()
                .ifPresent(share -> line.append(" lost-out ").append(Shares.percent(share)));
        stats.inboundLoss()
                .ifPresent(share -> line.append(" lost-in ").append(Shares.percent(share)));
        return line.isEmpty() ? "" : "connection" + line;
    }
}
