package dev.hawser.tests.processes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.token.TokenRequest;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// How one process ends, and what the other makes of it.
@Execution(ExecutionMode.CONCURRENT)
class EndsOfProcessesTest {
    /// Long enough for a connection to come about on a busy machine.
    private static final int TIMEOUT_SECONDS = 8;

    @RegisterExtension private final ProcessRig rig = new ProcessRig();

    @ProcessTest
    void aClientSeesAKilledServerAsTimedOutAndExplains() {
        HawserProcess server = rig.echoServer();
        HawserProcess client =
                connect(server, rig.client(request(server).timeoutSeconds(TIMEOUT_SECONDS)));

        server.kill();

        assertThat(client.awaitExit()).isEqualTo(1);
        assertThat(client.out()).endsWith("state disconnected reason=connection-timed-out\n");
        // On a machine that is busy the client may have stood still besides, and says so first.
        assertThat(client.err())
                .containsPattern(
                        "The connection was lost.* nothing was heard from the other side for 8 s");
    }

    @ProcessTest
    void aServerSeesAKilledClientAsTimedOut() {
        HawserProcess server = rig.echoServerInside();
        HawserProcess client =
                connect(server, rig.clientProcess(request(server).timeoutSeconds(TIMEOUT_SECONDS)));

        client.kill();

        server.awaitOut("^disconnected index=0 id=1 reason=connection-timed-out$");
        assertThat(server.isAlive()).isTrue();
    }

    @ProcessTest
    void aServerThatWasKilledAndStartedAnewSaysThatItHasForgottenItsClients() {
        HawserProcess server = rig.echoServer();
        HawserProcess client = connect(server, rig.client(request(server).survivesMoves(true)));

        server.kill();
        server.awaitExit();
        ProcessRig.address(rig.echoServerInsideAt(ProcessRig.address(server).toString()));

        assertThat(client.awaitExit()).isEqualTo(1);
        assertThat(client.out()).endsWith("state disconnected reason=forgotten-by-server\n");
        assertThat(client.err()).contains("The server no longer has this connection");
    }

    @ProcessTest
    void anInterruptedServerTellsItsClients() {
        HawserProcess server = rig.echoServer();
        HawserProcess client = connect(server, rig.client(request(server)));

        server.interrupt();

        assertToldByServer(server, client);
    }

    private static void assertToldByServer(HawserProcess server, HawserProcess client) {
        assertThat(server.awaitExit()).as(server.err()).isZero();
        assertThat(server.out()).contains("disconnected index=0 id=1 reason=server-stopped");
        assertThat(client.awaitExit()).isEqualTo(1);
        assertThat(client.out()).contains("state disconnected reason=server-stopped");
        assertThat(client.err()).contains("The server stopped");
    }

    @ProcessTest
    void aTerminatedClientTellsTheServer() {
        HawserProcess server = rig.echoServerInside();
        HawserProcess client = connect(server, rig.clientProcess(request(server)));

        client.terminate();

        assertToldByClient(server, client);
    }

    @ProcessTest
    void anInterruptedClientTellsTheServer() {
        HawserProcess server = rig.echoServerInside();
        HawserProcess client = connect(server, rig.clientProcess(request(server)));

        client.interrupt();

        assertToldByClient(server, client);
    }

    private static void assertToldByClient(HawserProcess server, HawserProcess client) {
        assertThat(client.awaitExit()).as(client.err()).isZero();
        assertThat(client.out()).endsWith("state disconnected reason=client-left\n");
        server.awaitOut("^disconnected index=0 id=1 reason=client-left$");
    }

    @ProcessTest
    void anInterruptedDemoStillPrintsItsSummary() {
        HawserProcess demo = rig.hawser("demo", "--seconds", "600");
        demo.awaitOut("^\\d+ s: \\d of 8 connected");

        demo.interrupt();

        ProcessRig.assertDemoEnded(demo, 8);
    }

    private static TokenRequest.Builder request(HawserProcess server) {
        return ProcessRig.request(1).server(ProcessRig.address(server)).statesReasons(true);
    }

    private static HawserProcess connect(HawserProcess server, HawserProcess client) {
        client.awaitOut("^state connected");
        server.awaitOut("^connected index=0 id=1 ");
        return client;
    }
}
