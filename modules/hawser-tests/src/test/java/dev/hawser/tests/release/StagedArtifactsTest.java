package dev.hawser.tests.release;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.tests.Built;
import dev.hawser.tests.StagedArtifacts;
import dev.hawser.tests.processes.HawserProcess;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// What README.md says about adding Hawser to a build, done by Maven in an empty folder, with the
/// artifacts as they are published: the jars and POMs of this build, in a repository that knows no
/// others of this project.
@Execution(ExecutionMode.CONCURRENT)
class StagedArtifactsTest {
    private static final Pattern MAVEN = Pattern.compile("```xml\\n(.*?)```", Pattern.DOTALL);
    private static final Pattern GRADLE = Pattern.compile("```kotlin\\n(.*?)```", Pattern.DOTALL);
    private static final Pattern COORDINATES =
            Pattern.compile("dev\\.hawser:(hawser[a-z-]*)(?::([^\"]+))?");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| [^|]+ \\| `(hawser[a-z-]*)` \\|");

    private static final String JUNIT =
            File.separator + Path.of("org", "junit", "jupiter") + File.separator;

    private static final String GAME =
            """
            package game;

            import dev.hawser.local.LocalServer;

            public final class Game {
                public static void main(String[] args) throws Exception {
                    try (var server = LocalServer.builder().build()) {
                        server.start();
                        System.out.println("a server runs");
                    }
                }
            }
            """;

    @TempDir Path folder;

    private final String readme = read("README.md");
    private final String version = property("^  <version>(.*)</version>$");

    @Test
    void aProjectWithTheDependencyOfThePageBuildsAndRuns() throws IOException {
        StagedArtifacts staged = stage();
        project();
        HawserProcess maven =
                HawserProcess.startCommand(
                        Map.of(
                                "JAVA_HOME",
                                System.getProperty("java.home"),
                                // Half the processor's time of what Java chooses.
                                "MAVEN_OPTS",
                                "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"),
                        List.of(
                                "mvn",
                                "-B",
                                "-q",
                                "-o",
                                "-f",
                                folder.resolve("game").toString(),
                                "-Dmaven.repo.local=" + folder.resolve("repository"),
                                "compile"));
        assertThat(maven.awaitExit()).as(maven.said()).isZero();

        String jars =
                Stream.of("hawser", "hawser-protocol")
                        .map(artifact -> staged.jar(artifact).toString())
                        .reduce((one, two) -> one + File.pathSeparator + two)
                        .orElseThrow();
        runs("-cp", jars + File.pathSeparator + classes("classes"), "game.Game");
        runs("-p", jars + File.pathSeparator + classes("module"), "-m", "m/game.Game");
    }

    /// What looks after the folder of a test warns of links that lead out of it.
    @AfterEach
    void removeLinks() throws IOException {
        Path staged = folder.resolve("repository");
        if (Files.exists(staged)) {
            try (Stream<Path> groups = Files.list(staged)) {
                for (Path group : groups.filter(Files::isSymbolicLink).toList()) {
                    Files.delete(group);
                }
            }
        }
    }

    /// A current Gradle is not among the tools of the check, so the names are all that is looked
    /// at.
    @Test
    void theSnippetForGradleNamesTheSameArtifacts() {
        List<MatchResult> named = COORDINATES.matcher(snippet(GRADLE)).results().toList();
        assertThat(named)
                .extracting(match -> match.group(1))
                .containsExactly("hawser-bom", "hawser");
        assertThat(named.getFirst().group(2)).isEqualTo(version);
    }

    @Test
    void theTableNamesEveryArtifactThatAGameMayWant() {
        List<String> inBom =
                Pattern.compile("<artifactId>(hawser[a-z-]*)<")
                        .matcher(
                                read("modules/hawser-bom/pom.xml").split("dependencyManagement")[1])
                        .results()
                        .map(match -> match.group(1))
                        // The command's own, and what comes with others.
                        .filter(name -> !name.matches("hawser-(cli|load|protocol)"))
                        .toList();
        assertThat(ROW.matcher(readme).results().map(match -> match.group(1)))
                .containsExactlyInAnyOrderElementsOf(inBom);
    }

