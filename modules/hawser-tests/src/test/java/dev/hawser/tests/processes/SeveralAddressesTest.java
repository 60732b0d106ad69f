package dev.hawser.tests.processes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.token.TokenRequest;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// A server with several addresses, which is one server to its clients and its operator.
@Execution(ExecutionMode.CONCURRENT)
class SeveralAddressesTest {
    /// The second server has as long to answer as the first, which does not.
    private static final int SILENCE_SECONDS = 8;

    @RegisterExtension private final ProcessRig rig = new ProcessRig();

    @ProcessTest
    void oneMayBeOfEachFamily() {
        ProcessRig.assumeIpv6();
        HawserProcess server = rig.echoServerInside("--bind", "[::1]:0");
        NetAddress ipv4 = NetAddress.parse(server.awaitOut("on (127\\.0\\.0\\.1:\\d+)$").group(1));
        NetAddress ipv6 = NetAddress.parse(server.awaitOut("on (\\[::1]:\\d+)$").group(1));

        ProcessRig.assertEchoes(rig.client(ProcessRig.request(4).server(ipv4), "--send", "50"));
        ProcessRig.assertEchoes(rig.client(ProcessRig.request(6).server(ipv6), "--send", "50"));
    }

    @ProcessTest
    void thereMayBeAnyNumber() {
        HawserProcess server =
                rig.echoServerInside("--bind", "127.0.0.1:0", "--bind", "127.0.0.1:0");
        List<NetAddress> addresses = addresses(server, 3);

        assertThat(addresses).doesNotHaveDuplicates();
        for (int i = 0; i < addresses.size(); i++) {
            TokenRequest.Builder request = ProcessRig.request(i).server(addresses.get(i));
            ProcessRig.assertEchoes(rig.client(request, "--send", "20"));
            server.awaitOut("^connected index=0 id=" + i + " address=127\\.0\\.0\\.1:\\d+$");
            server.awaitOut("^disconnected index=0 id=" + i + " reason=client-left$");
        }
    }

    @ProcessTest
    void aTokenThatListsAllWorksAtEach() {
        HawserProcess server = rig.echoServerInside("--bind", "127.0.0.1:0");
        List<NetAddress> addresses = addresses(server, 2);
        NetAddress one = addresses.getFirst();
        NetAddress other = addresses.getLast();

        HawserProcess first =
                rig.client(ProcessRig.request(1).server(one).server(other), "--send", "20");
        HawserProcess second =
                rig.client(ProcessRig.request(2).server(other).server(one), "--send", "20");

        ProcessRig.assertEchoes(first);
        assertThat(first.out()).contains("server=" + one);
        ProcessRig.assertEchoes(second);
        assertThat(second.out()).contains("server=" + other);
    }

    @ProcessTest
    void aTokenWhoseFirstAddressIsSilentFallsThroughToTheSecond() throws IOException {
        HawserProcess server = rig.echoServerInside("--bind", "127.0.0.1:0");
        List<NetAddress> addresses = addresses(server, 2);
        try (DatagramSocket silent = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            NetAddress silentAddress = NetAddress.parse("127.0.0.1:" + silent.getLocalPort());
            HawserProcess client =
                    rig.client(
                            ProcessRig.request(1)
                                    .server(silentAddress, addresses.getFirst())
                                    .server(addresses.getLast())
                                    .timeoutSeconds(SILENCE_SECONDS),
                            "--send",
                            "20");

            ProcessRig.assertEchoes(client);
            assertThat(client.out()).contains("server=" + addresses.getLast());
        }
    }

    @ProcessTest
    void identitiesBelongToBindsInTheirOrder() {
        HawserProcess server =
                rig.echoServerInside(
                        "--bind",
                        "127.0.0.1:0",
                        "--identity",
                        "192.0.2.1:7001",
                        "--identity",
                        "192.0.2.1:7002");
        List<NetAddress> addresses = addresses(server, 2);
        List<NetAddress> identities =
                List.of(NetAddress.parse("192.0.2.1:7001"), NetAddress.parse("192.0.2.1:7002"));

        for (int i = 0; i < 2; i++) {
            TokenRequest.Builder request =
                    ProcessRig.request(i).server(addresses.get(i), identities.get(i));
            ProcessRig.assertEchoes(rig.client(request, "--send", "20"));
        }
        HawserProcess crossed =
                rig.client(
                        ProcessRig.request(3)
                                .server(addresses.getFirst(), identities.getLast())
                                .timeoutSeconds(1),
                        "--send",
                        "1");
        assertThat(crossed.awaitExit()).isEqualTo(1);
        assertThat(crossed.out()).contains("reason=connection-request-timed-out");
    }

