package dev.hawser.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import dev.hawser.transport.Ipv6;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// What the kernel makes of local addresses that are told, and chosen, for each packet.
class LocalAddressesTest extends LinuxSockets {
    private static final int FIRST = 127 << 24 | 1 << 8 | 1;
    private static final NetAddress ANY = NetAddress.parse("0.0.0.0");
    private static final NetAddress ANY_6 = NetAddress.parse("::");

    private LinuxUdpSocket tellingLocals(boolean isIpv6) throws ErrnoException {
        LinuxUdpSocket socket = open(isIpv6);
        socket.tellLocalAddresses();
        return socket;
    }

    /// {@return how many came}
    private static int await(LinuxUdpSocket socket, InboundMessages inbound, int max) {
        int result;
        do {
            socket.await(TimeUnit.SECONDS.toNanos(1));
            assertThat(Thread.currentThread().isInterrupted()).as("the time is over").isFalse();
            result = socket.receive(inbound, max);
        } while (result == -Errno.EAGAIN);
        assertThat(result).isPositive();
        return result;
    }

    private static NetAddress localOf(PeerAddress peer) {
        return NetAddress.ofNumbers(peer.localHigh(), peer.localLow(), 0);
    }

    private static void send(LinuxUdpSocket socket, PeerAddress to, int bytes) {
        OutboundMessages outbound = socket.newOutbound(1, 2_000);
        assertThat(outbound.add(to, ByteBuffer.allocate(bytes))).isTrue();
        assertThat(socket.send(outbound, 0, outbound.arrange(true))).isEqualTo(1);
    }

    @Test
    void oneSocketIsManyPeers() throws ErrnoException {
        LinuxUdpSocket many = tellingLocals(false);
        int port = many.bind(ANY).port();
        LinuxUdpSocket peer = open(false);
        PeerAddress to = PeerAddress.of(peer.bind(LOOPBACK));
        OutboundMessages outbound = many.newOutbound(3, 64);
        for (int i = 0; i < 3; i++) {
            to.setLocalIpv4(FIRST + i);
            outbound.add(to, ByteBuffer.allocate(1));
        }
        assertThat(many.send(outbound, 0, outbound.arrange(true))).isEqualTo(3);

        InboundMessages atPeer = peer.newInbound(64);
        InboundMessages atMany = many.newInbound(64);
        PeerAddress from = new PeerAddress();
        // Twice: what the kernel wrote over is prepared again.
        for (int i = 0; i < 6; i++) {
            await(peer, atPeer, 1);
            atPeer.copySender(0, from);
            assertThat(from.toNetAddress()).isEqualTo(NetAddress.ipv4(FIRST + i % 3, port));
            assertThat(from.hasLocal()).as("of a socket with one address").isFalse();
            send(peer, from, 1);

            await(many, atMany, InboundMessages.MESSAGES);
            atMany.copySender(0, from);
            assertThat(from.sameAs(to)).isTrue();
            assertThat(localOf(from)).isEqualTo(NetAddress.ipv4(FIRST + i % 3, 0));
            send(many, from, 1);
        }
    }

    @Test
    void aSocketOfBothFamiliesTellsBoth() throws ErrnoException {
        Ipv6.assume();
        LinuxUdpSocket dual = tellingLocals(true);
        int port = dual.bind(ANY_6).port();
        LinuxUdpSocket four = open(false);
        NetAddress fourAddress = four.bind(LOOPBACK);
        LinuxUdpSocket six = open(true);
        NetAddress sixAddress = six.bind(LOOPBACK_6);
        InboundMessages inbound = dual.newInbound(64);
        PeerAddress from = new PeerAddress();

        for (int i = 0; i < 3; i++) {
            NetAddress asked = NetAddress.ipv4(FIRST + i, port);
            send(four, PeerAddress.of(asked), 4);
            await(dual, inbound, 1);
            inbound.copySender(0, from);
            assertThat(from.toNetAddress()).isEqualTo(fourAddress);
            assertThat(localOf(from)).isEqualTo(asked.withPort(0));
            assertAnswerComesFrom(asked, dual, from, four);

            asked = LOOPBACK_6.withPort(port);
            send(six, PeerAddress.of(asked), 6);
            await(dual, inbound, 1);
            inbound.copySender(0, from);
            assertThat(from.toNetAddress()).isEqualTo(sixAddress);
            assertThat(localOf(from)).isEqualTo(LOOPBACK_6);
            assertAnswerComesFrom(asked, dual, from, six);
        }
    }