    private void runs(String... args) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        command.addAll(List.of(args));
        HawserProcess game = HawserProcess.startCommand(Map.of(), command);
        assertThat(game.awaitExit()).as(game.said()).isZero();
        assertThat(game.out()).isEqualTo("a server runs\n");
    }

    /// Two modules of one build: a program of the class path, and the same as a module that
    /// requires one other.
    private void project() throws IOException {
        String parent =
                """
                <modelVersion>4.0.0</modelVersion>
                <parent>
                  <groupId>game</groupId>
                  <artifactId>game</artifactId>
                  <version>1</version>
                </parent>
                """;
        write(
                "game/classes/pom.xml",
                "<project>" + parent + "<artifactId>classes</artifactId></project>");
        write(
                "game/module/pom.xml",
                "<project>" + parent + "<artifactId>module</artifactId></project>");
        write("game/classes/src/main/java/game/Game.java", GAME);
        write("game/module/src/main/java/game/Game.java", GAME);
        write("game/module/src/main/java/module-info.java", "module m { requires dev.hawser; }");
        write(
                "game/pom.xml",
                """
                <project>
                  <modelVersion>4.0.0</modelVersion>
                  <groupId>game</groupId>
                  <artifactId>game</artifactId>
                  <version>1</version>
                  <packaging>pom</packaging>
                  <modules><module>classes</module><module>module</module></modules>
                  <properties>
                    <maven.compiler.release>25</maven.compiler.release>
                    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
                  </properties>
                  %s
                  <build><pluginManagement><plugins>
                    %s %s
                  </plugins></pluginManagement></build>
                </project>
                """
                        .formatted(snippet(MAVEN), plugin("compiler"), plugin("resources")));
    }

    /// In the version that this build has fetched already.
    private static String plugin(String name) {
        return """
        <plugin>
          <groupId>org.apache.maven.plugins</groupId>
          <artifactId>maven-%s-plugin</artifactId>
          <version>%s</version>
        </plugin>
        """
                .formatted(name, property("<maven-" + name + "\\.version>(.*)</maven-"));
    }

    /// A local repository with what is published from here, and with links to what Maven Central
    /// has given to this build: nothing is fetched, and nothing of this project is found elsewhere.
    private StagedArtifacts stage() throws IOException {
        Path staged = Files.createDirectory(folder.resolve("repository"));
        try (Stream<Path> groups = Files.list(localRepository())) {
            for (Path group : groups.toList()) {
                if (!group.getFileName().toString().equals("dev")) {
                    Files.createSymbolicLink(staged.resolve(group.getFileName()), group);
                }
            }
        }
        return StagedArtifacts.in(staged);
    }

    private Path classes(String module) {
        return folder.resolve("game").resolve(module).resolve("target/classes");
    }

    private String snippet(Pattern fence) {
        List<String> found = fence.matcher(readme).results().map(match -> match.group(1)).toList();
        assertThat(found).as("snippets of %s", fence).hasSize(1);
        return found.getFirst();
    }

    private static String property(String pattern) {
        Matcher matcher = Pattern.compile(pattern, Pattern.MULTILINE).matcher(read("pom.xml"));
        assertThat(matcher.find()).as("%s in pom.xml", pattern).isTrue();
        return matcher.group(1);
    }

    /// The local repository of the Maven that runs this: where it found JUnit.
    private static Path localRepository() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(entry -> entry.contains(JUNIT))
                .map(entry -> Path.of(entry.substring(0, entry.indexOf(JUNIT))))
                .findFirst()
                .orElseThrow();
    }

    private void write(String file, String text) throws IOException {
        Path path = folder.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    private static String read(String file) {
        try {
            return Files.readString(Built.root().resolve(file));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
