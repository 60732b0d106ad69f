package dev.hawser.backend.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Only a proxy of ours is believed about who calls.
class CallersTest {
    private final Callers callers = new Callers(List.of("10.0.0.0/8", "127.0.0.1", "fd00::/16"));

    private static InetSocketAddress peer(String address) {
        return new InetSocketAddress(InetAddress.ofLiteral(address), 1234);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "null",
            value = {
                "203.0.113.7, null,                          203.0.113.7",
                "203.0.113.7, 198.51.100.1,                  203.0.113.7",
                "127.0.0.1,   198.51.100.1,                  198.51.100.1",
                "127.0.0.1,   null,                          127.0.0.1",
                "10.9.8.7,    '1.1.1.1, 198.51.100.1',       198.51.100.1",
                "10.9.8.7,    '1.1.1.1,198.51.100.1,10.0.0.1', 198.51.100.1",
                "10.9.8.7,    '10.0.0.2, 10.0.0.1',          10.0.0.2",
                "fd00::1,     2001:db8::7,                   2001:db8:0:0:0:0:0:7",
                "127.0.0.1,   'nonsense',                    127.0.0.1",
                "127.0.0.1,   '198.51.100.1, example.org',   127.0.0.1",
                "127.0.0.1,   '',                            127.0.0.1",
                "11.0.0.1,    198.51.100.1,                  11.0.0.1"
            })
    void whoCalls(String peer, String forwardedFor, String caller) {
        assertThat(callers.of(peer(peer), forwardedFor).getHostAddress()).isEqualTo(caller);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "localhost", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/x", "::/129"})
    void whatIsNoNetworkIsRefused(String proxy) {
        assertThatThrownBy(() -> new Callers(List.of(proxy)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + proxy + "'");
    }

    @Test
    void aHouseholdIsAnIpv4AddressOrHalfOfAnIpv6One() {
        assertThat(Callers.household(InetAddress.ofLiteral("203.0.113.7")))
                .isEqualTo("203.0.113.7");
        String one = Callers.household(InetAddress.ofLiteral("2001:db8:1:2:3:4:5:6"));
        assertThat(Callers.household(InetAddress.ofLiteral("2001:db8:1:2::9"))).isEqualTo(one);
        assertThat(Callers.household(InetAddress.ofLiteral("2001:db8:1:3::9"))).isNotEqualTo(one);
    }
}
