package dev.hawser.tests.release;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.hawser.tests.release.Bundle.Component;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Which files must be in a bundle, and what in them.
final class FileRules {
    static final long BYTES_MAX = 1L << 30;

    static final Pattern NATIVE = Pattern.compile("(?i).*\\.(so|dll|dylib|jnilib)(\\.\\d+)*");

    private static final Pattern TEST_CLASS =
            Pattern.compile("(.*/)?[^/$]*Tests?(\\$[^/]*)?\\.class|org/(junit|assertj)/.*");

    private static final Map<String, String> DIGESTS =
            Map.of(".md5", "MD5", ".sha1", "SHA-1", ".sha256", "SHA-256", ".sha512", "SHA-512");

    private static final List<String> TEST_LIBRARIES =
            List.of("org.junit", "net.jqwik", "org.assertj", "com.tngtech.archunit");

    private FileRules() {}

    static List<String> layout(Bundle bundle) {
        List<String> wrong = new ArrayList<>();
        for (String path : bundle.files().keySet()) {
            if (!Bundle.PLACE.matcher(path).matches()) {
                wrong.add(path + " is no file of a component: leave it out");
            }
        }
        if (bundle.components().isEmpty()) {
            wrong.add("there is no POM");
        }
        return wrong;
    }

    static List<String> complete(Bundle bundle) {
        List<String> wrong = new ArrayList<>();
        Set<String> versions = new TreeSet<>();
        for (String path : bundle.files().keySet()) {
            Matcher place = Bundle.PLACE.matcher(path);
            if (place.matches()) {
                versions.add(place.group(2));
                String pom = path.substring(0, place.start(3)) + ".pom";
                if (!bundle.files().containsKey(pom)) {
                    wrong.add(path + " has no POM beside it: publish both, or neither");
                }
            }
        }
        if (versions.size() > 1) {
            wrong.add("there are the versions " + versions + ": a bundle has one");
        }
        return wrong;
    }

    static List<String> modules(Bundle bundle) {
        List<String> wrong = new ArrayList<>();
        for (Component component : bundle.components().values()) {
            if (component.has(".jar")
                    && !Bundle.entries(component.file(".jar")).containsKey("module-info.class")) {
                wrong.add("%s.jar has no module-info.class".formatted(component));
            }
        }
        return wrong;
    }

    static List<String> size(Bundle bundle) {
        return bundle.bytes() <= BYTES_MAX
                ? List.of()
                : List.of(
                        "%d bytes, and the portal takes %d: publish in parts"
                                .formatted(bundle.bytes(), BYTES_MAX));
    }

    static List<String> sources(Bundle bundle) {
        return besideEachJar(bundle, "-sources.jar", "module-info.java");
    }

    static List<String> javadoc(Bundle bundle) {
        return besideEachJar(bundle, "-javadoc.jar", "index.html");
    }

    private static List<String> besideEachJar(Bundle bundle, String ending, String entry) {
        List<String> wrong = new ArrayList<>();
        for (Component component : bundle.components().values()) {
            if (component.isJar()) {
                if (!component.has(".jar")) {
                    wrong.add("there is no %s.jar".formatted(component));
                }
                if (!Bundle.entries(component.file(ending)).containsKey(entry)) {
                    wrong.add("there is no %s%s with %s".formatted(component, ending, entry));
                }
            }
        }
        return wrong;
    }

    static List<String> checksums(Bundle bundle) {
        List<String> wrong = new ArrayList<>();
        for (String path : bundle.published()) {
            DIGESTS.forEach((ending, algorithm) -> {
                byte[] stated = bundle.files().get(path + ending);
                String right = digest(algorithm, bundle.files().get(path));
                if (stated == null) {
                    if (ending.equals(".md5") || ending.equals(".sha1")) {
                        wrong.add("there is no " + path + ending);
                    }
                } else if (!new String(stated, UTF_8).strip().equals(right)) {
                    wrong.add(
                            "%s%s says %s, and the file has %s"
                                    .formatted(path, ending, new String(stated, UTF_8), right));
                }
            });
        }
        return wrong;
    }

    static List<String> signatures(Bundle bundle) {
        List<String> wrong = new ArrayList<>();
        for (String path : bundle.published()) {
            byte[] signature = bundle.files().getOrDefault(path + ".asc", new byte[0]);
            if (!new String(signature, UTF_8).startsWith("-----BEGIN PGP SIGNATURE-----")) {
                wrong.add("there is no signature " + path + ".asc");
            }
        }
        return wrong.size() < bundle.published().size() || wrong.isEmpty()
                ? wrong
                : List.of("not signed: set MAVEN_GPG_KEY and make the bundle once more");
    }

    static List<String> noTests(Bundle bundle) {
        List<String> wrong = new ArrayList<>();
        for (String path : bundle.published()) {
            if (path.matches(".*-(tests|test-sources|test-javadoc)\\.jar")) {
                wrong.add(path + " has tests: build with -Dmaven.test.skip");
            }
        }
        for (Component component : bundle.components().values()) {
            for (String entry : Bundle.entries(component.file(".jar")).keySet()) {
                if (TEST_CLASS.matcher(entry).matches()) {
                    wrong.add("%s.jar has %s, a test".formatted(component, entry));
                }
            }
            for (Pom dependency : PomRules.dependencies(component)) {
                if (dependency.text("type").equals("test-jar")
                        || dependency.text("scope").equals("test")) {
                    wrong.add(
                            "the POM of %s names %s, which tests need"
                                    .formatted(component, PomRules.name(dependency)));
                }
            }
        }
        return wrong;
    }

    /// The bytes are what counts, since a module may put them into another folder.
    static List<String> natives(Bundle bundle) {
        List<String> wrong = new ArrayList<>();
        for (String path : bundle.published()) {
            if (path.endsWith(".jar")) {
                Bundle.entries(bundle.files().get(path))
                        .forEach((name, content) -> {
                            String found = digest("SHA-256", content);
                            if (NATIVE.matcher(name).matches()
                                    && !bundle.natives().contains(found)) {
                                wrong.add(
                                        "%s in %s has the SHA-256 %s, which is not in .build/natives.sha256"
                                                .formatted(name, path, found));
                            }
                        });
            }
        }
        return wrong;
    }

    static List<String> materials(Bundle bundle) {
        List<String> wrong = new ArrayList<>();
        for (Component component : bundle.components().values()) {
            String listed = new String(component.file("-cyclonedx.json"), UTF_8);
            if (!listed.contains("\"CycloneDX\"")) {
                wrong.add("there is no %s-cyclonedx.json".formatted(component));
                continue;
            }
            for (Pom dependency : PomRules.dependencies(component)) {
                String name =
                        "pkg:maven/%s/%s@%s"
                                .formatted(
                                        dependency.text("groupId"),
                                        dependency.text("artifactId"),
                                        PomRules.version(component, dependency));
                if (!dependency.text("scope").equals("provided") && !listed.contains(name)) {
                    wrong.add("%s is not in %s-cyclonedx.json".formatted(name, component));
                }
            }
            for (String library : TEST_LIBRARIES) {
                if (listed.contains("pkg:maven/" + library)) {
                    wrong.add("%s-cyclonedx.json lists %s".formatted(component, library));
                }
            }
        }
        return wrong;
    }

    static String digest(String algorithm, byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
