package dev.hawser.tests.release;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/// What is to be published: files in the layout of a Maven repository, in one zip.
///
/// @param bytes how large the zip is
/// @param files by their paths
/// @param natives the SHA-256 of each native library that may be in it
record Bundle(long bytes, Map<String, byte[]> files, Set<String> natives) {
    static final String GROUP = "dev.hawser";

    /// Where a file of a component lies: its artifact, its version, and what follows these.
    static final Pattern PLACE = Pattern.compile("dev/hawser/([^/]+)/([^/]+)/\\1-\\2([.-][^/]+)");

    private static final Pattern OF_OTHERS = Pattern.compile(".*\\.(asc|md5|sha1|sha256|sha512)");

    /// What has one POM.
    ///
    /// @param stem the path of each of its files, as far as they are alike
    record Component(Bundle bundle, String stem, String artifact, String version, Pom pom) {
        boolean has(String ending) {
            return bundle.files.containsKey(stem + ending);
        }

        byte[] file(String ending) {
            return bundle.files.getOrDefault(stem + ending, new byte[0]);
        }

        boolean isJar() {
            return !pom.text("packaging").equals("pom");
        }

        @Override
        public String toString() {
            return artifact + "-" + version;
        }
    }

    static Bundle read(Path zip, Set<String> natives) throws IOException {
        try (InputStream in = Files.newInputStream(zip)) {
            return new Bundle(Files.size(zip), entries(in), natives);
        }
    }

    /// {@return the components by the names of their artifacts}
    Map<String, Component> components() {
        Map<String, Component> components = new TreeMap<>();
        files.forEach((path, content) -> {
            Matcher place = PLACE.matcher(path);
            if (place.matches() && place.group(3).equals(".pom")) {
                String stem = path.substring(0, path.length() - ".pom".length());
                String artifact = place.group(1);
                components.put(
                        artifact,
                        new Component(
                                this, stem, artifact, place.group(2), Pom.parse(path, content)));
            }
        });
        return components;
    }

    /// {@return the paths of all files but the checksums and signatures of others}
    List<String> published() {
        return files.keySet().stream().filter(path -> !OF_OTHERS.matcher(path).matches()).toList();
    }

    /// {@return the files in a jar, none where it is no jar}
    static Map<String, byte[]> entries(byte[] jar) {
        try {
            return entries(new ByteArrayInputStream(jar));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, byte[]> entries(InputStream in) throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        ZipInputStream zip = new ZipInputStream(in);
        for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
            if (!entry.isDirectory()) {
                entries.put(entry.getName(), zip.readAllBytes());
            }
        }
        return entries;
    }

    /// {@return a jar of these files}
    static byte[] jar(Map<String, byte[]> entries) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
