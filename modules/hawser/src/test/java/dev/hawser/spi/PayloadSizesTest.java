package dev.hawser.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.hawser.ConnectionStats;
import dev.hawser.multi.MultiServer;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What a peer sends may have any size; the bases take that of payloads only, whatever a kind hands
/// them.
class PayloadSizesTest {
    private final List<Integer> received = new ArrayList<>();

    static List<BiConsumer<OwnKind.Handle, ByteBuffer>> waysIn() {
        return List.of(
                AbstractConnectedClient::queue,
                AbstractConnectedClient::queueOrDrop,
                AbstractConnectedClient::queueLast);
    }

    @ParameterizedTest
    @MethodSource("waysIn")
    void aServerDropsAndCountsWhatIsNoPayload(BiConsumer<OwnKind.Handle, ByteBuffer> way) {
        OwnKind.Server server = OwnKind.Server.started(2);
        server.update();
        OwnKind.Handle evil = server.connect(0);
        OwnKind.Handle good = server.connect(1);
        for (int bytes : new int[] {0, Payloads.BYTES_MAX + 1, 5000}) {
            way.accept(evil, ByteBuffer.allocate(bytes));
        }
        way.accept(evil, ByteBuffer.allocate(1));
        way.accept(evil, ByteBuffer.allocate(Payloads.BYTES_MAX));
        for (int i = 0; i < 3; i++) {
            way.accept(good, ByteBuffer.allocate(5));
        }
        server.receive((_, payload) -> received.add(payload.remaining()));
        assertThat(received).containsExactly(1, Payloads.BYTES_MAX, 5, 5, 5);
        assertThat(evil.stats().payloadsNotQueued()).isEqualTo(3);
        assertThat(evil.stats().payloadsIn()).isEqualTo(2);
        assertThat(good.stats()).returns(0L, ConnectionStats::payloadsNotQueued);
        assertThat(server.stats().payloadsNotQueued()).isEqualTo(3);
    }

    /// A kind whose client waits while there is no room does not wait for what never has any.
    @Test
    void whatIsNoPayloadDoesNotWaitForRoom() {
        OwnKind.Server server = OwnKind.Server.started(1);
        OwnKind.Handle client = server.connect(0);
        assertThat(client.queue(ByteBuffer.allocate(0))).isTrue();
        assertThat(client.queue(ByteBuffer.allocate(Payloads.BYTES_MAX + 1))).isTrue();
    }

    @Test
    void aClientDropsAndCountsWhatIsNoPayload() {
        OwnKind.Client client = new OwnKind.Client(1 << 20);
        for (int bytes : new int[] {0, Payloads.BYTES_MAX + 1, 5, Payloads.BYTES_MAX, 1}) {
            client.queueOrDrop(ByteBuffer.allocate(bytes));
        }
        assertThat(client.receive(payload -> received.add(payload.remaining()))).isEqualTo(3);
        assertThat(received).containsExactly(5, Payloads.BYTES_MAX, 1);
        assertThat(client.stats().payloadsNotQueued()).isEqualTo(2);
        assertThat(client.stats().payloadsIn()).isEqualTo(3);
    }

    @Test
    void soDoesAClientThatKeepsThemItself() {
        Queue<Integer> sizes = new ArrayDeque<>(List.of(0, 5, 1201, 0, 7, 5000));
        OwnKind.Client client =
                new OwnKind.Client() {
                    @Override
                    protected @Nullable ByteBuffer poll() {
                        Integer size = sizes.peek();
                        return size == null ? null : ByteBuffer.allocate(size);
                    }

                    @Override
                    protected void copied() {
                        sizes.remove();
                    }
                };
        assertThat(client.receive(payload -> received.add(payload.remaining()))).isEqualTo(2);
        assertThat(received).containsExactly(5, 7);
        assertThat(client.stats().payloadsNotQueued()).isEqualTo(4);
        assertThat(client.stats().payloadsIn()).isEqualTo(2);
    }

    @Test
    void aClientThatKeepsThemItselfHasNoQueueHere() {
        OwnKind.Client client = new OwnKind.Client();
        assertThatIllegalStateException()
                .isThrownBy(() -> client.queueOrDrop(ByteBuffer.allocate(5)))
                .withMessageContainingAll("OwnClient", "super(…)");
    }

    /// What a kind does when there is room again may fail: the payload is gone, and the next ones
    /// come.
    @Test
    void aPayloadIsTakenOnceWhateverTheKindDoesAboutTheRoom() {
        OwnKind.Server server = OwnKind.Server.started(1);
        OwnKind.Handle client =
                new OwnKind.Handle(server, 0) {
                    @Override
                    protected void roomAgain() {
                        throw new IllegalStateException("no room");
                    }
                };
        server.addClient(client);
        int most = ReceiveLimit.DEFAULT.payloads();
        for (int i = 0; i < most; i++) {
            assertThat(client.queue(ByteBuffer.allocate(1))).isTrue();
        }
        assertThatIllegalStateException()
                .isThrownBy(() -> server.receive((_, _) -> {}))
                .withMessage("no room");
        assertThat(server.receive((_, _) -> {})).isEqualTo(most - 1);
    }

    // ---- What a kind may promise

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Payloads.BYTES_MAX + 1, 5000})
    void aKindPromisesNoOtherSizes(int bytes) {
        OwnKind.Server server = new OwnKind.Server(1);
        server.maxPayloadBytes = bytes;
        OwnKind.Client client = new OwnKind.Client(1 << 20);
        client.maxPayloadBytes = bytes;
        for (Runnable use :
                new Runnable[] {
                    server::startUnchecked,
                    () -> MultiServer.builder().add("own", server).build(),
                    client::connect
                }) {
            assertThatIllegalStateException()
                    .isThrownBy(use::run)
                    .withMessageContainingAll(
                            "maxPayloadBytes() of Own", String.valueOf(bytes), "1200");
        }
        assertThat(server.isRunning()).isFalse();
        server.maxPayloadBytes = Payloads.BYTES_MAX;
        server.startUnchecked();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, Payloads.BYTES_MAX - 1, (1 << 30) + 1, Integer.MAX_VALUE})
    void aQueueHasRoomForAPayloadAndAnEnd(int bytes) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new OwnKind.Client(bytes))
                .withMessageContainingAll(String.valueOf(bytes), "1200", "leave it out");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MultiServer.builder().receiveQueueBytes(bytes));
        OwnKind.Server server =
                new OwnKind.Server(1) {
                    @Override
                    protected int receiveQueueBytes() {
                        return bytes;
                    }
                };
        assertThatIllegalArgumentException().isThrownBy(server::startUnchecked);
        // The queue of members is as large as theirs together, and no negative number.
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        MultiServer.builder()
                                .add("other", new OwnKind.Server(1))
                                .add("own", server)
                                .build());
    }
}
