package dev.hawser;

import static dev.hawser.netcode.Fixtures.bytes;
import static dev.hawser.netcode.Fixtures.startUnchecked;
import static dev.hawser.netcode.Fixtures.text;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.local.LocalClient;
import dev.hawser.local.LocalPair;
import dev.hawser.local.LocalServer;
import dev.hawser.multi.MultiServer;
import dev.hawser.netcode.Fixtures;
import dev.hawser.netcode.NetcodeClient;
import dev.hawser.netcode.NetcodeServer;
import dev.hawser.spi.Payloads;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/// A handler that does what it likes with the payload that it is lent changes no other one, and
/// nothing of the queue, at every end of every kind of connection.
class LentPayloadTest {
    private static final List<String> SAID =
            List.of("111", "a longer one", "2", "33", "x".repeat(1200), "the last");

    private static final byte[] SCRIBBLES = "!".repeat(Payloads.BYTES_MAX).getBytes(US_ASCII);

    private final Fixtures world = new Fixtures();
    private final List<String> heard = new ArrayList<>();
    private final List<ByteBuffer> kept = new ArrayList<>();

    /// Hears it, and then does everything that can be done to a buffer.
    private void misuse(ByteBuffer payload) {
        heard.add(text(payload.duplicate()));
        assertThat(payload.position()).isZero();
        assertThat(payload.capacity()).isEqualTo(payload.limit());
        assertThat(payload.order()).isEqualTo(ByteOrder.BIG_ENDIAN);
        payload.clear();
        payload.order(ByteOrder.LITTLE_ENDIAN);
        try {
            while (true) {
                payload.put((byte) -1);
            }
        } catch (BufferOverflowException e) {
            heard.add("|");
        }
        payload.position(payload.capacity() / 2).mark();
        payload.limit(payload.position());
        kept.add(payload);
        for (ByteBuffer former : kept) {
            former.clear();
            former.put(SCRIBBLES, 0, former.remaining());
        }
    }

    private void checkHeard(int times) {
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            for (String said : SAID) {
                expected.add(said);
                expected.add("|");
            }
        }
        assertThat(heard).containsExactlyElementsOf(expected);
    }

    private static void say(Consumer<ByteBuffer> sender) {
        SAID.forEach(said -> sender.accept(bytes(said)));
    }

    private void receiveAtServer(NetServer server) {
        server.receive((_, payload) -> misuse(payload));
    }

    @Test
    void atANetcodeServerWithSeveralClients() {
        NetcodeServer server = world.startServer();
        NetcodeClient one = world.connect(1);
        NetcodeClient other = world.connect(2);
        for (int i = 0; i < 3; i++) {
            say(one::send);
            say(other::send);
            world.step();
            receiveAtServer(server);
        }
        checkHeard(6);
    }

    @Test
    void atANetcodeClient() {
        NetcodeServer server = world.startServer();
        NetcodeClient client = world.connect(1);
        for (int i = 0; i < 3; i++) {
            say(server::broadcast);
            world.step();
            world.step();
            client.receive(this::misuse);
        }
        checkHeard(3);
    }

    @Test
    void atBothEndsOfALocalConnection() {
        LocalPair pair = LocalPair.connected();
        LocalServer server = pair.server();
        LocalClient client = pair.client();
        for (int i = 0; i < 200; i++) {
            say(client::send);
            server.update();
            receiveAtServer(server);
        }
        checkHeard(200);
        heard.clear();
        for (int i = 0; i < 200; i++) {
            say(server::broadcast);
            client.update();
            client.receive(this::misuse);
        }
        checkHeard(200);
    }

    @Test
    void atAServerMadeOfSeveral() {
        LocalServer local = LocalServer.builder().build();
        MultiServer server =
                MultiServer.builder()
                        .add("udp", world.serverBuilder().build())
                        .add("local", local)
                        .build();
        startUnchecked(server);
        world.servers.add(server);
        NetcodeClient remote = world.connect(1);
        LocalClient host = LocalClient.builder(local).id(1).build();
        host.connect();
        world.clients.add(host);
        world.step();
        world.step();
        say(remote::send);
        world.step();
        say(host::send);
        world.step();
        receiveAtServer(server);
        checkHeard(2);
    }

    /// The case from which the rule comes: the answer is longer than the question.
    @Test
    void anAnswerThatIsPutIntoTheQuestionIsAnExceptionWhereItIsLonger() {
        NetcodeServer server = world.startServer();
        world.connect(1).send(bytes("four"));
        world.connect(2).send(bytes("five"));
        world.step();
        List<String> ends = new ArrayList<>();
        server.receive((_, payload) -> {
            heard.add(text(payload.duplicate()));
            payload.clear();
            try {
                payload.putLong(7);
            } catch (BufferOverflowException e) {
                ends.add("end");
            }
        });
        assertThat(heard).containsExactlyInAnyOrder("four", "five");
        assertThat(ends).hasSize(2);
    }

    /// What a game sends is its own again when the call returns, whatever the buffer is like.
    @Test
    void whatIsSentIsNeitherChangedNorKept() {
        NetcodeServer server = world.startServer();
        LocalServer local = LocalServer.builder().build();
        startUnchecked(local);
        LocalClient host = LocalClient.builder(local).id(1).build();
        host.connect();
        local.update();
        host.update();
        NetcodeClient client = world.connect(1);
        for (ByteBuffer buffer :
                List.of(
                        ByteBuffer.allocate(40),
                        ByteBuffer.allocateDirect(40),
                        ByteBuffer.allocate(40).asReadOnlyBuffer())) {
            ByteBuffer sent = buffer.duplicate().order(ByteOrder.LITTLE_ENDIAN);
            sent.position(7).mark();
            sent.limit(19);
            for (Consumer<ByteBuffer> sender :
                    List.<Consumer<ByteBuffer>>of(
                            client::send, server::broadcast, host::send, local::broadcast)) {
                sender.accept(sent);
                assertThat(sent.position()).isEqualTo(7);
                assertThat(sent.limit()).isEqualTo(19);
                assertThat(sent.order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
                assertThat(sent.reset().position()).isEqualTo(7);
            }
            if (!buffer.isReadOnly()) {
                buffer.put(8, (byte) 9);
            }
        }
        world.step();
        local.update();
        host.update();
        int before = heard.size();
        server.receive((_, payload) -> heard.add("" + payload.get(1)));
        local.receive((_, payload) -> heard.add("" + payload.get(1)));
        client.receive(payload -> heard.add("" + payload.get(1)));
        host.receive(payload -> heard.add("" + payload.get(1)));
        assertThat(heard).hasSizeGreaterThanOrEqualTo(before + 9).containsOnly("0");
    }
}
