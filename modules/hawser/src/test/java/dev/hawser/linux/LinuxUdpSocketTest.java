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
import org.junit.jupiter.api.Test;

/// What the kernel answers, on real sockets.
class LinuxUdpSocketTest extends LinuxSockets {
    private static final int IPPROTO_IP = 0;
    private static final int IP_RECVERR = 11;
    private static final int IP_MTU_DISCOVER = 10;
    private static final int IPPROTO_IPV6 = 41;
    private static final int IPV6_MTU_DISCOVER = 23;

    /// Never fragment, and ignore what routers say of the path.
    private static final int PROBE = 3;

    /// More than a UDP datagram holds.
    private static final int TOO_LARGE = 65_508;

    /// Packets that leave one by one, whatever became of the last ones.
    private static int send(LinuxUdpSocket sender, OutboundMessages outbound) {
        return sender.send(outbound, 0, outbound.arrange(false));
    }

    private static OutboundMessages one(LinuxUdpSocket sender, PeerAddress to, int bytes) {
        OutboundMessages outbound = sender.newOutbound(1, 64);
        outbound.add(to, ByteBuffer.allocate(bytes));
        return outbound;
    }

    /// Waits for one message and receives it alone.
    private static int receiveOne(LinuxUdpSocket socket, InboundMessages inbound) {
        int result;
        do {
            socket.await(TimeUnit.SECONDS.toNanos(1));
            assertThat(Thread.currentThread().isInterrupted()).as("the time is over").isFalse();
            result = socket.receive(inbound, 1);
        } while (result == -Errno.EAGAIN);
        return result;
    }

    @Test
    void anEmptySocketSaysTryAgain() throws ErrnoException {
        LinuxUdpSocket socket = open(false);
        socket.bind(LOOPBACK);
        assertThat(socket.receive(socket.newInbound(64), 64)).isEqualTo(-Errno.EAGAIN);
    }

    @Test
    void aSocketThatDoesNotFragmentHasToldTheKernel() throws ErrnoException {
        LinuxUdpSocket ipv4 = open(false);
        ipv4.doNotFragment();
        assertThat(ipv4.option(IPPROTO_IP, IP_MTU_DISCOVER)).isEqualTo(PROBE);
    }

    @Test
    void anIpv6SocketThatDoesNotFragmentHasToldTheKernelForBothFamilies() throws ErrnoException {
        Ipv6.assume();
        LinuxUdpSocket ipv6 = open(true);
        ipv6.doNotFragment();
        assertThat(ipv6.option(IPPROTO_IPV6, IPV6_MTU_DISCOVER)).isEqualTo(PROBE);
        assertThat(ipv6.option(IPPROTO_IP, IP_MTU_DISCOVER)).isEqualTo(PROBE);
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
        OutboundMessages outbound = one(sender, gone, 1);

        assertThat(send(sender, outbound)).isEqualTo(1);

        sender.await(TimeUnit.SECONDS.toNanos(10));
        assertThat(send(sender, outbound)).isEqualTo(1);
        sender.await(TimeUnit.SECONDS.toNanos(10));
        assertThat(sender.receive(sender.newInbound(64), 1)).isNotPositive();
        assertThat(send(sender, outbound)).isEqualTo(1);
    }

    @Test
    void aMessageThatIsTooLargeStopsTheBatchThere() throws ErrnoException {
        LinuxUdpSocket sender = open(false);
        sender.bind(LOOPBACK);
        LinuxUdpSocket receiver = open(false);
        PeerAddress to = PeerAddress.of(receiver.bind(LOOPBACK));
        OutboundMessages outbound = sender.newOutbound(4, 2 * TOO_LARGE);
        for (int i = 0; i < 4; i++) {
            assertThat(outbound.add(to, ByteBuffer.allocate(i == 2 ? TOO_LARGE : i + 1))).isTrue();
        }

        assertThat(outbound.arrange(false)).isEqualTo(4);
        assertThat(sender.send(outbound, 0, 4)).isEqualTo(2);
        assertThat(sender.send(outbound, 2, 2)).isEqualTo(-Errno.EMSGSIZE);
        assertThat(sender.send(outbound, 3, 1)).isEqualTo(1);

        InboundMessages inbound = receiver.newInbound(64);
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
        assertThat(send(sender, one(sender, to, 64))).isEqualTo(1);
        assertThat(send(sender, one(sender, to, 63))).isEqualTo(1);

        InboundMessages inbound = receiver.newInbound(63);
        assertThat(receiveOne(receiver, inbound)).isEqualTo(1);
        assertThat(inbound.isCut(0)).isTrue();
        assertThat(receiveOne(receiver, inbound)).isEqualTo(1);
        assertThat(inbound.isCut(0)).isFalse();
    }

    @Test
    void aBroadcastIsNotPermitted() throws ErrnoException {
        LinuxUdpSocket sender = open(false);
        sender.bind(NetAddress.parse("0.0.0.0"));
        PeerAddress everybody = PeerAddress.of(NetAddress.parse("255.255.255.255:9"));
        assertThat(send(sender, one(sender, everybody, 1))).isIn(-Errno.EACCES, -Errno.ENETUNREACH);
    }

    @Test
    void addressesGoThroughTheKernelUnchanged() throws ErrnoException {
        Ipv6.assume();
        LinuxUdpSocket dual = open(true);
        int port = dual.bind(NetAddress.parse("::")).port();
        InboundMessages inbound = dual.newInbound(64);
        LinuxUdpSocket four = open(false);
        LinuxUdpSocket six = open(true);
        NetAddress fourAddress = four.bind(LOOPBACK);
        NetAddress sixAddress = six.bind(LOOPBACK_6);
        assertThat(fourAddress.port()).isPositive();

        PeerAddress to = PeerAddress.of(LOOPBACK.withPort(port));
        assertThat(send(four, one(four, to, 4))).isEqualTo(1);
        assertThat(receiveOne(dual, inbound)).isEqualTo(1);
        PeerAddress from = new PeerAddress();
        inbound.copySender(0, from);
        assertThat(from.toNetAddress()).isEqualTo(fourAddress);
        assertThat(from.isIpv4()).isTrue();

        to = PeerAddress.of(LOOPBACK_6.withPort(port));
        assertThat(send(six, one(six, to, 6))).isEqualTo(1);
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
        assertThat(socket.receive(socket.newInbound(64), 1)).isNegative();
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
        OutboundMessages outbound = sender.newOutbound(12, 12 * 300);
        for (int i = 0; i < 12; i++) {
            byte[] packet = new byte[i == 11 ? 7 : 300];
            Arrays.fill(packet, (byte) i);
            assertThat(outbound.add(to, ByteBuffer.wrap(packet))).isTrue();
        }

        assertThat(outbound.arrange(true)).isEqualTo(1);
        assertThat(sender.send(outbound, 0, 1)).isEqualTo(1);

        InboundMessages inbound = receiver.newInbound(64 * 300);
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
