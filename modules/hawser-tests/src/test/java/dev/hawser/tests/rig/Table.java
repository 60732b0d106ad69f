package dev.hawser.tests.rig;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.Drop;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Tables of what a machine does, to be read beside the pages that say what it is to do.
public final class Table {
    private static final Path REGENERATED = Path.of("target", "transitions");

    /// The names of packets by their type: seven of the standard, then those of the extension.
    public static final List<String> TYPES =
            List.of(
                    "request",
                    "denied",
                    "challenge",
                    "response",
                    "keep-alive",
                    "payload",
                    "disconnect",
                    "path request",
                    "path answer",
                    "path response",
                    "ping",
                    "reset");

    private Table() {}

    /// {@return a line of such a table}
    ///
    /// @param columns a format with a `%s` for each, as wide as the table wants them
    /// @param state before, in words, and `after` likewise
    /// @param packet that came
    /// @param from whom it came, or from where
    /// @param does what else the machine does
    public static String line(
            String columns,
            String state,
            String packet,
            String from,
            Drop drop,
            String after,
            String does) {
        String counted = drop == Drop.NONE ? "taken" : "dropped: " + words(drop);
        return String.format(
                columns, state, packet, from, counted, after.equals(state) ? "=" : after, does);
    }

    /// {@return the name of a constant, in words}
    public static String words(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /// {@return what a machine sends, in words}
    ///
    /// @param packets the names of their types
    public static String sends(Stream<String> packets) {
        String names = packets.collect(Collectors.joining(" and "));
        return "sends " + (names.isEmpty() ? "nothing" : names);
    }

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
