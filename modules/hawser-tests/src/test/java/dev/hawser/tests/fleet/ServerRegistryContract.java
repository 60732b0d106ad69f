package dev.hawser.tests.fleet;

import static dev.hawser.tests.fleet.RegistryWorld.A;
import static dev.hawser.tests.fleet.RegistryWorld.B;
import static dev.hawser.tests.fleet.RegistryWorld.C;
import static dev.hawser.tests.fleet.RegistryWorld.LIFETIME_SECONDS;
import static dev.hawser.tests.fleet.RegistryWorld.LIFETIME_STEPS;
import static dev.hawser.tests.fleet.RegistryWorld.TIMEOUT_STEPS;
import static dev.hawser.tests.fleet.RegistryWorld.names;
import static dev.hawser.tests.fleet.RegistryWorld.player;
import static dev.hawser.tests.fleet.RegistryWorld.server;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.backend.registry.Announced;
import dev.hawser.backend.registry.ListedServer;
import dev.hawser.backend.registry.Reservation;
import dev.hawser.backend.registry.ServerStart;
import dev.hawser.online.fleet.ServerAnnouncement;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.TokenTag;
import java.time.Duration;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What every registry of game servers does: which server a player gets, for how long, and which
/// server has a name.
abstract class ServerRegistryContract {
    private final RegistryWorld world = open(100);

    abstract RegistryWorld open(int serversMax);

    @AfterEach
    void close() {
        world.close();
    }

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
        assertThat(world.reservedAt("large")).isOne();
        assertThat(world.reservedAt("middle")).isZero();
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
        assertThat(world.reservedAt("mine")).isZero();
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
        for (long id = 0; id < 200; id++) {
            world.announce(server("mine", 60), id);
        }
        world.announce(server("mine", 0));
        for (long id = 0; id < 196; id++) {
            assertThat(world.reserve(player(id))).isEmpty();
        }
        for (long id = 196; id < 200; id++) {
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
        world.pass(LIFETIME_STEPS - 20);
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
        assertThat(world.reservedAt("a")).isOne();
        assertThat(world.reservedAt("b")).isOne();
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
            assertThat(world.reservedAt("b")).isOne();
            assertThat(world.reservedAt("a")).isZero();
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
        assertThat(world.reservedAt("far")).isZero();
    }

    @Test
    void whoAsksInVainKeepsWhatThereWas() {
        world.announce(server("a", 1));
        Reservation kept = world.reserved(player(1));
        assertThat(world.reserve(player(1).keys(C))).isEmpty();
        assertThat(world.reservedAt("a")).isOne();
        world.release(kept);
        assertThat(world.reservedAt("a")).isZero();
    }

    @Test
    void aReservationEndsWhenItsServerSaysThatTheClientHasConnected() {
        world.announce(server("a", 5));
        world.announce(server("b", 1));
        world.reserved(player(-1));
        world.reserved(player(2));

        world.announce(server("b", 1), -1L);
        assertThat(world.reservedAt("a")).isEqualTo(2);

        world.announce(server("a", 4), -1L, 77L);
        assertThat(world.reservedAt("a")).isOne();
    }

    @Test
    void aReservationEndsWithItsToken() {
        world.announce(server("a", 1));
        world.reserved(player(1));
        for (int i = 0; i < LIFETIME_STEPS - 1; i++) {
            world.pass(1);
            world.announce(server("a", 1));
        }
        assertThat(world.reserve(player(2))).isEmpty();
        world.pass(1);
        assertThat(world.reserve(player(2))).isPresent();
    }

    @Test
    void aReservationThatWasAskedForAgainEndsWithTheLaterToken() {
        world.announce(server("a", 1));
        world.reserved(player(1));
        for (int i = 0; i < 2 * (LIFETIME_STEPS - 1); i++) {
            if (i == LIFETIME_STEPS - 1) {
                world.reserved(player(1));
            }
            world.pass(1);
            world.announce(server("a", 1));
        }
        assertThat(world.reserve(player(2))).isEmpty();
        world.pass(1);
        assertThat(world.reserve(player(2))).isPresent();
    }

