package dev.hawser.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.cli.Cli;
import dev.hawser.testkit.vectors.Vectors;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConformanceCommandTest {
    @TempDir private Path folder;

    @Test
    void everyCaseOfTheStandardVectorsIsRight() throws IOException {
        Cli.Result result = run(standardVectors());

        assertThat(result.exitCode()).isZero();
        assertThat(result.err()).isEmpty();
        assertThat(result.out().lines())
                .contains("packets 144/144", "readVerdicts 320/320", "replayWindows 6/6")
                .allMatch(line -> line.matches("[a-zA-Z.]+ (\\d+)/\\1"));
    }

    @Test
    void everyCaseOfTheExtensionsVectorsIsRight() throws IOException {
        Cli.Result result = run(vectors("hawser-extension-1.json"));

        assertThat(result.exitCode()).isZero();
        assertThat(result.out().lines())
                .contains("pathNames 20/20", "session.moves 2/2")
                .allMatch(line -> line.matches("[a-zA-Z.]+ (\\d+)/\\1"));
    }

    @Test
    void aWrongByteIsShownWithTheIndexOfItsCase() throws IOException {
        String vectors =
                """
                {"addresses": [
                  {"text": "1.2.3.4:80", "accepted": true, "printed": "1.2.3.4:80"},
                  {"text": "1.2.3.4:80", "accepted": false}
                ]}\
                """;

        Cli.Result result = run(vectors);

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.out()).contains("addresses ", "addresses[1]: ", "not in the file: ");
    }

    @Test
    void noMoreFailuresAreShownThanAskedFor() throws IOException {
        Path file =
                Files.writeString(folder.resolve("vectors.json"), "{\"packets\": [1, 2, 3, 4]}");

        Cli.Result result = Cli.run("conformance", file.toString(), "--failures", "3");

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.out())
                .contains("packets 0/4", "packets[0]", "packets[2]", "and 1 failures more")
                .doesNotContain("packets[3]");
    }

    @Test
    void whatIsNoFileOfVectorsIsToldInOneLine() throws IOException {
        Cli.Result notJson = run("{\"packets\": [");
        assertThat(notJson.exitCode()).isEqualTo(1);
        assertThat(notJson.err()).contains("vectors.json", "not JSON").hasLineCount(1);

        Cli.Result deep = run("[".repeat(2000));
        assertThat(deep.exitCode()).isEqualTo(1);
        assertThat(deep.err())
                .contains("vectors.json", "nested too deeply")
                .doesNotContain("()")
                .hasLineCount(1);

        Cli.Result empty = run("{}");
        assertThat(empty.exitCode()).isEqualTo(1);
        assertThat(empty.err()).contains("vectors.json has no case to verify").hasLineCount(1);

        Cli.Result missing = Cli.run("conformance", "nowhere.json");
        assertThat(missing.exitCode()).isEqualTo(1);
        assertThat(missing.err()).contains("there is no file nowhere.json").hasLineCount(1);

        Cli.Result isFolder = Cli.run("conformance", folder.toString());
        assertThat(isFolder.exitCode()).isEqualTo(1);
        assertThat(isFolder.err()).contains(folder.toString()).hasLineCount(1);

        assertThat(Cli.run("conformance").exitCode()).isEqualTo(2);
    }

    private Cli.Result run(String vectors) throws IOException {
        Path file = Files.writeString(folder.resolve("vectors.json"), vectors);
        return Cli.run("conformance", file.toString());
    }

    private static String standardVectors() throws IOException {
        return vectors("netcode-1.02.json");
    }

    private static String vectors(String name) throws IOException {
        try (InputStream json = Vectors.class.getResourceAsStream(name)) {
            return new String(json.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
