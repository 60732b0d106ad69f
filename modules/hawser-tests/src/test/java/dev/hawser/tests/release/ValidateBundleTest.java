package dev.hawser.tests.release;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.tests.Built;
import java.io.IOException;
import java.nio.file.Files;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// A small bundle is right; spoiled in any way, it breaks the one rule that is about that.
class ValidateBundleTest {
    private static final String ROPE = "dev/hawser/rope/1.2.3/rope-1.2.3";
    private static final String BOM = "dev/hawser/rope-bom/1.2.3/rope-bom-1.2.3";
    private static final byte[] LIBRARY = {1, 2, 3};
    private static final String SIGNATURE = "-----BEGIN PGP SIGNATURE-----\n";

    private static final String ROPE_POM =
            """
            <project>
              <modelVersion>4.0.0</modelVersion>
              <groupId>dev.hawser</groupId>
              <artifactId>rope</artifactId>
              <version>1.2.3</version>
              <name>Rope</name>
              <description>A rope</description>
              <url>https://hawser.dev</url>
              <licenses>
                <license><name>Apache-2.0</name><url>https://www.apache.org</url></license>
              </licenses>
              <developers>
                <developer><name>The authors</name><organization>Hawser</organization></developer>
              </developers>
              <scm>
                <connection>scm:git:https://hawser.dev/hawser.git</connection>
                <developerConnection>scm:git:https://hawser.dev/hawser.git</developerConnection>
                <url>https://hawser.dev/hawser</url>
              </scm>
              <dependencies>
                <dependency>
                  <groupId>org.example</groupId><artifactId>hemp</artifactId><version>4.5</version>
                </dependency>
              </dependencies>
            </project>
            """;

    private static final String BOM_POM =
            ROPE_POM.replace("<artifactId>rope<", "<packaging>pom</packaging><artifactId>rope-bom<")
                    .replace("<dependencies>", "<dependencyManagement><dependencies>")
                    .replace("</dependencies>", "</dependencies></dependencyManagement>")
                    .replace("org.example", "dev.hawser")
                    .replace("hemp", "rope")
                    .replace("4.5", "1.2.3");

    private static final String ROPE_SBOM =
            "{\"bomFormat\": \"CycloneDX\", \"purl\": \"pkg:maven/org.example/hemp@4.5?type=jar\"}";

    private static final String BOM_SBOM =
            ROPE_SBOM.replace("org.example/hemp@4.5", "dev.hawser/rope@1.2.3");

    private static final String MODULE = "module-info.class";

    @Test
    void aTornPomIsNamed() {
        Map<String, byte[]> files = files();
        put(files, ROPE + ".pom", ROPE_POM.substring(0, 100));
        StringBuilder out = new StringBuilder();
        assertThat(ValidateBundle.validate(bundle(sealed(files)), out))
                .isEqualTo(ValidateBundle.WRONG);
        assertThat(out).startsWith("WRONG  " + ROPE + ".pom cannot be read: ");
    }

    @Test
    void aBundleThatIsRightBreaksNoRule() {
        StringBuilder out = new StringBuilder();
        assertThat(ValidateBundle.validate(bundle(sealed(files())), out)).as("%s", out).isZero();
        assertThat(out).endsWith(" bytes: ready\n");
    }

