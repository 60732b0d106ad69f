package dev.hawser.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What UDP does, whichever way the system is called. Subclasses say which.
abstract class UdpTransportContract extends BoundTransportContract {
    private static final NetAddress LOOPBACK = NetAddress.parse("127.0.0.1");

    abstract UdpIo io();

    final UdpTransport udp(NetAddress address) {
        return builder(address).build();
    }

    private UdpTransport.Builder builder(NetAddress address) {
        return UdpTransport.builder().bind(address).io(io());
    }

    @Override
    Transport bind(int port) {
        return udp(LOOPBACK.withPort(port));
    }

    @Override
    protected int packetBytesMax() {
        return UdpTransport.PACKET_BYTES_MAX;
    }

    private static List<NetAddress> sendersOf(Transport transport, int packets) {
        List<NetAddress> senders = new ArrayList<>();
        while (senders.size() < packets) {
            awaitPackets(transport);
            transport.receive((from, _) -> senders.add(from.toNetAddress()), packets);
        }
        return senders;
    }

    @Test
    void aDualStackSocketServesBothAndNamesIpv4PeersAsIpv4() throws IOException {
        Ipv6.assume();
        try (Transport server = udp(NetAddress.parse("::"));
                Transport four = udp(LOOPBACK);
                Transport six = udp(NetAddress.parse("::1"))) {
            server.open();
            four.open();
            six.open();
            assertThat(server.localAddress())
                    .isEqualTo(NetAddress.parse("::").withPort(server.localAddress().port()));
            int port = server.localAddress().port();
            four.send(PeerAddress.of(LOOPBACK.withPort(port)), ByteBuffer.allocate(4));
            four.flush();
            six.send(
                    PeerAddress.of(NetAddress.parse("::1").withPort(port)), ByteBuffer.allocate(6));
            six.flush();
            assertThat(sendersOf(server, 2))
                    .containsExactlyInAnyOrder(four.localAddress(), six.localAddress());

            server.send(PeerAddress.of(four.localAddress()), ByteBuffer.allocate(1));
            server.send(PeerAddress.of(six.localAddress()), ByteBuffer.allocate(1));
            server.flush();
            assertThat(sendersOf(four, 1)).containsExactly(LOOPBACK.withPort(port));
            assertThat(sendersOf(six, 1)).containsExactly(NetAddress.parse("::1").withPort(port));
        }
    }

    @Test
    void aClientOnAnyPortReachesIpv4AndIpv6Servers() throws IOException {
        Ipv6.assume();
        try (Transport client = UdpTransport.builder().io(io()).build();
                Transport four = udp(LOOPBACK);
                Transport six = udp(NetAddress.parse("::1"))) {
            client.open();
            four.open();
            six.open();
            client.send(PeerAddress.of(four.localAddress()), ByteBuffer.allocate(1));
            client.send(PeerAddress.of(six.localAddress()), ByteBuffer.allocate(1));
            client.flush();
            int port = client.localAddress().port();
            assertThat(sendersOf(four, 1)).containsExactly(LOOPBACK.withPort(port));
            assertThat(sendersOf(six, 1)).containsExactly(NetAddress.parse("::1").withPort(port));
        }
    }

    @Test
    void eachOfManySendersGetsItsOwnAnswer() throws IOException {
        List<Transport> senders = new ArrayList<>();
        try (Transport server = udp(LOOPBACK)) {
            server.open();
            for (int i = 0; i < 200; i++) {
                Transport sender = udp(LOOPBACK);
                senders.add(sender);
                sender.open();
                sender.send(
                        PeerAddress.of(server.localAddress()),
                        ByteBuffer.allocate(Integer.BYTES).putInt(0, i));
                sender.flush();
            }
            int answered = 0;
            while (answered < senders.size()) {
                awaitPackets(server);
                answered += server.receive(server::send, senders.size());
            }
            server.flush();
            for (int i = 0; i < senders.size(); i++) {
                List<Integer> numbers = new ArrayList<>();
                while (numbers.isEmpty()) {
                    awaitPackets(senders.get(i));
                    senders.get(i).receive((_, datagram) -> numbers.add(datagram.getInt()), 10);
                }
                assertThat(numbers).containsExactly(i);
            }
        } finally {
            senders.forEach(Transport::close);
        }
    }

