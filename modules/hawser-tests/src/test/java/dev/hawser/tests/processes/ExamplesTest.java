package dev.hawser.tests.processes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// The programs in `examples` do what they say.
@Execution(ExecutionMode.CONCURRENT)
class ExamplesTest {
    @RegisterExtension private final ProcessRig rig = new ProcessRig();

    @ProcessTest
    void aMinimalClientIsAnsweredAndLeaves() {
        HawserProcess server = rig.example("MinimalServer", "127.0.0.1:0");
        HawserProcess client = rig.example("MinimalClient", ProcessRig.address(server).toString());

        assertEndsWell(client);
        assertThat(client.out())
                .containsPattern("(the server answers: input \\d+\n){5}left after \\d+ answers\n");
        String id = server.awaitOut("^(netcode:\\d+) has joined$").group(1);
        server.awaitOut("^" + id + " has left: The client ended the connection\\.$");
    }

    @ProcessTest
    void aMinimalServerThatIsTerminatedStopsBeforeItEnds() {
        HawserProcess server = rig.example("MinimalServer", "127.0.0.1:0");
        ProcessRig.address(server);

        server.terminate();

        server.awaitExit();
        assertThat(server.out()).as(server.err()).endsWith("stopped\n");
    }

    @ProcessTest
    void aPlayerHostsAndTalksToAGuest() {
        HawserProcess program = rig.example("HostMode");

        assertEndsWell(program);
        assertThat(program.out().lines())
                .containsSubsequence(
                        "local:1 has joined",
                        "netcode:2 has joined",
                        "host reads netcode:2: may I come aboard?",
                        "guest reads local:1: welcome aboard",
                        "netcode:2 has left: The client ended the connection.")
                .anyMatch(line -> line.startsWith("host: The server stopped"));
    }

    @ProcessTest
    void playersOfTwoPortsSeeEachOther() {
        HawserProcess program = rig.example("TwoConnections");

        assertEndsWell(program);
        assertThat(program.out().lines())
                .contains(
                        "netcode:1 has joined by the public port",
                        "netcode:2 has joined by the public port",
                        "netcode:3 has joined by the crew port",
                        "1 sees 2 at 20",
                        "1 sees 3 at 30",
                        "2 sees 1 at 10",
                        "2 sees 3 at 30",
                        "3 sees 1 at 10",
                        "3 sees 2 at 20")
                .doesNotContain("1 sees 1 at 10", "2 sees 2 at 20", "3 sees 3 at 30");
    }

    @ProcessTest
    void aBannedPlayerReadsWhyAndAPlayerWhoComesBackTakesOver() {
        HawserProcess program = rig.example("AcceptHandler");

        assertEndsWell(program);
        assertThat(program.out().lines())
                .containsSubsequence(
                        "netcode:1 has joined",
                        "Ann: connected",
                        "Bob: The server denied the connection: you cheated yesterday (code 5, try"
                                + " again in 3600 s).",
                        "netcode:1 has joined",
                        "Ann elsewhere: connected")
                .doesNotContain("netcode:2 has joined")
                .anyMatch(line -> line.startsWith("Ann: The same client connected again"));
    }

    @ProcessTest
    void aChatWithoutALibraryOfSteamSaysWhatIsMissing() {
        HawserProcess program = rig.example("SteamChat", "no-such-library.so");

        assertEndsWell(program);
        assertThat(program.out()).contains("there is no file").contains("no-such-library.so");
    }

    @ProcessTest
    void playersOfSteamAndOfNetcodeChat() {
        String library = System.getProperty("hawser.steam.gns");
        assumeTrue(library != null, "set -Dhawser.steam.gns to the file of GameNetworkingSockets");
        HawserProcess program = rig.example("SteamChat", library);

        assertEndsWell(program);
        assertThat(program.out().lines())
                .contains(
                        "steam:76561197960265729 has joined",
                        "netcode:2 has joined",
                        "Ann reads netcode:2: hello, I am Ben",
                        "Ben reads steam:76561197960265729: hello, I am Ann",
                        "steam:76561197960265729 has left: The client ended the connection: bye"
                                + " (code 1001).");
    }

    private static void assertEndsWell(HawserProcess program) {
        assertThat(program.awaitExit()).as(program.out() + program.err()).isZero();
    }
}
