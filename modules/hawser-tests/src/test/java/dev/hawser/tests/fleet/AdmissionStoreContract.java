package dev.hawser.tests.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.backend.fleet.Admission;
import dev.hawser.backend.fleet.AdmissionStore;
import dev.hawser.backend.fleet.Ban;
import dev.hawser.backend.fleet.ConnectionId;
import dev.hawser.backend.fleet.Newcomer;
import dev.hawser.backend.fleet.Presence;
import dev.hawser.backend.registry.ServerStart;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A token is used once, and a player is in one place.
abstract class AdmissionStoreContract extends FleetContract {
    private final ServerStart a = started("a", 1);
    private final ServerStart b = started("b", 1);

    // ---- Marks

    @Test
    void whoIsAdmittedIsPresent() {
        Newcomer ada = newcomer(7, 1);

        assertAdmitted(a, ada);

        assertPresent(a, ada);
        assertThat(where(7).orElseThrow().sinceUnixSeconds())
                .isBetween(rig.unixSeconds() - 600, rig.unixSeconds() + 600);
        assertNowhere(8);
        assertThat(playersOf("b", 10)).isEmpty();
        assertThat(playersOf("nobody", 10)).isEmpty();
    }

    @Test
    void askedAgainTheSameStartHasTheSameAnswer() {
        Newcomer ada = newcomer(7, 1);
        assertAdmitted(a, ada);
        Presence before = where(7).orElseThrow();

        assertAdmitted(a, ada);
        assertThat(admit(a, with(ada, 2))).isEqualTo(new Admission.Admitted(ada.connectionId()));

        assertThat(where(7)).contains(before);
        assertThat(waiting(a)).isEmpty();
    }

    @Test
    void atAnotherServerTheTokenIsUsed() {
        Newcomer ada = newcomer(7, 1);
        assertAdmitted(a, ada);

        assertUsed(b, ada);
        assertUsed(b, with(ada, 2));

        assertPresent(a, ada);
        assertThat(waiting(a)).isEmpty();
        assertThat(playersOf("b", 10)).isEmpty();
    }

    @Test
    void atALaterStartOfTheServerTheTokenIsUsedToo() {
        Newcomer ada = newcomer(7, 1);
        assertAdmitted(a, ada);

        assertUsed(started("a", 2), ada);
        assertNowhere(7);
    }

    @Test
    void aReleaseGivesTheTokenBackToNobody() {
        Newcomer ada = newcomer(7, 1);
        assertAdmitted(a, ada);
        release(a, ada);
        assertNowhere(7);

        assertAdmitted(a, ada);
        assertUsed(b, ada);

        assertNowhere(7);
    }

    /// As long as the token could be shown; later it has expired, whatever is remembered.
    @Test
    void atNoTimeATokenIsAdmittedASecondTime() {
        Newcomer ada = newcomer(7, 1, rig.unixSeconds() + LIFETIME_SECONDS);
        assertAdmitted(a, ada);
        for (int minute = 0; minute < 120; minute += 5) {
            rig.advance(java.time.Duration.ofMinutes(5));
            announce(b);
            assertThat(admit(b, ada)).isIn(new Admission.TokenUsed(), new Admission.Expired());
        }
        assertThat(admit(b, ada)).isEqualTo(new Admission.Expired());
        assertNowhere(7);
    }

    @Test
    void ofTwoServersThatAskAtOnceOneIsTold() {
        List<Newcomer> newcomers = new ArrayList<>();
        for (int i = 0; i < AdmissionStore.NEWCOMERS_MAX; i++) {
            newcomers.add(newcomer(i + 1, 1));
        }
        List<CompletionStage<List<Admission>>> stages = new ArrayList<>();
        List<Newcomer> backwards = new ArrayList<>(newcomers);
        Collections.reverse(backwards);
        stages.add(admissions.admit(a, newcomers, LIFETIME_SECONDS));
        stages.add(admissions.admit(b, backwards, LIFETIME_SECONDS));
        List<Admission> ofA = join(stages.get(0));
        List<Admission> ofB = new ArrayList<>(join(stages.get(1)));
        Collections.reverse(ofB);

        for (int i = 0; i < newcomers.size(); i++) {
            var admitted = new Admission.Admitted(newcomers.get(i).connectionId());
            assertThat(List.of(ofA.get(i), ofB.get(i)))
                    .containsExactlyInAnyOrder(admitted, new Admission.TokenUsed());
            assertPresent(ofA.get(i).equals(admitted) ? a : b, newcomers.get(i));
        }
    }

