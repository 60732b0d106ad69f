package dev.hawser.tests.release;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.tests.Built;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Native libraries come from others as they are, and run with all rights of the process: each one
/// that a module brings, or that a test runs, has the bytes that somebody has looked at.
class NativeLibrariesTest {
    private static final Path PINS = Path.of(".build/natives.sha256");

    /// One of this project's own jars, whose version says nothing about what is inside.
    private static final Pattern OURS = Pattern.compile("(hawser[a-z-]*)-\\d.*\\.jar");

    @Test
    void eachOnTheClassPathIsPinned() throws IOException {
        Map<String, String> pinned = pinned();
        Map<String, String> found = found();
        assertThat(found).as("native libraries on the class path").isNotEmpty();

        StringBuilder wrong = new StringBuilder();
        found.forEach((name, digest) -> {
            String expected = pinned.remove(name);
            if (!digest.equals(expected)) {
                wrong.append(
                        "\n%s: found %s, expected %s"
                                .formatted(
                                        name,
                                        digest,
                                        expected == null ? "none, it is not pinned" : expected));
            }
        });
        pinned.forEach((name, digest) ->
                wrong.append("\n%s: found nothing, expected %s".formatted(name, digest)));
        assertThat(wrong.toString())
                .as(
                        "native libraries that differ from %s; if a version in pom.xml has changed, compare the jars with"
                                + " what their project publishes, and write its lines anew: sha256 of the file, two spaces, name",
                        PINS)
                .isEmpty();
    }

    private static Map<String, String> pinned() throws IOException {
        Map<String, String> pinned = new TreeMap<>();
        for (String line : Files.readAllLines(Built.root().resolve(PINS))) {
            if (!line.isBlank() && !line.startsWith("#")) {
                String[] parts = line.split(" +", 2);
                pinned.put(parts[1], parts[0]);
            }
        }
        return pinned;
    }

    /// By the name of the jar and its place there.
    private static Map<String, String> found() throws IOException {
        Map<String, String> found = new TreeMap<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            Path path = Path.of(entry);
            if (Files.isDirectory(path)) {
                addFolder(path, found);
            } else if (Files.exists(path)) {
                addJar(path, found);
            }
        }
        return found;
    }

    private static void addJar(Path path, Map<String, String> found) throws IOException {
        String name = OURS.matcher(path.getFileName().toString()).replaceAll("$1");
        try (JarFile jar = new JarFile(path.toFile())) {
            Enumeration<JarEntry> entries = jar.entries();
            while (entries.hasMoreElements()) {
                JarEntry entry = entries.nextElement();
                if (FileRules.NATIVE.matcher(entry.getName()).matches()) {
                    byte[] content = jar.getInputStream(entry).readAllBytes();
                    found.put(name + "!" + entry.getName(), digest(content));
                }
            }
        }
    }

    /// A module that is compiled, and not yet packed.
    private static void addFolder(Path folder, Map<String, String> found) throws IOException {
        Path modules = Built.root().resolve("modules");
        if (folder.startsWith(modules)) {
            List<Path> files;
            try (Stream<Path> all = Files.walk(folder)) {
                files =
                        all.filter(file -> FileRules.NATIVE.matcher(file.toString()).matches())
                                .toList();
            }
            for (Path file : files) {
                String inside = folder.relativize(file).toString().replace(File.separatorChar, '/');
                found.put(
                        modules.relativize(folder).getName(0) + "!" + inside,
                        digest(Files.readAllBytes(file)));
            }
        }
    }

    private static String digest(byte[] content) {
        return FileRules.digest("SHA-256", content);
    }
}
