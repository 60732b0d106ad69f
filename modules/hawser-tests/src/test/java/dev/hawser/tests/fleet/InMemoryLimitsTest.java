package dev.hawser.tests.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.backend.fleet.Ban;
import dev.hawser.backend.fleet.InMemoryFleetStats;
import dev.hawser.backend.fleet.InMemoryFleetStore;
import dev.hawser.backend.fleet.Newcomer;
import dev.hawser.backend.fleet.ServerCommand;
import dev.hawser.backend.registry.ServerStart;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/// What the store in memory forgets by itself, and what it refuses before it would have to forget
/// too much.
class InMemoryLimitsTest extends FleetContract {
    @Override
    FleetStoreRig newRig() {
        return new InMemoryFleetRig();
    }

    private InMemoryFleetStats stats() {
        return ((InMemoryFleetRig) rig).store().stats();
    }

    @Test
    void nothingStaysOfPlayersWhoHaveLeft() {
        for (int hour = 0; hour < 5; hour++) {
            ServerStart a = started("a", hour);
            for (int i = 0; i < 100; i++) {
                assertAdmitted(a, newcomer(i, i + 1));
            }
            join(
                    store.commands()
                            .queue(
                                    a,
                                    new ServerCommand.Kick(
                                            1, connection(1), ServerCommand.Why.KICKED, "")));
            assertThat(stats()).isEqualTo(new InMemoryFleetStats(100, 100, 0, 1, 0, 0));

            rig.advance(Duration.ofHours(2));

            assertThat(stats()).isEqualTo(new InMemoryFleetStats(0, 0, 0, 0, 0, 0));
        }
    }

    private static void assertRefused(CompletionStage<?> stage, String remedy) {
        assertThatThrownBy(() -> stage.toCompletableFuture().join())
                .hasCauseInstanceOf(IllegalStateException.class)
                .hasMessageContaining(remedy);
    }

    @Test
    void onePlayerTooManyIsRefusedAndWhoIsThereMayMove() {
        InMemoryFleetStore small =
                InMemoryFleetStore.builder().playersMax(2).wallClock(rig::unixSeconds).build();
        ServerStart a = start("a", 1);
        List<Newcomer> two = List.of(newcomer(1, 1), newcomer(2, 1));
        join(small.admissions().admit(a, two, LIFETIME_SECONDS));

        assertRefused(
                small.admissions().admit(a, List.of(newcomer(3, 1)), LIFETIME_SECONDS),
                "playersMax");
        assertRefused(
                small.admissions().reconcile(a, List.of(newcomer(3, 1)), LIFETIME_SECONDS),
                "playersMax");

        assertThat(small.stats().newcomersRefused()).isEqualTo(2);
        assertThat(small.stats().players()).isEqualTo(2);
        join(small.admissions().admit(start("b", 1), List.of(newcomer(1, 1)), LIFETIME_SECONDS));
        assertThat(small.stats().players()).isEqualTo(2);
    }

    @Test
    void oneBanTooManyIsRefusedUntilOneIsOver() {
        InMemoryFleetStore small =
                InMemoryFleetStore.builder().bansMax(2).wallClock(rig::unixSeconds).build();
        join(small.bans().ban(new Ban(1, Ban.FOR_EVER, "")));
        join(small.bans().ban(new Ban(2, rig.unixSeconds() + 60, "")));

        assertRefused(small.bans().ban(new Ban(3, Ban.FOR_EVER, "")), "bansMax");
        join(small.bans().ban(new Ban(1, Ban.FOR_EVER, "again")));
        rig.advance(Duration.ofHours(1));

        join(small.bans().ban(new Ban(3, Ban.FOR_EVER, "")));
        assertThat(join(small.bans().find(1))).isPresent();
        assertThat(small.stats().bans()).isEqualTo(2);
    }

    @Test
    void commandsThatWerePushedOutAreCounted() {
        ServerStart a = started("a", 1);
        for (int i = 0; i < 10_003; i++) {
            join(
                    store.commands()
                            .queue(
                                    a,
                                    new ServerCommand.Kick(
                                            i, connection(i), ServerCommand.Why.KICKED, "")));
        }

        assertThat(stats().commands()).isEqualTo(10_000);
        assertThat(stats().commandsLost()).isEqualTo(3);
    }

    /// Whoever has stolen a credential invents servers.
    @Test
    void serversThatNobodyAnnouncedAreLimited() {
        for (int i = 0; i < 100_000; i++) {
            join(store.admissions().reconcile(start("s" + i, 1), List.of(), LIFETIME_SECONDS));
        }

        assertRefused(
                store.admissions().reconcile(start("one", 1), List.of(), LIFETIME_SECONDS),
                "announce");

        assertAdmitted(started("two", 1), newcomer(1, 1));
        rig.advance(LONGER_THAN_ANY_SILENCE);
        assertAdmitted(start("one", 1), newcomer(2, 1));
    }
}
