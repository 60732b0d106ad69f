package dev.hawser.tests.game;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.tests.game.Stage.StageKind;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A game must not be able to tell what carries it: the same script over every kind of connection
/// is seen the same way by everybody.
class ScriptedGameTest {
    private static final List<String> SERVER =
            List.of(
                    "request Ann 1",
                    "connect Ann 1",
                    "Ann: is anybody here?",
                    "request Ben 2",
                    "connect Ben 2",
                    "Ben: one",
                    "Ben: two",
                    "Ben: three",
                    "to all: sent to 2",
                    "to all but Ann: sent to 1",
                    "request Mallory 13",
                    "request Cid 14",
                    "still deciding about Cid: Connecting[]",
                    "connect Cid 14",
                    "request Cid again 14",
                    "disconnect Cid Replaced[]",
                    "connect Cid again 14",
                    "Cid again: sorry",
                    "to Ben after the kick: NOT_CONNECTED",
                    "disconnect Ben ServerEnded[stated=StatedReason[code=1002,"
                            + " retryAfterSeconds=30, text=too loud]]",
                    "Ann: last words",
                    "disconnect Ann ClientLeft[stated=StatedReason[code=1001,"
                            + " retryAfterSeconds=0, text=dinner]]",
                    "disconnect Cid again ServerStopped[stated=StatedReason[code=4,"
                            + " retryAfterSeconds=0, text=the server has stopped]]");

    private static final List<String> SERVER_WITH_LOSSES =
            List.of(
                    "request Ann 1",
                    "connect Ann 1",
                    "request Ben 2",
                    "connect Ben 2",
                    "Ann: before",
                    "suspend Ann",
                    "resume Ann",
                    "Ann: after",
                    "to all: sent to 2",
                    "suspend Ben",
                    "resume Ben",
                    "suspend Ann",
                    "resume Ann",
                    "Ben: both are back",
                    "disconnect Ben ServerEnded[stated=StatedReason[code=1002,"
                            + " retryAfterSeconds=30, text=too loud]]",
                    "disconnect Ann ClientLeft[stated=StatedReason[code=1001,"
                            + " retryAfterSeconds=0, text=dinner]]");

    @ParameterizedTest
    @EnumSource
    void theServerSeesTheSameEventsInTheSameOrder(StageKind kind) throws Exception {
        try (ScriptedGame game = new ScriptedGame(kind)) {
            game.play();
            assertThat(game.seen.get("server")).containsExactlyElementsOf(SERVER);
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyPlayerSeesTheSameEventsInTheSameOrder(StageKind kind) throws Exception {
        try (ScriptedGame game = new ScriptedGame(kind);
                ScriptedGame model = new ScriptedGame(StageKind.MEMORY)) {
            model.play();
            game.play();
            assertThat(game.seen).isEqualTo(model.seen);
        }
    }

    /// Those whose connections are netcode's, alone and together.
    @ParameterizedTest
    @EnumSource(names = {"MEMORY", "UDP", "MULTI", "WEB_TRANSPORT", "WEB_SOCKET", "MULTI_WITH_WEB"})
    void whoIsLostComesBackOverEveryKind(StageKind kind) throws Exception {
        try (ScriptedGame game = new ScriptedGame(kind)) {
            game.playWithLosses();
            assertThat(withoutRepeatedReturns(game.seen.get("server")))
                    .containsExactlyElementsOf(SERVER_WITH_LOSSES);
            assertThat(game.seen.get("Ann"))
                    .containsExactly(
                            "connecting",
                            "connected",
                            "says before: SENT",
                            "resuming",
                            "connected",
                            "says after: SENT",
                            "received to all",
                            "resuming",
                            "connected",
                            "disconnected ClientLeft[stated=StatedReason[code=1001,"
                                    + " retryAfterSeconds=0, text=dinner]]");
        }
    }

    /// A dial that has not ended within its second is given up for another one. On a busy machine
    /// the server may have seated the player by then, who then comes back to it once more.
    private static List<String> withoutRepeatedReturns(List<String> events) {
        List<String> once = new ArrayList<>();
        for (String event : events) {
            once.add(event);
            int size = once.size();
            if (event.startsWith("resume ")
                    && size >= 4
                    && once.subList(size - 2, size).equals(once.subList(size - 4, size - 2))) {
                once.subList(size - 2, size).clear();
            }
        }
        return once;
    }

    @Test
    void aRefusedPlayerReadsWhyAndForHowLong() throws Exception {
        try (ScriptedGame game = new ScriptedGame(StageKind.MULTI)) {
            game.play();
            assertThat(game.seen.get("Mallory"))
                    .containsExactly(
                            "connecting",
                            "disconnected Denied[stated=StatedReason[code=5,"
                                    + " retryAfterSeconds=60, text=cheating]]");
        }
    }
}
