package dev.hawser.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// `hawser-bom` lists the modules that others can depend on, in the version that is built.
class BomTest {
    private static final Pattern ARTIFACT = Pattern.compile("<artifactId>(.*?)</artifactId>");
    private static final Pattern VERSION = Pattern.compile("<version>(.*?)</version>");

    private final String bom = read("modules/hawser-bom/pom.xml");

    @Test
    void listsEveryPublishedModuleAndNothingElse() {
        List<String> published = new ArrayList<>();
        for (Path folder : Built.moduleFolders()) {
            String pom = read(Built.root().relativize(folder) + "/pom.xml");
            if (!pom.contains("<maven.deploy.skip>true<")) {
                published.add(folder.getFileName().toString());
            }
        }
        // The list itself, and what its SBOM is made of.
        for (String part : List.of("dependencyManagement", "/dependencyManagement")) {
            String listed = bom.substring(bom.indexOf("<" + part + ">"));
            assertThat(
                            ARTIFACT.matcher(listed.substring(0, listed.indexOf("</dependencies>")))
                                    .results()
                                    .map(BomTest::text))
                    .as("behind <%s>", part)
                    .containsExactlyInAnyOrderElementsOf(published);
        }
    }

    @Test
    void hasTheVersionOfTheBuild() {
        assertThat(firstVersion(bom)).isEqualTo(firstVersion(read("pom.xml")));
    }

    /// Of all modules that export something, so that no class of theirs is shown without a link.
    @Test
    void javadocLinksToTheModulesOfTheList() {
        List<String> listed =
                ARTIFACT.matcher(
                                bom.substring(
                                        bom.indexOf("<dependencyManagement>"),
                                        bom.indexOf("</dependencyManagement>")))
                        .results()
                        .map(BomTest::text)
                        .filter(artifact -> !artifact.matches("hawser-(cli|load)"))
                        .toList();
        assertThat(
                        Pattern.compile("https://javadoc.io/doc/dev.hawser/(.*?)/")
                                .matcher(read("pom.xml"))
                                .results()
                                .map(BomTest::text))
                .containsExactlyInAnyOrderElementsOf(listed);
    }

    /// What npm publishes is of the same project, and of the same version.
    @Test
    void theNpmPackageHasTheSameVersionAndAddresses() {
        String pom = read("pom.xml");
        String url = first("<url>(.*?)</url>", pom);
        assertThat(read("browser/package.json"))
                .contains(
                        "\"version\": \"" + firstVersion(pom).replace("-SNAPSHOT", "") + "\"",
                        "\"homepage\": \"" + url + "\"",
                        "\"url\": \"" + first("<issueManagement>\\s*<url>(.*?)</url>", pom) + "\"",
                        "\"url\": \"git+"
                                + first("<connection>scm:git:(.*?)</connection>", pom)
                                + "\"");
    }

    private static String first(String pattern, String text) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map(BomTest::text)
                .findFirst()
                .orElseThrow();
    }

    private static String firstVersion(String pom) {
        return VERSION.matcher(pom).results().map(BomTest::text).findFirst().orElseThrow();
    }

    private static String text(MatchResult match) {
        return match.group(1);
    }

    private static String read(String file) {
        try {
            return Files.readString(Built.root().resolve(file));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
