package dev.hawser.tests.processes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.hawser.sodium.SodiumCipherProvider;
import dev.hawser.testkit.vectors.Vectors;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Which ciphers run is chosen once in a process, so each choice gets a process. What runs where
/// nothing is said, and where another is forced, [UdpChoiceTest] shows with the same servers.
@Execution(ExecutionMode.CONCURRENT)
class CipherChoiceTest {
    private static final String NATIVE_ACCESS = "--enable-native-access=ALL-UNNAMED ";
    private static final String SYSTEM = "-Dhawser.crypto=sodium -Dhawser.sodium.library=system";
    private static final String BUNDLED = "-Dhawser.crypto=sodium -Dhawser.sodium.library=bundled";

    @RegisterExtension private final ProcessRig rig = new ProcessRig();

    @ParameterizedTest
    @ValueSource(strings = {"-Dhawser.crypto=jdk", SYSTEM, BUNDLED})
    void everyProviderVerifiesTheVectors(String options) throws IOException {
        assumeThatTheSystemHasItIfItMust(options);

        HawserProcess hawser =
                rig.hawserWith(NATIVE_ACCESS + options, "conformance", vectors().toString());

        assertThat(hawser.awaitExit()).as(hawser.err()).isZero();
        assertThat(hawser.out()).contains("packets 144/144", "connectTokens 8/8");
    }

    private static void assumeThatTheSystemHasItIfItMust(String options) {
        assumeTrue(
                !options.equals(SYSTEM) || SodiumCipherProvider.by("system").isAvailable(),
                "this machine has no libsodium");
    }

    private Path vectors() throws IOException {
        try (InputStream standard =
                Objects.requireNonNull(Vectors.class.getResourceAsStream("netcode-1.02.json"))) {
            return rig.write("vectors", standard.readAllBytes());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {SYSTEM, BUNDLED})
    void theForcedLibsodiumRuns(String options) {
        assumeThatTheSystemHasItIfItMust(options);

        HawserProcess server = echoServer(options);

        server.awaitErr(
                "Packets are encrypted by libsodium 1\\.0\\.\\d+, "
                        + (options.equals(SYSTEM) ? "system" : "bundled"));
    }

    @ProcessTest
    void whereLibsodiumCannotBeUsedTheJdkRunsAndTheLogSaysWhy() {
        HawserProcess server = echoServer("-Dhawser.sodium.library=/none/libsodium.so");

        server.awaitErr("WARNING: libsodium cannot be used: /none/libsodium.so: ");
        server.awaitErr("Packets are encrypted by JDK \\d+");
        ProcessRig.address(server);
    }

    /// As Java itself will do it one day.
    @ProcessTest
    void whereNativeAccessIsDeniedTheJdkRunsAndTheLogSaysWhatToDo() {
        HawserProcess server = rig.hawserWith("--illegal-native-access=deny", echoServerArgs());

        server.awaitErr("libsodium cannot be used: .*--enable-native-access=dev\\.hawser\\.sodium");
        server.awaitErr("Packets are encrypted by JDK \\d+");
    }

    private HawserProcess echoServer(String options) {
        return rig.hawserWith(NATIVE_ACCESS + options, echoServerArgs());
    }

    private String[] echoServerArgs() {
        return new String[] {
            "server",
            "--echo",
            "--bind",
            "127.0.0.1:0",
            "--protocol-id",
            "1",
            "--private-key-file",
            rig.keyFile().toString()
        };
    }
}
