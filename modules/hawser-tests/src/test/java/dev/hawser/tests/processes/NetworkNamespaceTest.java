package dev.hawser.tests.processes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.hawser.tests.processes.programs.NetworkProgram;
import dev.hawser.transport.UdpIo;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// Networks that this machine has not: each test has a network namespace of its own, in which
/// [NetworkProgram] plays server and clients.
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

    @ProcessTest
    void aClientWhoseNetworkGoesAwaySaysThatItWasItsOwn() {
        run("true", "lost");
    }

    /// What the system does when another interface takes over: the client's packets leave from
    /// another address, without its doing.
    @ProcessTest
    void aClientWhoseAddressChangesIsFollowed() {
        run(
                """
                ip link set lo up
                ip address add 192.0.2.1/32 dev lo
                ip address add 192.0.2.2/32 dev lo
                ip address add 192.0.2.3/32 dev lo
                """,
                "moves");
    }

    /// Between client and server is a router whose other side is narrow: the first packet is too
    /// long for the path, and not for the client's own interface.
    @ProcessTest
    void throughARouterWithANarrowSidePacketsGoInFragments() {
        run(
                """
                unshare -n sleep 170 >/dev/null 2>&1 & router=$!
                unshare -n sleep 170 >/dev/null 2>&1 & host=$!
                until [ "$(readlink /proc/$router/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do :; done
                until [ "$(readlink /proc/$host/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do :; done
                ip link add near type veth peer name far netns $router
                nsenter -t $router -n ip link add right type veth peer name left netns $host
                ip address add 192.0.2.1/30 dev near
                ip link set near up
                ip route add default via 192.0.2.2
                nsenter -t $router -n ip address add 192.0.2.2/30 dev far
                nsenter -t $router -n ip address add 198.51.100.1/30 dev right
                nsenter -t $router -n ip link set far up
                nsenter -t $router -n ip link set right mtu 1000 up
                nsenter -t $router -n sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'
                nsenter -t $host -n ip address add 198.51.100.2/30 dev left
                nsenter -t $host -n ip link set left mtu 1000 up
                nsenter -t $host -n ip route add default via 198.51.100.1
                set -- "$@" $host 198.51.100.2 $router
                """,
                "path");
    }
}