    @Test
    void anIpv4SocketCannotReachIpv6AndCountsIt() throws IOException {
        try (Transport four = udp(LOOPBACK)) {
            four.open();
            four.send(PeerAddress.of(NetAddress.parse("[::1]:9")), ByteBuffer.allocate(1));
            four.flush();
            assertThat(four.stats().sendFailures()).containsEntry(SendFailure.UNREACHABLE, 1L);
        }
    }

    @Test
    void aDatagramThatIsTooLargeIsDroppedAndCounted() throws IOException {
        try (Transport server = udp(LOOPBACK);
                DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            server.open();
            for (int bytes : new int[] {1233, 1232, 9000, 1}) {
                socket.send(
                        new DatagramPacket(
                                new byte[bytes],
                                bytes,
                                InetAddress.getLoopbackAddress(),
                                server.localAddress().port()));
            }
            List<Integer> sizes = new ArrayList<>();
            while (sizes.size() < 2) {
                awaitPackets(server);
                server.receive((_, datagram) -> sizes.add(datagram.remaining()), 10);
            }
            assertThat(sizes).containsExactly(1232, 1);
            assertThat(server.stats().oversizePackets()).isEqualTo(2);
            assertThat(server.stats().packetsIn()).isEqualTo(2);
        }
    }

    @Test
    void anEmptyDatagramIsADatagram() throws IOException {
        try (Transport server = udp(LOOPBACK);
                DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            server.open();
            socket.send(
                    new DatagramPacket(
                            new byte[0],
                            0,
                            InetAddress.getLoopbackAddress(),
                            server.localAddress().port()));
            assertThat(sendersOf(server, 1)).hasSize(1);
        }
    }

    /// Linux says of port 0 that it cannot be sent to: an error that is there on loopback too.
    private static final PeerAddress NOWHERE = PeerAddress.of(LOOPBACK.withPort(0));

    private static void sendTo(PeerAddress to, Transport from) {
        from.send(to, ByteBuffer.allocate(1));
        from.flush();
    }

    @Test
    void aClientWhosePacketsFindNoWayOutTakesAnotherSocket() throws IOException {
        try (Transport client = UdpTransport.builder().io(io()).build();
                Transport server = udp(LOOPBACK)) {
            client.open();
            server.open();
            PeerAddress address = PeerAddress.of(server.localAddress());
            sendTo(address, client);
            assertThat(client.reopen(0)).as("while packets leave").isFalse();
            int port = client.localAddress().port();
            assertThat(sendersOf(server, 1)).containsExactly(LOOPBACK.withPort(port));

            sendTo(NOWHERE, client);
            assertThat(client.reopen(0)).isTrue();
            assertThat(client.reopen(1)).as("before the new one has failed").isFalse();
            int laterPort = client.localAddress().port();
            assertThat(laterPort).isNotEqualTo(port).isPositive();
            sendTo(address, client);
            assertThat(sendersOf(server, 1)).containsExactly(LOOPBACK.withPort(laterPort));
            sendTo(PeerAddress.of(LOOPBACK.withPort(laterPort)), server);
            assertThat(sendersOf(client, 1)).containsExactly(server.localAddress());
            assertThat(client.stats().socketReopenings()).isEqualTo(1);
            assertThat(client.stats().packetsOut()).isEqualTo(2);
        }
    }

    @Test
    void theOtherSocketOfAClientReachesBothFamiliesToo() throws IOException {
        Ipv6.assume();
        try (Transport client = UdpTransport.builder().io(io()).build();
                Transport four = udp(LOOPBACK);
                Transport six = udp(NetAddress.parse("::1"))) {
            client.open();
            four.open();
            six.open();
            sendTo(NOWHERE, client);
            assertThat(client.reopen(0)).isTrue();
            sendTo(PeerAddress.of(four.localAddress()), client);
            sendTo(PeerAddress.of(six.localAddress()), client);
            int port = client.localAddress().port();
            assertThat(sendersOf(four, 1)).containsExactly(LOOPBACK.withPort(port));
            assertThat(sendersOf(six, 1)).containsExactly(NetAddress.parse("::1").withPort(port));
        }
    }

