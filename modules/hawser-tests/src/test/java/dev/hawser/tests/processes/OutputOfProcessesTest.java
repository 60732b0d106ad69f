package dev.hawser.tests.processes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.token.TokenRequest;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// Devices and pipes of the system, to which a command prints.
@Execution(ExecutionMode.CONCURRENT)
class OutputOfProcessesTest {
    /// Prints the first line alone, then the exit code of the command.
    private static final String ONE_LINE = "\"$@\" | head -n 1; echo ended with ${PIPESTATUS[0]}";

    @RegisterExtension private final ProcessRig rig = new ProcessRig();

    @ProcessTest
    void aKeyThatAFullDiskSwallowsIsAnError() {
        HawserProcess keys = rig.hawserIn("\"$@\" > /dev/full", "keys", "new");

        assertThat(keys.awaitExit()).isEqualTo(1);
        assertThat(keys.err())
                .isEqualTo(
                        "hawser: cannot write to standard output (No space left on device): what"
                                + " was to be printed is lost\n");
    }

    @ProcessTest
    void aClosedOutputIsAnError() {
        HawserProcess keys = rig.hawserIn("\"$@\" >&-", "keys", "new");

        assertThat(keys.awaitExit()).isEqualTo(1);
        assertThat(keys.err()).contains("hawser: cannot write to standard output");
    }

    @ProcessTest
    void aServerEndsWhenNobodyReadsItsLines() {
        HawserProcess server =
                rig.hawserIn(
                        ONE_LINE,
                        "server",
                        "--echo",
                        "--bind",
                        "127.0.0.1:0",
                        "--protocol-id",
                        "0x" + Long.toHexString(ProcessRig.PROTOCOL_ID),
                        "--private-key-file",
                        rig.keyFile().toString());
        HawserProcess client =
                rig.client(
                        TokenRequest.builder(1)
                                .server(ProcessRig.address(server))
                                .statesReasons(true));

        server.awaitOut("^ended with 141$");
        assertThat(server.awaitExit()).isZero();
        assertThat(server.err()).doesNotContain("hawser:", "Broken pipe", "\tat ");
        assertThat(client.awaitExit()).isEqualTo(1);
        assertThat(client.out()).contains("reason=server-stopped");
    }

    @ProcessTest
    void aDemoEndsWhenNobodyReadsItsLines() {
        HawserProcess demo = rig.hawserIn(ONE_LINE, "demo", "--seconds", "600", "--clients", "1");

        demo.awaitOut("^ended with 141$");
        assertThat(demo.awaitExit()).isZero();
        assertThat(demo.err()).doesNotContain("hawser:", "Broken pipe", "\tat ");
    }

    @ProcessTest
    void theLogSpeaksOfOptions() {
        HawserProcess server =
                rig.hawser("server", "--bind", "127.0.0.1:0", "--max-token-lifetime", "off");

        server.awaitErr("\\(--max-token-lifetime is off\\)");
        server.terminate();

        assertThat(server.awaitExit()).as(server.err()).isZero();
        assertThat(server.err()).doesNotContain("maxConnectTokenLifetime");
    }
}
