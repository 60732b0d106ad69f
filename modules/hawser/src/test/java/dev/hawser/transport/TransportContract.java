package dev.hawser.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What every transport does between two that can reach each other, Alice and Bob, whatever their
/// addresses are. Subclasses say how to make them.
public abstract class TransportContract {
    private final List<Transport> opened = new ArrayList<>();
    Transport alice;
    Transport bob;

    /// Makes and opens Alice and Bob with [#open(Transport)], so that each can send to the other.
    ///
    /// @return Alice first
    protected abstract List<Transport> openPair() throws IOException;

    /// {@return the size of the largest packet that Alice sends}
    protected abstract int packetBytesMax();

    /// {@return the address that one of the two has for the other}
    protected PeerAddress addressOf(Transport transport) {
        return PeerAddress.of(transport.localAddress());
    }

    /// Waits until so many packets can be received at once.
    protected void awaitArrived(Transport transport, int packets) {
        transport.await(TimeUnit.SECONDS.toNanos(10));
    }

    /// Opens a transport that is closed after the test.
    protected final Transport open(Transport transport) throws IOException {
        opened.add(transport);
        transport.open();
        return transport;
    }

    @BeforeEach
    final void openTwo() throws IOException {
        List<Transport> pair = openPair();
        alice = pair.getFirst();
        bob = pair.getLast();
    }

    @AfterEach
    final void closeAll() {
        opened.forEach(Transport::close);
    }

    static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    final void send(Transport from, Transport to, String text) {
        from.send(addressOf(to), bytes(text));
        from.flush();
    }

    private static String text(ByteBuffer datagram) {
        return StandardCharsets.UTF_8.decode(datagram).toString();
    }

    /// Waits for packets; a test whose time is over ends here, by the interrupt.
    static void awaitPackets(Transport transport) {
        transport.await(TimeUnit.SECONDS.toNanos(1));
        assertThat(Thread.currentThread().isInterrupted()).as("the time is over").isFalse();
    }

    /// Receives until so many packets have come.
    static List<String> receive(Transport transport, int packets) {
        List<String> texts = new ArrayList<>();
        while (texts.size() < packets) {
            awaitPackets(transport);
            transport.receive((_, datagram) -> texts.add(text(datagram)), packets - texts.size());
        }
        return texts;
    }

    @Test
    final void whatIsSentArrivesWithTheAddressOfTheSender() {
        send(alice, bob, "hello");
        List<NetAddress> senders = new ArrayList<>();
        while (senders.isEmpty()) {
            awaitPackets(bob);
            bob.receive((from, _) -> senders.add(from.toNetAddress()), 1);
        }
        assertThat(senders).containsExactly(addressOf(alice).toNetAddress());
    }

    @Test
    final void whoReceivesMayAnswerFromInsideTheHandler() {
        send(alice, bob, "ping");
        bob.await(TimeUnit.SECONDS.toNanos(10));
        bob.receive((from, datagram) -> bob.send(from, datagram), 1);
        bob.flush();
        assertThat(receive(alice, 1)).containsExactly("ping");
    }

