package dev.hawser.tests.processes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.hawser.protocol.NetAddress;
import dev.hawser.tests.processes.programs.NativeCaller;
import dev.hawser.transport.UdpIo;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// That packets move in batches where native access was granted at the start, and only there: who
/// else calls native code, and when, changes nothing.
@Timeout(600)
@Execution(ExecutionMode.CONCURRENT)
class NativeAccessTest {
    private static final String IN_BATCHES = "UDP packets move in batches (recvmmsg, sendmmsg).";
    private static final String ONE_BY_ONE =
            "UDP packets move one by one (NIO), not in batches: native access is not granted: start"
                    + " Java with --enable-native-access=";

    @TempDir private Path folder;

    @BeforeEach
    void assumeLinux() {
        assumeTrue(UdpIo.MMSG.obstacle().isEmpty(), UdpIo.MMSG.obstacle());
    }

    @ParameterizedTest
    @CsvSource({
        "--enable-native-access=ALL-UNNAMED, ''",
        "--enable-native-access=ALL-UNNAMED, first",
        "'', ''",
        "'', first",
        "'', insist",
        "--enable-native-access=java.base, first"
    })
    void onTheClassPathAnOptionGrantsIt(String option, String what) {
        assertSaid(
                option.endsWith("ALL-UNNAMED"),
                "ALL-UNNAMED",
                option,
                "-cp",
                path(NativeCaller.class, UdpIo.class, NetAddress.class),
                NativeCaller.class.getName(),
                what);
    }

    /// The caller is on the class path, and so no part of the module.
    @ParameterizedTest
    @CsvSource({
        "--enable-native-access=dev.hawser, ''",
        "--enable-native-access=ALL-UNNAMED, first",
        "'', insist"
    })
    void ofAModuleOnlyWhatWasGrantedToItself(String option, String what) {
        assertSaid(
                option.endsWith("dev.hawser"),
                "dev.hawser",
                option,
                "-p",
                path(UdpIo.class, NetAddress.class),
                "--add-modules=dev.hawser",
                "-cp",
                path(NativeCaller.class),
                NativeCaller.class.getName(),
                what);
    }

    @ParameterizedTest
    @CsvSource({"ALL-UNNAMED, ''", "'', first"})
    void theManifestOfAJarThatIsStartedGrantsIt(String granted, String what) throws IOException {
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.put(Attributes.Name.MAIN_CLASS, NativeCaller.class.getName());
        main.put(
                Attributes.Name.CLASS_PATH,
                locations(NativeCaller.class, UdpIo.class, NetAddress.class)
                        .map(URI::toString)
                        .collect(Collectors.joining(" ")));
        if (!granted.isEmpty()) {
            main.putValue("Enable-Native-Access", granted);
        }
        Path jar = folder.resolve("a game.jar");
        try (OutputStream file = Files.newOutputStream(jar)) {
            new JarOutputStream(file, manifest).close();
        }
        assertSaid(!granted.isEmpty(), "ALL-UNNAMED", "-jar", jar.toString(), what);
    }

    private static void assertSaid(boolean isGranted, String module, String... options) {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1"));
        Stream.of(options).filter(option -> !option.isEmpty()).forEach(command::add);
        try (HawserProcess game = HawserProcess.startCommand(Map.of(), command)) {
            assertThat(game.awaitExit()).as(game.said()).isZero();
            String line = isGranted ? IN_BATCHES : ONE_BY_ONE + module + ".";
            assertThat(game.err().lines().filter(said -> said.contains("UDP packets move")))
                    .as(game.said())
                    .filteredOn(said -> !said.contains("as UdpTransport.Builder.io says"))
                    .singleElement()
                    .asString()
                    .endsWith(line);
            assertThat(game.out().isBlank()).isFalse();
            assertThat(game.out().strip().equals("obstacle:")).as(game.said()).isEqualTo(isGranted);
        }
    }

    private static String path(Class<?>... classes) {
        return locations(classes)
                .map(location -> Path.of(location).toString())
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static Stream<URI> locations(Class<?>... classes) {
        return Stream.of(classes)
                .map(each ->
                        URI.create(
                                each.getProtectionDomain()
                                        .getCodeSource()
                                        .getLocation()
                                        .toString()));
    }
}
