package dev.hawser.netcode;

import static dev.hawser.netcode.Fixtures.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import dev.hawser.transport.Transport;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// How soon a server looks again that was woken for nothing: for a while it lets packets gather,
/// and waits at its transport for what is left of the time.
class GatheringTest {
    private static final long GATHERING_NANOS = TimeUnit.MICROSECONDS.toNanos(500);
    private static final long TIMEOUT_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private final Fixtures world = new Fixtures();
    private final Transport arrivals = world.network.bind(Fixtures.SERVER_ADDRESS);
    private final NetcodeServer server =
            world.start(world.serverBuilder().transport(recordsWaits(arrivals)));
    private final Transport stranger = world.network.bind(NetAddress.parse("10.9.9.9:9999"));
    private final List<Long> waitsNanos = new ArrayList<>();
    private NetcodeClient client;

    @BeforeEach
    void connect() throws IOException {
        client = world.connect(1);
        stranger.open();
        server.update();
    }

    /// Notes down how long it was to wait, and does not.
    private Transport recordsWaits(Transport transport) {
        return (Transport)
                Proxy.newProxyInstance(
                        Transport.class.getClassLoader(),
                        new Class<?>[] {Transport.class},
                        (_, method, args) -> {
                            if (method.getName().equals("await")) {
                                waitsNanos.add((Long) args[0]);
                                return null;
                            }
                            return call(transport, method, args);
                        });
    }

    private static Object call(Transport transport, Method method, Object[] args) throws Throwable {
        try {
            return method.invoke(transport, args);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private void sendGarbage() {
        stranger.send(PeerAddress.of(Fixtures.SERVER_ADDRESS), ByteBuffer.allocate(1078));
        stranger.flush();
    }

    private void sendPayload() {
        client.send(bytes("here"));
        client.flush();
    }

    /// {@return how long the server waits at its transport after an update}
    private long waitNanos(long timeoutNanos) {
        server.update();
        server.await(timeoutNanos);
        return waitsNanos.getLast();
    }

    @Test
    void afterPacketsThatWereAllDroppedMoreMayGather() {
        sendGarbage();
        assertThat(waitNanos(TIMEOUT_NANOS)).isEqualTo(TIMEOUT_NANOS - GATHERING_NANOS);
    }

    @Test
    void afterAPacketOfAPlayerAmongThemNobodyWaits() {
        sendGarbage();
        sendPayload();
        assertThat(waitNanos(TIMEOUT_NANOS)).isEqualTo(TIMEOUT_NANOS);
    }

    @Test
    void afterNothingNobodyWaits() {
        sendGarbage();
        server.update();
        assertThat(waitNanos(TIMEOUT_NANOS)).isEqualTo(TIMEOUT_NANOS);
    }

    @Test
    void nobodyWaitsLongerThanWasAskedFor() {
        sendGarbage();
        assertThat(waitNanos(GATHERING_NANOS / 5)).isZero();
        sendGarbage();
        assertThat(waitNanos(0)).isZero();
    }

    @Test
    void aWakeupIsHeardAfterwards() {
        sendGarbage();
        server.update();
        server.wakeup();
        server.await(TIMEOUT_NANOS);
        arrivals.await(TimeUnit.DAYS.toNanos(1));
    }
}
