package dev.hawser;

import static dev.hawser.netcode.Fixtures.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.local.LocalClient;
import dev.hawser.local.LocalServer;
import dev.hawser.netcode.Fixtures;
import dev.hawser.netcode.NetcodeClient;
import dev.hawser.netcode.NetcodeServer;
import dev.hawser.protocol.Drop;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// One client that sends more than it may takes nothing from the others.
class FloodOfOneClientTest {
    private static final int PAYLOADS_MAX = 10;

    private final Fixtures world = new Fixtures();
    private final Fixtures.Recorder seen = new Fixtures.Recorder();

    private NetcodeServer limited(int payloads, int bytes) {
        return world.start(world.serverBuilder().receiveLimitPerClient(payloads, bytes));
    }

    private long received(String beginning) {
        return seen.events.stream().filter(event -> event.startsWith(beginning)).count();
    }

    @Test
    void theSurplusIsDroppedUnopenedAndTheOthersLoseNothing() {
        NetcodeServer server = limited(PAYLOADS_MAX, 1 << 20);
        NetcodeClient flooder = world.connect(1);
        NetcodeClient calm = world.connect(2);
        server.receive(seen);
        for (int tick = 0; tick < 20; tick++) {
            for (int i = 0; i < 100; i++) {
                flooder.send(bytes("much"));
            }
            calm.send(bytes("little"));
            world.step();
            server.receive(seen);
        }
        world.step();
        server.receive(seen);
        assertThat(received("netcode:2: little")).isEqualTo(20);
        assertThat(received("netcode:1: much"))
                .isBetween(20L * PAYLOADS_MAX - 20, 21L * PAYLOADS_MAX);
        assertThat(server.stats().drops().get(Drop.OVER_LIMIT)).isGreaterThan(1700);
        ConnectedClient handle = server.client(new ClientId.Netcode(1)).orElseThrow();
        assertThat(handle.stats().payloadsNotQueued())
                .isEqualTo(server.stats().drops().get(Drop.OVER_LIMIT));
        assertThat(flooder.isConnected() && calm.isConnected()).isTrue();
    }

    @Test
    void bytesAreLimitedToo() {
        NetcodeServer server = limited(1000, 3000);
        NetcodeClient client = world.connect(1);
        for (int i = 0; i < 10; i++) {
            client.send(ByteBuffer.allocate(1000));
        }
        world.step();
        assertThat(server.receive((_, _) -> {})).isEqualTo(3);
        client.send(bytes("again"));
        world.step();
        assertThat(server.receive((_, _) -> {})).isEqualTo(1);
    }

    @Test
    void aFlooderMayStillLeave() {
        NetcodeServer server = limited(1, 1);
        NetcodeClient client = world.connect(1);
        client.send(bytes("a"));
        client.send(bytes("b"));
        client.disconnect();
        world.step();
        server.receive(seen);
        assertThat(seen.events)
                .containsExactly(
                        "connect netcode:1", "netcode:1: a", "disconnect netcode:1 ClientLeft");
    }

    @Test
    void aLocalClientIsToldThatTheQueueIsFullAndNothingIsLost() throws Exception {
        LocalServer server =
                LocalServer.builder().receiveLimitPerClient(PAYLOADS_MAX, 1 << 20).build();
        server.start();
        LocalClient client = LocalClient.builder(server).id(1).build();
        client.connect();
        server.update();
        client.update();
        server.receive(seen);
        int sent = 0;
        while (client.send(ByteBuffer.allocate(1000).putInt(0, sent)) == SendResult.SENT) {
            sent++;
        }
        assertThat(client.send(bytes("?"))).isIn(SendResult.QUEUE_FULL, SendResult.SENT);
        assertThat(sent).isBetween(200, 300);
        List<Integer> numbers = new ArrayList<>();
        int ticks = 0;
        while (numbers.size() < sent && ticks < 1000) {
            server.update();
            int before = numbers.size();
            server.receive((_, payload) ->
                    numbers.add(
                            payload.remaining() == 1 ? -1 : payload.getInt(payload.position())));
            assertThat(numbers.size() - before).isLessThanOrEqualTo(PAYLOADS_MAX);
            ticks++;
        }
        for (int i = 0; i < sent; i++) {
            assertThat(numbers.get(i)).isEqualTo(i);
        }
        assertThat(client.send(bytes("more"))).isEqualTo(SendResult.SENT);
    }

    @Test
    void aServerIsToldThatALocalClientDoesNotKeepUp() throws Exception {
        LocalServer server = LocalServer.builder().build();
        server.start();
        LocalClient client = LocalClient.builder(server).id(1).build();
        client.connect();
        server.update();
        server.receive(seen);
        ConnectedClient handle = seen.connected.getFirst();
        int sent = 0;
        while (server.send(handle, ByteBuffer.allocate(1200)) == SendResult.SENT) {
            sent++;
        }
        assertThat(server.send(handle, ByteBuffer.allocate(1200))).isEqualTo(SendResult.QUEUE_FULL);
        client.update();
        assertThat(client.receive(_ -> {})).isEqualTo(sent);
        assertThat(server.send(handle, ByteBuffer.allocate(1200))).isEqualTo(SendResult.SENT);
    }
}
