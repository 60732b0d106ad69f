package dev.hawser;

import static dev.hawser.Fixtures.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import dev.hawser.transport.Transport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// How soon a server looks again that was woken for nothing. In real time, which a busy machine can
/// make longer but not shorter: so what is to be short is the shortest of many.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class GatheringTest {
    private static final long GATHERING_NANOS = TimeUnit.MICROSECONDS.toNanos(500);
    private static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final int TURNS = 100;

    private final Fixtures world = new Fixtures();
    private final NetcodeServer server = world.startServer();
    private final Transport stranger = world.network.bind(NetAddress.parse("10.9.9.9:9999"));
    private NetcodeClient client;

    @BeforeEach
    void connect() throws IOException {
        client = world.connect(1);
        stranger.open();
        server.update();
    }

    private void sendGarbage() {
        stranger.send(PeerAddress.of(Fixtures.SERVER_ADDRESS), ByteBuffer.allocate(1078));
        stranger.flush();
    }

    private void sendPayload() {
        client.send(bytes("here"));
        client.flush();
    }

    /// {@return the shortest wait of many turns for a packet that has already come}
    ///
    /// @param before what has come before, and was looked at
    private long shortestWaitNanos(long timeoutNanos, Runnable before) {
        long shortest = Long.MAX_VALUE;
        for (int turn = 0; turn < TURNS; turn++) {
            before.run();
            server.update();
            sendPayload();
            long startNanos = System.nanoTime();
            server.await(timeoutNanos);
            shortest = Math.min(shortest, System.nanoTime() - startNanos);
            server.update();
            server.receive(new Fixtures.Recorder());
        }
        return shortest;
    }

    @Test
    void afterPacketsThatWereAllDroppedMoreMayGather() {
        assertThat(shortestWaitNanos(TIMEOUT_NANOS, this::sendGarbage))
                .isGreaterThanOrEqualTo(GATHERING_NANOS);
    }

    @Test
    void afterAPacketOfAPlayerAmongThemNobodyWaits() {
        assertThat(
                        shortestWaitNanos(
                                TIMEOUT_NANOS,
                                () -> {
                                    sendGarbage();
                                    sendPayload();
                                }))
                .isLessThan(GATHERING_NANOS);
    }

    @Test
    void afterNothingNobodyWaits() {
        assertThat(shortestWaitNanos(TIMEOUT_NANOS, () -> {})).isLessThan(GATHERING_NANOS);
    }

    @Test
    void nobodyWaitsLongerThanWasAskedFor() {
        assertThat(shortestWaitNanos(GATHERING_NANOS / 5, this::sendGarbage))
                .isLessThan(GATHERING_NANOS);
        assertThat(shortestWaitNanos(0, this::sendGarbage)).isLessThan(GATHERING_NANOS);
    }

    @Test
    void aWakeupIsHeardAfterwards() {
        sendGarbage();
        server.update();
        server.wakeup();
        server.await(TimeUnit.DAYS.toNanos(1));
    }
}
