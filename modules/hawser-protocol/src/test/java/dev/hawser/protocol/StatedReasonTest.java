package dev.hawser.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StatedReasonTest {
    @Test
    void aTextOfTheLargestSizeStaysAndALongerOneIsCut() {
        String largest = "x".repeat(StatedReason.TEXT_BYTES_MAX);
        assertThat(StatedReason.of(1000, largest).text()).isEqualTo(largest);
        assertThat(StatedReason.of(1000, largest + "y").text()).isEqualTo(largest);
    }

    @Test
    void aTextIsCutBetweenTwoCharacters() {
        String text = "x".repeat(StatedReason.TEXT_BYTES_MAX - 3);
        assertThat(StatedReason.of(1000, text + "😀").text()).isEqualTo(text);
        assertThat(StatedReason.of(1000, text + "€€").text()).isEqualTo(text + "€");
    }

    /// It has no UTF-8: over the network the other side would read something else than in this
    /// process.
    @Test
    void halfAPairOfSurrogatesIsReplacedAtOnce() {
        assertThat(StatedReason.of(1000, "x\ud800").text()).isEqualTo("x?");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 65_536, 7 * 24 * 3600})
    void aNumberThatDoesNotTravelIsRefusedWithWhatToDo(int number) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new StatedReason(number, 0, ""))
                .withMessageContainingAll("code", String.valueOf(number), "65535", "1000");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new StatedReason(1, number, ""))
                .withMessageContainingAll("retryAfterSeconds", String.valueOf(number), "say 0");
    }

    @Test
    void aReasonHasAText() {
        assertThatNullPointerException()
                .isThrownBy(() -> StatedReason.of(1000, null))
                .withMessage("text");
    }
}
