package dev.hawser.online.agones;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LineReaderTest {
    private static List<String> read(int max, String text) throws Exception {
        List<String> lines = new ArrayList<>();
        new LineReader(max)
                .read(
                        new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)),
                        new LineReader.Lines() {
                            @Override
                            public void take(byte[] line, int length) {
                                lines.add(new String(line, 0, length, StandardCharsets.UTF_8));
                            }

                            @Override
                            public void refuse() {
                                lines.add("refused");
                            }
                        });
        return lines;
    }

    @Test
    void aLineIsWhatALineEndEnds() throws Exception {
        assertThat(read(8, "a\n\nbc\nrest")).containsExactly("a", "bc");
    }

    @Test
    void aLineOfTheLimitIsTakenAndOneByteMoreIsNot() throws Exception {
        assertThat(read(4, "abcd\nabcde\nx\n")).containsExactly("abcd", "refused", "x");
    }

    @Test
    void linesOverManyChunksAreWhole() throws Exception {
        String big = "z".repeat(100_000);
        assertThat(read(1 << 20, big + "\n" + big + "y\n")).containsExactly(big, big + "y");
        assertThat(read(50_000, big + "\nok\n")).containsExactly("refused", "ok");
    }
}
