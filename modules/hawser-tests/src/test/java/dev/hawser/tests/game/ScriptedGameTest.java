package dev.hawser.tests.game;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.tests.game.Stage.StageKind;
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
