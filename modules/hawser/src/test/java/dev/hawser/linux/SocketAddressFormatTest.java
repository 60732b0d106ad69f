package dev.hawser.linux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/// The bytes of addresses, as Linux has them on little-endian machines.
class SocketAddressFormatTest {
    private static final int OFFSET = SocketAddressFormat.PLACE_BYTES;

    private final NativeMemory memory = new NativeMemory(2 * SocketAddressFormat.PLACE_BYTES);
    private final LinkLocalScopes scopes = new LinkLocalScopes();

    private static PeerAddress peer(String address) {
        return PeerAddress.of(NetAddress.parse(address));
    }

    private String bytesOf(boolean isIpv6, String address) {
        SocketAddressFormat format = new SocketAddressFormat(isIpv6, memory);
        format.prepare(OFFSET);
        format.put(OFFSET, peer(address), scopes);
        byte[] bytes = new byte[format.bytes()];
        memory.buffer().get(OFFSET, bytes);
        return HexFormat.of().formatHex(bytes);
    }

    @Test
    void anIpv4Address() {
        assertThat(bytesOf(false, "192.0.2.129:40000"))
                .isEqualTo("0200" + "9c40" + "c0000281" + "0000000000000000");
    }

    @Test
    void anIpv6Address() {
        assertThat(bytesOf(true, "[2001:db8:1:2:8000:4:5:6]:443"))
                .isEqualTo(
                        "0a00"
                                + "01bb"
                                + "00000000"
                                + "20010db800010002"
                                + "8000000400050006"
                                + "00000000");
    }

    @Test
    void anIpv4PeerOfAnIpv6SocketIsMapped() {
        assertThat(bytesOf(true, "192.0.2.129:65535"))
                .isEqualTo(
                        "0a00"
                                + "ffff"
                                + "00000000"
                                + "0000000000000000"
                                + "0000ffffc0000281"
                                + "00000000");
    }

    @Test
    void aLinkLocalPeerIsSentToWhereItWasHeardFrom() {
        scopes.note(peer("fe80::1"), 3);
        assertThat(bytesOf(true, "[fe80::1]:1"))
                .isEqualTo(
                        "0a00"
                                + "0001"
                                + "00000000"
                                + "fe80000000000000"
                                + "0000000000000001"
                                + "03000000");
    }

    @Test
    void whatIsWrittenReadsTheSame() {
        for (String text :
                new String[] {"[2001:db8:1:2:8000:4:5:6]:443", "255.1.2.3:65535", "[::1]:1"}) {
            SocketAddressFormat format = new SocketAddressFormat(true, memory);
            format.put(OFFSET, NetAddress.parse(text));
            assertThat(format.get(OFFSET)).isEqualTo(NetAddress.parse(text));
        }
        SocketAddressFormat ipv4 = new SocketAddressFormat(false, memory);
        ipv4.put(OFFSET, NetAddress.parse("255.1.2.3:65535"));
        assertThat(ipv4.get(OFFSET)).isEqualTo(NetAddress.parse("255.1.2.3:65535"));
    }

    @Test
    void anAddressIsRememberedWithItsInterface() {
        bytesOf(true, "[fe80::1]:1");
        memory.buffer().putInt(OFFSET + 24, 9);
        new SocketAddressFormat(true, memory).get(OFFSET, new PeerAddress(), scopes);
        assertThat(scopes.of(peer("fe80::1"))).isEqualTo(9);
    }

    @Test
    void anIpv4SocketReachesIpv4PeersOnly() {
        SocketAddressFormat ipv4 = new SocketAddressFormat(false, memory);
        assertThat(ipv4.fits(peer("192.0.2.1:1"))).isTrue();
        assertThat(ipv4.fits(peer("[2001:db8::1]:1"))).isFalse();
        assertThat(new SocketAddressFormat(true, memory).fits(peer("192.0.2.1:1"))).isTrue();
    }
}
