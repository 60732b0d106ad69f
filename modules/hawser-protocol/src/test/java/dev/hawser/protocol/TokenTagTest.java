package dev.hawser.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenTagTest {
    private static final TokenTag TAG =
            new TokenTag(0x0706_0504_0302_0100L, 0x8f0e_0d0c_0b0a_0908L);
    private static final String TEXT = "000102030405060708090a0b0c0d0e8f";

    @Test
    void aTagIsWrittenAsItsBytesStandInTheToken() {
        assertThat(TAG).hasToString(TEXT);
    }

    @Test
    void whatIsWrittenIsReadInEitherCase() {
        assertThat(TokenTag.parse(TEXT)).isEqualTo(TAG);
        assertThat(TokenTag.parse("000102030405060708090A0B0C0D0E8F")).isEqualTo(TAG);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "000102030405060708090a0b0c0d0e8",
                "000102030405060708090a0b0c0d0e8f0",
                "000102030405060708090a0b0c0d0e8g",
                "+00102030405060708090a0b0c0d0e8f",
                "\u0660\u0660000000000000000000000000000000"
            })
    void anythingElseIsNoTag(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TokenTag.parse(text))
                .withMessageContaining(
                        "of " + text.length() + " characters that is not 32 hexadecimal digits");
    }
}