    @Test
    void aReleasedSlotIsFree() {
        world.announce(server("a", 1));
        Reservation reservation = world.reserved(player(1));
        world.release(reservation);
        assertThat(world.reserve(player(2))).isPresent();
        world.release(reservation);
        assertThat(world.reservedAt("a")).isOne();
    }

    @Test
    void anOldReservationReleasesNothingOfTheNewOne() {
        world.announce(server("a", 1));
        Reservation old = world.reserved(player(1));
        Reservation fresh = world.reserved(player(1));
        world.release(old);
        assertThat(world.reservedAt("a")).isOne();
        world.release(fresh);
        assertThat(world.reservedAt("a")).isZero();
    }

    // Servers that come and go.

    @Test
    void aSilentServerIsDropped() {
        world.announce(server("a", 1));
        world.reserved(player(1));
        world.pass(TIMEOUT_STEPS - 1);
        assertThat(world.servers()).hasSize(1);
        world.pass(1);
        assertThat(world.servers()).isEmpty();
        assertThat(world.reserve(player(1))).isEmpty();
        world.announce(server("a", 1));
        assertThat(world.reserve(player(2))).isPresent();
    }

    @Test
    void aServerThatIsHeardStays() {
        world.announce(server("a", 1));
        for (int i = 0; i < 10; i++) {
            world.pass(TIMEOUT_STEPS - 1);
            world.announce(server("a", 1));
        }
        assertThat(world.reserve(player(1))).isPresent();
    }

    @Test
    void aRestartedServerKeepsItsReservations() {
        world.announce(server("a", 2));
        world.reserved(player(1));
        world.announce(server("a", 3));
        assertThat(world.reservedAt("a")).isOne();
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
        world.announce(server("a", 1));
        assertThat(world.reserve(player(2))).isPresent();
    }

    @Test
    void oneServerMoreThanTheLimitIsRefusedAndThoseThatAreThereAreNot() {
        try (RegistryWorld small = open(2)) {
            small.announce(server("a", 1));
            small.announce(server("b", 1));
            assertThat(small.registry().announce(server("c", 1).announcing().build()))
                    .failsWithin(Duration.ofMinutes(10))
                    .withThrowableThat()
                    .withMessageContaining("server c is one more than the 2");
            small.announce(server("b", 5));
            assertThat(small.servers()).hasSize(2);
            small.pass(TIMEOUT_STEPS);
            small.announce(server("c", 1));
            assertThat(small.servers()).hasSize(1);
        }
    }

