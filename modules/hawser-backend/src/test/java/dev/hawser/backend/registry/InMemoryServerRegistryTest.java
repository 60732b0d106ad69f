package dev.hawser.backend.registry;

import static dev.hawser.backend.registry.RegistryWorld.A;
import static dev.hawser.backend.registry.RegistryWorld.B;
import static dev.hawser.backend.registry.RegistryWorld.C;
import static dev.hawser.backend.registry.RegistryWorld.LIFETIME_SECONDS;
import static dev.hawser.backend.registry.RegistryWorld.TIMEOUT_SECONDS;
import static dev.hawser.backend.registry.RegistryWorld.names;
import static dev.hawser.backend.registry.RegistryWorld.player;
import static dev.hawser.backend.registry.RegistryWorld.server;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.online.fleet.ServerAnnouncement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InMemoryServerRegistryTest {
    private final RegistryWorld world = new RegistryWorld();

    // Choice.

    @Test
    void withoutServersNobodyIsSentAnywhere() {
        assertThat(world.reserve(player(1))).isEmpty();
    }

    @Test
    void theServerWithMostFreeSlotsComesFirst() {
        world.announce(server("small", 5));
        world.announce(server("large", 9));
        world.announce(server("full", 0));
        world.announce(server("middle", 7));

        Reservation reservation = world.reserved(player(1));

        assertThat(names(reservation)).containsExactly("large", "middle", "small");
        assertThat(reservation.clientId()).isEqualTo(1);
        assertThat(reservation.keyId()).isEqualTo(A);
        assertThat(world.registry.reservationsAt("large")).isOne();
        assertThat(world.registry.reservationsAt("middle")).isZero();
    }

    @Test
    void noMoreServersAreGivenThanAreWanted() {
        world.announce(server("a", 3));
        world.announce(server("b", 2));
        assertThat(names(world.reserved(player(1).servers(1)))).containsExactly("a");
        assertThat(names(world.reserved(player(2).servers(2)))).containsExactly("a", "b");
    }

    @Test
    void reservedSlotsCountAsTaken() {
        world.announce(server("a", 3));
        world.announce(server("b", 2));
        // a: 3 2 2 1 1, b: 2 2 1 1 0; equals go by name.
        assertThat(names(world.reserved(player(1))).getFirst()).isEqualTo("a");
        assertThat(names(world.reserved(player(2))).getFirst()).isEqualTo("a");
        assertThat(names(world.reserved(player(3))).getFirst()).isEqualTo("b");
        assertThat(names(world.reserved(player(4))).getFirst()).isEqualTo("a");
        assertThat(names(world.reserved(player(5)))).containsExactly("b");
        assertThat(world.reserve(player(6))).isEmpty();
    }

    @Test
    void thePreferredRegionComesBeforeFreeSlots() {
        world.announce(server("far", 9).in("eu"));
        world.announce(server("near", 1).in("us"));
        world.announce(server("somewhere", 5));

        assertThat(names(world.reserved(player(1).in("us"))))
                .containsExactly("near", "far", "somewhere");
        assertThat(names(world.reserved(player(2).in("us")))).startsWith("far");
        assertThat(names(world.reserved(player(3).in("asia")))).startsWith("far");
        assertThat(names(world.reserved(player(4)))).startsWith("far");
    }

    @Test
    void serversOfAnotherProtocolAreNotChosen() {
        world.announce(server("other", 9).speaks(0x78));
        assertThat(world.reserve(player(1))).isEmpty();
        world.announce(server("other", 9));
        assertThat(world.reserve(player(1))).isPresent();
    }

    @Test
    void serversThatRefuseTokensOfThisLifetimeAreNotChosen() {
        world.announce(server("strict", 9).takesTokensOf(LIFETIME_SECONDS - 1));
        world.announce(server("exact", 5).takesTokensOf(LIFETIME_SECONDS));
        world.announce(server("any", 1).takesTokensOf(0));
        assertThat(names(world.reserved(player(1)))).containsExactly("exact", "any");
    }

    // Keys.

    @Test
    void theKeyIsTheNewestThatAllChosenServersHave() {
        world.announce(server("one", 20).keys(C, B, A));
        world.announce(server("two", 8).keys(B, A));

        assertThat(world.reserved(player(1).keys(C, B, A)).keyId()).isEqualTo(B);
        assertThat(world.reserved(player(2).keys(A, B)).keyId()).isEqualTo(A);
        assertThat(world.reserved(player(3).keys(C, B, A).servers(1)).keyId()).isEqualTo(C);
    }

    @Test
    void aServerThatSharesNoKeyIsNeverChosen() {
        world.announce(server("stranger", 9).keys(C));
        world.announce(server("known", 1).keys(A));
        assertThat(names(world.reserved(player(1).keys(B, A)))).containsExactly("known");
        assertThat(world.reserve(player(2).keys(B))).isEmpty();
    }

    @Test
    void aFallbackWithoutTheKeysIsLeftOutAndTheBestServerIsNot() {
        world.announce(server("best", 9).keys(A));
        world.announce(server("new", 8).keys(B));
        world.announce(server("both", 7).keys(B, A));

        Reservation reservation = world.reserved(player(1).keys(B, A));

        assertThat(names(reservation)).containsExactly("best", "both");
        assertThat(reservation.keyId()).isEqualTo(A);
    }

    @Test
    void whileKeysAreChangedEveryChoiceHasAKeyInCommon() {
        // The service and three servers get the new key in any order.
        world.announce(server("one", 3).keys(B, A));
        world.announce(server("two", 2).keys(A));
        assertThat(world.reserved(player(1).keys(A)).keyId()).isEqualTo(A);
        assertThat(world.reserved(player(2).keys(B, A)).keyId()).isEqualTo(A);
        world.announce(server("two", 2).keys(B, A));
        assertThat(world.reserved(player(3).keys(B, A)).keyId()).isEqualTo(B);
    }

    // Servers of one address.

    @Test
    void ofServersThatKnowThemselvesByOneAddressOnlyTheBestIsInAToken() {
        // As containers do.
        world.announceAt(server("one", 5), "203.0.113.1:40000", "172.17.0.2:7777");
        world.announceAt(server("two", 9), "203.0.113.2:40000", "172.17.0.2:7777");
        world.announceAt(server("three", 7), "203.0.113.3:40000", "[::ffff:172.17.0.2]:7777");
        world.announceAt(server("four", 1), "203.0.113.4:40000", "172.17.0.3:7777");

        assertThat(names(world.reserved(player(1)))).containsExactly("two", "four");
    }

    @Test
    void aReservationOfTwoServersOfOneAddressIsRefused() {
        ServerAnnouncement one = server("one", 5).announcement();
        assertThatThrownBy(() -> new Reservation("1", 7, List.of(one, one), A))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("one and one both know themselves as 192.0.2.1:");
    }

    @Test
    void anAddressToDialIsInATokenOnce() {
        world.announceAt(server("one", 5), "203.0.113.1:40000", "10.0.0.1:7777");
        world.announceAt(server("two", 9), "203.0.113.1:40000", "10.0.0.2:7777");

        assertThat(names(world.reserved(player(1)))).containsExactly("two");
    }

    // Who comes back.

    @Test
    void aServerIsNeverFullToWhoIsConnectedThere() {
        world.announce(server("mine", 1), 7L);
        world.announce(server("mine", 0));
        assertThat(world.reserve(player(8))).isEmpty();

        assertThat(names(world.reserved(player(7)))).containsExactly("mine");
        assertThat(names(world.reserved(player(7)))).containsExactly("mine");
        assertThat(world.reserve(player(8))).isEmpty();
    }

    @Test
    void whoIsConnectedAtAFullServerIsSentThereFirst() {
        world.announce(server("mine", 0), 7L);
        world.announce(server("empty", 9));

        assertThat(names(world.reserved(player(7)))).containsExactly("mine", "empty");
        assertThat(names(world.reserved(player(8)))).containsExactly("empty");
    }

    @Test
    void whoAsksForAnotherRegionIsSentThereAndHasHisOwnServerBehindIt() {
        world.announce(server("mine", 0).in("eu"), 7L);
        world.announce(server("other", 9).in("us"));

        Reservation elsewhere = world.reserved(player(7).in("us"));
        assertThat(names(elsewhere)).containsExactly("other", "mine");
        world.release(elsewhere);
        assertThat(names(world.reserved(player(7).in("eu")))).containsExactly("mine", "other");
    }

    @Test
    void whoHasLeftHasNoPlaceAtAFullServer() {
        world.announce(server("mine", 0), 7L);
        world.announceLeft(server("mine", 1), 7L);
        world.announce(server("mine", 0), 8L);

        assertThat(world.reserve(player(7))).isEmpty();
        assertThat(world.reserve(player(8))).isPresent();
    }

    @Test
    void whoIsOnTheWayBackKeepsTheSlotThatHisOldConnectionLeaves() {
        world.announce(server("mine", 0), 7L);
        world.reserved(player(7));
        // The connection that vanished times out before the new one is made.
        world.announceLeft(server("mine", 1), 7L);

        assertThat(world.reserve(player(8))).isEmpty();
        world.announce(server("mine", 0), 7L);
        assertThat(world.registry.reservationsAt("mine")).isZero();
    }

    @Test
    void whoIsConnectedElsewhereByNowIsSentThere() {
        world.announce(server("former", 0), 7L);
        world.announce(server("mine", 0), 7L);

        assertThat(names(world.reserved(player(7)))).containsExactly("mine");
    }

    @Test
    void aServerThatIsGoneIsNobodysAnyMore() {
        world.announce(server("mine", 0), 7L);
        world.withdraw("mine");
        world.announce(server("mine", 0));
        assertThat(world.reserve(player(7))).isEmpty();
    }

    @Test
    void noMoreAreRememberedThanAServerSaysItHas() {
        for (long id = 0; id < 1000; id++) {
            world.announce(server("mine", 60), id);
        }
        world.announce(server("mine", 0));
        for (long id = 0; id < 996; id++) {
            assertThat(world.reserve(player(id))).isEmpty();
        }
        for (long id = 996; id < 1000; id++) {
            assertThat(world.reserve(player(id))).isPresent();
        }
    }

    // A clock that steps.

    @ParameterizedTest
    @ValueSource(longs = {-3600, 3600})
    void aClockThatStepsTakesNoRoomAndGivesNone(long seconds) {
        world.announce(server("strict", 2).takesTokensOf(LIFETIME_SECONDS));
        world.reserved(player(1));

        world.stepClock(seconds);

        assertThat(world.reserve(player(2))).isPresent();
        assertThat(world.reserve(player(3))).isEmpty();
        world.stepClock(-seconds);
        assertThat(world.reserve(player(3))).isEmpty();
        world.pass(10);
        world.announce(server("strict", 2).takesTokensOf(LIFETIME_SECONDS));
        world.pass(10);
        world.announce(server("strict", 2).takesTokensOf(LIFETIME_SECONDS));
        world.pass(LIFETIME_SECONDS - 20);
        assertThat(world.reserve(player(3))).isPresent();
    }

    // Reservations.

    @Test
    void whoAsksAgainKeepsOneReservationAtTheSameServer() {
        world.announce(server("a", 5));
        world.announce(server("b", 5));
        assertThat(names(world.reserved(player(1)))).startsWith("a");
        // Were it not for the player, b would be the better one by now.
        assertThat(names(world.reserved(player(2)))).startsWith("b");
        world.announce(server("b", 9));

        assertThat(names(world.reserved(player(1)))).containsExactly("a", "b");
        assertThat(world.registry.reservations()).isEqualTo(2);
        assertThat(world.registry.reservationsAt("a")).isOne();
    }

    @Test
    void theLastSlotIsGivenToItsHolderAgain() {
        world.announce(server("a", 1));
        world.reserved(player(1));
        assertThat(world.reserve(player(2))).isEmpty();
        assertThat(world.reserve(player(1))).isPresent();
        assertThat(world.reserve(player(2))).isEmpty();
    }

    @Test
    void aReservationMovesWhenTheServerIsGoneOrFullOrSpeaksSomethingElse() {
        world.announce(server("b", 1));
        for (String end : new String[] {"gone", "full", "other"}) {
            world.announce(server("a", 9));
            assertThat(names(world.reserved(player(1)))).startsWith("a");
            switch (end) {
                case "gone" -> world.withdraw("a");
                case "full" -> world.announce(server("a", 0));
                default -> world.announce(server("a", 9).speaks(0x78));
            }
            assertThat(names(world.reserved(player(1)))).as(end).containsExactly("b");
            assertThat(world.registry.reservations()).isOne();
            world.release(world.reserved(player(1)));
        }
    }

    @Test
    void whoHadToGoFarIsCalledBackWhenThereIsRoomNearby() {
        world.announce(server("near", 1).in("us"));
        world.announce(server("far", 9).in("eu"));
        world.reserved(player(1).in("us"));
        assertThat(names(world.reserved(player(2).in("us")))).startsWith("far");
        assertThat(names(world.reserved(player(2).in("us")))).startsWith("far");
        world.announce(server("near", 2).in("us"));
        assertThat(names(world.reserved(player(2).in("us")))).startsWith("near");
        assertThat(world.registry.reservationsAt("far")).isZero();
    }

    @Test
    void whoAsksInVainKeepsWhatThereWas() {
        world.announce(server("a", 1));
        Reservation kept = world.reserved(player(1));
        assertThat(world.reserve(player(1).keys(C))).isEmpty();
        assertThat(world.registry.reservationsAt("a")).isOne();
        world.release(kept);
        assertThat(world.registry.reservationsAt("a")).isZero();
    }

    @Test
    void aReservationEndsWhenItsServerSaysThatTheClientHasConnected() {
        world.announce(server("a", 5));
        world.announce(server("b", 1));
        world.reserved(player(-1));
        world.reserved(player(2));

        world.announce(server("b", 1), -1L);
        assertThat(world.registry.reservationsAt("a")).isEqualTo(2);

        world.announce(server("a", 4), -1L, 77L);
        assertThat(world.registry.reservationsAt("a")).isOne();
        assertThat(world.registry.reservations()).isOne();
    }

    @Test
    void aReservationEndsWithItsToken() {
        world.announce(server("a", 1));
        world.reserved(player(1));
        for (int i = 0; i < LIFETIME_SECONDS - 1; i++) {
            world.pass(1);
            world.announce(server("a", 1));
        }
        assertThat(world.reserve(player(2))).isEmpty();
        world.pass(1);
        assertThat(world.reserve(player(2))).isPresent();
    }

    @Test
    void aReservationThatWasAskedForAgainEndsWithTheLaterToken() {
        world.registry.configure(server("a", 1).announcement());
        world.reserved(player(1));
        world.pass(LIFETIME_SECONDS - 1);
        world.reserved(player(1));
        world.pass(LIFETIME_SECONDS - 1);
        assertThat(world.registry.reservations()).isOne();
        world.pass(1);
        assertThat(world.registry.reservations()).isZero();
    }

    @Test
    void aReleasedSlotIsFree() {
        world.announce(server("a", 1));
        Reservation reservation = world.reserved(player(1));
        world.release(reservation);
        assertThat(world.reserve(player(2))).isPresent();
        world.release(reservation);
        assertThat(world.registry.reservationsAt("a")).isOne();
    }

    @Test
    void anOldReservationReleasesNothingOfTheNewOne() {
        world.announce(server("a", 1));
        Reservation old = world.reserved(player(1));
        Reservation fresh = world.reserved(player(1));
        world.release(old);
        assertThat(world.registry.reservationsAt("a")).isOne();
        world.release(fresh);
        assertThat(world.registry.reservationsAt("a")).isZero();
    }

    // Servers that come and go.

    @Test
    void aSilentServerIsDropped() {
        world.announce(server("a", 1));
        world.reserved(player(1));
        world.pass(TIMEOUT_SECONDS - 0.001);
        assertThat(world.registry.servers()).hasSize(1);
        world.pass(0.001);
        assertThat(world.registry.servers()).isEmpty();
        assertThat(world.registry.reservations()).isZero();
        assertThat(world.reserve(player(1))).isEmpty();
    }

    @Test
    void aServerThatIsHeardStays() {
        world.announce(server("a", 1));
        for (int i = 0; i < 10; i++) {
            world.pass(TIMEOUT_SECONDS - 1);
            world.announce(server("a", 1));
        }
        assertThat(world.reserve(player(1))).isPresent();
    }

    @Test
    void aRestartedServerKeepsItsReservations() {
        world.announce(server("a", 2));
        world.reserved(player(1));
        world.announce(server("a", 3));
        assertThat(world.registry.reservationsAt("a")).isOne();
        world.reserved(player(2));
        world.reserved(player(3));
        assertThat(world.reserve(player(4))).isEmpty();
    }

    @Test
    void aServerThatWithdrawsTakesNobody() {
        world.announce(server("a", 2));
        world.reserved(player(1));
        world.withdraw("a");
        world.withdraw("a");
        world.withdraw("nobody");
        assertThat(world.reserve(player(1))).isEmpty();
        assertThat(world.registry.reservations()).isZero();
    }

    @Test
    void aConfiguredServerIsNeverSilent() {
        world.registry.configure(server("fixed", 1).announcement());
        world.pass(1e6);
        assertThat(names(world.reserved(player(1)))).containsExactly("fixed");
        world.announce(server("fixed", 5));
        world.pass(1e6);
        assertThat(world.reserve(player(2))).isPresent();
    }

    @Test
    void aServerThatAnnouncedItselfCanBeConfigured() {
        world.announce(server("a", 1));
        world.registry.configure(server("a", 2).keys(B).announcement());
        world.pass(TIMEOUT_SECONDS);
        assertThat(world.reserved(player(1).keys(B, A)).keyId()).isEqualTo(B);
    }

    @Test
    void oneServerMoreThanTheLimitIsRefusedAndThoseThatAreThereAreNot() {
        RegistryWorld small = new RegistryWorld(2);
        small.announce(server("a", 1));
        small.announce(server("b", 1));
        assertThat(small.registry.announce(server("c", 1).announcement()))
                .failsWithin(Duration.ofMinutes(2))
                .withThrowableThat()
                .withMessageContaining("server c is one more than the 2");
        small.announce(server("b", 5));
        assertThat(small.registry.servers()).hasSize(2);
        small.pass(TIMEOUT_SECONDS);
        small.announce(server("c", 1));
        assertThat(small.registry.servers()).hasSize(1);
    }

    // Client ids.

    @Test
    void aClientIdStandsForOnePlayer() {
        assertThat(world.claim(1, "alice")).isTrue();
        assertThat(world.claim(1, "alice")).isTrue();
        assertThat(world.claim(1, "bob")).isFalse();
        assertThat(world.claim(2, "bob")).isTrue();
    }

    @Test
    void theClientIdThatWasNotClaimedForLongestIsForgotten() {
        world.claim(1, "alice");
        world.claim(2, "bob");
        world.claim(3, "carol");
        world.claim(1, "alice");
        world.claim(4, "dave");
        assertThat(world.claim(1, "mallory")).isFalse();
        assertThat(world.claim(3, "mallory")).isFalse();
        assertThat(world.claim(4, "mallory")).isFalse();
        assertThat(world.claim(2, "mallory")).isTrue();
    }

    // Settings.

    @Test
    void settingsOutsideTheirLimitsAreRefused() {
        InMemoryServerRegistry.Builder builder = InMemoryServerRegistry.builder();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.serverTimeout(Duration.ofMillis(999)))
                .withMessageContaining("999 ms");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.serverTimeout(Duration.ofHours(1).plusMillis(1)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.serversMax(0))
                .withMessageContaining("serversMax is 0, but must be from 1 to 1000000");
        assertThatIllegalArgumentException().isThrownBy(() -> builder.clientIdsMax(0));
    }
}
