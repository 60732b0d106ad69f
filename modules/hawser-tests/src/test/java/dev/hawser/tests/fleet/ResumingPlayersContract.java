package dev.hawser.tests.fleet;

import static dev.hawser.tests.fleet.RegistryWorld.B;
import static dev.hawser.tests.fleet.RegistryWorld.LIFETIME_SECONDS;
import static dev.hawser.tests.fleet.RegistryWorld.LIFETIME_STEPS;
import static dev.hawser.tests.fleet.RegistryWorld.PROTOCOL;
import static dev.hawser.tests.fleet.RegistryWorld.TIMEOUT_STEPS;
import static dev.hawser.tests.fleet.RegistryWorld.names;
import static dev.hawser.tests.fleet.RegistryWorld.player;
import static dev.hawser.tests.fleet.RegistryWorld.server;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.TokenTag;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Where every registry sends players who have lost their connection and name its token.
abstract class ResumingPlayersContract {
    private static final TokenTag FIRST = new TokenTag(1, 0);
    private static final TokenTag SECOND = new TokenTag(2, 0);
    private static final TokenTag UNKNOWN = new TokenTag(9, 9);

    private final RegistryWorld world = open(100);

    abstract RegistryWorld open(int serversMax);

    @AfterEach
    void close() {
        world.close();
    }

    /// Sends player 7 to `home`, which is connected there from then on.
    private void connect() {
        world.announce(server("home", 9).in("eu"));
        world.sent(player(7), FIRST);
        world.announce(server("home", 8).in("eu"), 7L);
    }

    @Test
    void whoResumesIsSentToTheServerThatHasTheConnectionWhereverThereIsMoreRoom() {
        connect();
        world.announce(server("empty", 60).in("us"));
        assertThat(names(world.reserved(player(7)))).startsWith("empty");

        assertThat(names(world.reserved(player(7).resumes(FIRST)))).startsWith("home");
        assertThat(names(world.reserved(player(7).in("us").resumes(FIRST)))).startsWith("home");
    }

    @Test
    void whoResumesNeedsNoFreeSlotAndTakesNone() {
        connect();
        world.announce(server("home", 1).in("eu"));
        world.reserved(player(8));
        assertThat(world.reserve(player(9))).isEmpty();

        assertThat(names(world.reserved(player(7).resumes(FIRST)))).containsExactly("home");

        world.announce(server("home", 2).in("eu"));
        assertThat(world.reserve(player(9))).isPresent();
        assertThat(world.reserve(player(10))).isEmpty();
    }

    @Test
    void theTokenTellsOfAConnectionThatTheServerHasNotAnnouncedYet() {
        world.announce(server("home", 1));
        world.sent(player(7), FIRST);
        world.announce(server("home", 0));
        world.pass(LIFETIME_STEPS / 3);
        world.announce(server("home", 0));
        world.announce(server("empty", 60));

        assertThat(names(world.reserved(player(7).resumes(FIRST)))).startsWith("home");
    }

    @Test
    void aConnectionThatNoTokenIsKnownOfIsFoundByWhoIsConnected() {
        world.announce(server("home", 0), 7L);
        world.announce(server("empty", 60));

        assertThat(names(world.reserved(player(7).resumes(UNKNOWN)))).startsWith("home");
    }

    @Test
    void whoHasLeftIsSentBackToBeToldWhyAsLongAsThereIsRoom() {
        connect();
        world.announceLeft(server("home", 9).in("eu"), 7L);
        world.announce(server("empty", 60));
        assertThat(names(world.reserved(player(7).resumes(FIRST)))).startsWith("home");

        world.announce(server("home", 0).in("eu"));
        assertThat(names(world.reserved(player(7).resumes(FIRST)))).containsExactly("empty");
    }

    @Test
    void aTagThatNobodyKnowsChangesNothing() {
        world.announce(server("a", 5));
        world.announce(server("b", 9));

        assertThat(names(world.reserved(player(7).resumes(UNKNOWN)))).containsExactly("b", "a");
        assertThat(world.mayResume(7, UNKNOWN)).isTrue();
        world.announce(server("a", 0));
        world.announce(server("b", 0));
        assertThat(world.reserve(player(8).resumes(UNKNOWN))).isEmpty();
    }

