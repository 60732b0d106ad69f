package dev.hawser.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What arrives over a path that loses: datagrams are lost about as often as the path loses them,
/// and none waits for another.
@Timeout(value = 90, unit = TimeUnit.SECONDS)
class LossTest {
    private static final PeerAddress NAMED = PeerAddress.of(NetAddress.parse("203.0.113.5:7777"));
    private static final int CLIENTS = 8;
    private static final int TICKS = 240;
    private static final long TICK_NANOS = TimeUnit.SECONDS.toNanos(1) / 60;
    private static final int PAYLOAD_BYTES = 300;
    private static final long DELAY_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long ROUND_TRIP_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(130);

    private final List<WebClientTransport> clients = new ArrayList<>();
    private final List<Long> roundTripsNanos = new ArrayList<>();
    private final List<Long> latesNanos = new ArrayList<>();
    private int sent;
    private int arrived;

    @ParameterizedTest
    @CsvSource({"0.05, 0.90", "0.15, 0.74"})
    void mostDatagramsArriveInTime(double loss, double least) throws Exception {
        WebServerTransport server = Web.WEB_TRANSPORT.server(WebServerOptions.DEFAULT);
        server.open();
        try (var proxy =
                new LossyProxy(
                        Addresses.toSocketAddress(server.localAddress()),
                        loss,
                        DELAY_NANOS,
                        (long) (loss * 100))) {
            URI url = URI.create("https://127.0.0.1:" + proxy.port() + "/hawser");
            for (int i = 0; i < CLIENTS; i++) {
                WebClientTransport client = Web.WEB_TRANSPORT.client(url);
                client.open();
                client.dial(NAMED);
                clients.add(client);
            }
            Web.until(() -> clients.stream().noneMatch(WebClientTransport::isDialling), "dialling");
            play(server, proxy);
        } finally {
            clients.forEach(WebClientTransport::close);
            server.close();
        }
        report(loss);
        assertThat((double) arrived / sent).as("delivered one way").isGreaterThan(least);
        assertThat(median(roundTripsNanos))
                .as("half of the round trips, the proxy being late by %s", median(latesNanos))
                .isLessThan(ROUND_TRIP_NANOS_MAX);
    }

    /// What was measured, as it is: the proxy's own lateness is in the round trip.
    private void report(double loss) throws IOException {
        Files.writeString(
                Files.createDirectories(Path.of("target"))
                        .resolve("web-loss-" + Math.round(loss * 100) + ".json"),
                "{\"loss\":%s,\"sent\":%d,\"arrived\":%d,\"roundTripNanosP50\":%d,\"proxyLateNanosP50\":%d}%n"
                        .formatted(
                                loss, sent, arrived, median(roundTripsNanos), median(latesNanos)));
    }

    private void play(WebServerTransport server, LossyProxy proxy) {
        long nextNanos = System.nanoTime();
        // Some ticks more, for what is still under way.
        for (int tick = 0; tick < TICKS + 30; tick++) {
            if (tick < TICKS) {
                for (WebClientTransport client : clients) {
                    ByteBuffer packet = ByteBuffer.allocate(PAYLOAD_BYTES);
                    client.send(NAMED, packet.putLong(0, System.nanoTime()));
                    client.flush();
                    sent++;
                }
            }
            nextNanos += TICK_NANOS;
            while (nextNanos - System.nanoTime() > 0) {
                server.await(TimeUnit.MILLISECONDS.toNanos(1));
                echo(server);
            }
            // After a stall it goes on from there: a burst would be another test.
            nextNanos = Math.max(nextNanos, System.nanoTime() - TICK_NANOS);
            latesNanos.add(proxy.lateNanos());
        }
    }

    private void echo(WebServerTransport server) {
        server.receive(
                (from, packet) -> {
                    arrived++;
                    server.send(from, packet);
                },
                1000);
        server.flush();
        for (WebClientTransport client : clients) {
            client.receive(
                    (_, packet) -> roundTripsNanos.add(System.nanoTime() - packet.getLong(0)),
                    1000);
        }
    }

    private static long median(List<Long> nanos) {
        long[] sorted = nanos.stream().mapToLong(Long::longValue).toArray();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
