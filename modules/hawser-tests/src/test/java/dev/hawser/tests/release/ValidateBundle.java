package dev.hawser.tests.release;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// Looks at a bundle without a network. Java runs this file as it is: see `.build/release.sh`.
final class ValidateBundle {
    /// Everything is right.
    static final int RIGHT = 0;

    static final int WRONG = 1;

    /// Everything is right but that there are no signatures.
    static final int NOT_SIGNED = 2;

    private ValidateBundle() {}

    public static void main(String[] args) throws IOException {
        if (args.length != 2) {
            System.err.println("usage: ValidateBundle BUNDLE.zip PINNED.sha256");
            System.exit(WRONG);
        }
        Bundle bundle = Bundle.read(Path.of(args[0]), pinned(Path.of(args[1])));
        StringBuilder out = new StringBuilder();
        int code = validate(bundle, out);
        System.out.print(out);
        System.exit(code);
    }

    static Set<String> pinned(Path file) throws IOException {
        return Files.readAllLines(file).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .map(line -> line.split(" ", 2)[0])
                .collect(Collectors.toSet());
    }

    /// Prints each rule, and what breaks it.
    static int validate(Bundle bundle, StringBuilder out) {
        try {
            bundle.components();
        } catch (IllegalArgumentException e) {
            out.append("WRONG  ").append(e.getMessage()).append("\nnot ready\n");
            return WRONG;
        }
        Set<Rule> broken = new LinkedHashSet<>();
        for (Rule rule : Rule.values()) {
            List<String> wrong = rule.check(bundle);
            out.append(wrong.isEmpty() ? "right  " : "WRONG  ");
            out.append(rule.sentence()).append('\n');
            wrong.forEach(one -> out.append("       - ").append(one).append('\n'));
            if (!wrong.isEmpty()) {
                broken.add(rule);
            }
        }
        out.append(
                "%d components, %d files, %d bytes: "
                        .formatted(
                                bundle.components().size(),
                                bundle.published().size(),
                                bundle.bytes()));
        if (broken.isEmpty()) {
            out.append("ready\n");
            return RIGHT;
        }
        boolean onlySignatures = broken.equals(Set.of(Rule.SIGNATURES));
        out.append(onlySignatures ? "ready but for the signatures\n" : "not ready\n");
        return onlySignatures ? NOT_SIGNED : WRONG;
    }
}
