package dev.hawser.benchmarks.chaos.verdict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.benchmarks.chaos.verdict.HistoryCheck.Claim;
import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.ClassEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Each claim finds what breaks it, and nothing else does; and what is allowed is no finding.
class HistoryCheckTest {
    private final List<String> lines = new ArrayList<>();

    HistoryCheckTest() {
        lines.add("0 setting heartbeatSeconds=5 slots=2");
        for (int server = 0; server < 2; server++) {
            lines.add("0 started server=" + server + " start=1 address=127.0.0.1:4000" + server);
        }
    }

    /// @param seconds since the beginning
    private void at(double seconds, String event) {
        lines.add((long) (seconds * Span.SECOND) + " " + event);
    }

    private void using(double seconds, String device, String id, String tag, int port) {
        at(seconds, "using dev=" + device + " id=" + id + " tag=" + tag + " port=" + port);
    }

    private void seated(double seconds, int server, String id, int port) {
        at(seconds, "seated server=" + server + " start=1 id=" + id + " port=" + port);
    }

    private void gone(double seconds, int server, String id) {
        at(seconds, "disconnected server=" + server + " start=1 id=" + id);
    }

    private void fault(double from, double to, String kind, int target) {
        at(from, "begin kind=" + kind + " target=" + target);
        at(to, "end kind=" + kind + " target=" + target);
    }

    private void connected(double seconds, String device, int server) {
        at(seconds, "connected dev=" + device + " server=127.0.0.1:4000" + server);
    }

    private HistoryCheck.Verdict verdict() {
        return HistoryCheck.judge(lines);
    }

    private void assertWell() {
        assertThat(verdict().lines()).satisfies(_ -> assertThat(verdict().isWell()).isTrue());
    }

    private void assertBroken(Claim broken, String words) {
        verdict()
                .found()
                .forEach((claim, findings) -> {
                    if (claim == broken) {
                        assertThat(findings).singleElement().asString().contains(words);
                    } else {
                        assertThat(findings).as(claim.toString()).isEmpty();
                    }
                });
    }

    // ---- TOKEN_ONCE

    @Test
    void aTokenThatIsUsedAtTwoServersIsFound() {
        using(1, "a", "7", "t", 1);
        using(1, "thief", "", "t", 2);
        seated(2, 0, "7", 1);
        gone(3, 0, "7");
        seated(4, 1, "7", 2);

        assertBroken(Claim.TOKEN_ONCE, "token t of player 7 is used at server 1 (start 1)");
    }

    @Test
    void aTokenThatIsUsedAtTwoStartsOfAServerIsFound() {
        using(1, "a", "7", "t", 1);
        seated(2, 0, "7", 1);
        at(3, "dead server=0 start=1");
        at(4, "seated server=0 start=2 id=7 port=1");

        assertBroken(Claim.TOKEN_ONCE, "server 0 (start 2), and was at server 0 (start 1)");
    }

