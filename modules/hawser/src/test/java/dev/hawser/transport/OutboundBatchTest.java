package dev.hawser.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.linux.Errno;
import dev.hawser.linux.ErrnoException;
import dev.hawser.linux.LinuxUdpSocket;
import dev.hawser.linux.OutboundMessages;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What becomes of a batch, whatever the kernel says: a loopback never says most of it.
class OutboundBatchTest implements OutboundBatch.SendCalls {
    private static final PeerAddress PEER = PeerAddress.of(NetAddress.parse("127.0.0.1:9"));

    /// What the kernel will say, call by call; without a word it takes all.
    private final Deque<Integer> answers = new ArrayDeque<>();

    /// What it will say when it may cut a packet; without a word that it is too large even so.
    private final Deque<Integer> fragmentAnswers = new ArrayDeque<>();

    private int fragmented;

    /// The first packet of each message that left, by its size; whole where packets are messages.
    private final List<Integer> sent = new ArrayList<>();

    /// Of how many packets each message was.
    private final List<Integer> messages = new ArrayList<>();

    private final TransportCounters counters = new TransportCounters();
    private LinuxUdpSocket socket;
    private OutboundBatch outbound;
    private int calls;

    @BeforeEach
    void open() throws ErrnoException {
        Mmsg.assume();
        socket = LinuxUdpSocket.open(false);
        socket.tellLocalAddresses();
        outbound = newBatch();
    }

    private OutboundBatch newBatch() {
        return new OutboundBatch(
                socket.newOutbound(64, 100_000),
                () -> socket.newOutbound(100, 100_000),
                this,
                true,
                counters);
    }

    @AfterEach
    void close() {
        if (socket != null) {
            socket.close();
        }
    }

    @Override
    public int sendInFragments(OutboundMessages messages, int message) {
        fragmented++;
        return fragmentAnswers.isEmpty() ? -Errno.EMSGSIZE : fragmentAnswers.remove();
    }

    @Override
    public int send(OutboundMessages outbound, int first, int count) {
        calls++;
        int answer = answers.isEmpty() ? count : answers.remove();
        int place = outbound.packets();
        for (int i = first; i < first + count; i++) {
            place -= outbound.packetsOf(i);
        }
        for (int i = first; i < first + answer; i++) {
            sent.add(outbound.bytesAt(place));
            messages.add(outbound.packetsOf(i));
            place += outbound.packetsOf(i);
        }
        return answer;
    }

    /// Packets of 1, 2, 3, ... bytes.
    private void add(int packets) {
        for (int i = 1; i <= packets; i++) {
            outbound.add(PEER, ByteBuffer.allocate(i));
        }
    }

    private static List<Integer> range(int first, int last) {
        return IntStream.rangeClosed(first, last).boxed().toList();
    }

    @Test
    void nothingIsSentBeforeTheBatchEnds() {
        add(3);
        assertThat(calls).isZero();
        outbound.flush();
        assertThat(sent).containsExactly(1, 2, 3);
        assertThat(calls).isEqualTo(1);
        outbound.flush();
        assertThat(calls).isEqualTo(1);
    }

    @Test
    void whatFindsNoRoomHasTheOthersSentAndMoreRoomFromThenOn() {
        add(64);
        assertThat(sent).isEmpty();
        add(1);
        assertThat(sent).isEqualTo(range(1, 64));
        add(99);
        assertThat(calls).isEqualTo(1);
        add(1);
        assertThat(calls).isEqualTo(2);
        outbound.flush();
        assertThat(counters.snapshot().packetsOut()).isEqualTo(165);
    }

    @Test
    void thereIsRoomForBytesToo() {
        addOfSizes(PEER, 60_000, 50_000, 50_000, 50_000);
        assertThat(sent).containsExactly(60_000, 50_000, 50_000);
        outbound.flush();
        assertThat(sent).containsExactly(60_000, 50_000, 50_000, 50_000);
    }

    @Test
    void whatThePartOfABatchLeftOverFollowsInOrder() {
        answers.addAll(List.of(2, 1, 4));
        add(10);
        outbound.flush();
        assertThat(sent).isEqualTo(range(1, 10));
        assertThat(calls).isEqualTo(4);
        assertThat(counters.snapshot().packetsOut()).isEqualTo(10);
        assertThat(counters.snapshot().bytesOut()).isEqualTo(55);
    }

    @Test
    void aFullSocketDropsTheRestAndAsksNoMore() {
        answers.addAll(List.of(2, -Errno.EAGAIN));
        add(5);
        outbound.flush();
        assertThat(sent).containsExactly(1, 2);
        assertThat(calls).isEqualTo(2);
        assertThat(counters.snapshot().sendFailures())
                .isEqualTo(Map.of(SendFailure.BUFFER_FULL, 3L));
        add(1);
        outbound.flush();
        assertThat(sent).as("what was dropped does not come back").containsExactly(1, 2, 1);
    }

