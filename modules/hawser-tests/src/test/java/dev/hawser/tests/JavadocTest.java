package dev.hawser.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The documentation of all published modules is made without an objection: in one run, since each
/// run compiles what it documents. It stays in the folder of the build, for the manual's site.
class JavadocTest {
    private static final Pattern MODULE = Pattern.compile("(?m)^(?:open )?module (\\S+)");

    private static final Pattern LINK = Pattern.compile("href=\"([^\"#:]+\\.html)(?:#[^\"]*)?\"");

    private final Path pages = Built.target().resolve("javadoc");

    @Test
    void javadocObjectsToNothing() throws IOException {
        Map<String, Path> sources = published();
        assertThat(sources).containsKeys("dev.hawser", "dev.hawser.protocol", "dev.hawser.cli");
        List<String> options =
                new ArrayList<>(
                        List.of(
                                "-Xdoclint:all,-missing",
                                "-Werror",
                                "-quiet",
                                "-notimestamp",
                                "--no-fonts",
                                "-d",
                                pages.toString(),
                                "--module-path",
                                libraries(),
                                "--module",
                                String.join(",", sources.keySet())));
        sources.forEach((module, folder) ->
                options.addAll(List.of("--module-source-path", module + "=" + folder)));

        StringWriter said = new StringWriter();
        int code =
                ToolProvider.findFirst("javadoc")
                        .orElseThrow()
                        .run(
                                new PrintWriter(said),
                                new PrintWriter(said),
                                options.toArray(String[]::new));

        assertThat(said.toString()).isEmpty();
        assertThat(code).isZero();
        assertThat(pages.resolve("index.html")).exists();
        assertLinksLeadSomewhere();
    }

    /// From a type of one module to a type of another too: all lie in one tree.
    private void assertLinksLeadSomewhere() throws IOException {
        Set<Path> targets = new HashSet<>();
        int acrossModules = 0;
        try (Stream<Path> files = Files.walk(pages)) {
            for (Path page : files.filter(file -> file.toString().endsWith(".html")).toList()) {
                String module = pages.relativize(page).getName(0).toString();
                Matcher link = LINK.matcher(Files.readString(page));
                while (link.find()) {
                    Path target = page.resolveSibling(link.group(1)).normalize();
                    targets.add(target);
                    boolean isTypes = target.getFileName().toString().matches("[A-Z].*");
                    String other = pages.relativize(target).getName(0).toString();
                    if (isTypes && module.startsWith("dev.hawser") && !other.equals(module)) {
                        acrossModules++;
                    }
                }
            }
        }
        assertThat(acrossModules).as("links from one module to a type of another").isPositive();
        assertThat(targets).allMatch(Files::exists);
    }

    /// The class path without what makes no modules: two of Jazzer's jars have the same package,
    /// and the tests of a module have the packages of that module.
    private static String libraries() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(entry -> !Path.of(entry).getFileName().toString().startsWith("jazzer"))
                .filter(entry -> !entry.endsWith("-tests.jar"))
                .collect(Collectors.joining(File.pathSeparator));
    }

    /// The folders of sources by the name of the module, without the modules that nobody gets.
    private static Map<String, Path> published() throws IOException {
        Map<String, Path> sources = new TreeMap<>();
        for (Path folder : Built.moduleFolders()) {
            Path java = folder.resolve("src/main/java");
            Path descriptor = java.resolve("module-info.java");
            String pom = Files.readString(folder.resolve("pom.xml"));
            if (Files.exists(descriptor) && !pom.contains("<maven.deploy.skip>true<")) {
                Matcher module = MODULE.matcher(Files.readString(descriptor));
                assertThat(module.find()).as("a module in %s", descriptor).isTrue();
                sources.put(module.group(1), java);
            }
        }
        return sources;
    }
}
