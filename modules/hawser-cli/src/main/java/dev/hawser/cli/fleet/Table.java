package dev.hawser.cli.fleet;

import dev.hawser.cli.words.Printable;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// A table for people, which comes in parts: columns are as wide as what they hold, and get wider
/// with a later part where they have to, since nobody knows how wide the end of a long list is.
final class Table {
    private static final String GAP = "  ";

    private final PrintWriter out;
    private final List<String> header;
    private final int[] widths;
    private boolean isBegun;

    Table(PrintWriter out, String... header) {
        this.out = out;
        this.header = List.of(header);
        widths = new int[header.length];
    }

    /// Prints rows, under the header where they are the first.
    void print(List<List<String>> rows) {
        if (rows.isEmpty()) {
            return;
        }
        List<List<String>> lines = new ArrayList<>();
        if (!isBegun) {
            lines.add(header);
            isBegun = true;
        }
        rows.forEach(row -> lines.add(row.stream().map(Printable::of).toList()));
        for (List<String> line : lines) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], width(line.get(i)));
            }
        }
        lines.forEach(line -> out.println(aligned(line)));
    }

    /// {@return whether nothing was printed}
    boolean isEmpty() {
        return !isBegun;
    }

    private String aligned(List<String> line) {
        return IntStream.range(0, widths.length)
                .mapToObj(i -> line.get(i) + " ".repeat(widths[i] - width(line.get(i))))
                .reduce((left, right) -> left + GAP + right)
                .orElse("")
                .stripTrailing();
    }

    private static int width(String text) {
        return text.codePointCount(0, text.length());
    }
}
