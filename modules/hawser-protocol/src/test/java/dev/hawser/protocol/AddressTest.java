package dev.hawser.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The text of addresses, as the reference implementation reads and prints it.
class AddressTest {
    @ParameterizedTest
    @CsvSource({
        "127.0.0.1,                        127.0.0.1",
        "127.0.0.1:40000,                  127.0.0.1:40000",
        "0.0.0.0:1,                        0.0.0.0:1",
        "255.255.255.255:65535,            255.255.255.255:65535",
        "1.2.3.4:0,                        1.2.3.4",
        "1.2.3.4:00080,                    1.2.3.4:80",
        "::,                               ::",
        "::1,                              ::1",
        "[::1],                            ::1",
        "[::1]:40000,                      [::1]:40000",
        "[::1]:00080,                      [::1]:80",
        "2001:DB8::A,                      2001:db8::a",
        "0001:0:0:0:0:0:0:0002,            1::2",
        "1:2:3:4:5:6:7:8,                  1:2:3:4:5:6:7:8",
        "1:2:3:4:5:6:7::,                  1:2:3:4:5:6:7:0",
        "::2:3:4:5:6:7:8,                  0:2:3:4:5:6:7:8",
        "1:2:3:4:5:6:1.2.3.4,              1:2:3:4:5:6:102:304",
        "[::ffff:1.2.3.4]:80,              [::ffff:1.2.3.4]:80",
        "::ffff:102:304,                   ::ffff:1.2.3.4",
        "::1.2.3.4,                        ::1.2.3.4",
        "::1:0,                            ::0.1.0.0",
        "1:0:0:2:0:0:0:3,                  1:0:0:2::3",
        "1:0:0:2:0:0:3:4,                  1::2:0:0:3:4",
        "1:0:2:3:4:5:6:7,                  1:0:2:3:4:5:6:7",
    })
    void whatTheReferenceReadsIsReadAndPrintedAsItPrintsIt(String text, String canonical) {
        assertThat(NetAddress.parse(text)).hasToString(canonical);
    }