    /// Whatever is done to one datagram is not seen in another, waiting or to come.
    @Test
    final void aHandlerMayDoWhatItLikesToADatagram() {
        List<String> texts = new ArrayList<>();
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 10; i++) {
                send(alice, bob, "packet " + i);
            }
            awaitArrived(bob, 10);
            int expected = 10 * (round + 1);
            while (texts.size() < expected) {
                awaitPackets(bob);
                bob.receive(
                        (_, datagram) -> {
                            assertThat(datagram.order()).isEqualTo(ByteOrder.BIG_ENDIAN);
                            texts.add(text(datagram));
                            datagram.clear().order(ByteOrder.LITTLE_ENDIAN);
                            while (datagram.hasRemaining()) {
                                datagram.put((byte) -1);
                            }
                            datagram.position(1).mark().limit(1);
                        },
                        10);
            }
        }
        assertThat(texts)
                .containsExactlyElementsOf(
                        IntStream.range(0, 30).mapToObj(i -> "packet " + i % 10).toList());
    }

    @Test
    final void packetsKeepTheirOrder() {
        for (int i = 0; i < 50; i++) {
            send(alice, bob, "packet " + i);
        }
        assertThat(receive(bob, 50)).first().isEqualTo("packet 0");
    }

    @Test
    final void oneCallTakesNoMoreThanItIsTold() {
        for (int i = 0; i < 5; i++) {
            send(alice, bob, "packet " + i);
        }
        awaitArrived(bob, 5);
        List<String> texts = new ArrayList<>();
        int taken = bob.receive((_, datagram) -> texts.add(text(datagram)), 2);
        assertThat(taken).isEqualTo(2);
        assertThat(texts).containsExactly("packet 0", "packet 1");
        assertThat(receive(bob, 3)).containsExactly("packet 2", "packet 3", "packet 4");
    }

    @Test
    final void receivingNeverWaits() {
        assertThat(bob.receive((_, _) -> {}, 100)).isZero();
    }

    @Test
    final void sendingTakesTheBytesAndLeavesTheBufferAsItWas() {
        ByteBuffer packet = ByteBuffer.wrap(new byte[] {9, 1, 2, 3, 9});
        packet.limit(4).position(1);
        alice.send(addressOf(bob), packet);
        packet.put(1, (byte) 77);
        alice.flush();
        assertThat(packet.position()).isEqualTo(1);
        assertThat(packet.limit()).isEqualTo(4);

        bob.await(TimeUnit.SECONDS.toNanos(10));
        bob.receive(
                (_, datagram) -> {
                    byte[] arrived = new byte[datagram.remaining()];
                    datagram.get(arrived);
                    assertThat(arrived).containsExactly(1, 2, 3);
                },
                1);
        assertThat(bob.stats().packetsIn()).isEqualTo(1);
    }

    @Test
    final void theHandlerMayDoWhatItLikesWithTheBuffer() {
        send(alice, bob, "first");
        send(alice, bob, "second");
        List<String> texts = new ArrayList<>();
        while (texts.size() < 2) {
            awaitPackets(bob);
            bob.receive(
                    (_, datagram) -> {
                        texts.add(text(datagram));
                        datagram.clear();
                        while (datagram.hasRemaining()) {
                            datagram.put((byte) 'x');
                        }
                        datagram.limit(0);
                    },
                    2);
        }
        assertThat(texts).containsExactly("first", "second");
    }

    @Test
    final void theLargestPacketArrivesWhole() {
        assertThat(alice.maxPacketBytes()).isEqualTo(packetBytesMax());
        alice.send(addressOf(bob), ByteBuffer.allocate(alice.maxPacketBytes()));
        alice.flush();
        bob.await(TimeUnit.SECONDS.toNanos(10));
        List<Integer> sizes = new ArrayList<>();
        bob.receive((_, datagram) -> sizes.add(datagram.remaining()), 1);
        assertThat(sizes).containsExactly(alice.maxPacketBytes());
    }

    @Test
    final void aLargerPacketIsNotSentButCounted() {
        ByteBuffer packet = ByteBuffer.allocate(alice.maxPacketBytes() + 1);
        alice.send(addressOf(bob), packet);
        assertThat(alice.stats().sendFailures()).containsEntry(SendFailure.TOO_LARGE, 1L);
        assertThat(alice.stats().packetsOut()).isZero();
        assertThat(packet.remaining()).isEqualTo(alice.maxPacketBytes() + 1);
    }

    @Test
    final void whatMovesIsCounted() {
        send(alice, bob, "four");
        send(alice, bob, "sixsix");
        receive(bob, 2);
        assertThat(alice.stats().packetsOut()).isEqualTo(2);
        assertThat(alice.stats().bytesOut()).isEqualTo(10);
        assertThat(bob.stats().packetsIn()).isEqualTo(2);
        assertThat(bob.stats().bytesIn()).isEqualTo(10);
        assertThat(alice.stats().packetsNotSent()).isZero();
    }

    @Test
    final void manyBatchesArriveInOrderAndWhole() {
        for (int i = 0; i < 150; i++) {
            alice.send(addressOf(bob), bytes("packet " + i));
        }
        alice.flush();
        List<String> texts = receive(bob, 150);
        for (int i = 0; i < 150; i++) {
            assertThat(texts.get(i)).isEqualTo("packet " + i);
        }
        assertThat(alice.stats().packetsOut()).isEqualTo(150);
        assertThat(bob.receive((_, _) -> {}, 1)).isZero();
    }

    @Test
    final void whoWaitsForAnAnswerHasAskedTheQuestion() {
        alice.send(addressOf(bob), bytes("question"));
        alice.await(1);
        assertThat(receive(bob, 1)).containsExactly("question");
    }

    @Test
    final void whatWasSentLeavesBeforeTheTransportCloses() {
        alice.send(addressOf(bob), bytes("goodbye"));
        alice.close();
        assertThat(receive(bob, 1)).containsExactly("goodbye");
    }

    @Test
    final void closingTwiceIsClosingOnce() {
        alice.close();
        assertThatCode(alice::close).doesNotThrowAnyException();
        assertThat(alice.isOpen()).isFalse();
    }

    @Test
    final void openingTwiceIsOpeningOnce() throws IOException {
        NetAddress before = alice.localAddress();
        alice.open();
        assertThat(alice.localAddress()).isEqualTo(before);
    }

    @Test
    final void aClosedTransportReceivesNothingAndCountsWhatItCannotSend() {
        alice.close();
        alice.send(addressOf(bob), bytes("late"));
        alice.await(TimeUnit.HOURS.toNanos(1));
        assertThat(alice.receive((_, _) -> {}, 10)).isZero();
        assertThat(alice.stats().sendFailures()).containsEntry(SendFailure.CLOSED, 1L);
    }

    @Test
    final void theHandlerMayCloseTheTransport() {
        send(alice, bob, "one");
        send(alice, bob, "two");
        awaitArrived(bob, 2);
        assertThat(bob.receive((_, _) -> bob.close(), 10)).isEqualTo(1);
    }

    @Test
    final void whatTheHandlerThrowsIsPassedOnAndTheNextPacketIsThere() {
        send(alice, bob, "one");
        send(alice, bob, "two");
        awaitArrived(bob, 2);
        assertThatThrownBy(() ->
                        bob.receive(
                                (_, _) -> {
                                    throw new IllegalArgumentException("no");
                                },
                                10))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(receive(bob, 1)).containsExactly("two");
    }

    @Test
    final void whatAHandlerLeavesIsThereForTheNext() {
        for (int i = 0; i < 10; i++) {
            send(alice, bob, "packet " + i);
        }
        awaitArrived(bob, 10);
        int[] handed = {0};
        assertThatThrownBy(() ->
                        bob.receive(
                                (_, _) -> {
                                    if (++handed[0] == 3) {
                                        throw new IllegalArgumentException("no");
                                    }
                                },
                                10))
                .isInstanceOf(IllegalArgumentException.class);
        // Nothing new is on its way: what is left has to end the wait by itself.
        bob.await(TimeUnit.HOURS.toNanos(1));
        assertThat(receive(bob, 7)).first().isEqualTo("packet 3");
    }

    @Test
    final void waitingEndsWhenTheTimeIsOver() {
        bob.await(TimeUnit.MILLISECONDS.toNanos(5));
        bob.await(0);
        bob.await(-1);
    }

    @Test
    final void waitingEndsAtOnceWhenSomethingIsThere() {
        send(alice, bob, "here");
        bob.await(TimeUnit.HOURS.toNanos(1));
        assertThat(receive(bob, 1)).containsExactly("here");
    }

    @Test
    final void anotherThreadEndsTheWait() throws InterruptedException {
        Thread waker = Thread.ofPlatform().start(bob::wakeup);
        bob.await(TimeUnit.HOURS.toNanos(1));
        waker.join();
    }

    @Test
    final void aWakeupBeforeTheWaitIsNotLost() {
        bob.wakeup();
        bob.await(TimeUnit.HOURS.toNanos(1));
    }

    @Test
    final void aWakeupEndsOneWaitOnly() {
        bob.await(1);
        bob.wakeup();
        bob.wakeup();
        bob.await(TimeUnit.HOURS.toNanos(1));
        long startNanos = System.nanoTime();
        long waitNanos = TimeUnit.MILLISECONDS.toNanos(20);
        // A second early end is allowed, an endless row of them is not.
        bob.await(waitNanos);
        bob.await(waitNanos);
        bob.await(waitNanos);
        assertThat(System.nanoTime() - startNanos).isGreaterThanOrEqualTo(waitNanos);
    }

    @Test
    final void anInterruptEndsTheWait() throws InterruptedException {
        Thread waiting = Thread.currentThread();
        Thread interrupter = Thread.ofPlatform().start(waiting::interrupt);
        while (!waiting.isInterrupted()) {
            bob.await(TimeUnit.HOURS.toNanos(1));
        }
        assertThat(Thread.interrupted()).isTrue();
        interrupter.join();
    }

    @Test
    final void anInterruptedThreadDoesNotWaitAndTheTransportLives() {
        Thread.currentThread().interrupt();
        bob.await(TimeUnit.HOURS.toNanos(1));
        assertThat(bob.receive((_, _) -> {}, 1)).isZero();
        bob.send(addressOf(alice), bytes("alive"));
        bob.flush();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(receive(alice, 1)).containsExactly("alive");
        send(alice, bob, "too");
        assertThat(receive(bob, 1)).containsExactly("too");
    }
}
