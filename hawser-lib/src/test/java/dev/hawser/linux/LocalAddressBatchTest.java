package dev.hawser.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What the kernel makes of local addresses that are chosen for each message.
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class LocalAddressBatchTest {
    private static final int FIRST = 127 << 24 | 1 << 8 | 1;

    @BeforeAll
    static void assumeLinux() {
        String obstacle = Linux.obstacle(false);
        assumeTrue(obstacle.isEmpty(), obstacle);
    }

    @Test
    void oneSocketIsManyPeers() throws ErrnoException {
        LinuxUdpSocket many = LinuxUdpSocket.open(false);
        LinuxUdpSocket peer = LinuxUdpSocket.open(false);
        try {
            int port = many.bind(NetAddress.ipv4(0, 0)).port();
            PeerAddress to = PeerAddress.of(peer.bind(NetAddress.parse("127.0.0.1")));
            LocalAddressBatch out = many.newLocalAddressBatch(64);
            for (int i = 0; i < 3; i++) {
                out.put(i, FIRST + i, to, ByteBuffer.wrap(new byte[] {(byte) i, 7}));
            }
            assertThat(many.send(out, 0, 3)).isEqualTo(3);

            LocalAddressBatch in = many.newLocalAddressBatch(64);
            // Twice: what the kernel wrote over is prepared again.
            for (int round = 0; round < 2; round++) {
                echo(peer, port);
                assertAnswers(many, in, to);
                assertThat(many.send(out, 0, 3)).isEqualTo(3);
            }
        } finally {
            many.close();
            peer.close();
        }
    }

    private static void echo(LinuxUdpSocket peer, int port) {
        InboundMessages inbound = peer.newInbound(64);
        PeerAddress from = new PeerAddress();
        for (int i = 0; i < 3; i++) {
            awaitOne(() -> peer.receive(inbound, 1), peer);
            inbound.copySender(0, from);
            ByteBuffer message = inbound.received(0);
            assertThat(from.sameAs(PeerAddress.of(NetAddress.ipv4(FIRST + message.get(0), port))))
                    .isTrue();
            OutboundMessages outbound = peer.newOutbound(1, 2);
            outbound.add(from, ByteBuffer.wrap(new byte[] {message.get(0), 7}));
            assertThat(peer.send(outbound, 0, outbound.arrange(true))).isEqualTo(1);
        }
    }

    private static void assertAnswers(
            LinuxUdpSocket many, LocalAddressBatch batch, PeerAddress sender) {
        PeerAddress from = new PeerAddress();
        int expected = 0;
        while (expected < 3) {
            int received = awaitOne(() -> many.receive(batch), many);
            for (int i = 0; i < received; i++) {
                assertThat(batch.localAddress(i)).isEqualTo(FIRST + expected);
                assertThat(batch.message(i))
                        .isEqualTo(ByteBuffer.wrap(new byte[] {(byte) expected, 7}));
                batch.copySender(i, from);
                assertThat(from.sameAs(sender)).isTrue();
                expected++;
            }
        }
    }

    private interface Call {
        int run();
    }

    private static int awaitOne(Call receive, LinuxUdpSocket socket) {
        int result;
        do {
            socket.await(TimeUnit.SECONDS.toNanos(1));
            assertThat(Thread.currentThread().isInterrupted()).as("the time is over").isFalse();
            result = receive.run();
        } while (result == -Errno.EAGAIN);
        return result;
    }
}
