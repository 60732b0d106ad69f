package dev.hawser.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.lang.module.ResolvedModule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a game has to have on its module path.
class ModulePathTest {
    /// Uses what is annotated, so that the compiler looks for the annotations.
    private static final String GAME =
            """
            package game;

            import dev.hawser.*;
            import dev.hawser.netcode.*;
            import dev.hawser.protocol.*;
            import dev.hawser.token.*;
            import dev.hawser.transport.*;
            import java.nio.ByteBuffer;
            import java.util.concurrent.CompletableFuture;

            /// A game.
            public final class Game implements ServerHandler {
                private final NetServer server;
                private final NetClient client;

                /// @param tokens of the game
                Game(MemoryNetwork network, PrivateKey key, TokenSource tokens) {
                    server =
                            NetcodeServer.builder()
                                    .transport(network.bind(NetAddress.parse("10.0.0.1:7777")))
                                    .protocolId(1)
                                    .privateKey(key)
                                    .build();
                    client =
                            NetcodeClient.builder()
                                    .authentication(new Authentication.Backend(tokens))
                                    .build();
                }

                @Override
                public void onPayload(ConnectedClient client, ByteBuffer payload) {
                    server.send(client, payload);
                }

                @Override
                public void onDisconnect(ConnectedClient client, DisconnectReason reason) {
                    IO.println(client.id() + ": " + reason.explanation());
                }

                void tick() {
                    server.update();
                    server.receive(this);
                    client.update();
                    client.receive(payload -> IO.println(payload.remaining()));
                }

                static WebUrls urls() {
                    return WebUrls.parse(null, null);
                }
            }
            """;

    @TempDir Path folder;

    /// No library of others, whatever lies on the path.
    @ParameterizedTest
    @ValueSource(strings = {"dev.hawser", "dev.hawser.steam", "dev.hawser.examples"})
    void aGameOverUdpSteamOrInOneProcessNeedsOnlyHawserAndTheJdk(String module) {
        assertThat(resolved(module))
                .contains("dev.hawser", "dev.hawser.protocol", "java.base")
                .allMatch(name -> name.matches("(dev\\.hawser|java)(\\..*)?"));
    }

    @Test
    void jsonAndHttpComeWithTheTokenService() {
        assertThat(resolved("dev.hawser.online"))
                .contains("com.fasterxml.jackson.core", "java.net.http");
        assertThat(resolved("dev.hawser")).doesNotContain("java.net.http");
    }

    /// The annotations of JSpecify are in the class files, and their jar is on nobody's path.
    @Test
    void aGameCompilesWithNothingButTwoJars() throws IOException {
        List<Path> two = ModuleFiles.of(Set.of("dev.hawser", "dev.hawser.protocol"));
        assertThat(two).hasSize(2);
        assertThat(compile("dev.hawser", two)).isEmpty();
    }

    /// With all that is needed to run it, and without the annotations.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "dev.hawser.backend",
                "dev.hawser.online",
                "dev.hawser.steam",
                "dev.hawser.testkit",
                "dev.hawser.tls",
                "dev.hawser.web"
            })
    void aGameCompilesWithoutTheAnnotationsBeside(String module) throws IOException {
        Set<String> needed = ModuleFiles.needed(module);
        assertThat(needed).doesNotContain("org.jspecify");
        assertThat(compile(module, ModuleFiles.of(needed))).isEmpty();
    }

    /// jlink takes no automatic modules. The command and its load generator have one, HdrHistogram,
    /// and what is shared in Redis has Lettuce: nobody makes an image of them. A distribution has
    /// the libraries beside its runtime.
    @Test
    void nothingIsInTheWayOfAnImageWithAnyLibrary() {
        Set<String> libraries = new TreeSet<>(Built.modules().keySet());
        libraries.removeAll(
                Set.of(
                        "dev.hawser.cli",
                        "dev.hawser.examples",
                        "dev.hawser.load",
                        "dev.hawser.redis"));
        assertThat(libraries).contains("dev.hawser", "dev.hawser.backend", "dev.hawser.web");
        for (String library : libraries) {
            assertThat(ModuleFiles.needed(library))
                    .as(library)
                    .noneMatch(name ->
                            ModuleFiles.ALL.find(name).orElseThrow().descriptor().isAutomatic());
        }
        assertThat(ModuleFiles.needed("dev.hawser.cli")).contains("HdrHistogram");
        assertThat(ModuleFiles.needed("dev.hawser.redis")).contains("lettuce.core");
    }

    private static Set<String> resolved(String module) {
        return Configuration.empty()
                .resolve(ModuleFiles.ALL, ModuleFinder.ofSystem(), Set.of(module))
                .modules()
                .stream()
                .map(ResolvedModule::name)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /// {@return what the compiler has to say about a game, which should be nothing}
    private String compile(String module, List<Path> modulePath) throws IOException {
        Path game = Files.createDirectories(folder.resolve("game"));
        Files.writeString(
                folder.resolve("module-info.java"),
                """
                /// A game.
                module game {
                    requires transitive dev.hawser;
                    %s
                    exports game;
                }
                """
                        .formatted(module.equals("dev.hawser") ? "" : "requires " + module + ";"));
        Files.writeString(game.resolve("Game.java"), GAME);
        JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        try (StandardJavaFileManager files = javac.getStandardFileManager(null, null, null)) {
            List<String> options =
                    List.of(
                            "-d",
                            folder.resolve("classes").toString(),
                            "--module-path",
                            modulePath.stream()
                                    .map(Path::toString)
                                    .collect(Collectors.joining(File.pathSeparator)),
                            "-Xlint:all,-requires-transitive-automatic",
                            "-Werror");
            var sources =
                    files.getJavaFileObjects(
                            folder.resolve("module-info.java"), game.resolve("Game.java"));
            javac.getTask(messages, files, null, options, null, sources).call();
        }
        return messages.toString();
    }
}
