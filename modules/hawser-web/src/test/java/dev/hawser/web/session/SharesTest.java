package dev.hawser.web.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

class SharesTest {
    private final Shares shares = new Shares();

    private static InetAddress ip(String numbers) throws UnknownHostException {
        return InetAddress.getByName(numbers);
    }

    @Test
    void anIpv4AddressIsAPlace() throws Exception {
        shares.add(ip("203.0.113.5"));
        assertThat(shares.hasRoom(ip("203.0.113.5"), 1)).isFalse();
        assertThat(shares.hasRoom(ip("203.0.113.6"), 1)).isTrue();
    }

    @Test
    void anIpv6NetworkOf64BitsIsAPlace() throws Exception {
        shares.add(ip("2001:db8:0:1::1"));
        assertThat(shares.hasRoom(ip("2001:db8:0:1:ffff::2"), 1)).isFalse();
        assertThat(shares.hasRoom(ip("2001:db8:0:2::1"), 1)).isTrue();
    }

    @Test
    void theNetworksOfOneSiteOf48BitsShareFourTimesAsMuch() throws Exception {
        for (int network = 0; network < 2 * Shares.PER_SITE; network++) {
            assertThat(shares.hasRoom(ip("2001:db8:7:" + network + "::1"), 2)).isTrue();
            shares.add(ip("2001:db8:7:" + network + "::1"));
        }
        assertThat(shares.hasRoom(ip("2001:db8:7:fff::1"), 2)).isFalse();
        assertThat(shares.hasRoom(ip("2001:db8:8:fff::1"), 2)).isTrue();

        shares.remove(ip("2001:db8:7:0::1"));
        assertThat(shares.hasRoom(ip("2001:db8:7:fff::1"), 2)).isTrue();
    }
}
