package dev.hawser.cli.option;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.cli.demo.Bursts;
import dev.hawser.cli.demo.BurstsConverter;
import dev.hawser.protocol.NetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class ConvertersTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "18446744073709551615, -1",
        "0xffffffffffffffff, -1",
        "0X1122334455667788, 1234605616436508552",
        "0x0, 0",
    })
    void idsAreUnsignedAndDecimalOrHexadecimal(String text, long expected) {
        assertThat(new UnsignedLongConverter().convert(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "-1", "18446744073709551616", "0x", "0x10000000000000000", "1f", "0x-1"})
    void otherIdsAreRefusedWithTheLimit(String text) {
        assertThatThrownBy(() -> new UnsignedLongConverter().convert(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageContaining("'" + text + "'")
                .hasMessageContaining("18446744073709551615");
    }

    @ParameterizedTest
    @CsvSource({"0s, 0", "90s, 90", "10m, 600", "2h, 7200", "7d, 604800", "999999999s, 999999999"})
    void aTimeHasAUnit(String text, long seconds) {
        assertThat(new TimeConverter().convert(text)).hasSeconds(seconds);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10", "m", "-1s", "1.5h", "1h30m", "10 m", "10M", "1000000000s"})
    void aTimeWithoutOneIsRefused(String text) {
        assertThatThrownBy(() -> new TimeConverter().convert(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessage("'" + text + "' is no time: write it as 90s, 10m, 2h or 7d");
    }

    @Test
    void addressesHaveAPort() {
        NetAddressConverter converter = new NetAddressConverter();

        assertThat(converter.convert("127.0.0.1:40000"))
                .isEqualTo(NetAddress.parse("127.0.0.1:40000"));
        assertThat(converter.convert("127.0.0.1:0").port()).isZero();
        assertThat(converter.convert("[::1]:0").port()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, write 127.0.0.1:40000",
        "::1, write [::1]:40000",
        "::0, write [::]:40000",
        "localhost:40000, names are not looked up",
        "127.0.0.1:65536, above 65535",
    })
    void otherAddressesAreRefusedWithTheRemedy(String text, String remedy) {
        assertThatThrownBy(() -> new NetAddressConverter().convert(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageContaining("'" + text + "'")
                .hasMessageContaining(remedy);
    }

    @Test
    void lifetimesAreSecondsOrOff() {
        LifetimeConverter converter = new LifetimeConverter();

        assertThat(converter.convert("1")).isEqualTo(1);
        assertThat(converter.convert("2147483647")).isEqualTo(Integer.MAX_VALUE);
        assertThat(converter.convert("off")).isEqualTo(LifetimeConverter.OFF);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "-1", "2147483648", "never", "Off"})
    void otherLifetimesAreRefusedWithTheLimit(String text) {
        assertThatThrownBy(() -> new LifetimeConverter().convert(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageContaining("'" + text + "'")
                .hasMessageContaining("1 to 2147483647 seconds, or off");
    }

    @ParameterizedTest
    @CsvSource({"0.03:8, 0.03, 8", "0:1, 0, 1", "0.5:1, 0.5, 1", "0.99:1000, 0.99, 1000"})
    void burstsAreAShareAndALength(String text, double share, double packets) {
        assertThat(new BurstsConverter().convert(text)).isEqualTo(new Bursts(share, packets));
    }

    @ParameterizedTest
    @CsvSource({
        "'', write 0.03:8",
        "0.03, write 0.03:8",
        "8, write 0.03:8",
        ":8, write 0.03:8",
        "0.03:, write 0.03:8",
        "0.03:8:1, write 0.03:8",
        "0.03:0.5, from 1 to 1000",
        "0.03:1001, from 1 to 1000",
        "0.03:NaN, from 1 to 1000",
        "0.51:1, from 0 to 0.5",
        "-0.01:8, from 0 to 0.8889",
        "3:8, from 0 to 0.8889",
        "NaN:8, from 0 to 0.8889",
    })
    void otherBurstsAreRefusedWithTheRemedy(String text, String remedy) {
        assertThatThrownBy(() -> new BurstsConverter().convert(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageContaining("'" + text + "'")
                .hasMessageContaining(remedy);
    }
}