    @Test
    void whatCannotBeSentIsLeftOutAndTheRestGoesOn() {
        Map<Integer, SendFailure> failures =
                Map.of(
                        Errno.ENOBUFS, SendFailure.BUFFER_FULL,
                        Errno.ENOMEM, SendFailure.BUFFER_FULL,
                        Errno.EMSGSIZE, SendFailure.TOO_LARGE,
                        Errno.EPERM, SendFailure.NOT_PERMITTED,
                        Errno.EACCES, SendFailure.NOT_PERMITTED,
                        Errno.ENETUNREACH, SendFailure.UNREACHABLE,
                        Errno.EHOSTUNREACH, SendFailure.UNREACHABLE,
                        Errno.EHOSTDOWN, SendFailure.UNREACHABLE,
                        Errno.ECONNREFUSED, SendFailure.UNREACHABLE,
                        Errno.EINVAL, SendFailure.OTHER);
        failures.forEach((errno, failure) -> {
            sent.clear();
            long before = counters.snapshot().sendFailures().getOrDefault(failure, 0L);
            answers.addAll(List.of(1, -errno));
            add(4);
            outbound.flush();
            assertThat(sent).as("errno %d", errno).containsExactly(1, 3, 4);
            assertThat(counters.snapshot().sendFailures().get(failure)).isEqualTo(before + 1);
        });
    }

    @Test
    void aPeerOfTheOtherFamilyIsUnreachable() {
        outbound.add(PeerAddress.of(NetAddress.parse("[::1]:9")), ByteBuffer.allocate(1));
        outbound.flush();
        assertThat(calls).isZero();
        assertThat(counters.snapshot().sendFailures())
                .isEqualTo(Map.of(SendFailure.UNREACHABLE, 1L));
    }

    private void addOfSizes(PeerAddress to, int... sizes) {
        for (int size : sizes) {
            outbound.add(to, ByteBuffer.allocate(size));
        }
    }

    @Test
    void packetsToOnePeerAreOneMessageAlsoWhenOthersStandBetween() {
        PeerAddress[] peers = new PeerAddress[3];
        for (int i = 0; i < peers.length; i++) {
            peers[i] = PeerAddress.of(NetAddress.parse("127.0.0.1:2" + i));
        }
        for (int round = 0; round < 4; round++) {
            for (int i = 0; i < peers.length; i++) {
                addOfSizes(peers[i], 100 + i);
            }
        }
        outbound.flush();
        assertThat(messages).containsExactly(4, 4, 4);
        assertThat(sent).containsExactly(100, 101, 102);
        assertThat(counters.snapshot().bytesOut()).isEqualTo(4 * 303);
        outbound.add(peers[1], ByteBuffer.allocate(1));
        outbound.flush();
        assertThat(messages).as("nothing is left of the last batch").containsExactly(4, 4, 4, 1);
    }

    @Test
    void aRowEndsWithTheFirstPacketOfAnotherSize() {
        PeerAddress other = PeerAddress.of(NetAddress.parse("127.0.0.1:10"));
        addOfSizes(PEER, 100, 100, 100, 40, 40);
        addOfSizes(other, 40, 41);
        addOfSizes(PEER, 41);
        outbound.flush();
        assertThat(messages).containsExactly(4, 1, 1, 1, 1);
        assertThat(calls).isEqualTo(1);
        assertThat(counters.snapshot().packetsOut()).isEqualTo(8);
        assertThat(counters.snapshot().bytesOut()).isEqualTo(502);
    }

    @Test
    void whatAPathMayNotCarryWholeIsNoRow() {
        addOfSizes(PEER, 1_233, 1_233, 0, 0);
        outbound.flush();
        assertThat(messages).containsExactly(1, 1, 1, 1);
        messages.clear();
        addOfSizes(PEER, IntStream.generate(() -> 1_232).limit(60).toArray());
        outbound.flush();
        assertThat(messages).as("65,000 bytes at most").containsExactly(52, 8);
        messages.clear();
        addOfSizes(PEER, new int[64]);
        addOfSizes(PEER, IntStream.generate(() -> 10).limit(70).toArray());
        outbound.flush();
        assertThat(messages.subList(64, 66)).as("64 packets at most").containsExactly(64, 6);
    }

