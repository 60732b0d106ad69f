package dev.hawser.tests.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.backend.fleet.Admission;
import dev.hawser.backend.fleet.Ban;
import dev.hawser.backend.fleet.BanStore;
import dev.hawser.backend.fleet.Newcomer;
import dev.hawser.backend.registry.ServerStart;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Who may not play.
abstract class BanStoreContract extends FleetContract {
    private final BanStore bans = store.bans();

    private Optional<Ban> find(long clientId) {
        return join(bans.find(clientId));
    }

    private List<Ban> all(int max) {
        return all(bans::bans, max);
    }

    @Test
    void aBanIsFoundUntilItIsLifted() {
        Ban ban = new Ban(7, Ban.FOR_EVER, "cheats");

        assertThat(join(bans.ban(ban))).isEmpty();
        assertThat(find(7)).contains(ban);
        assertThat(find(8)).isEmpty();
        assertThat(all(10)).containsExactly(ban);

        assertThat(join(bans.unban(7))).isTrue();
        assertThat(join(bans.unban(7))).isFalse();
        assertThat(find(7)).isEmpty();
        assertThat(all(10)).isEmpty();
    }

    @Test
    void aBanReplacesAFormerOne() {
        join(bans.ban(new Ban(7, Ban.FOR_EVER, "cheats")));
        Ban milder = new Ban(7, rig.unixSeconds() + 36_000, "was rude");

        join(bans.ban(milder));
        join(bans.ban(milder));

        assertThat(find(7)).contains(milder);
        assertThat(all(10)).containsExactly(milder);
    }

    @Test
    void aBanEndsByTheTimeOfTheStore() {
        ServerStart a = started("a", 1);
        Ban ban = new Ban(7, rig.unixSeconds() + 7200, "");
        join(bans.ban(ban));
        rig.advance(Duration.ofHours(1));
        announce(a);
        assertThat(find(7)).contains(ban);
        assertThat(admit(a, newcomer(7, 1))).isEqualTo(new Admission.Banned(ban));

        rig.advance(Duration.ofHours(2));
        announce(a);

        assertThat(find(7)).isEmpty();
        assertThat(all(10)).isEmpty();
        assertThat(join(bans.unban(7))).isFalse();
        assertAdmitted(a, newcomer(7, 2));
    }

    @Test
    void aBanWithoutEndOutlivesEverything() {
        Ban ban = new Ban(7, Ban.FOR_EVER, "");
        join(bans.ban(ban));

        rig.advance(Duration.ofDays(3650));

        assertThat(find(7)).contains(ban);
    }

    @Test
    void aBanThatIsOverAlreadyIsNone() {
        join(bans.ban(new Ban(7, Ban.FOR_EVER, "")));

        join(bans.ban(new Ban(7, rig.unixSeconds() - 7200, "")));

        assertThat(find(7)).isEmpty();
        assertAdmitted(started("a", 1), newcomer(7, 1));
    }

    @Test
    void whoeverBansLearnsWhereThePlayerIs() {
        ServerStart a = started("a", 1);
        Newcomer ada = newcomer(7, 1);
        assertAdmitted(a, ada);

        assertThat(join(bans.ban(new Ban(7, Ban.FOR_EVER, "")))).isEqualTo(where(7)).isPresent();
        assertThat(join(bans.ban(new Ban(7, Ban.FOR_EVER, "")))).isPresent();

        release(a, ada);
        assertThat(join(bans.ban(new Ban(7, Ban.FOR_EVER, "")))).isEmpty();
        rig.advance(LONGER_THAN_ANY_SILENCE);
        assertThat(join(bans.ban(new Ban(7, Ban.FOR_EVER, "")))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 1000})
    void eachBanIsInAPartWhateverItsId(int max) {
        List<Ban> all = new ArrayList<>();
        for (long id : new long[] {1, -1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 53}) {
            all.add(new Ban(id, Ban.FOR_EVER, "\"ä\n{}☃ " + id));
            all.add(new Ban(id + 1, rig.unixSeconds() + 36_000 + all.size(), ""));
        }
        all.forEach(ban -> join(bans.ban(ban)));

        assertThat(all(max).stream().distinct())
                .containsExactlyInAnyOrderElementsOf(
                        all.stream()
                                .filter(ban -> find(ban.clientId()).equals(Optional.of(ban)))
                                .toList());
        assertThat(all(max).stream().map(Ban::clientId).distinct()).hasSize(9);
    }

    @Test
    void whatIsNoPartIsRefused() {
        assertWrong(bans.bans("", 0));
        assertWrong(bans.bans("", 1001));
        assertWrong(bans.bans("no cursor of ours", 10));
    }
}
