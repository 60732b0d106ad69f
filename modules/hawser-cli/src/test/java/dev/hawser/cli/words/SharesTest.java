package dev.hawser.cli.words;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SharesTest {
    @ParameterizedTest
    @CsvSource({"0, 0 %", "1, 100 %", "0.05, 5 %", "0.125, 12.5 %", "1e-6, 0.0001 %"})
    void aShareIsSaidInHundredths(double share, String text) {
        assertThat(Shares.percent(share)).isEqualTo(text);
    }

    @Test
    void aNumberHasNoZerosThatSayNothing() {
        assertThat(Shares.number(1000)).isEqualTo("1000");
        assertThat(Shares.number(8.50)).isEqualTo("8.5");
        assertThat(Shares.number(Double.NaN)).isEqualTo("NaN");
        assertThat(Shares.number(Double.POSITIVE_INFINITY)).isEqualTo("Infinity");
    }
}
