package dev.hawser.tests.processes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.NetAddress;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// A server and a client, both processes of their own where that is the point: connect, exchange,
/// part.
@Execution(ExecutionMode.CONCURRENT)
class EchoProcessesTest {
    /// Each size once: those that a busy machine loses are not damaged.
    private static final String[] SWEEP = {"--send", "1200", "--rate", "600", "--sizes-sweep"};

    /// The second server has as long to answer as the first, which does not.
    private static final int SILENCE_SECONDS = 8;

    @RegisterExtension private final ProcessRig rig = new ProcessRig();

    @ProcessTest
    void everySizeComesBackOverIpv4() {
        HawserProcess server = rig.echoServer();
        NetAddress address = ProcessRig.address(server);

        assertEchoes(server, rig.clientProcess(ProcessRig.request(7).server(address), SWEEP), 7);
        server.terminate();
        assertThat(server.awaitExit()).as(server.err()).isZero();
    }

    @ProcessTest
    void everySizeComesBackOverIpv6() {
        ProcessRig.assumeIpv6();
        HawserProcess server = rig.echoServerInsideAt("[::1]:0");
        NetAddress address = ProcessRig.address(server);

        assertEchoes(server, rig.client(ProcessRig.request(-1).server(address), SWEEP), -1);
    }

    private static void assertEchoes(HawserProcess server, HawserProcess client, long clientId) {
        NetAddress address = ProcessRig.address(server);
        ProcessRig.assertEchoes(client);
        assertThat(client.out().lines())
                .startsWith(
                        "state connecting",
                        "state connected index=0 max-clients=256 server=" + address,
                        "state disconnected reason=client-left")
                .last()
                .asString()
                .matches(
                        "sent 1200 echoed [1-9]\\d* lost \\d+ damaged 0"
                                + " rtt p50 \\d+\\.\\d+ ms p99 \\d+\\.\\d+ ms");
        String id = Long.toUnsignedString(clientId);
        server.awaitOut("^connected index=0 id=" + id + " address=\\S+:\\d+$");
        server.awaitOut("^disconnected index=0 id=" + id + " reason=client-left$");
        assertThat(server.out()).startsWith("listening on " + address + "\n");
    }

    @ProcessTest
    void aTokenWithTwoServersFallsThroughToTheSecond() throws IOException {
        HawserProcess server = rig.echoServerInside();
        NetAddress address = ProcessRig.address(server);
        try (DatagramSocket silent = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            NetAddress silentAddress = NetAddress.parse("127.0.0.1:" + silent.getLocalPort());
            HawserProcess client =
                    rig.client(
                            ProcessRig.request(1)
                                    .server(silentAddress)
                                    .server(address)
                                    .timeoutSeconds(SILENCE_SECONDS),
                            "--send",
                            "20");

            ProcessRig.assertEchoes(client);
            assertThat(client.out()).contains("server=" + address);
        }
    }

    @ProcessTest
    void aFullServerDeniesAndSaysSo() {
        HawserProcess server = rig.echoServerInside("--max-clients", "1");
        NetAddress address = ProcessRig.address(server);
        HawserProcess first = rig.client(ProcessRig.request(1).server(address));
        first.awaitOut("^state connected");

        HawserProcess second =
                rig.client(ProcessRig.request(2).server(address).statesReasons(true));

        assertThat(second.awaitExit()).isEqualTo(1);
        assertThat(second.out()).contains("state disconnected reason=connection-denied");
        assertThat(second.err()).contains("The server denied the connection");
        assertThat(first.isAlive()).isTrue();
    }

    @ProcessTest
    void whereNobodyAnswersTheClientSaysWhatToCheck() throws IOException {
        try (DatagramSocket silent = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            String address = "127.0.0.1:" + silent.getLocalPort();
            HawserProcess client =
                    rig.client(
                            ProcessRig.request(1)
                                    .server(NetAddress.parse(address))
                                    .timeoutSeconds(1),
                            "--send",
                            "1");

            assertThat(client.awaitExit()).isEqualTo(1);
            assertThat(client.out()).contains("reason=connection-request-timed-out");
            assertThat(client.err()).contains("No answer from " + address, "firewall");
        }
    }

    @ProcessTest
    void aPortThatIsInUseIsNamedWithTheRemedy() throws IOException {
        try (DatagramSocket holder = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            int port = holder.getLocalPort();
            HawserProcess server = rig.echoServerInsideAt("127.0.0.1:" + port);

            assertThat(server.awaitExit()).isEqualTo(1);
            assertThat(server.out()).isEmpty();
            // Which keys it would have used is said before.
            assertThat(server.err().lines())
                    .filteredOn(line -> !line.startsWith("INFO"))
                    .singleElement()
                    .asString()
                    .contains("hawser: cannot bind 127.0.0.1:" + port, "in use", "port 0");
        }
    }

    @ProcessTest
    void linesOfTheChatGoToEveryone() {
        HawserProcess server = rig.chatServerInside("127.0.0.1:0");
        String address = ProcessRig.address(server).toString();
        HawserProcess alice = rig.inside("client", "--server", address, "--name", "alice");
        alice.awaitOut("^state connected");
        HawserProcess bob = rig.hawser("client", "--server", address, "--name", "bob");
        alice.awaitOut("^\\* bob joined, 2 here$");

        alice.type("hello");

        bob.awaitOut("^alice: hello$");
        alice.awaitOut("^alice: hello$");
        server.awaitOut("^alice: hello$");

        bob.endInput();

        assertThat(bob.awaitExit()).as(bob.err()).isZero();
        alice.awaitOut("^\\* bob left$");
        assertThat(server.err() + alice.err()).contains("development key");
    }
}