    @Test
    void answersHaveTheOrderOfTheNewcomers() {
        Newcomer used = newcomer(1, 1);
        assertAdmitted(b, used);
        join(store.bans().ban(new Ban(2, Ban.FOR_EVER, "cheats")));
        Newcomer again = newcomer(5, 1);

        assertThat(
                        admit(
                                a,
                                List.of(
                                        used,
                                        newcomer(2, 1),
                                        newcomer(3, 1, rig.unixSeconds() - 600),
                                        newcomer(4, 1),
                                        again,
                                        again)))
                .containsExactly(
                        new Admission.TokenUsed(),
                        new Admission.Banned(new Ban(2, Ban.FOR_EVER, "cheats")),
                        new Admission.Expired(),
                        new Admission.Admitted(connection(1)),
                        new Admission.Admitted(connection(1)),
                        new Admission.Admitted(connection(1)));
    }

    // ---- Presence

    @Test
    void whoComesInElsewhereIsKickedWhereHeWas() {
        Newcomer first = newcomer(7, 1);
        Newcomer second = newcomer(7, 1);
        assertAdmitted(a, first);

        assertAdmitted(b, second);

        assertPresent(b, second);
        assertThat(playersOf("a", 10)).isEmpty();
        assertThat(waiting(a)).containsExactly(replaced(first));
        assertThat(waiting(b)).isEmpty();
        assertAdmitted(b, second);
        assertThat(waiting(a)).hasSize(1);
    }

    @Test
    void aLaterConnectionAtTheSameServerNeedsNoKick() {
        Newcomer first = newcomer(7, 1);
        Newcomer second = newcomer(7, 2);
        assertAdmitted(a, first);

        assertAdmitted(a, second);

        assertPresent(a, second);
        assertThat(waiting(a)).isEmpty();
        assertThat(playersOf("a", 10)).hasSize(1);
    }

    @Test
    void anEarlierConnectionThatIsLateTakesNothingFromALaterOne() {
        Newcomer first = newcomer(7, 1);
        Newcomer second = newcomer(7, 2);
        assertAdmitted(a, second);

        assertUsed(a, first);
        assertUsed(a, first);

        assertPresent(a, second);
        assertUsed(b, first);
    }

    /// Ids are compared as their digits are: without a sign, the second half too.
    @Test
    void whichConnectionIsLaterAllBitsTell() {
        long[][] rising = {
            {1, -1}, {2, 0}, {2, 1}, {2, -1}, {Long.MIN_VALUE, 0}, {-1, 7}, {-1, -7}
        };
        for (int player = 1; player < rising.length; player++) {
            Newcomer earlier = with(newcomer(player, 1), rising[player - 1]);
            Newcomer later = with(newcomer(player, 1), rising[player]);
            assertAdmitted(a, later);

            assertUsed(a, earlier);

            assertPresent(a, later);
        }
    }

    private static Newcomer with(Newcomer newcomer, long[] connection) {
        return new Newcomer(
                newcomer.tokenTag(),
                newcomer.clientId(),
                newcomer.expiresAtUnixSeconds(),
                new ConnectionId(connection[0], connection[1]));
    }

    @Test
    void theLateReleaseOfAnOldConnectionFreesNothingElse() {
        Newcomer first = newcomer(7, 1);
        Newcomer second = newcomer(7, 2);
        assertAdmitted(a, first);
        assertAdmitted(b, second);

        release(a, first);
        release(a, first);

        assertPresent(b, second);
        release(b, second);
        release(b, second);
        assertNowhere(7);
    }

    @Test
    void aReleaseMayOvertakeItsQuestion() {
        Newcomer here = newcomer(7, 1);
        Newcomer givenUp = newcomer(7, 2);
        assertAdmitted(b, here);
        release(a, givenUp);

        assertUsed(a, givenUp);
        assertUsed(a, givenUp);

        assertPresent(b, here);
        assertThat(waiting(b)).isEmpty();
        assertUsed(b, givenUp);
    }

    @Test
    void aPresenceEndsWithASilentServer() {
        Newcomer ada = newcomer(7, 1);
        assertAdmitted(a, ada);

        rig.advance(LONGER_THAN_ANY_SILENCE);

        assertNowhere(7);
        assertThat(playersOf("a", 10)).isEmpty();
        assertAdmitted(started("c", 1), newcomer(7, 1));
        announce(a);
        assertThat(waiting(a)).isEmpty();
    }

    @Test
    void aPresenceEndsWithAServerThatWithdraws() {
        assertAdmitted(a, newcomer(7, 1));
        assertAdmitted(b, newcomer(8, 1));

        withdraw(a);

        assertNowhere(7);
        assertThat(playersOf("a", 10)).isEmpty();
        assertThat(where(8)).isPresent();
    }