    @Test
    void withoutAKeyOneThingIsLeft() {
        Map<String, byte[]> files = sealed(files());
        files.keySet().removeIf(path -> path.endsWith(".asc"));
        StringBuilder out = new StringBuilder();
        assertThat(ValidateBundle.validate(bundle(files), out))
                .as("%s", out)
                .isEqualTo(ValidateBundle.NOT_SIGNED);
        assertThat(out).containsOnlyOnce("WRONG").contains("not signed", "MAVEN_GPG_KEY");
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                inFiles(Rule.LAYOUT, files -> put(files, "dev/hawser/rope/list.xml", "")),
                inFiles(
                        Rule.LAYOUT,
                        files -> put(files, "org/hawser/rope/1.2.3/rope-1.2.3.txt", "")),
                inFiles(Rule.COORDINATES, inPom("<artifactId>rope<", "<artifactId>hawser<")),
                inFiles(Rule.COORDINATES, inPom("<version>1.2.3<", "<version>1.2.4<")),
                inFiles(Rule.COORDINATES, inPom("<groupId>dev.hawser<", "<groupId>org.hawser<")),
                inFiles(Rule.NO_SNAPSHOT, inPom("<version>4.5<", "<version>4.5-SNAPSHOT<")),
                inFiles(Rule.DESCRIBED, inPom("<name>Rope</name>", "")),
                inFiles(Rule.DESCRIBED, inPom("A rope", "")),
                inFiles(Rule.DESCRIBED, inPom("<url>https://hawser.dev</url>", "")),
                inFiles(Rule.LICENSED, inPom("<name>Apache-2.0</name>", "")),
                inFiles(Rule.LICENSED, inPom("https://www.apache.org", "")),
                inFiles(Rule.DEVELOPED, inPom("<name>The authors</name>", "")),
                inFiles(Rule.DEVELOPED, inPom("<organization>Hawser</organization>", "")),
                inFiles(Rule.SOURCED, inPom("<url>https://hawser.dev/hawser</url>", "")),
                inFiles(Rule.SOURCED, inPom("<connection>", "<c>", "</connection>", "</c>")),
                inFiles(Rule.SOURCED, inPom("developerConnection>", "d>")),
                inFiles(
                        Rule.PARENTS,
                        inPom(
                                "<name>Rope",
                                """
                                <parent>
                                  <groupId>dev.hawser</groupId><artifactId>yarn</artifactId>
                                  <version>1.2.3</version>
                                </parent><name>Rope\
                                """)),
                inFiles(Rule.DEPENDENCIES, inPom("<version>4.5</version>", "")),
                inFiles(Rule.DEPENDENCIES, inPom("4.5", "${hemp.version}")),
                inFiles(Rule.DEPENDENCIES, inPom("4.5", "[4.5,5)")),
                inFiles(Rule.DEPENDENCIES, inPom("4.5", "LATEST")),
                inFiles(Rule.DEPENDENCIES, inPom("org.example", "dev.hawser")),
                inFiles(Rule.NO_REPOSITORIES, inPom("<scm>", "<repositories/><scm>")),
                inFiles(Rule.NO_REPOSITORIES, inPom("<scm>", "<pluginRepositories/><scm>")),
                inFiles(Rule.SOURCES, files -> files.remove(ROPE + "-sources.jar")),
                inFiles(Rule.SOURCES, files -> files.put(ROPE + "-sources.jar", jar("a", "b"))),
                inFiles(Rule.JAVADOC, files -> files.remove(ROPE + "-javadoc.jar")),
                inFiles(Rule.NO_TESTS, files -> files.put(ROPE + "-tests.jar", jar("a", "b"))),
                inFiles(Rule.NO_TESTS, inPom("<version>4.5<", "<scope>test</scope><version>4.5<")),
                inFiles(
                        Rule.NO_TESTS,
                        inPom("<version>4.5<", "<type>test-jar</type><version>4.5<")),
                inFiles(Rule.NATIVES, inJar("librope.so", "evil")),
                inFiles(Rule.NO_TESTS, inJar("dev/hawser/RopeTest.class", "")),
                inFiles(Rule.NO_TESTS, inJar("dev/hawser/RopeTest$Inner.class", "")),
                inFiles(Rule.NO_TESTS, inJar("org/junit/jupiter/api/Test.class", "")),
                inFiles(Rule.MODULES, files -> put(files, ROPE + ".jar", "hello")),
                inFiles(Rule.MODULES, files -> put(files, ROPE + ".jar", "")),
                inFiles(Rule.MODULES, files -> files.put(ROPE + ".jar", jar("a.class", ""))),
                inFiles(
                        Rule.COMPLETE,
                        files -> put(files, "dev/hawser/ghost/1.2.3/ghost-1.2.3.jar", "")),
                inFiles(
                        Rule.COMPLETE,
                        files -> put(files, ROPE.replace("1.2.3", "1.2.2") + ".jar", "")),
                inFiles(
                        Rule.DEPENDENCIES,
                        inPom(
                                "<version>4.5</version>",
                                "<version>4.5</version><scope>system</scope>"
                                        + "<systemPath>/rope.jar</systemPath>")),
                inFiles(
                        Rule.NO_SNAPSHOT,
                        inPom("<scm>", "<build><a><version>1-SNAPSHOT</version></a></build><scm>")),
                inFiles(
                        Rule.NO_SNAPSHOT,
                        files ->
                                put(
                                        files,
                                        ROPE + "-cyclonedx.json",
                                        ROPE_SBOM + "pkg:maven/org.example/tar@1-SNAPSHOT")),
                inFiles(Rule.MATERIALS, files -> files.remove(BOM + "-cyclonedx.json")),
                inFiles(Rule.MATERIALS, files -> put(files, ROPE + "-cyclonedx.json", BOM_SBOM)),
                inFiles(
                        Rule.MATERIALS,
                        files ->
                                put(
                                        files,
                                        ROPE + "-cyclonedx.json",
                                        ROPE_SBOM + "pkg:maven/net.jqwik/jqwik@1")),
                inFiles(Rule.LINKS, page("Missing.html")),
                inFiles(Rule.LINKS, page(JavadocLinks.SITE + "rope/1.2.3/Missing.html")),
                inFiles(Rule.LINKS, page(JavadocLinks.SITE + "yarn/1.2.3/index.html")),
                afterwards(Rule.CHECKSUMS, files -> files.remove(ROPE + ".pom.md5")),
                afterwards(Rule.CHECKSUMS, files -> files.remove(ROPE + "-javadoc.jar.sha1")),
                afterwards(Rule.CHECKSUMS, files -> put(files, ROPE + ".jar.sha1", "0123")),
                afterwards(Rule.CHECKSUMS, files -> put(files, ROPE + ".jar.sha256", "0123")),
                afterwards(Rule.SIGNATURES, files -> files.remove(ROPE + ".pom.asc")),
                afterwards(Rule.SIGNATURES, files -> put(files, ROPE + ".jar.asc", "signed")));
    }

    @ParameterizedTest(name = "{0} {index}")
    @MethodSource("mistakes")
    void aMistakeBreaksItsRuleAlone(
            Rule rule, Consumer<Map<String, byte[]>> before, Consumer<Map<String, byte[]>> after) {
        Map<String, byte[]> files = files();
        before.accept(files);
        files = sealed(files);
        after.accept(files);
        assertThat(broken(bundle(files))).containsExactly(rule);
    }

    @Test
    void aSnapshotIsRefused() {
        Map<String, byte[]> files = files("1.2.3-SNAPSHOT");
        assertThat(broken(bundle(sealed(files)))).containsExactly(Rule.NO_SNAPSHOT);
    }

    @Test
    void aBundleOfMoreThanTheLimitIsRefused() {
        Map<String, byte[]> files = sealed(files());
        Set<String> natives = bundle(files).natives();
        assertThat(broken(new Bundle(FileRules.BYTES_MAX, files, natives))).isEmpty();
        assertThat(broken(new Bundle(FileRules.BYTES_MAX + 1, files, natives)))
                .containsExactly(Rule.SIZE);
    }

    @Test
    void thePageListsEveryRule() throws IOException {
        String page = Files.readString(Built.root().resolve("docs/releasing.md"));
        assertThat(Rule.values())
                .allSatisfy(rule -> assertThat(page).contains("| " + rule.sentence() + " |"));
    }

    private static Arguments inFiles(Rule rule, Consumer<Map<String, byte[]>> mistake) {
        Consumer<Map<String, byte[]>> nothing = files -> {};
        return Arguments.of(rule, mistake, nothing);
    }

    /// With right checksums of what was there before.
    private static Arguments afterwards(Rule rule, Consumer<Map<String, byte[]>> mistake) {
        Consumer<Map<String, byte[]>> nothing = files -> {};
        return Arguments.of(rule, nothing, mistake);
    }

    private static Consumer<Map<String, byte[]>> inPom(String... replacements) {
        return files -> {
            String pom = ROPE_POM;
            for (int i = 0; i < replacements.length; i += 2) {
                assertThat(pom).contains(replacements[i]);
                pom = pom.replace(replacements[i], replacements[i + 1]);
            }
            put(files, ROPE + ".pom", pom);
            // What the list of materials is about follows, so that it stays right.
            String version =
                    Pom.parse("rope", pom.getBytes(UTF_8))
                            .text("dependencies", "dependency", "version");
            String group =
                    Pom.parse("rope", pom.getBytes(UTF_8))
                            .text("dependencies", "dependency", "groupId");
            put(
                    files,
                    ROPE + "-cyclonedx.json",
                    ROPE_SBOM.replace("4.5", version).replace("org.example", group));
        };
    }

    /// Beside what makes it a module.
    private static Consumer<Map<String, byte[]>> inJar(String name, String content) {
        return files ->
                files.put(
                        ROPE + ".jar",
                        Bundle.jar(Map.of(MODULE, new byte[0], name, content.getBytes(UTF_8))));
    }

    private static Consumer<Map<String, byte[]>> page(String link) {
        return files ->
                files.put(
                        ROPE + "-javadoc.jar", jar("index.html", "<a href=\"" + link + "#top\">"));
    }

    private static Map<String, byte[]> files() {
        return files("1.2.3");
    }

    private static Map<String, byte[]> files(String version) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        String rope = ROPE.replace("1.2.3", version);
        String bom = BOM.replace("1.2.3", version);
        put(files, rope + ".pom", ROPE_POM.replace("1.2.3", version));
        files.put(rope + ".jar", Bundle.jar(Map.of("librope.so", LIBRARY, MODULE, new byte[0])));
        files.put(rope + "-sources.jar", jar("module-info.java", "module rope {}"));
        files.put(
                rope + "-javadoc.jar",
                jar(
                        "index.html",
                        "<a href=\"#top\"><a href=\"index.html\"><a href=\"https://example.org\">"
                                + "<a href=\"%srope/%s/\">".formatted(JavadocLinks.SITE, version)));
        put(files, rope + "-cyclonedx.json", ROPE_SBOM);
        put(files, bom + ".pom", BOM_POM.replace("1.2.3", version));
        put(files, bom + "-cyclonedx.json", BOM_SBOM.replace("1.2.3", version));
        return files;
    }

    /// Adds checksums and signatures.
    private static Map<String, byte[]> sealed(Map<String, byte[]> files) {
        Map<String, byte[]> sealed = new LinkedHashMap<>(files);
        files.forEach((path, content) -> {
            put(sealed, path + ".md5", FileRules.digest("MD5", content));
            put(sealed, path + ".sha1", FileRules.digest("SHA-1", content));
            put(sealed, path + ".asc", SIGNATURE);
        });
        return sealed;
    }

    private static Bundle bundle(Map<String, byte[]> files) {
        return new Bundle(1, files, Set.of(FileRules.digest("SHA-256", LIBRARY)));
    }

    private static Set<Rule> broken(Bundle bundle) {
        Set<Rule> broken = EnumSet.noneOf(Rule.class);
        for (Rule rule : Rule.values()) {
            if (!rule.check(bundle).isEmpty()) {
                broken.add(rule);
            }
        }
        return broken;
    }

    private static byte[] jar(String name, String content) {
        return Bundle.jar(Map.of(name, content.getBytes(UTF_8)));
    }

    private static void put(Map<String, byte[]> files, String path, String content) {
        files.put(path, content.getBytes(UTF_8));
    }
}
