package dev.hawser.tests;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;

/// What this build made, laid out as a Maven repository, for projects of tests that depend on
/// Hawser as anybody's do: the jars and POMs of what is published, POMs as they are published.
public final class StagedArtifacts {
    private static final Pattern VERSION = Pattern.compile("<version>(.*?)</version>");

    private final Path repository;
    private final String version;

    private StagedArtifacts(Path repository, String version) {
        this.repository = repository;
        this.version = version;
    }

    /// Puts everything into a folder, which need not be there yet.
    public static StagedArtifacts in(Path repository) throws IOException {
        Path parent = Built.root().resolve("pom.xml");
        Matcher version = VERSION.matcher(Files.readString(parent));
        if (!version.find()) {
            throw new AssertionError("no version in " + parent);
        }
        StagedArtifacts staged = new StagedArtifacts(repository, version.group(1));
        staged.addPom("hawser-bom");
        for (Path folder : Built.moduleFolders()) {
            Path pom = folder.resolve("pom.xml");
            if (!Files.readString(pom).contains("<maven.deploy.skip>true<")) {
                String artifact = folder.getFileName().toString();
                staged.addPom(artifact);
                staged.addJar(artifact);
            }
        }
        return staged;
    }

    /// {@return the version of all of them}
    public String version() {
        return version;
    }

    /// {@return a settings file for `mvn -gs`, by which Maven finds what is staged, and beside it
    /// whatever the user's own local repository has, before it asks Maven Central}
    ///
    /// @param file to write
    public Path settings(Path file) throws IOException {
        String users =
                System.getProperty(
                        "localRepository", System.getProperty("user.home") + "/.m2/repository");
        String repositories =
                repository("staged", repository) + repository("users", Path.of(users));
        return Files.writeString(
                file,
                """
                <settings>
                  <profiles>
                    <profile>
                      <id>staged</id>
                      <repositories>%s</repositories>
                      <pluginRepositories>%s</pluginRepositories>
                    </profile>
                  </profiles>
                  <activeProfiles><activeProfile>staged</activeProfile></activeProfiles>
                </settings>
                """
                        .formatted(
                                repositories,
                                repositories.replace("repository>", "pluginRepository>")));
    }

    private static String repository(String id, Path folder) {
        return """
        <repository>
          <id>%s</id>
          <url>%s</url>
          <releases><checksumPolicy>ignore</checksumPolicy></releases>
          <snapshots><checksumPolicy>ignore</checksumPolicy></snapshots>
        </repository>
        """
                .formatted(id, folder.toUri());
    }

    /// {@return the staged jar of a module}
    public Path jar(String artifact) {
        return place(artifact, "jar");
    }

    /// Each module's POM lies where this way of building builds.
    private void addPom(String artifact) throws IOException {
        Path target = Built.moduleFolder().relativize(Built.target());
        Path module = Built.root().resolve("modules").resolve(artifact);
        Files.copy(module.resolve(target).resolve("published-pom.xml"), file(artifact, "pom"));
    }

    private void addJar(String artifact) throws IOException {
        String module = "dev." + artifact.replace('-', '.');
        Path built = Path.of(Built.modules().get(module).location().orElseThrow());
        Path jar = file(artifact, "jar");
        if (Files.isRegularFile(built)) {
            Files.copy(built, jar);
            return;
        }
        StringWriter said = new StringWriter();
        PrintWriter out = new PrintWriter(said);
        int code =
                ToolProvider.findFirst("jar")
                        .orElseThrow()
                        .run(
                                out,
                                out,
                                "--create",
                                "--file",
                                jar.toString(),
                                "-C",
                                built.toString(),
                                ".");
        if (code != 0) {
            throw new AssertionError("no jar of " + built + ": " + said);
        }
    }

    private Path file(String artifact, String extension) throws IOException {
        Path file = place(artifact, extension);
        Files.createDirectories(file.getParent());
        return file;
    }

    private Path place(String artifact, String extension) {
        return repository
                .resolve("dev/hawser")
                .resolve(artifact)
                .resolve(version)
                .resolve(artifact + "-" + version + "." + extension);
    }
}