    @Test
    void anotherPlayersTagGivesNeitherHisServerNorHisSlot() {
        connect();
        world.announce(server("home", 0).in("eu"));
        assertThat(world.reserve(player(8).resumes(FIRST))).isEmpty();
        assertThat(world.mayResume(8, FIRST)).isFalse();
        assertThat(world.mayResume(7, FIRST)).isTrue();

        world.announce(server("empty", 60));
        assertThat(names(world.reserved(player(8).resumes(FIRST)))).containsExactly("empty");
    }

    @Test
    void aTagThatIsNamedAgainGivesTheSameServerAndOneReservation() {
        connect();
        world.announce(server("empty", 60));
        for (int attempt = 0; attempt < 20; attempt++) {
            var reservation = world.sent(player(7).resumes(FIRST), new TokenTag(100 + attempt, 0));
            assertThat(names(reservation)).startsWith("home");
        }
        assertThat(world.reservedAt("home") + world.reservedAt("empty")).isZero();
    }

    @Test
    void aServerThatIsGoneOrDoesNotFitIsLeftForAnother() {
        connect();
        world.announce(server("empty", 60));
        world.announce(server("home", 9).speaks(PROTOCOL + 1), 7L);
        assertThat(names(world.reserved(player(7).resumes(FIRST)))).containsExactly("empty");
        world.announce(server("home", 9).keys(B), 7L);
        assertThat(names(world.reserved(player(7).resumes(FIRST)))).containsExactly("empty");
        world.announce(server("home", 9).takesTokensOf(LIFETIME_SECONDS - 1), 7L);
        assertThat(names(world.reserved(player(7).resumes(FIRST)))).containsExactly("empty");
        world.announce(server("home", 9), 7L);
        assertThat(names(world.reserved(player(7).resumes(FIRST)))).startsWith("home");

        world.withdraw("home");
        assertThat(names(world.reserved(player(7).resumes(FIRST)))).containsExactly("empty");
    }

    @Test
    void aServerThatWasSilentAndIsBackHasItsPlayersAgain() {
        connect();
        world.announce(server("empty", 60));
        world.pass(TIMEOUT_STEPS - 1);
        world.announce(server("empty", 60));
        world.pass(1);
        assertThat(names(world.reserved(player(7).resumes(FIRST)))).containsExactly("empty");

        // It reports no free slot as long as it refuses tokens from before its start.
        world.announce(server("home", 0));
        assertThat(names(world.reserved(player(7).resumes(FIRST)))).startsWith("home");
    }

    @Test
    void theDeviceThatWakesIsSentToWhereItWasReplaced() {
        connect();
        world.announce(server("home", 8));
        world.announce(server("phone", 60));
        assertThat(names(world.sent(player(7), SECOND))).startsWith("phone");
        // The phone is on its way, and the laptop's connection is what it was.
        assertThat(names(world.reserved(player(7).resumes(FIRST)))).startsWith("home");

        world.announce(server("phone", 0), 7L);

        assertThat(names(world.reserved(player(7).resumes(FIRST)))).startsWith("phone");
        assertThat(names(world.reserved(player(7).resumes(SECOND)))).startsWith("phone");
    }

    @Test
    void aPlayerWhoAsksWithoutEndForgetsOnlyHisOwnTokens() {
        connect();
        for (int i = 0; i < 300; i++) {
            world.sent(player(8), new TokenTag(1000 + i, 0));
        }
        world.announceLeft(server("home", 9), 7L);
        world.announce(server("empty", 60));
        assertThat(names(world.reserved(player(7).resumes(FIRST)))).startsWith("home");
        assertThat(world.mayResume(7, new TokenTag(1299, 0))).isFalse();
        assertThat(world.mayResume(7, new TokenTag(1000, 0))).isTrue();
    }
}
