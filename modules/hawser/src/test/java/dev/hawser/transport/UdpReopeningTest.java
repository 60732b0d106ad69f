package dev.hawser.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.linux.Errno;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// When a client takes another socket, whatever the system says: a loopback says little of it.
class UdpReopeningTest {
    private static final PeerAddress SERVER = PeerAddress.of(NetAddress.parse("192.0.2.1:7777"));
    private static final long SECOND_NANOS = 1_000_000_000;

    private final List<ScriptedSocket> opened = new ArrayList<>();
    private boolean isOutOfFiles;
    private boolean isWithoutIpv6;
    private final UdpTransport client = UdpTransport.builder().opener(this::open).build();

    private UdpSocket open(NetAddress address, UdpSocketOptions options, TransportCounters counters)
            throws IOException {
        if (isOutOfFiles || (isWithoutIpv6 && !address.isIpv4())) {
            throw new IOException("no socket");
        }
        ScriptedSocket socket =
                new ScriptedSocket(address.withPort(1000 + opened.size()), options, counters);
        opened.add(socket);
        return socket;
    }

    @BeforeEach
    void openClient() throws IOException {
        client.open();
    }

    private void send() {
        client.send(SERVER, ByteBuffer.allocate(8));
        client.flush();
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                Errno.ENETUNREACH,
                Errno.EHOSTUNREACH,
                Errno.ENETDOWN,
                Errno.EADDRNOTAVAIL,
                Errno.ENODEV,
                Errno.EBADF
            })
    void aSocketThatHasLostItsNetworkIsReplaced(int errno) {
        opened.getFirst().errno = errno;
        send();
        assertThat(client.reopen(0)).isTrue();
        assertThat(opened).hasSize(2);
        assertThat(opened.getFirst().isClosed).isTrue();
        assertThat(opened.getLast().options).isEqualTo(opened.getFirst().options);
        assertThat(client.localAddress()).isEqualTo(opened.getLast().localAddress());
        send();
        assertThat(client.stats().packetsOut()).isEqualTo(1);
        assertThat(client.stats().packetsNotSent()).isEqualTo(1);
        assertThat(client.lastSendError()).isEqualTo(Errno.text(errno));
    }

    /// Another socket would not send them either.
    @ParameterizedTest
    @ValueSource(ints = {Errno.EAGAIN, Errno.ENOBUFS, Errno.EMSGSIZE, Errno.EPERM, Errno.EACCES})
    void aPacketThatDoesNotFitOrIsForbiddenLeavesTheSocket(int errno) {
        opened.getFirst().errno = errno;
        send();
        assertThat(client.reopen(0)).isFalse();
    }

    @Test
    void aSocketThatSendsAgainStays() {
        opened.getFirst().errno = Errno.ENETUNREACH;
        send();
        opened.getFirst().errno = 0;
        send();
        assertThat(client.reopen(0)).isFalse();
        assertThat(client.stats().socketReopenings()).isZero();
    }

    @Test
    void thatHappensOnceASecondAtMost() {
        opened.getFirst().errno = Errno.ENETUNREACH;
        send();
        // The clock may be anywhere.
        long beginNanos = Long.MAX_VALUE - SECOND_NANOS / 2;
        assertThat(client.reopen(beginNanos)).isTrue();
        opened.getLast().errno = Errno.ENETUNREACH;
        send();
        assertThat(client.reopen(beginNanos + SECOND_NANOS - 1)).isFalse();
        assertThat(client.reopen(beginNanos + SECOND_NANOS)).isTrue();
        assertThat(client.stats().socketReopenings()).isEqualTo(2);
    }

    @Test
    void whereNoOtherSocketCanBeHadThePresentOneStaysForASecond() {
        opened.getFirst().errno = Errno.ENETUNREACH;
        send();
        isOutOfFiles = true;
        assertThat(client.reopen(0)).isFalse();
        isOutOfFiles = false;
        assertThat(client.reopen(SECOND_NANOS - 1)).isFalse();
        assertThat(opened.getFirst().isClosed).isFalse();
        assertThat(client.reopen(SECOND_NANOS)).isTrue();
        assertThat(opened.getFirst().isClosed).isTrue();
    }

    /// What was gathered and leaves with the former socket says nothing of the other one.
    @Test
    void whatTheFormerSocketStillFailsToSendIsNoFailureOfTheOther() {
        ScriptedSocket former = opened.getFirst();
        former.errno = Errno.ENETUNREACH;
        send();
        client.send(SERVER, ByteBuffer.allocate(8));
        assertThat(client.reopen(0)).isTrue();
        assertThat(client.stats().packetsNotSent()).isEqualTo(2);
        assertThat(client.reopen(SECOND_NANOS)).isFalse();
    }

    @Test
    void aMachineThatHasLostIpv6GetsASocketForIpv4() {
        opened.getFirst().errno = Errno.EADDRNOTAVAIL;
        send();
        isWithoutIpv6 = true;
        assertThat(client.reopen(0)).isTrue();
        assertThat(client.localAddress().isIpv4()).isTrue();
    }

    @Test
    void aTransportThatIsClosedOpensNothing() {
        opened.getFirst().errno = Errno.ENETUNREACH;
        send();
        client.close();
        assertThat(client.reopen(0)).isFalse();
        assertThat(opened).hasSize(1);
    }

    @Test
    void whoeverWokeTheFormerSocketWakesTheOtherToo() {
        opened.getFirst().errno = Errno.ENETUNREACH;
        send();
        assertThat(client.reopen(0)).isTrue();
        assertThat(opened.getLast().wakeups).as("called before").isEqualTo(1);

        opened.getLast().errno = Errno.ENETUNREACH;
        send();
        opened.getLast().onWakeup = () -> client.reopen(SECOND_NANOS);
        client.wakeup();
        assertThat(opened).hasSize(3);
        assertThat(opened.getLast().wakeups).as("called meanwhile").isEqualTo(2);
    }

    /// Gathers packets until a flush, and says of each what the system would.
    private static final class ScriptedSocket implements UdpSocket {
        private final NetAddress localAddress;
        private final UdpSocketOptions options;
        private final TransportCounters counters;
        private int errno;
        private int gathered;
        private int wakeups;
        private boolean isClosed;
        private Runnable onWakeup = () -> {};

        ScriptedSocket(
                NetAddress localAddress, UdpSocketOptions options, TransportCounters counters) {
            this.localAddress = localAddress;
            this.options = options;
            this.counters = counters;
        }

        @Override
        public NetAddress localAddress() {
            return localAddress;
        }

        @Override
        public int receive(DatagramHandler handler, int packetsMax) {
            return 0;
        }

        @Override
        public void send(PeerAddress to, ByteBuffer packet) {
            gathered++;
        }

        @Override
        public void flush() {
            for (; gathered > 0; gathered--) {
                if (errno == 0) {
                    counters.sent(8);
                } else {
                    counters.notSent(OutboundBatch.failure(errno), Errno.text(errno));
                }
            }
        }

        @Override
        public void await(long timeoutNanos) {}

        @Override
        public void wakeup() {
            wakeups++;
            onWakeup.run();
        }

        @Override
        public int receiveBufferBytes() {
            return options.bufferBytes();
        }

        @Override
        public int sendBufferBytes() {
            return options.bufferBytes();
        }

        @Override
        public void close() {
            flush();
            isClosed = true;
        }
    }
}