    @Test
    void aPresenceEndsWithTheStartOfItsServer() {
        assertAdmitted(a, newcomer(7, 1));

        ServerStart again = started("a", 2);

        assertNowhere(7);
        assertThat(playersOf("a", 10)).isEmpty();
        Newcomer back = newcomer(7, 1);
        assertAdmitted(again, back);
        assertPresent(again, back);
        assertThat(waiting(again)).isEmpty();
    }

    @Test
    void aServerThatNobodyKnowsYetMayAsk() {
        ServerStart unknown = start("unknown", 1);
        Newcomer ada = newcomer(7, 1);

        assertAdmitted(unknown, ada);

        assertPresent(unknown, ada);
        announce(unknown);
        assertPresent(unknown, ada);
        rig.advance(LONGER_THAN_ANY_SILENCE);
        assertNowhere(7);
    }

    // ---- Bans

    @Test
    void whoIsBannedIsNotAdmittedAndStaysRefusedWithThisToken() {
        Ban ban = new Ban(7, Ban.FOR_EVER, "cheats");
        join(store.bans().ban(ban));
        Newcomer ada = newcomer(7, 1);

        assertThat(admit(a, ada)).isEqualTo(new Admission.Banned(ban));
        assertNowhere(7);
        join(store.bans().unban(7));

        assertThat(admit(a, ada)).isEqualTo(new Admission.Banned(ban));
        assertUsed(b, ada);
        assertNowhere(7);
        assertAdmitted(a, newcomer(7, 2));
    }

    @Test
    void aBanBetweenTwoAdmissionsLeavesTheFirstToWhoeverBanned() {
        Newcomer first = newcomer(7, 1);
        assertAdmitted(a, first);
        Ban ban = new Ban(7, rig.unixSeconds() + 7200, "");

        assertThat(join(store.bans().ban(ban))).isEqualTo(where(7));

        assertThat(admit(b, newcomer(7, 1))).isEqualTo(new Admission.Banned(ban));
        assertPresent(a, first);
        assertAdmitted(a, first);
        assertThat(waiting(a)).isEmpty();
    }

    // ---- Numbers, times, limits

    @Test
    void idsHaveAllTheirBits() {
        long[] ids = {
            1, -1, -2, Long.MIN_VALUE, Long.MIN_VALUE + 1, Long.MAX_VALUE, 1L << 53, (1L << 53) + 1
        };
        List<Newcomer> newcomers =
                LongStream.of(ids).mapToObj(id -> newcomer(id, Long.MIN_VALUE | id)).toList();

        assertThat(admit(a, newcomers)).allMatch(Admission.Admitted.class::isInstance);

        newcomers.forEach(newcomer -> assertPresent(a, newcomer));
        assertThat(playersOf("a", 3).stream().map(Presence::clientId).distinct())
                .containsExactlyInAnyOrderElementsOf(LongStream.of(ids).boxed().toList());
        release(a, newcomers.get(1));
        assertNowhere(-1);
        assertPresent(a, newcomers.get(2));
    }

    @Test
    void clocksMayDifferByHalfAMinute() {
        assertAdmitted(a, newcomer(1, 1, rig.unixSeconds() - 5));
        assertAdmitted(a, newcomer(2, 1, rig.unixSeconds() + LIFETIME_SECONDS + 5));
    }

    @ParameterizedTest
    @ValueSource(longs = {-600, LIFETIME_SECONDS + 600, -1_900_000_000, Long.MAX_VALUE})
    void aTokenOfAnotherTimeIsExpired(long fromNow) {
        long expiresAt =
                fromNow == Long.MAX_VALUE ? fromNow : Math.max(0, rig.unixSeconds() + fromNow);

        assertThat(admit(a, newcomer(7, 1, expiresAt))).isEqualTo(new Admission.Expired());

        assertNowhere(7);
    }

    @Test
    void aLifetimeOfMoreThanADayCountsAsADay() {
        Newcomer tomorrow = newcomer(7, 1, rig.unixSeconds() + 12 * 3600);
        Newcomer nextYear = newcomer(8, 1, rig.unixSeconds() + 365 * 86_400);

        assertThat(join(admissions.admit(a, List.of(tomorrow, nextYear), Integer.MAX_VALUE)))
                .containsExactly(
                        new Admission.Admitted(tomorrow.connectionId()), new Admission.Expired());
    }