    @Test
    void aRowThatIsTooLargeForItsPathGoesOneByOneAndTheNextOneIsTriedAgain() {
        answers.addAll(List.of(-Errno.EMSGSIZE, 3));
        addOfSizes(PEER, 100, 100, 100);
        outbound.flush();
        assertThat(messages).containsExactly(1, 1, 1);
        addOfSizes(PEER, 100, 100, 100);
        outbound.flush();
        assertThat(messages).containsExactly(1, 1, 1, 3);
        assertThat(counters.snapshot().packetsOut()).isEqualTo(6);
        assertThat(counters.snapshot().packetsNotSent()).isZero();
    }

    @Test
    void aSystemThatTakesNoRowsIsAskedOnce() {
        for (int errno : new int[] {Errno.EIO, Errno.EINVAL, Errno.EOPNOTSUPP}) {
            outbound = newBatch();
            messages.clear();
            answers.addAll(List.of(1, -errno));
            addOfSizes(PEER, 50, 60, 60, 60);
            outbound.flush();
            addOfSizes(PEER, 60, 60);
            outbound.flush();
            assertThat(messages).as("errno %d", errno).containsExactly(1, 1, 1, 1, 1, 1);
        }
        assertThat(counters.snapshot().packetsNotSent()).isZero();
    }

    @Test
    void aRowToAPeerThatCannotBeReachedIsLostAsAWhole() {
        answers.add(-Errno.EHOSTUNREACH);
        addOfSizes(PEER, 100, 100, 100, 200);
        outbound.flush();
        assertThat(messages).containsExactly(1);
        assertThat(calls).isEqualTo(2);
        assertThat(counters.snapshot().sendFailures())
                .isEqualTo(Map.of(SendFailure.UNREACHABLE, 3L));
    }

    @Test
    void aPacketThatItsInterfaceDoesNotTakeWholeGoesInFragments() {
        answers.addAll(List.of(-Errno.EMSGSIZE, -Errno.EMSGSIZE));
        fragmentAnswers.addAll(List.of(1, 1));
        addOfSizes(PEER, 1_106, 1_253, 10);
        outbound.flush();
        assertThat(fragmented).isEqualTo(2);
        assertThat(sent).as("in one piece").containsExactly(10);
        assertThat(counters.snapshot().packetsOut()).isEqualTo(3);
        assertThat(counters.snapshot().bytesOut()).isEqualTo(1_106 + 1_253 + 10);
        assertThat(counters.snapshot().packetsNotSent()).isZero();
    }

    @Test
    void theLatestErrorIsThereInTheSystemsWords() {
        assertThat(counters.lastSendError()).isEmpty();
        answers.addAll(List.of(-Errno.ENETUNREACH, -Errno.EMFILE));
        add(1);
        outbound.flush();
        assertThat(counters.lastSendError()).isEqualTo("Network is unreachable");
        add(1);
        outbound.flush();
        assertThat(counters.lastSendError()).isEqualTo("Too many open files");
    }

    private static PeerAddress from(int local) {
        PeerAddress peer = PeerAddress.of(NetAddress.parse("127.0.0.1:9"));
        peer.setLocalIpv4(local);
        return peer;
    }

    @Test
    void packetsToOnePeerFromTwoAddressesAreNoRow() {
        int[] sizes = {100, 100};
        addOfSizes(from(1), sizes);
        addOfSizes(from(2), sizes);
        addOfSizes(PEER, sizes);
        addOfSizes(from(2), 100);
        outbound.flush();
        assertThat(messages).containsExactly(2, 2, 2, 1);
        assertThat(counters.snapshot().packetsOut()).isEqualTo(7);
    }

    @Test
    void whereTheAddressIsNoLongerThisMachinesTheSystemChooses() {
        answers.addAll(List.of(-Errno.EINVAL, 1, -Errno.ENETUNREACH));
        addOfSizes(from(1), 90);
        addOfSizes(from(2), 100, 100);
        outbound.flush();
        assertThat(calls).isEqualTo(4);
        assertThat(sent).containsExactly(90, 100);
        assertThat(messages).containsExactly(1, 2);
        assertThat(counters.snapshot().packetsNotSent()).isZero();

        // Of one that names no address, nothing else can be tried.
        answers.addAll(List.of(-Errno.EINVAL));
        addOfSizes(PEER, 200);
        outbound.flush();
        assertThat(sent).containsExactly(90, 100);
        assertThat(counters.lastSendError()).isEqualTo("Invalid argument");
    }

    @Test
    void anAddressThatIsGoneDoesNotEndRows() {
        answers.addAll(List.of(-Errno.EINVAL, -Errno.EINVAL, 1, -Errno.EINVAL));
        addOfSizes(from(1), 100, 100);
        outbound.flush();
        assertThat(messages).containsExactly(1, 1);
        assertThat(counters.snapshot().packetsNotSent()).isZero();
        addOfSizes(PEER, 100, 100);
        outbound.flush();
        assertThat(messages).containsExactly(1, 1, 2);
    }
}
