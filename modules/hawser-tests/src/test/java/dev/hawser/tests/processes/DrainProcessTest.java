package dev.hawser.tests.processes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.token.TokenRequest;
import dev.hawser.tests.processes.programs.DrainingServer;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// What SIGTERM does to servers.
@Execution(ExecutionMode.CONCURRENT)
class DrainProcessTest {
    /// Longer than any test may take.
    private static final String DAY = "86400";

    @RegisterExtension private final ProcessRig rig = new ProcessRig();

    private TokenRequest.Builder request(HawserProcess server, long clientId) {
        return ProcessRig.request(clientId).server(ProcessRig.address(server));
    }

    private HawserProcess connected(HawserProcess server, long clientId) {
        HawserProcess client = rig.client(request(server, clientId));
        client.awaitOut("^state connected ");
        return client;
    }

    @ProcessTest
    void aTerminatedServerRefusesNewcomersAndEndsWhenTheLastClientHasGone() {
        HawserProcess server = rig.echoServer("--drain-for", DAY);
        HawserProcess stays = connected(server, 1);

        server.terminate();
        server.awaitOut("^draining clients=1 seconds=86400$");

        HawserProcess newcomer = rig.client(request(server, 2).statesReasons(true));
        assertThat(newcomer.awaitExit()).isEqualTo(1);
        assertThat(newcomer.out()).contains("reason=connection-denied code=8 ");
        assertThat(newcomer.err()).contains("since it is about to go down");
        assertThat(server.isAlive()).isTrue();
        stays.endInput();

        assertThat(server.awaitExit()).as(server.err()).isZero();
        assertThat(server.out().lines())
                .endsWith("disconnected index=0 id=1 reason=client-left", "drained");
    }

    @ProcessTest
    void afterItsTimeItSendsWhoIsLeftToAnotherServer() {
        HawserProcess server = rig.echoServer("--drain-for", "1");
        HawserProcess client = rig.client(request(server, 1).statesReasons(true));
        client.awaitOut("^state connected ");

        server.terminate();

        assertMoved(server, client);
    }

    @ProcessTest
    void aSecondSignalSendsEverybodyAwayAtOnce() {
        HawserProcess server = rig.echoServer("--drain-for", DAY);
        HawserProcess client = rig.client(request(server, 1).statesReasons(true));
        client.awaitOut("^state connected ");

        server.terminate();
        server.awaitOut("^draining clients=1 seconds=86400$");
        server.terminate();

        assertMoved(server, client);
        assertThat(server.out()).contains("draining clients=1 seconds=0\n");
    }

    private static void assertMoved(HawserProcess server, HawserProcess client) {
        assertThat(server.awaitExit()).as(server.err()).isZero();
        assertThat(server.out().lines())
                .anyMatch(line -> line.startsWith("disconnected index=0 id=1 reason=moved code=9 "))
                .endsWith("drained");
        assertThat(client.awaitExit()).isEqualTo(1);
        assertThat(client.out()).contains("state disconnected reason=moved code=9 ");
        assertThat(client.err()).contains("sends its players to another one");
    }

    @ProcessTest
    void withNobodyThereItEndsAtOnce() {
        HawserProcess server = rig.echoServer("--drain-for", DAY);
        ProcessRig.address(server);

        server.terminate();

        assertThat(server.awaitExit()).as(server.err()).isZero();
        assertThat(server.out()).endsWith("draining clients=0 seconds=86400\ndrained\n");
    }

    @ProcessTest
    void ctrlCEndsAServerThatDrains() {
        HawserProcess server = rig.echoServer("--drain-for", DAY);
        connected(server, 1);
        server.terminate();
        server.awaitOut("^draining clients=1 seconds=86400$");

        server.interrupt();

        assertThat(server.awaitExit()).as(server.err()).isZero();
        assertThat(server.out().lines()).endsWith("drained");
    }

    // ---- Several servers

    @ProcessTest
    void playersOfServersThatAreReplacedInTurnGoOnAndNeverEnd() throws Exception {
        var backend = new BackendRig(rig, ProcessRig.LONG_TIMEOUT_SECONDS);
        String[] options = {"--drain-for", "2"};
        HawserProcess one = backend.server(1, "127.0.0.1:0", options);
        HawserProcess two = backend.server(2, "127.0.0.1:0", options);
        one.awaitOut("^offered$");
        two.awaitOut("^offered$");
        try (Travellers players = new Travellers(backend, 4)) {
            players.awaitEchoes();

            one.terminate();
            assertThat(one.awaitExit()).as(one.err()).isZero();
            players.awaitEchoes();
            backend.server(1, ProcessRig.address(one).toString(), options).awaitOut("^offered$");
            two.terminate();
            assertThat(two.awaitExit()).as(two.err()).isZero();

            players.awaitEchoes();
        }
        assertThat(one.out()).contains(" reason=moved ");
        assertThat(two.out().lines().filter(line -> line.contains(" reason=moved "))).hasSize(4);
    }

    // ---- ServerRunner

    private HawserProcess runners(int servers) {
        return rig.program(
                DrainingServer.class,
                rig.keyHex(),
                Long.toUnsignedString(ProcessRig.PROTOCOL_ID),
                Integer.toString(servers));
    }

    @ProcessTest
    void aRunnerDrainsOnSigtermAndThenTheProcessEndsAsItWouldHave() {
        HawserProcess server = runners(1);
        HawserProcess client = connected(server, 1);

        server.terminate();
        server.awaitOut("^draining$");
        assertThat(rig.client(request(server, 2)).awaitExit()).isEqualTo(1);
        client.endInput();

        assertThat(server.awaitExit()).as(server.err()).isEqualTo(143);
        assertThat(server.out().lines())
                .containsSubsequence(
                        "connected netcode:1",
                        "draining",
                        "disconnected ClientLeft",
                        "drained",
                        "hook")
                .doesNotContain("connected netcode:2");
        assertThat(server.err()).doesNotContain("SEVERE", "Exception");
    }

    @ProcessTest
    void ofSeveralRunnersTheLastOneEndsTheProcessAndASecondSignalEndsAll() {
        HawserProcess server = runners(2);
        HawserProcess first = connected(server, 1);
        NetAddress other = NetAddress.parse(server.awaitOut("^and on (\\S+)$").group(1));
        rig.client(ProcessRig.request(2).server(other)).awaitOut("^state connected ");
        server.awaitOut("^connected netcode:2$");

        server.terminate();
        first.endInput();
        server.awaitOut("^drained$");
        assertThat(server.isAlive()).isTrue();
        server.terminate();

        assertThat(server.awaitExit()).as(server.err()).isEqualTo(143);
        assertThat(server.out().lines()).endsWith("disconnected Moved", "drained", "hook");
    }
}