    @Test
    void whatIsTooMuchIsRefusedWhole() {
        List<Newcomer> newcomers =
                Collections.nCopies(AdmissionStore.NEWCOMERS_MAX + 1, newcomer(7, 1));
        assertWrong(admissions.admit(a, newcomers, LIFETIME_SECONDS));
        assertWrong(admissions.admit(a, List.of(), LIFETIME_SECONDS));
        assertWrong(admissions.admit(a, List.of(newcomer(7, 1)), 0));
        assertWrong(
                admissions.release(
                        a,
                        Collections.nCopies(
                                AdmissionStore.ENDED_MAX + 1,
                                new AdmissionStore.Ended(7, connection(1)))));
        assertWrong(
                admissions.reconcile(
                        a,
                        Collections.nCopies(AdmissionStore.PRESENT_MAX + 1, newcomer(7, 1)),
                        LIFETIME_SECONDS));
        assertWrong(admissions.reconcile(a, List.of(newcomer(7, 1)), 0));
        assertWrong(admissions.players("a", "", 0));
        assertWrong(admissions.players("a", "", 1001));
        assertWrong(admissions.players("a", "no cursor of ours", 10));
        assertNowhere(7);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 1000})
    void eachPlayerIsInAPart(int max) {
        List<Newcomer> newcomers = new ArrayList<>();
        for (long id = -20; id < 20; id++) {
            newcomers.add(newcomer(id == 0 ? 99 : id, 1));
        }
        admit(a, newcomers);

        assertThat(playersOf("a", max).stream().map(Presence::clientId).distinct())
                .containsExactlyInAnyOrderElementsOf(
                        newcomers.stream().map(Newcomer::clientId).toList());
    }

    // ---- A server that was out of reach

    private Set<ConnectionId> reconcile(ServerStart server, Newcomer... present) {
        return join(admissions.reconcile(server, List.of(present), LIFETIME_SECONDS));
    }

    @Test
    void whoIsStillConnectedIsPresentAgain() {
        Newcomer ada = newcomer(7, 1);
        assertAdmitted(a, ada);
        rig.advance(LONGER_THAN_ANY_SILENCE);
        assertNowhere(7);
        announce(a);

        assertThat(reconcile(a, ada)).isEmpty();
        assertThat(reconcile(a, ada)).isEmpty();

        assertPresent(a, ada);
    }

    @Test
    void whoHasGoneElsewhereMeanwhileIsOver() {
        Newcomer ada = newcomer(7, 1);
        assertAdmitted(a, ada);
        rig.advance(LONGER_THAN_ANY_SILENCE);
        ServerStart c = started("c", 1);
        Newcomer elsewhere = newcomer(7, 1);
        assertAdmitted(c, elsewhere);
        announce(a);
        Newcomer other = newcomer(8, 5);

        assertThat(reconcile(a, ada, other)).containsExactly(ada.connectionId());

        assertPresent(c, elsewhere);
        assertPresent(a, other);
        assertThat(waiting(c)).isEmpty();
    }

    @Test
    void tokensThatWereAdmittedWithoutAQuestionAreUsedThen() {
        Newcomer ada = newcomer(7, 1);

        assertThat(reconcile(a, ada)).isEmpty();

        assertUsed(b, ada);
        assertAdmitted(a, ada);
        assertPresent(a, ada);
    }

    @Test
    void whoseTokenWasUsedElsewhereIsOver() {
        Newcomer ada = newcomer(7, 1);
        assertAdmitted(b, ada);
        release(b, ada);

        assertThat(reconcile(a, with(ada, 2))).containsExactly(connection(2));

        assertNowhere(7);
    }

    @Test
    void whoIsBannedOrHasLeftIsOver() {
        Newcomer banned = newcomer(7, 1);
        join(store.bans().ban(new Ban(7, Ban.FOR_EVER, "")));
        Newcomer left = newcomer(8, 2);
        release(a, left);

        assertThat(reconcile(a, banned, left))
                .containsExactlyInAnyOrder(connection(1), connection(2));

        assertNowhere(7);
        assertNowhere(8);
    }

    @Test
    void ofTwoConnectionsHereTheLaterCounts() {
        Newcomer first = newcomer(7, 1);
        Newcomer second = newcomer(7, 2);
        Newcomer third = newcomer(7, 3);
        assertAdmitted(a, second);

        assertThat(reconcile(a, first)).containsExactly(connection(1));
        assertPresent(a, second);
        assertThat(reconcile(a, third)).isEmpty();
        assertPresent(a, third);
    }

    @Test
    void whoCameLongAgoIsPresentThoughTheTokenHasExpired() {
        Newcomer ada = newcomer(7, 1, rig.unixSeconds() - 36_000);

        assertThat(reconcile(a, ada)).isEmpty();

        assertPresent(a, ada);
        assertThat(reconcile(a)).isEmpty();
    }
}
