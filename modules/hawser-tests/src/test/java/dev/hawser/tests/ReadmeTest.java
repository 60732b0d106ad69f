package dev.hawser.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.StringWriter;
import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.lang.module.ResolvedModule;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What the README and the other pages show can be copied.
class ReadmeTest {
    private static final Pattern PROGRAM = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL);

    private static final Pattern IN_ANOTHER_LANGUAGE =
            Pattern.compile("```(?!java\\n)[a-z]+\\n.*?```", Pattern.DOTALL);

    private static final Pattern FENCE = Pattern.compile("```(?:java)?\\n(.*?)```", Pattern.DOTALL);

    /// What fragments take for granted: where to import from, and what was there before.
    private static final String AROUND =
            """
            import dev.hawser.*;
            import dev.hawser.local.*;
            import dev.hawser.multi.*;
            import dev.hawser.netcode.*;
            import dev.hawser.online.fleet.*;
            import dev.hawser.online.token.*;
            import dev.hawser.protocol.*;
            import dev.hawser.steam.*;
            import dev.hawser.tls.*;
            import dev.hawser.token.*;
            import dev.hawser.transport.*;
            import dev.hawser.web.*;
            import dev.hawser.web.websocket.*;
            import dev.hawser.web.webtransport.*;
            import java.net.URI;
            import java.nio.file.Path;

            Session session;
            Bans bans;
            TokenClient tokens;
            NetcodeServer udp;
            NetcodeServer browsers;
            LocalServer local;
            ServerHandler game;
            boolean isRunning;
            NetAddress address;
            CertificateSource certificates;
            long friendSteamId;

            interface Session { String accessToken(); }

            interface Bans { void check(ConnectionRequest request); }

            void main() throws Exception {
            FRAGMENT;
            }
            """;

    @TempDir Path classes;

    @ParameterizedTest
    @CsvSource({"README.md, 2", "docs/steam.md, 3", "docs/web.md, 2"})
    void everyProgramOnThePageCompiles(String page, int count) throws IOException {
        List<JavaFileObject> programs = new ArrayList<>();
        PROGRAM.matcher(Files.readString(Built.root().resolve(page)))
                .results()
                .forEach(match -> programs.add(program(programs.size(), match.group(1))));
        assertThat(programs).as("programs in %s", page).hasSize(count);
        assertCompiles(programs);
    }

    /// Fences without `main` that build something or make certificates are Java, with an ellipsis
    /// where something is left out.
    @ParameterizedTest
    @CsvSource({"README.md, 4", "docs/udp.md, 1", "docs/web.md, 3", "site/index.md, 1"})
    void everyFragmentOnThePageCompiles(String page, int count) throws IOException {
        List<JavaFileObject> fragments = new ArrayList<>();
        String rest =
                IN_ANOTHER_LANGUAGE
                        .matcher(Files.readString(Built.root().resolve(page)))
                        .replaceAll("");
        FENCE.matcher(rest)
                .results()
                .map(match -> match.group(1))
                .filter(text -> !text.contains("void main("))
                .filter(text -> text.contains(".builder(") || text.contains("CertificateSource"))
                .map(text -> text.replaceAll("\\s*…\\s*\\.?", "."))
                .forEach(text ->
                        fragments.add(program(fragments.size(), AROUND.replace("FRAGMENT", text))));
        assertThat(fragments).as("fragments in %s", page).hasSize(count);
        assertCompiles(fragments);
    }

    @Test
    void everyModuleSaysWhatItIsAndForWhom() throws IOException {
        List<Path> modules;
        try (Stream<Path> folders = Files.list(Built.root().resolve("modules"))) {
            modules = folders.toList();
        }
        assertThat(modules)
                .contains(Built.root().resolve("modules/hawser-bom"))
                .allSatisfy(module ->
                        assertThat(module.resolve("README.md"))
                                .content()
                                .startsWith("# " + module.getFileName() + "\n")
                                .contains("- **For** ", "- **Depends on** ", "- **Begin with** "));
    }

    /// The examples' page names the folders of a quick build; the build that tests has the same
    /// beside its own.
    @Test
    void theModulePathOfTheExamplesHasAllThatTheyNeed() throws IOException {
        String page = Files.readString(Built.root().resolve("examples/README.md"));
        Matcher path = Pattern.compile("modules=(.*?)\\n").matcher(page);
        assertThat(path.find()).isTrue();
        assertThat(page).contains("java -p $modules -m dev.hawser.examples/");
        Path built = Path.of(Built.modules().get("dev.hawser.examples").location().orElseThrow());
        assumeTrue(Files.isRegularFile(built), "the modules are put together with the jar");
        String target = Built.root().relativize(built.getParent()).toString();
        Path[] folders =
                Stream.of(path.group(1).split(":"))
                        .map(folder -> folder.replace("examples/target/quick", target))
                        .map(Built.root()::resolve)
                        .toArray(Path[]::new);
        assertThat(folders).allSatisfy(folder -> assertThat(folder).isNotEmptyDirectory());
        Configuration resolved =
                ModuleLayer.boot()
                        .configuration()
                        .resolve(
                                ModuleFinder.of(folders),
                                ModuleFinder.of(),
                                Set.of("dev.hawser.examples"));
        assertThat(resolved.modules())
                .extracting(ResolvedModule::name)
                .contains("dev.hawser", "dev.hawser.protocol", "dev.hawser.steam");
    }

    private void assertCompiles(List<JavaFileObject> programs) {
        JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        List<String> options =
                List.of("-d", classes.toString(), "-cp", System.getProperty("java.class.path"));
        boolean compiles = javac.getTask(messages, null, null, options, null, programs).call();
        assertThat(compiles).as(messages.toString()).isTrue();
    }

    private static JavaFileObject program(int index, String text) {
        URI name = URI.create("page:///Program" + index + ".java");
        return new SimpleJavaFileObject(name, JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return text;
            }
        };
    }
}
