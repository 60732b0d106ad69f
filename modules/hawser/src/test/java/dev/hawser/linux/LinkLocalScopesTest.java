package dev.hawser.linux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import org.junit.jupiter.api.Test;

class LinkLocalScopesTest {
    private final LinkLocalScopes scopes = new LinkLocalScopes();

    private static PeerAddress peer(String address) {
        return PeerAddress.of(NetAddress.parse(address));
    }

    @Test
    void aLinkLocalPeerIsWhereItWasSeen() {
        scopes.note(peer("fe80::1"), 3);
        scopes.note(peer("fe80::1"), 4);
        assertThat(scopes.of(peer("fe80::1"))).isEqualTo(4);
    }

    @Test
    void aLinkLocalPeerThatWasNotSeenIsAtTheLatestInterface() {
        scopes.note(peer("fe80::1"), 3);
        assertThat(scopes.of(peer("febf::2"))).isEqualTo(3);
    }

    @Test
    void otherPeersNeedNoInterface() {
        scopes.note(peer("fe80::1"), 3);
        scopes.note(peer("2001:db8::1"), 5);
        assertThat(scopes.of(peer("2001:db8::1"))).isZero();
        assertThat(scopes.of(peer("fec0::1"))).isZero();
        assertThat(scopes.of(peer("127.0.0.1"))).isZero();
        assertThat(scopes.of(peer("fe80::9"))).isEqualTo(3);
    }

    @Test
    void moreThanThereIsRoomForStillFindAnInterface() {
        for (int i = 1; i <= 1000; i++) {
            scopes.note(peer("fe80::" + i), 7);
        }
        for (int i = 1; i <= 1000; i++) {
            assertThat(scopes.of(peer("fe80::" + i))).isEqualTo(7);
        }
    }
}
