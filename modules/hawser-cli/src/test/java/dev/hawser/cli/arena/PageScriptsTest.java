package dev.hawser.cli.arena;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// The tests of the page's scripts, which are written in JavaScript too.
class PageScriptsTest {
    @Test
    void theScriptsPassTheirOwnTests() throws Exception {
        Process node =
                new ProcessBuilder(
                                "node",
                                "--test",
                                "--test-reporter=spec",
                                "src/test/js/page.test.mjs")
                        .directory(Path.of("").toAbsolutePath().toFile())
                        .redirectErrorStream(true)
                        .start();
        String said = new String(node.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(node.waitFor()).as(said).isZero();
        assertThat(said).containsPattern("tests [1-9]\\d").contains("fail 0", "skipped 0");
    }
}
