package dev.hawser.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import dev.hawser.transport.Ipv6;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What the kernel answers, on real sockets.
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class LinuxUdpSocketTest {
    private static final NetAddress LOOPBACK = NetAddress.parse("127.0.0.1");
    private static final NetAddress LOOPBACK_6 = NetAddress.parse("::1");
    private static final int IPPROTO_IP = 0;
    private static final int IP_RECVERR = 11;

    /// More than a UDP datagram holds.
    private static final int TOO_LARGE = 65_508;

    private final List<LinuxUdpSocket> opened = new ArrayList<>();

    @BeforeAll
    static void assumeLinux() {
        String obstacle = Linux.obstacle(false);
        assumeTrue(obstacle.isEmpty(), obstacle);
    }

    @AfterEach
    void closeAll() {
        opened.forEach(LinuxUdpSocket::close);
    }

    private LinuxUdpSocket open(boolean isIpv6) throws ErrnoException {
        LinuxUdpSocket socket = LinuxUdpSocket.open(isIpv6);
        opened.add(socket);
        return socket;
    }

    /// Waits for one message and receives it alone.
    private static int receiveOne(LinuxUdpSocket socket, MessageBatch batch) {
        int result;
        do {
            socket.await(TimeUnit.SECONDS.toNanos(1));
            assertThat(Thread.currentThread().isInterrupted()).as("the time is over").isFalse();
            result = socket.receive(batch, 1);
        } while (result == -Errno.EAGAIN);
        return result;
    }

    @Test
    void anEmptySocketSaysTryAgain() throws ErrnoException {
        LinuxUdpSocket socket = open(false);
        socket.bind(LOOPBACK);
        assertThat(socket.receive(socket.newBatch(64), 64)).isEqualTo(-Errno.EAGAIN);
    }

    @Test
    void whatThePeerOfAnEarlierPacketRefusedHoldsUpNothing() throws ErrnoException {
        LinuxUdpSocket sender = open(false);
        // Without this option Linux keeps it to itself.
        sender.option(IPPROTO_IP, IP_RECVERR, 1);
        sender.bind(LOOPBACK);
        LinuxUdpSocket peer = open(false);
        PeerAddress gone = PeerAddress.of(peer.bind(LOOPBACK));
        peer.close();
        MessageBatch batch = sender.newBatch(64);
        batch.put(0, gone, ByteBuffer.allocate(1));

        assertThat(sender.send(batch, 0, 1)).isEqualTo(1);

        sender.await(TimeUnit.SECONDS.toNanos(10));
        assertThat(sender.send(batch, 0, 1)).isEqualTo(1);
        sender.await(TimeUnit.SECONDS.toNanos(10));
        assertThat(sender.receive(batch, 1)).isNotPositive();
        assertThat(sender.send(batch, 0, 1)).isEqualTo(1);
    }

    @Test
    void aMessageThatIsTooLargeStopsTheBatchThere() throws ErrnoException {
        LinuxUdpSocket sender = open(false);
        sender.bind(LOOPBACK);
        LinuxUdpSocket receiver = open(false);
        PeerAddress to = PeerAddress.of(receiver.bind(LOOPBACK));
        MessageBatch batch = sender.newBatch(TOO_LARGE);
        for (int i = 0; i < 4; i++) {
            batch.put(i, to, ByteBuffer.allocate(i == 2 ? TOO_LARGE : i + 1));
        }

        assertThat(sender.send(batch, 0, 4)).isEqualTo(2);
        assertThat(sender.send(batch, 2, 2)).isEqualTo(-Errno.EMSGSIZE);
        assertThat(sender.send(batch, 3, 1)).isEqualTo(1);

        MessageBatch inbound = receiver.newBatch(64);
        List<Integer> sizes = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            assertThat(receiveOne(receiver, inbound)).isEqualTo(1);
            sizes.add(inbound.received(0).remaining());
        }
        assertThat(sizes).containsExactly(1, 2, 4);
    }

    @Test
    void whatIsLargerThanItsPlaceIsCut() throws ErrnoException {
        LinuxUdpSocket sender = open(false);
        sender.bind(LOOPBACK);
        LinuxUdpSocket receiver = open(false);
        PeerAddress to = PeerAddress.of(receiver.bind(LOOPBACK));
        MessageBatch batch = sender.newBatch(100);
        batch.put(0, to, ByteBuffer.allocate(100));
        batch.put(1, to, ByteBuffer.allocate(99));
        assertThat(sender.send(batch, 0, 2)).isEqualTo(2);

        MessageBatch inbound = receiver.newBatch(99);
        assertThat(receiveOne(receiver, inbound)).isEqualTo(1);
        assertThat(inbound.isCut(0)).isTrue();
        assertThat(receiveOne(receiver, inbound)).isEqualTo(1);
        assertThat(inbound.isCut(0)).isFalse();
    }

    @Test
    void aBroadcastIsNotPermitted() throws ErrnoException {
        LinuxUdpSocket sender = open(false);
        sender.bind(NetAddress.parse("0.0.0.0"));
        MessageBatch batch = sender.newBatch(64);
        batch.put(0, PeerAddress.of(NetAddress.parse("255.255.255.255:9")), ByteBuffer.allocate(1));
        assertThat(sender.send(batch, 0, 1)).isIn(-Errno.EACCES, -Errno.ENETUNREACH);
    }

    @Test
    void addressesGoThroughTheKernelUnchanged() throws ErrnoException {
        Ipv6.assume();
        LinuxUdpSocket dual = open(true);
        int port = dual.bind(NetAddress.parse("::")).port();
        MessageBatch inbound = dual.newBatch(64);
        LinuxUdpSocket four = open(false);
        LinuxUdpSocket six = open(true);
        NetAddress fourAddress = four.bind(LOOPBACK);
        NetAddress sixAddress = six.bind(LOOPBACK_6);
        assertThat(fourAddress.port()).isPositive();

        MessageBatch batch = four.newBatch(64);
        batch.put(0, PeerAddress.of(LOOPBACK.withPort(port)), ByteBuffer.allocate(4));
        assertThat(four.send(batch, 0, 1)).isEqualTo(1);
        assertThat(receiveOne(dual, inbound)).isEqualTo(1);
        PeerAddress from = new PeerAddress();
        inbound.copySender(0, from);
        assertThat(from.toNetAddress()).isEqualTo(fourAddress);
        assertThat(from.isIpv4()).isTrue();

        batch = six.newBatch(64);
        batch.put(0, PeerAddress.of(LOOPBACK_6.withPort(port)), ByteBuffer.allocate(6));
        assertThat(six.send(batch, 0, 1)).isEqualTo(1);
        assertThat(receiveOne(dual, inbound)).isEqualTo(1);
        inbound.copySender(0, from);
        assertThat(from.toNetAddress()).isEqualTo(sixAddress);
    }

    @Test
    void aMappedAddressCanBeBoundAndIsAnIpv4One() throws ErrnoException {
        Ipv6.assume();
        NetAddress bound = open(true).bind(NetAddress.parse("::ffff:127.0.0.1"));
        assertThat(bound).isEqualTo(LOOPBACK.withPort(bound.port()));
    }

    @Test
    void aRefusalHasItsNumberAndLinuxsWords() throws ErrnoException {
        NetAddress taken = open(false).bind(LOOPBACK);
        LinuxUdpSocket second = open(false);
        assertThatThrownBy(() -> second.bind(taken))
                .isInstanceOfSatisfying(
                        ErrnoException.class,
                        e -> assertThat(e.errno()).isEqualTo(Errno.EADDRINUSE))
                .hasMessage("Address already in use");
    }

    @Test
    void wakingAClosedSocketIsHarmless() throws ErrnoException {
        LinuxUdpSocket socket = open(false);
        socket.close();
        socket.wakeup();
        socket.await(TimeUnit.HOURS.toNanos(1));
        assertThat(socket.receive(socket.newBatch(64), 1)).isNegative();
    }

    @Test
    void aRowOfPacketsArrivesAsPackets() throws ErrnoException {
        sendARow(false);
    }

    @Test
    void aRowOfPacketsArrivesAsPacketsOverIpv6() throws ErrnoException {
        Ipv6.assume();
        sendARow(true);
    }

    private void sendARow(boolean isIpv6) throws ErrnoException {
        LinuxUdpSocket sender = open(isIpv6);
        assumeTrue(sender.sendsRows(), "this kernel sends no rows");
        NetAddress loopback = isIpv6 ? LOOPBACK_6 : LOOPBACK;
        PeerAddress from = PeerAddress.of(sender.bind(loopback));
        LinuxUdpSocket receiver = open(isIpv6);
        PeerAddress to = PeerAddress.of(receiver.bind(loopback));
        MessageBatch batch = sender.newBatch(300);
        for (int i = 0; i < 12; i++) {
            byte[] packet = new byte[i == 11 ? 7 : 300];
            Arrays.fill(packet, (byte) i);
            batch.put(i, to, ByteBuffer.wrap(packet));
        }

        assertThat(batch.arrange(0, 12, true)).isEqualTo(1);
        assertThat(sender.send(batch, 0, 1)).isEqualTo(1);

        MessageBatch inbound = receiver.newBatch(64 * 300);
        PeerAddress seen = new PeerAddress();
        for (int i = 0; i < 12; i++) {
            assertThat(receiveOne(receiver, inbound)).isEqualTo(1);
            ByteBuffer packet = inbound.received(0);
            assertThat(packet.remaining()).isEqualTo(i == 11 ? 7 : 300);
            assertThat(packet.get(packet.position() + 6)).isEqualTo((byte) i);
            inbound.copySender(0, seen);
            assertThat(seen.toNetAddress()).isEqualTo(from.toNetAddress());
        }
    }
}