    @Test
    void aTokenOfTheLastUnreplicatedMomentIsCountedAndNotFound() {
        using(1, "a", "7", "t", 1);
        seated(2, 0, "7", 1);
        gone(2.5, 0, "7");
        fault(2.1, 4, "store-kill", 0);
        at(3.5, "failover");
        seated(5, 1, "7", 1);

        assertWell();
        assertThat(verdict().figures())
                .contains("tokens used twice in a failover's last unreplicated moment 1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"seconds before", "without a failover"})
    void aStoreThatIsKilledExcusesNothingElse(String why) {
        using(1, "a", "7", "t", 1);
        seated(2, 0, "7", 1);
        gone(2.5, 0, "7");
        if (why.equals("seconds before")) {
            fault(5, 6, "store-kill", 0);
            at(5.5, "failover");
        } else {
            fault(2.1, 4, "store-kill", 0);
        }
        seated(7, 1, "7", 1);

        assertBroken(Claim.TOKEN_ONCE, "token t");
    }

    @Test
    void anotherTokenByTheSamePortIsAnotherOne() {
        using(1, "a", "7", "t", 1);
        seated(2, 0, "7", 1);
        gone(3, 0, "7");
        using(4, "a", "7", "u", 1);
        seated(5, 1, "7", 1);

        assertWell();
    }

    // ---- CAPACITY

    @Test
    void aPlayerTooManyIsFound() {
        seated(1, 0, "1", 1);
        seated(2, 0, "2", 2);
        seated(3, 0, "3", 3);

        assertBroken(Claim.CAPACITY, "server 0 has 3 players in 2 slots");
    }

    @Test
    void aSlotThatIsKeptCounts() {
        seated(1, 0, "1", 1);
        at(2, "suspended server=0 start=1 id=1");
        seated(3, 0, "2", 2);
        seated(4, 0, "3", 3);

        assertBroken(Claim.CAPACITY, "3 players");
    }

    @Test
    void fullServersAreWell() {
        seated(1, 0, "1", 1);
        at(2, "suspended server=0 start=1 id=1");
        seated(3, 0, "2", 2);
        at(4, "resumed server=0 start=1 id=1 port=1");
        gone(5, 0, "2");
        seated(6, 0, "3", 3);
        at(7, "dead server=0 start=1");
        at(8, "seated server=0 start=2 id=8 port=8");

        assertWell();
    }

    // ---- PRESENT_ONCE

    @Test
    void aPlayerAtTwoServersIsFound() {
        seated(1, 0, "7", 1);
        seated(2, 1, "7", 2);
        gone(9.1, 0, "7");

        assertBroken(Claim.PRESENT_ONCE, "player 7 is at server 1 (start 1), and for 7.1 s");
    }

    @Test
    void aPlayerAtTwoServersForAHeartbeatIsWell() {
        seated(1, 0, "7", 1);
        seated(2, 1, "7", 2);
        gone(8.9, 0, "7");

        assertWell();
    }

    @Test
    void whoCannotBeToldIsGivenTime() {
        seated(1, 0, "7", 1);
        seated(2, 1, "7", 2);
        fault(7, 15, "server-cut", 0);
        gone(26, 0, "7");

        assertWell();
    }

    @Test
    void whoCouldHaveBeenToldBetweenFaultsIsFound() {
        seated(1, 0, "7", 1);
        seated(2, 1, "7", 2);
        fault(7, 8, "store-kill", 0);
        gone(21, 0, "7");

        assertBroken(Claim.PRESENT_ONCE, "for 8.0 s undisturbed");
    }

    @Test
    void whatHappensToAThirdServerExcusesNothing() {
        seated(1, 0, "7", 1);
        seated(2, 1, "7", 2);
        fault(3, 20, "server-cut", 2);
        gone(20, 0, "7");

        assertBroken(Claim.PRESENT_ONCE, "player 7");
    }

    // ---- BAN_ACTS

    @Test
    void whoGetsInBannedIsFound() {
        at(1, "banning id=7");
        at(2, "banned id=7");
        seated(5, 0, "7", 1);
        gone(6, 0, "7");

        assertBroken(Claim.BAN_ACTS, "player 7, banned since 2000000000, gets in");
    }

    @Test
    void whoStaysBannedIsFound() {
        seated(1, 0, "7", 1);
        at(2, "banning id=7");
        at(3, "banned id=7");
        gone(11, 0, "7");

        assertBroken(Claim.BAN_ACTS, "is still at server 0 (start 1) for 8.0 s");
    }

    @Test
    void bansThatActAreWell() {
        seated(1, 0, "7", 1);
        at(2, "banning id=7");
        at(3, "banned id=7");
        // Was admitted just before.
        seated(4, 0, "8", 2);
        at(3.5, "banning id=8");
        at(3.6, "banned id=8");
        gone(9, 0, "7");
        gone(9, 0, "8");
        at(12, "unbanning id=7");
        at(13, "unbanned id=7");
        seated(14, 0, "7", 1);

        assertWell();
    }

    // ---- STAYS

    @Test
    void whoLosesTheConnectionIsFound() {
        at(1, "wish dev=a");
        using(1, "a", "7", "t", 1);
        connected(2, "a", 0);
        at(9, "ended dev=a reason=TimedOut");

        assertBroken(Claim.STAYS, "a (player 7) loses its connection to server 0: ended TimedOut");
    }

    @Test
    void whoResumesHasLostTheConnectionToo() {
        at(1, "wish dev=a");
        connected(2, "a", 0);
        at(3, "dead server=1 start=1");
        at(9, "resuming dev=a");

        assertBroken(Claim.STAYS, "loses its connection to server 0: resuming");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "dead server=0 start=1",
                "banning id=7",
                "using dev=b id=7 tag=u port=2",
                "using dev=thief id= tag=t port=2"
            })
    void whoHasAReasonMayLoseTheConnection(String reason) {
        at(1, "wish dev=a");
        using(1, "a", "7", "t", 1);
        connected(2, "a", 0);
        at(5, reason);
        at(6, "ended dev=a reason=Replaced");
        connected(7, "a", 0);

        assertThat(verdict().found().get(Claim.STAYS)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "using dev=a id=7 tag=u port=2",
                "using dev=b id=8 tag=u port=2",
                "using dev=thief id= tag=of-nobody port=2"
            })
    void whatHasNothingToDoWithItIsNoReason(String reason) {
        at(1, "wish dev=a");
        using(1, "a", "7", "t", 1);
        connected(2, "a", 0);
        at(5, reason);
        at(6, "ended dev=a reason=Replaced");
        connected(7, "a", 0);

        assertBroken(Claim.STAYS, "ended Replaced");
    }

    // ---- BACK

    @Test
    void whoIsNotBackIsFound() {
        at(1, "wish dev=a");
        at(10, "calm");
        connected(13.1, "a", 0);
        at(16, "storm");

        assertBroken(Claim.BACK, "a (player ) is without a server for 3.1 s");
    }

    @Test
    void whoIsBackInTimeIsWell() {
        at(1, "wish dev=a");
        at(10, "calm");
        connected(12.9, "a", 0);
        at(14, "wish dev=b");
        at(14, "wish dev=1.2.c");
        at(15, "leaves dev=b");
        at(15, "gone process=1.2");
        at(20, "storm");
        at(21, "wish dev=b");
        at(40, "calm");
        connected(41, "b", 0);
        at(50, "over");

        assertWell();
    }

    @Test
    void whoIsBannedIsNotWaitedForAlsoInANewProcess() {
        at(1, "wish dev=0.1.12");
        using(1, "0.1.12", "7", "t", 1);
        at(2, "gone process=0.1");
        at(3, "banning id=7");
        at(4, "wish dev=0.2.12b");
        at(5, "calm");
        at(11, "storm");

        assertWell();
    }

    // ---- A machine that has no time

    @Test
    void whatTakesLongWithoutAProcessorIsCountedAndNotFound() {
        at(1, "wish dev=a");
        connected(2, "a", 0);
        at(9, "ended dev=a reason=TimedOut");
        at(10, "stalled since=" + 4 * Span.SECOND);
        at(11, "calm");
        at(17, "storm");

        assertWell();
        assertThat(verdict().figures())
                .contains(
                        "moments without a processor 1, and what is not judged because of them 2");
    }

    @Test
    void whatIsFarFromSuchAMomentIsFound() {
        at(1, "wish dev=a");
        connected(2, "a", 0);
        at(9, "ended dev=a reason=TimedOut");
        connected(9, "a", 0);
        at(23, "stalled since=" + 16 * Span.SECOND);

        assertBroken(Claim.STAYS, "TimedOut");
    }

    // ---- The checker itself

    @Test
    void whatIsNoHistoryIsRefused() {
        at(1, "seated nonsense");

        assertThatThrownBy(this::verdict)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("nonsense");
        assertThatThrownBy(() -> HistoryCheck.judge(List.of("1 calm")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("setting");
    }

    @Test
    void itSharesNoCodeWithTheProduct() throws IOException {
        for (Class<?> each :
                List.of(
                        HistoryCheck.class,
                        Event.class,
                        Seats.class,
                        Seat.class,
                        Troubles.class,
                        Devices.class,
                        Bans.class,
                        Span.class)) {
            try (InputStream bytes = each.getResourceAsStream(each.getSimpleName() + ".class")) {
                assertThat(bytes).isNotNull();
                assertThat(
                                StreamSupport.stream(
                                                ClassFile.of()
                                                        .parse(bytes.readAllBytes())
                                                        .constantPool()
                                                        .spliterator(),
                                                false)
                                        .filter(ClassEntry.class::isInstance)
                                        .map(entry -> ((ClassEntry) entry).asInternalName()))
                        .allMatch(name ->
                                name.contains("java/")
                                        || name.contains("benchmarks/chaos/verdict/"));
            }
        }
    }
}