    @ProcessTest
    void theNumberOfClientsIsLimitedForAllTogether() {
        HawserProcess server = rig.echoServerInside("--bind", "127.0.0.1:0", "--max-clients", "1");
        List<NetAddress> addresses = addresses(server, 2);
        HawserProcess first = rig.client(lasting(1, addresses.getFirst()), "--max-clients", "1");
        first.awaitOut("^state connected index=0 max-clients=1 ");

        HawserProcess second = rig.client(lasting(2, addresses.getLast()));

        assertThat(second.awaitExit()).isEqualTo(1);
        assertThat(second.out()).contains("state disconnected reason=connection-denied");
        assertThat(second.err()).contains("The server denied the connection", "the server is full");
        assertThat(first.isAlive()).isTrue();
    }

    @ProcessTest
    void aClientIdIsConnectedOnceAtAllTogether() {
        HawserProcess server = rig.echoServerInside("--bind", "127.0.0.1:0");
        List<NetAddress> addresses = addresses(server, 2);
        HawserProcess first = rig.client(lasting(1, addresses.getFirst()));
        first.awaitOut("^state connected");

        HawserProcess second =
                rig.client(ProcessRig.request(1).server(addresses.getLast()).timeoutSeconds(1));

        assertThat(second.awaitExit()).isEqualTo(1);
        assertThat(second.out()).contains("reason=connection-request-timed-out");
        assertThat(first.isAlive()).isTrue();
    }

    @ProcessTest
    void aConnectionIsTakenOverAtTheSameAddress() {
        HawserProcess server = rig.echoServerInside("--take-over", "--max-token-lifetime", "off");
        NetAddress address = ProcessRig.address(server);

        assertTakesOver(server, address, address);
    }

    @ProcessTest
    void aConnectionIsTakenOverAtAnotherAddress() {
        HawserProcess server =
                rig.echoServerInside(
                        "--take-over",
                        "--max-token-lifetime",
                        "off",
                        "--bind",
                        "127.0.0.1:0",
                        "--max-clients",
                        "1");
        List<NetAddress> addresses = addresses(server, 2);

        assertTakesOver(server, addresses.getFirst(), addresses.getLast());
    }

    private void assertTakesOver(HawserProcess server, NetAddress before, NetAddress after) {
        HawserProcess first = rig.client(lasting(1, before).lifetimeSeconds(20));
        first.awaitOut("^state connected index=0 ");

        HawserProcess second = rig.client(lasting(1, after).lifetimeSeconds(30));
        second.awaitOut("^state connected index=0 ");

        assertThat(first.awaitExit()).isEqualTo(1);
        assertThat(first.out()).contains("state disconnected reason=replaced");
        server.awaitOut("^disconnected index=0 id=1 reason=replaced$");
        second.endInput();
        assertThat(second.awaitExit()).as(second.err()).isZero();
        server.awaitOut("^disconnected index=0 id=1 reason=client-left$");
    }

    @ProcessTest
    void ofSeveralTheOneThatIsInUseIsNamedAndNoneIsServed() throws IOException {
        try (DatagramSocket holder = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            String taken = "127.0.0.1:" + holder.getLocalPort();
            HawserProcess server = rig.echoServerInside("--bind", taken);

            assertThat(server.awaitExit()).isEqualTo(1);
            assertThat(server.out()).isEmpty();
            assertThat(server.err().lines())
                    .last()
                    .asString()
                    .startsWith(
                            "hawser: the member '" + taken + "' cannot start: cannot bind " + taken)
                    .contains("in use", "port 0");
        }
    }

    private static TokenRequest.Builder lasting(long clientId, NetAddress address) {
        return ProcessRig.request(clientId).server(address).statesReasons(true);
    }

    /// {@return where a server listens: it prints so many lines in the order of its binds}
    private static List<NetAddress> addresses(HawserProcess server, int count) {
        StringBuilder others = new StringBuilder();
        for (int i = 0; i < count; i++) {
            String next = server.awaitOut("^listening on (?!(?:-" + others + ")$)(.*)$").group(1);
            others.append('|').append(Pattern.quote(next));
        }
        return server.out()
                .lines()
                .filter(line -> line.startsWith("listening on "))
                .map(line -> NetAddress.parse(line.substring("listening on ".length())))
                .toList();
    }
}