    /// Slips of the reference that it has accepted for years: a configuration may rest on them.
    @ParameterizedTest
    @CsvSource({
        "[::1,               ::1",
        "[1.2.3.4]:80,       1.2.3.4:80",
        "[1.2.3.4:80,        1.2.3.4:80",
        "[1.2.3.4:90]:80,    1.2.3.4:90",
    })
    void oddBracketsThatTheReferenceReadsAreRead(String text, String canonical) {
        assertThat(NetAddress.parse(text)).hasToString(canonical);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                ":",
                "::: ",
                ":::",
                "[",
                "[]",
                "[]:80",
                "[]:",
                "1",
                "1.2.3",
                "1.2.3.",
                "1.2.3.4.5",
                "1.2.3.4.",
                ".1.2.3.4",
                "1..2.3",
                "256.1.1.1:5",
                "01.2.3.4",
                "1.2.3.004",
                "1.2.3.4 :80",
                " 1.2.3.4",
                "1.2.3.4 ",
                "1.2.3.4:",
                "1.2.3.4:-1",
                "1.2.3.4:+1",
                "1.2.3.4:65536",
                "1.2.3.4:000080",
                "1.2.3.4:8o",
                "1.2.3.4:80:80",
                "0x1.2.3.4",
                "[::1]:",
                "[::1]:65536",
                "[::1]:000080",
                "::1]",
                "[::1]]",
                "[::1]80",
                "1:",
                ":1",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "1:2:3:4:5:6:7:8::",
                "::1::2",
                "1:::2",
                "12345::",
                "g::",
                "::1%eth0",
                "::1.2.3",
                "::1.2.3.4:5",
                "1:2:3:4:5:6:7:1.2.3.4",
                "::256.2.3.4",
                "::01.2.3.4",
                "localhost",
                "localhost:4000",
                "example.com",
                "1.2.3.4\0",
                "\u0661.2.3.4",
                "1.2.3.4:\u0661",
                "::\uff11"
            })
    void whatTheReferenceRefusesIsRefused(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NetAddress.parse(text))
                .withMessageStartingWith("'" + text + "' is not an address: ")
                .withMessageEndingWith("write 1.2.3.4:80, 1.2.3.4, [::1]:80 or ::1");
    }

    @Test
    void aPortThatIsTooLargeIsNamed() {
        assertThatThrownBy(() -> NetAddress.parse("1.2.3.4:65536"))
                .hasMessageContaining("port 65536 is above 65535");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[fe80::1%eth0]:4000",
                "fe80::1%eth0",
                "[fe80::1%eth0",
                "[fe80::1%en0]:4000",
                "fe80::1%lo",
                "fe80::1%2"
            })
    void anInterfaceIsNamedWithTheRemedy(String text) {
        assertThatThrownBy(() -> NetAddress.parse(text))
                .hasMessageContaining("'" + text + "' is not an address")
                .hasMessageContaining("a network interface (%")
                .hasMessageContaining("fe80::/10")
                .hasMessageContaining("bind [::]");
    }

    @Test
    void allInterfacesAreNoAddressToDial() {
        for (String text :
                new String[] {"0.0.0.0", "0.0.0.0:7", "::", "[::]:7", "::ffff:0.0.0.0"}) {
            assertThat(NetAddress.parse(text).isUnspecified()).as(text).isTrue();
        }
        for (String text : new String[] {"0.0.0.1", "::1", "1::", "::1.0.0.0", "127.0.0.1:7"}) {
            assertThat(NetAddress.parse(text).isUnspecified()).as(text).isFalse();
        }
    }

    @Test
    void aPeerIsTheSameWhereverItHasSentTo() {
        PeerAddress peer = PeerAddress.of(NetAddress.parse("192.0.2.1:7"));
        assertThat(peer.hasLocal()).isFalse();
        peer.setLocalIpv4(0x0a00_0001);
        assertThat(NetAddress.ofNumbers(peer.localHigh(), peer.localLow(), 0))
                .isEqualTo(NetAddress.parse("10.0.0.1"));

        PeerAddress copy = new PeerAddress();
        copy.set(peer);
        assertThat(copy.hasLocal()).isTrue();
        copy.setLocal(1, 2);
        assertThat(copy.sameAs(peer)).isTrue();
        peer.setLocal(copy);
        assertThat(peer.localHigh()).isEqualTo(1);
        assertThat(peer.localLow()).isEqualTo(2);
        peer.setIpv4(0x0a00_0001, 7);
        assertThat(peer.hasLocal()).as("of another peer").isFalse();
    }

    @Test
    void aNameIsNotLookedUp() {
        assertThatThrownBy(() -> NetAddress.parse("localhost:4000"))
                .hasMessageContaining("names are not looked up");
    }

    @Property
    void whatIsPrintedIsReadAgain(
            @ForAll long high,
            @ForAll long low,
            @ForAll @IntRange(max = 65535) int port,
            @ForAll byte zeroGroups) {
        long mask = groupMask(zeroGroups & 0xf);
        long lowMask = groupMask((zeroGroups >> 4) & 0xf);
        NetAddress ipv6 = NetAddress.ipv6(high & mask, low & lowMask, port);
        NetAddress ipv4 = NetAddress.ipv4((int) low, port);
        NetAddress mapped = NetAddress.ipv6(ipv4.high(), ipv4.low(), port);
        assertThat(NetAddress.parse(ipv6.toString())).isEqualTo(ipv6);
        assertThat(NetAddress.parse(ipv4.toString())).isEqualTo(ipv4);
        assertThat(NetAddress.parse(mapped.toString())).isEqualTo(mapped);
    }

    /// One bit for each of four groups: cleared, the group becomes zero.
    private static long groupMask(int groups) {
        long mask = 0;
        for (int i = 0; i < 4; i++) {
            mask |= ((groups >> i) & 1) == 0 ? 0 : 0xffffL << (16 * i);
        }
        return mask;
    }

    @Property(tries = 10_000)
    void anyTextIsReadOrRefusedInWords(
            @ForAll
                    @Chars({'0', '1', '9', 'a', 'F', ':', '.', '[', ']', 'x', ' '})
                    @StringLength(max = 12)
                    String text) {
        try {
            NetAddress address = NetAddress.parse(text);
            assertThat(NetAddress.parse(address.toString())).isEqualTo(address);
        } catch (IllegalArgumentException e) {
            assertThat(e).hasMessageContaining("is not an address");
        }
    }

    @Test
    void theTwoKindsOfAnAddressAreKeptApartButHaveTheSameNumbers() {
        NetAddress ipv4 = NetAddress.parse("1.2.3.4:80");
        NetAddress mapped = NetAddress.parse("[::ffff:1.2.3.4]:80");
        assertThat(ipv4).isNotEqualTo(mapped);
        assertThat(ipv4.isIpv4()).isTrue();
        assertThat(mapped.isIpv4()).isFalse();
        assertThat(ipv4.sameNumbers(PeerAddress.of(mapped))).isTrue();
        assertThat(mapped.sameNumbers(PeerAddress.of(ipv4))).isTrue();
        assertThat(ipv4.sameNumbers(PeerAddress.of(ipv4.withPort(81)))).isFalse();
    }

    @Test
    void addressesAreTheSameWhenEachPartIs() {
        NetAddress address = new NetAddress(0, 0xffff_0102_0304L, 80, true);
        assertThat(address)
                .isEqualTo(new NetAddress(0, 0xffff_0102_0304L, 80, true))
                .hasSameHashCodeAs(new NetAddress(0, 0xffff_0102_0304L, 80, true))
                .isNotEqualTo(new NetAddress(0, 0xffff_0102_0305L, 80, true))
                .isNotEqualTo(new NetAddress(0, 0xffff_0102_0304L, 81, true))
                .isNotEqualTo(new NetAddress(0, 0xffff_0102_0304L, 80, false))
                .isNotEqualTo("1.2.3.4:80");
        assertThat(new NetAddress(1, 2, 80, false)).isNotEqualTo(new NetAddress(3, 2, 80, false));
    }

    @Test
    void numbersOfAMappedAddressMakeAnIpv4One() {
        NetAddress ipv4 = NetAddress.ipv4(0x01020304, 80);
        assertThat(NetAddress.ofNumbers(ipv4.high(), ipv4.low(), 80)).isEqualTo(ipv4);
        assertThat(NetAddress.ofNumbers(0, 1, 0)).hasToString("::1");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 65536, Integer.MIN_VALUE})
    void aPortOutsideItsRangeIsRefused(int port) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NetAddress.ipv4(0, port))
                .withMessage("port " + port + " is outside 0..65535");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NetAddress.parse("::1").withPort(port))
                .withMessage("port " + port + " is outside 0..65535");
    }

    @Test
    void anIpv4AddressNeedsTheNumbersOfOne() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new NetAddress(0, 1, 80, true))
                .withMessageContaining("::1");
    }
}