    @Test
    void aWakeupOutlivesTheSocket() throws IOException {
        try (Transport client = UdpTransport.builder().io(io()).build()) {
            client.open();
            client.await(0);
            sendTo(NOWHERE, client);
            client.wakeup();
            assertThat(client.reopen(0)).isTrue();
            client.await(Long.MAX_VALUE);
        }
    }

    @Test
    void theSocketOfSomebodyWhoNamedAnAddressStays() throws IOException {
        try (Transport bound = udp(LOOPBACK)) {
            bound.open();
            sendTo(NOWHERE, bound);
            assertThat(bound.reopen(0)).isFalse();
            assertThat(bound.stats().packetsNotSent()).isEqualTo(1);
        }
    }

    @Test
    void anAddressOfNoInterfaceIsNamedWithTheRemedy() {
        // TEST-NET-1: no machine has it.
        assertThatThrownBy(() -> udp(NetAddress.parse("192.0.2.1:7777")).open())
                .isInstanceOf(BindException.class)
                .hasMessageContaining("192.0.2.1:7777")
                .hasMessageContaining("no interface of this machine")
                .hasMessageContaining("0.0.0.0")
                .hasMessageContaining("identity");
    }

    @Test
    void aPortInUseNamesTheToolsThatShowWhoHoldsIt() throws IOException {
        try (Transport first = udp(LOOPBACK)) {
            first.open();
            int port = first.localAddress().port();
            assertThatThrownBy(() -> udp(LOOPBACK.withPort(port)).open())
                    .hasMessageContaining("ss -lunp sport = :" + port)
                    .hasMessageContaining("lsof -nP -iUDP:" + port);
        }
    }

    @Test
    void anIpv6PortInUseIsNamedToo() throws IOException {
        Ipv6.assume();
        try (Transport first = udp(NetAddress.parse("::1"))) {
            first.open();
            assertThatThrownBy(() -> udp(first.localAddress()).open())
                    .isInstanceOf(BindException.class)
                    .hasMessageContaining(first.localAddress().toString());
        }
    }

    @Test
    void theBuffersThatTheSystemGaveAreReadable() throws IOException {
        try (UdpTransport transport = builder(LOOPBACK).socketBufferBytes(64 << 10).build()) {
            assertThatThrownBy(transport::receiveBufferBytes)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("open it first");
            transport.open();
            assertThat(transport.receiveBufferBytes()).isGreaterThanOrEqualTo(64 << 10);
            assertThat(transport.sendBufferBytes()).isGreaterThanOrEqualTo(64 << 10);
        }
    }

    @Test
    void optionsAreChecked() {
        UdpTransport.Builder builder = builder(LOOPBACK);
        assertThatThrownBy(() -> builder.trafficClass(256))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("256");
        assertThatThrownBy(() -> builder.socketBufferBytes(1231))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1231")
                .hasMessageContaining("1232");
    }

    @Test
    void aMarkedSocketSendsOverBothFamilies() throws IOException {
        Ipv6.assume();
        try (UdpTransport marked =
                        UdpTransport.builder()
                                .io(io())
                                .trafficClass(UdpTransport.TRAFFIC_CLASS_EXPEDITED)
                                .build();
                Transport four = udp(LOOPBACK);
                Transport six = udp(NetAddress.parse("::1"))) {
            marked.open();
            four.open();
            six.open();
            marked.send(PeerAddress.of(four.localAddress()), ByteBuffer.allocate(1));
            marked.send(PeerAddress.of(six.localAddress()), ByteBuffer.allocate(1));
            marked.flush();
            assertThat(sendersOf(four, 1)).hasSize(1);
            assertThat(sendersOf(six, 1)).hasSize(1);
        }
    }
}
