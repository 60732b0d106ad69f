package dev.hawser.tests.processes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.hawser.transport.UdpIo;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// Networks that this machine has not: each test has a network namespace of its own, in which
/// [NetworkProgram] plays server and clients.
@Timeout(value = 180, unit = TimeUnit.SECONDS)
@Execution(ExecutionMode.CONCURRENT)
class NetworkNamespaceTest {
    @BeforeAll
    static void assumeLinux() {
        assumeTrue(UdpIo.MMSG.obstacle().isEmpty(), UdpIo.MMSG.obstacle());
    }

    /// @param setup a shell script
    private static void run(String setup, String... args) {
        boolean isRoot = System.getProperty("user.name").equals("root");
        List<String> starter =
                List.of(
                        "unshare",
                        isRoot ? "-n" : "-rn",
                        "sh",
                        "-c",
                        "set -e; " + setup + "\nexec \"$@\"",
                        "sh");
        try (HawserProcess program =
                HawserProcess.startBy(
                        starter, NetworkProgram.class.getName(), Map.of(), List.of(args))) {
            assertThat(program.awaitExit()).as(program.said()).isZero();
            assertThat(program.out()).contains("as it should be");
        }
    }

    @ProcessTest
    void aServerAnswersFromWhicheverOfItsAddressesWasDialled() {
        run(
                """
                ip link set lo up
                ip address add 192.0.2.2/32 dev lo
                ip address add 192.0.2.3/32 dev lo
                ip address add 2001:db8::2/128 dev lo
                ip address add 2001:db8::3/128 dev lo
                """,
                "addresses",
                "127.0.0.1",
                "127.0.0.2",
                "192.0.2.2",
                "192.0.2.3",
                "::1",
                "2001:db8::2",
                "2001:db8::3");
    }

    /// Less than a connection request needs.
    @ProcessTest
    void overANarrowInterfacePacketsGoInFragments() {
        run("ip link set lo mtu 1000 up", "narrow");
    }

    @ProcessTest
    void withoutANetworkTheReasonSaysThatNothingCouldLeave() {
        run("true", "nowhere");
    }
}
