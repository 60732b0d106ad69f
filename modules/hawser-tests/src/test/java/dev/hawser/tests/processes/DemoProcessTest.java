package dev.hawser.tests.processes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// The demo from its first line to its exit code.
@Execution(ExecutionMode.CONCURRENT)
class DemoProcessTest {
    private static final Pattern ECHOED = Pattern.compile("8 udp clients, (\\d+) payloads echoed");

    /// After so many a client has measured its link.
    private static final int MEASURED_PACKETS = 64;

    @RegisterExtension private final ProcessRig rig = new ProcessRig();

    @ProcessTest
    void withoutOptionsEightClientsComeOverUdp() {
        HawserProcess demo = hawser("demo --seconds 3");

        ProcessRig.assertDemoEnded(demo, 8);
        assertThat(demo.out().lines())
                .anyMatch(line -> line.matches("\\d+ s: [0-8] of 8 connected.*"));
        assertThat(rows(demo, "udp")).isEqualTo(8);
        assertThat(demo.out()).doesNotContain("local", "link");
        Matcher echoed = ECHOED.matcher(demo.out());
        assertThat(echoed.find()).isTrue();
        // On a machine with much to do they may come too late to have measured anything.
        if (Integer.parseInt(echoed.group(1)) > 8 * MEASURED_PACKETS) {
            assertThat(demo.out()).contains("Measured by the clients, on average: ");
        }
    }

    @ProcessTest
    void aHostIsOnTheSameServerAsTheOthers() {
        HawserProcess demo = hawser("demo --host --clients 4 --seconds 2");

        ProcessRig.assertDemoEnded(demo, 4);
        assertThat(rows(demo, "local")).isEqualTo(1);
        assertThat(rows(demo, "udp")).isEqualTo(3);
        assertThat(demo.out())
                .contains(", 1 local client, who hosts, and 3 udp clients,")
                .containsPattern(
                        "At the server: 1 local client, [1-9]\\d* payloads echoed;"
                                + " 3 udp clients, [1-9]\\d* payloads echoed\\.");
    }

    @ProcessTest
    void aHostMayBeAloneAndHasNoLink() {
        HawserProcess demo = hawser("demo --host --clients 1 --seconds 1");

        ProcessRig.assertDemoEnded(demo, 1);
        assertThat(rows(demo, "local")).isEqualTo(1);
        assertThat(rows(demo, "udp")).isZero();
        assertThat(demo.out()).doesNotContain("link");
    }

    @ProcessTest
    void onABadLinkIsLostWhatTheLinkDrops() {
        HawserProcess demo =
                hawser(
                        "demo --clients 4 --seconds 4 --latency 40 --jitter 20 --loss 0.2 --duplicate 0.2"
                                + " --reorder 0.1 --seed 7 --host");

        ProcessRig.assertDemoEnded(demo, 4);
        assertThat(demo.out())
                .contains(
                        "The link of each udp client, each way: 40 to 60 ms on the way, 20 % lost,"
                                + " 20 % twice, 10 % held back (seed 7).")
                .containsPattern(
                        "Dropped by the links, as they were told to: [1-9]\\d* of \\d+ packets\\.")
                .containsPattern("of 4 clients well .* [1-9]\\d* lost;");
    }

    @ProcessTest
    void burstsAndANarrowLinkAreExplainedToo() {
        HawserProcess demo = hawser("demo --seconds 3 --clients 2 --burst-loss 0.2:3 --rate 4000");

        ProcessRig.assertDemoEnded(demo, 2);
        assertThat(demo.out())
                .contains(
                        "20 % lost in bursts of 3 on average, at most 4000 bytes a second (seed ");
    }

    @ProcessTest
    void wherePacketsOnlyGetLostNobodyConnectsAndTheDemoFails() {
        HawserProcess demo = hawser("demo --seconds 1 --clients 2 --loss 1 --host");

        assertThat(demo.awaitExit()).as(demo.out() + demo.err()).isEqualTo(1);
        // On a machine with much to do the client may not have waited for long enough at the end.
        assertThat(demo.out())
                .containsAnyOf(
                        "client 2: No answer from ", "client 2: It was still connecting at the end")
                .contains("1 of 2 clients well after ");
    }

    private HawserProcess hawser(String args) {
        return rig.inside(args.split(" "));
    }

    /// Also of those that a machine with much to do has not let in by the end.
    private static long rows(HawserProcess demo, String kind) {
        return demo.out()
                .lines()
                .filter(line -> line.matches("\\d+ +" + kind + " +[-\\d]+  \\w+ .*"))
                .count();
    }
}
