package dev.hawser.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebUrlsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://play.example.org:7778/hawser",
                "https://play.example.org",
                "HTTPS://203.0.113.5:65535/a?b=c",
                "https://[2001:db8::5]:1/",
            })
    void aWebTransportUrlIsHttps(String text) {
        WebUrls urls = WebUrls.parse(text, "");
        assertThat(urls.webTransport()).isEqualTo(URI.create(text));
        assertThat(urls.webSocket()).isNull();
        assertThat(urls.isEmpty()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"wss://play.example.org:7778/hawser", "ws://127.0.0.1:7778/hawser"})
    void aWebSocketUrlIsWsOrWss(String text) {
        WebUrls urls = WebUrls.parse(null, text);
        assertThat(urls.webSocket()).isEqualTo(URI.create(text));
        assertThat(urls.isEmpty()).isFalse();
    }

    @Test
    void nothingIsNothing() {
        assertThat(WebUrls.parse("", null)).isEqualTo(WebUrls.NONE);
        assertThat(WebUrls.NONE.isEmpty()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "http://play.example.org/hawser|write it as https",
                "wss://play.example.org/hawser|write it as https",
                "/hawser|write it as https",
                "play.example.org:7778|write it as https",
                "https:hawser|write it as https",
                "https:///hawser|write it as https",
                "https://:7778/hawser|write it as https",
                "https://a b/|is no URL",
                "https://ada:secret@play.example.org/|a user's name or password",
                "https://ada@play.example.org/|a user's name or password",
                "https://spiel.example.org/größe|beyond printable ASCII",
                "https://play.example.org/#a|a fragment",
                "https://play.example.org:0/|has port 0",
                "https://play.example.org:65536/|has port 65536",
            })
    void anythingElseIsRefusedByItsName(String text, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WebUrls.parse(text, null))
                .withMessageStartingWith("webTransport ")
                .withMessageContaining(message)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("secret"));
    }

    @Test
    void aWebSocketUrlIsRefusedByItsName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WebUrls.parse(null, "https://play.example.org/"))
                .withMessageStartingWith("webSocket is 'https://")
                .withMessageContaining("wss://");
    }

    @Test
    void aUrlHasALargestLength() {
        String longest = "https://play.example.org/" + "a".repeat(256 - 25);
        assertThat(WebUrls.parse(longest, null).webTransport()).hasToString(longest);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WebUrls.parse(longest + "a", null))
                .withMessage(
                        "webTransport has 257 characters, but must have at most 256: choose a"
                                + " shorter path");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new WebUrls(null, URI.create("wss://a/" + "a".repeat(249))))
                .withMessageStartingWith("webSocket has 257 characters");
    }
}