    @Test
    void serversAreListedInPartsWithAllThatTheySaid() {
        for (int i = 0; i < 10; i++) {
            world.announce(server("s" + i, i).in("eu").keys(C, A).takesTokensOf(77777));
        }
        world.reserved(player(1).keys(C).servers(1));
        world.pass(1);
        assertThat(world.servers())
                .extracting(server -> server.announcement().serverId())
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, 10).mapToObj(i -> "s" + i).toList());
        assertThat(world.reservedAt("s9")).isOne();
        ListedServer one = RegistryWorld.join(world.registry().find("s3")).orElseThrow();
        assertThat(one.announcement())
                .usingRecursiveComparison()
                .isEqualTo(
                        server("s3", 3)
                                .in("eu")
                                .keys(C, A)
                                .takesTokensOf(77777)
                                .announcing()
                                .build());
        assertThat(one.isDraining()).isFalse();
        assertThat(one.silentSeconds())
                .isBetween(RegistryWorld.STEP_SECONDS - 1, RegistryWorld.STEP_SECONDS + 99);
        assertThat(RegistryWorld.join(world.registry().find("nobody"))).isEmpty();
    }

    // Starts.

    private static final String FIRST = "01900000000070008000000000000001";
    private static final String SECOND = "01900000000170008000000000000002";
    private static final String THIRD = "01900000000270008000000000000003";

    @Test
    void anAnnouncementThatWasOvertakenChangesNothing() {
        assertThat(world.tell(server("a", 5).announcing(FIRST, 2)))
                .isEqualTo(new Announced.Taken());
        assertThat(world.tell(server("a", 9).announcing(FIRST, 1)))
                .isEqualTo(new Announced.Overtaken());
        assertThat(freeSlots("a")).isEqualTo(5);
        assertThat(world.tell(server("a", 4).announcing(FIRST, 3)))
                .isEqualTo(new Announced.Taken());
        assertThat(freeSlots("a")).isEqualTo(4);
    }

    /// The answer was lost, say. Whether it is taken again or was overtaken by itself is the same.
    @Test
    void anAnnouncementThatComesTwiceChangesNothingMore() {
        world.tell(server("a", 5).announcing(FIRST, 6));
        world.reserved(player(-1));
        world.reserved(player(2));
        for (int i = 0; i < 2; i++) {
            assertThat(world.tell(server("a", 5).announcing(FIRST, 7).connectedSince(Set.of(-1L))))
                    .isNotInstanceOf(Announced.OfAnother.class);
            assertThat(freeSlots("a")).isEqualTo(5);
            assertThat(world.reservedAt("a")).isOne();
        }
    }

    @Test
    void aWithdrawalIsNotUndoneByWhatItHasOvertaken() {
        world.tell(server("a", 5).announcing(FIRST, 2));
        RegistryWorld.join(world.registry().withdraw(new ServerStart("a", FIRST), 4));
        assertThat(world.servers()).isEmpty();
        assertThat(world.tell(server("a", 5).announcing(FIRST, 3)))
                .isEqualTo(new Announced.Overtaken());
        assertThat(world.servers()).isEmpty();
        assertThat(world.tell(server("a", 5).announcing(FIRST, 5)))
                .isEqualTo(new Announced.Taken());
    }

    @Test
    void aWithdrawalThatWasOvertakenOrIsOfAnotherStartTakesNothing() {
        world.tell(server("a", 5).announcing(FIRST, 2));
        RegistryWorld.join(world.registry().withdraw(new ServerStart("a", FIRST), 1));
        RegistryWorld.join(world.registry().withdraw(new ServerStart("a", SECOND), 9));
        assertThat(world.servers()).hasSize(1);
        RegistryWorld.join(world.registry().withdraw(new ServerStart("a", FIRST), 3));
        assertThat(world.servers()).isEmpty();
    }

    @Test
    void aNewStartHasTheNameAtOnceAndWhatIsLateOfTheFormerOneChangesNothing() {
        world.tell(server("a", 5).announcing(FIRST, 7));
        assertThat(world.tell(server("a", 9).announcing(SECOND, 1)))
                .isEqualTo(new Announced.Taken());
        assertThat(world.tell(server("a", 5).announcing(FIRST, 7)))
                .isEqualTo(new Announced.Overtaken());
        assertThat(world.tell(server("a", 5).announcing(FIRST, 6)))
                .isEqualTo(new Announced.Overtaken());
        assertThat(freeSlots("a")).isEqualTo(9);
    }

    @Test
    void ofTwoServersOfOneNameTheFormerKeepsItAndTheNewcomerIsToldSo() {
        world.tell(server("a", 5).announcing(FIRST, 1));
        world.tell(other("a").startId(SECOND).sequence(1));
        assertThat(world.tell(server("a", 5).announcing(FIRST, 2)))
                .isEqualTo(new Announced.Taken());
        assertThat(world.tell(other("a").startId(SECOND).sequence(2)))
                .isEqualTo(
                        new Announced.OfAnother(
                                server("a", 5).announcing().build().publicAddress()));
        assertThat(freeSlots("a")).isEqualTo(5);
        // As long as it asks, and the other one is heard.
        world.pass(TIMEOUT_STEPS - 1);
        world.tell(server("a", 5).announcing(FIRST, 3));
        world.tell(other("a").startId(SECOND).sequence(3));
        world.pass(TIMEOUT_STEPS - 1);
        assertThat(world.tell(other("a").startId(SECOND).sequence(4)))
                .isInstanceOf(Announced.OfAnother.class);
        world.pass(1);
        assertThat(world.tell(other("a").startId(SECOND).sequence(5)))
                .isEqualTo(new Announced.Taken());
    }

    @Test
    void aStartThatIsOlderThanTheOneThatHasTheNameIsLate() {
        world.tell(server("a", 5).announcing(SECOND, 1));
        assertThat(world.tell(server("a", 9).announcing(FIRST, 1)))
                .isInstanceOf(Announced.OfAnother.class);
        assertThat(freeSlots("a")).isEqualTo(5);
        assertThat(world.tell(server("a", 9).announcing(THIRD, 1)))
                .isEqualTo(new Announced.Taken());
    }

    private ServerAnnouncement.Builder other(String id) {
        return server(id, 9).announcing().publicAddress(NetAddress.parse("192.0.2.99:9999"));
    }

    private int freeSlots(String id) {
        return RegistryWorld.join(world.registry().find(id))
                .orElseThrow()
                .announcement()
                .freeSlots();
    }

    // Drains.

    @Test
    void aServerThatIsDrainedIsOfferedToNobodyUntilItIsStartedAnew() {
        world.tell(server("a", 5).announcing(FIRST, 1));
        assertThat(RegistryWorld.join(world.registry().drain("a")))
                .contains(new ServerStart("a", FIRST));
        assertThat(RegistryWorld.join(world.registry().drain("nobody"))).isEmpty();
        assertThat(world.reserve(player(1))).isEmpty();
        world.tell(server("a", 6).announcing(FIRST, 2));
        assertThat(world.reserve(player(1))).isEmpty();
        assertThat(world.servers()).extracting(ListedServer::isDraining).containsExactly(true);

        world.tell(server("a", 6).announcing(SECOND, 1));
        assertThat(world.reserve(player(1))).isPresent();
        // It has its name back, and its drain.
        world.tell(server("a", 6).announcing(FIRST, 3));
        assertThat(world.reserve(player(2))).isEmpty();
    }

    @Test
    void whoResumesIsNotSentToADrainedServerEither() {
        TokenTag tag = new TokenTag(1, -1);
        world.announce(server("home", 5));
        world.sent(player(7), tag);
        world.announce(server("home", 4), 7L);
        world.announce(server("empty", 60));
        assertThat(names(world.reserved(player(7).resumes(tag)))).startsWith("home");
        RegistryWorld.join(world.registry().drain("home"));

        assertThat(names(world.reserved(player(7)))).containsExactly("empty");
        assertThat(names(world.reserved(player(7).resumes(tag)))).containsExactly("empty");
        assertThat(names(world.reserved(player(8).resumes(tag)))).containsExactly("empty");
        world.announce(server("home", 0));
        assertThat(names(world.reserved(player(7).resumes(tag)))).containsExactly("empty");
    }

    @Test
    void aServerThatSaysThatItDrainsIsOfferedToNobody() {
        TokenTag tag = new TokenTag(1, -1);
        world.announce(server("home", 5));
        world.sent(player(7), tag);
        world.announce(server("home", 4), 7L);
        world.announce(server("empty", 60));
        world.tell(server("home", 4).announcing().draining(true));

        assertThat(names(world.reserved(player(7).resumes(tag)))).containsExactly("empty");
        assertThat(names(world.reserved(player(8)))).containsExactly("empty");
        assertThat(world.servers())
                .filteredOn(ListedServer::isDraining)
                .extracting(server -> server.announcement().serverId())
                .containsExactly("home");
        // It has thought better of it.
        world.tell(server("home", 50).announcing());
        assertThat(names(world.reserved(player(7).resumes(tag)))).startsWith("home");
    }

    // Client ids.

    @Test
    void aClientIdStandsForOnePlayer() {
        assertThat(world.claim(1, "alice")).isTrue();
        assertThat(world.claim(1, "alice")).isTrue();
        assertThat(world.claim(1, "bob")).isFalse();
        assertThat(world.claim(2, "bob")).isTrue();
        // Above 2^63 two of them are one when somebody rounds.
        assertThat(world.claim(-1, "bob")).isTrue();
        assertThat(world.claim(-2, "alice")).isTrue();
        assertThat(world.claim(-1, "alice")).isFalse();
    }
}
