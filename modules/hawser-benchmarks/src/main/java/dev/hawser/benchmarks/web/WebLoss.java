package dev.hawser.benchmarks.web;

import dev.hawser.web.WebServerOptions;
import dev.hawser.web.session.Addresses;
import dev.hawser.web.session.SessionClient;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// What arrives over WebTransport on a path that loses, and how soon: datagrams should be lost
/// about as often as the path loses them, and none should wait for another.
///
/// `modules/hawser-benchmarks/run web-loss [LOSS...]`: 0.05 and 0.15 unless said otherwise, with 50
/// ms each way.
public final class WebLoss {
    private static final double[] LOSSES_DEFAULT = {0.05, 0.15};
    private static final int CLIENTS = 8;
    private static final int TICKS = 240;
    private static final long DELAY_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final WebBench bench;
    private final LossyProxy proxy;
    private final List<Long> roundTripsNanos = new ArrayList<>();
    private final List<Long> latesNanos = new ArrayList<>();
    private int sent;
    private int arrived;

    private WebLoss(WebBench bench, LossyProxy proxy) {
        this.bench = bench;
        this.proxy = proxy;
    }

    /// Measures and prints.
    public static void main(String[] args) throws IOException {
        double[] losses =
                args.length == 0
                        ? LOSSES_DEFAULT
                        : Arrays.stream(args).mapToDouble(Double::parseDouble).toArray();
        for (double loss : losses) {
            System.out.println(measure(loss, TICKS));
        }
    }

    /// {@return the figures as JSON: what arrived at the server, half of the round trips took less
    /// than what, and by how much the proxy itself was late, which is in them}
    ///
    /// @param loss of the packets each way, 0 to 1
    public static String measure(double loss, int ticks) throws IOException {
        try (var bench =
                        new WebBench(
                                WebServerOptions.builder()
                                        .connectTimeout(Duration.ofHours(1))
                                        .build());
                var proxy =
                        new LossyProxy(
                                Addresses.toSocketAddress(bench.server.localAddress()),
                                loss,
                                DELAY_NANOS,
                                (long) (loss * 100))) {
            bench.dial(CLIENTS, WebBench.url(proxy.port()));
            var path = new WebLoss(bench, proxy);
            path.play(ticks);
            return "{\"loss\":%s,\"sent\":%d,\"arrived\":%d,\"roundTripNanosP50\":%d,\"proxyLateNanosP50\":%d}"
                    .formatted(
                            loss,
                            path.sent,
                            path.arrived,
                            median(path.roundTripsNanos),
                            median(path.latesNanos));
        }
    }

    private void play(int ticks) {
        long nextNanos = System.nanoTime();
        // Some ticks more, for what is still under way.
        for (int tick = 0; tick < ticks + 30; tick++) {
            if (tick < ticks) {
                for (SessionClient client : bench.clients) {
                    ByteBuffer packet = ByteBuffer.allocate(WebBench.PAYLOAD_BYTES);
                    client.send(WebBench.NAMED, packet.putLong(0, System.nanoTime()));
                    client.flush();
                    sent++;
                }
            }
            nextNanos += WebBench.TICK_NANOS;
            while (nextNanos - System.nanoTime() > 0) {
                bench.server.await(TimeUnit.MILLISECONDS.toNanos(1));
                echo();
            }
            // After a stall it goes on from there: a burst would be another test.
            nextNanos = Math.max(nextNanos, System.nanoTime() - WebBench.TICK_NANOS);
            latesNanos.add(proxy.lateNanos());
        }
    }

    private void echo() {
        bench.server.receive(
                (from, packet) -> {
                    arrived++;
                    bench.server.send(from, packet);
                },
                1000);
        bench.server.flush();
        for (SessionClient client : bench.clients) {
            client.receive(
                    (_, packet) -> roundTripsNanos.add(System.nanoTime() - packet.getLong(0)),
                    1000);
        }
    }

    /// {@return 0 when there is none}
    private static long median(List<Long> nanos) {
        long[] sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
        return sorted.length == 0 ? 0 : sorted[sorted.length / 2];
    }
}
