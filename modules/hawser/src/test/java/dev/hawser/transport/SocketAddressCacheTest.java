package dev.hawser.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

class SocketAddressCacheTest {
    private final SocketAddressCache cache = new SocketAddressCache();

    @Test
    void thePeerGetsTheSameObjectAgain() {
        PeerAddress peer = PeerAddress.of(NetAddress.parse("10.1.2.3:40000"));
        InetSocketAddress first = cache.get(peer);
        assertThat(first).isEqualTo(new InetSocketAddress("10.1.2.3", 40000));
        assertThat(cache.get(peer)).isSameAs(first);
    }

    @Test
    void anObjectOfTheJdkIsKeptAsItIs() {
        PeerAddress peer = PeerAddress.of(NetAddress.parse("[fe80::1]:7"));
        InetSocketAddress received = new InetSocketAddress("fe80::1", 7);
        cache.put(peer, received);
        assertThat(cache.get(peer)).isSameAs(received);
    }

    @Test
    void everyPeerGetsItsOwnAddressAndTheTableIsBounded() {
        PeerAddress peer = new PeerAddress();
        for (int i = 0; i < 100_000; i++) {
            peer.setIpv4(0x0a000000 + i, i & 0xffff);
            InetSocketAddress value = cache.get(peer);
            assertThat(SocketAddresses.toNetAddress(value)).isEqualTo(peer.toNetAddress());
        }
        assertThat(cache.places()).isEqualTo(SocketAddressCache.PLACES_MAX);
    }

    @Test
    void bothFamiliesSurviveTheWayThereAndBack() {
        for (String text : new String[] {"1.2.3.4:5", "[2001:db8::9]:65535", "[::]:1"}) {
            NetAddress address = NetAddress.parse(text);
            InetSocketAddress socketAddress = SocketAddresses.toSocketAddress(address);
            assertThat(SocketAddresses.toNetAddress(socketAddress)).isEqualTo(address);
            PeerAddress peer = new PeerAddress();
            SocketAddresses.copy(socketAddress, peer);
            assertThat(peer.sameAs(PeerAddress.of(address))).isTrue();
            assertThat(SocketAddresses.toSocketAddress(peer)).isEqualTo(socketAddress);
        }
    }
}
