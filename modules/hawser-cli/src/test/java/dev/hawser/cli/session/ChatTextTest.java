package dev.hawser.cli.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ChatTextTest {
    @Test
    void whatIsEncodedIsDecoded() {
        assertThat(ChatText.decode(ChatText.encode("größe 🚢"))).isEqualTo("größe 🚢");
    }

    @Test
    void whatIsTooLongIsCutBetweenCharacters() {
        assertThat(ChatText.encode("x".repeat(1200)).remaining()).isEqualTo(1200);
        assertThat(ChatText.encode("x".repeat(1201)).remaining()).isEqualTo(1200);
        assertThat(ChatText.encode("x".repeat(1199) + "ö").remaining()).isEqualTo(1199);
        assertThat(ChatText.encode("x".repeat(1197) + "🚢").remaining()).isEqualTo(1197);
        assertThat(ChatText.encode("x".repeat(1196) + "🚢").remaining()).isEqualTo(1200);
    }

    @Test
    void aStrangerCannotSteerTheTerminal() {
        ByteBuffer payload = StandardCharsets.UTF_8.encode("a\u001b[2Jb\r\nc\u202ed\u009b");

        assertThat(ChatText.decode(payload)).isEqualTo("a\ufffd[2Jb\ufffd\ufffdc\ufffdd\ufffd");
    }

    @Test
    void bytesThatAreNoTextAreMarked() {
        assertThat(ChatText.decode(ByteBuffer.wrap(new byte[] {'a', (byte) 0xff, 'b'})))
                .isEqualTo("a\ufffdb");
    }
}
