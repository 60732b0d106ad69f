package dev.hawser.tests.rig;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Tables of what a machine does, to be read beside the pages that say what it is to do.
public final class Table {
    private static final Path REGENERATED = Path.of("target", "transitions");

    private Table() {}

    /// Compares the lines with those of a resource beside the test, and says where they differ. The
    /// new table is then in a file.
    public static void compare(Class<?> test, String name, List<String> lines) throws IOException {
        List<String> expected;
        try (InputStream table = test.getResourceAsStream(name)) {
            expected =
                    table == null
                            ? List.of()
                            : new String(table.readAllBytes(), StandardCharsets.UTF_8)
                                    .lines()
                                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                                    .toList();
        }
        List<String> differences = new ArrayList<>();
        for (int i = 0; i < Math.max(expected.size(), lines.size()); i++) {
            String before = i < expected.size() ? expected.get(i) : "(no line)";
            String now = i < lines.size() ? lines.get(i) : "(no line)";
            if (!before.equals(now)) {
                differences.add("\n  table:   " + before + "\n  machine: " + now);
            }
        }
        if (!differences.isEmpty()) {
            Files.createDirectories(REGENERATED);
            Files.write(REGENERATED.resolve(name), lines);
        }
        assertThat(differences)
                .as("lines of %s, regenerated in %s", name, REGENERATED.resolve(name))
                .isEmpty();
    }
}