    private static void assertAnswerComesFrom(
            NetAddress asked, LinuxUdpSocket socket, PeerAddress to, LinuxUdpSocket peer) {
        send(socket, to, 1);
        InboundMessages inbound = peer.newInbound(64);
        PeerAddress from = new PeerAddress();
        await(peer, inbound, 1);
        inbound.copySender(0, from);
        assertThat(from.toNetAddress()).isEqualTo(asked);
    }

    @Test
    void aRowLeavesFromItsAddress() throws ErrnoException {
        sendRows(false);
    }

    @Test
    void aRowToAnIpv4PeerLeavesFromItsAddressOfASocketOfBothFamilies() throws ErrnoException {
        Ipv6.assume();
        sendRows(true);
    }

    /// Rows and single packets to one peer, from three addresses and from none, in one call.
    private void sendRows(boolean isIpv6) throws ErrnoException {
        LinuxUdpSocket sender = tellingLocals(isIpv6);
        assumeTrue(sender.sendsRows(), "this kernel sends no rows");
        sender.doNotFragment();
        int port = sender.bind(isIpv6 ? ANY_6 : ANY).port();
        LinuxUdpSocket receiver = open(false);
        PeerAddress to = PeerAddress.of(receiver.bind(LOOPBACK));
        OutboundMessages outbound = sender.newOutbound(32, 32 * 1_232);
        int packets = 0;
        for (int i = 0; i < 4; i++) {
            to.setLocal(0, 0);
            if (i < 3) {
                to.setLocalIpv4(FIRST + i);
            }
            for (int k = 0; k <= 2 * i; k++) {
                outbound.add(to, ByteBuffer.allocate(1_200).put(0, (byte) i));
                packets++;
            }
        }
        int messages = outbound.arrange(true);
        assertThat(messages).isEqualTo(4);
        assertThat(outbound.packetsOf(3)).isEqualTo(7);
        assertThat(sender.send(outbound, 0, messages)).isEqualTo(messages);

        InboundMessages inbound = receiver.newInbound(1_232);
        PeerAddress from = new PeerAddress();
        for (int i = 0; i < packets; i++) {
            await(receiver, inbound, 1);
            assertThat(inbound.received(0).remaining()).isEqualTo(1_200);
            int number = inbound.received(0).get(0);
            inbound.copySender(0, from);
            assertThat(from.toNetAddress())
                    .isEqualTo(
                            number == 3
                                    ? LOOPBACK.withPort(port)
                                    : NetAddress.ipv4(FIRST + number, port));
        }
    }

    @Test
    void anAddressThatIsNotThisMachinesIsRefused() throws ErrnoException {
        LinuxUdpSocket socket = tellingLocals(false);
        NetAddress _ = socket.bind(ANY);
        PeerAddress to = PeerAddress.of(NetAddress.parse("127.0.0.1:9"));
        // TEST-NET-1: no machine has it.
        to.setLocalIpv4(0xc000_0201);
        OutboundMessages outbound = socket.newOutbound(1, 64);
        outbound.add(to, ByteBuffer.allocate(1));
        int messages = outbound.arrange(true);
        assertThat(socket.send(outbound, 0, messages)).isIn(-Errno.EINVAL, -Errno.ENETUNREACH);
        assertThat(outbound.hasLocal(0)).isTrue();
        outbound.forgetLocal(0, 0);
        assertThat(outbound.hasLocal(0)).isFalse();
        assertThat(socket.send(outbound, 0, messages)).isEqualTo(1);
    }
}
