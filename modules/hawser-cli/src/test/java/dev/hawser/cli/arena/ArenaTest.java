package dev.hawser.cli.arena;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ArenaTest {
    private static final long SEED = 11;

    private final Arena arena = new Arena(SEED);

    @Test
    void theSameCallsGiveTheSameWorld() {
        assertThat(worldAfter(600)).isEqualTo(worldAfter(600));
    }

    private static List<Object> worldAfter(int steps) {
        Arena arena = new Arena(SEED);
        SplittableRandom wishes = new SplittableRandom(3);
        for (int i = 0; i < 12; i++) {
            arena.add(WayIn.UDP);
        }
        for (int step = 0; step < steps; step++) {
            Player player = arena.players().get(step % 12);
            player.steer(wishes.nextDouble(-1, 1), wishes.nextDouble(-1, 1));
            arena.step();
        }
        List<Object> world = new ArrayList<>(List.of(arena.starX(), arena.starY()));
        arena.players().stream().map(Snapshot.Dot::of).forEach(world::add);
        return world;
    }

    @Test
    void nobodyLeavesTheSquare() {
        for (int i = 0; i < Arena.PLAYERS_MAX; i++) {
            arena.add(WayIn.UDP).steer(i % 2 == 0 ? 1 : -1, 1);
        }

        steps(1200);

        assertThat(arena.players())
                .allSatisfy(player -> {
                    assertThat(player.x).isBetween(Arena.RADIUS, Arena.SIDE - Arena.RADIUS);
                    assertThat(player.y).isBetween(Arena.RADIUS, Arena.SIDE - Arena.RADIUS);
                });
    }

    @Test
    void aPlayerGoesToItsTargetAndStaysThere() {
        Player player = arena.add(WayIn.WEB_TRANSPORT);
        player.steerTo(700, 200);

        steps(600);

        assertThat(player.x).isBetween(699.0, 701.0);
        assertThat(player.y).isBetween(199.0, 201.0);
    }

    @Test
    void aDirectionIsNoFasterForBeingLonger() {
        Player player = at(arena.add(WayIn.UDP), 100, 900);
        player.steer(100, 0);

        steps(60);

        assertThat(player.velocityX).isBetween(0.9 * Arena.SPEED_MAX, Arena.SPEED_MAX);
    }

    @Test
    void twoWhoMeetBounceOffEachOther() {
        Player left = at(arena.add(WayIn.UDP), 400, 900);
        Player right = at(arena.add(WayIn.LOCAL), 460, 900);
        left.velocityX = 300;

        steps(6);

        assertThat(right.velocityX).isGreaterThan(left.velocityX).isPositive();
        assertThat(right.x - left.x).isGreaterThanOrEqualTo(2 * Arena.RADIUS - 1e-9);
    }

    @Test
    void twoAtOnePlaceGetApart() {
        Player one = at(arena.add(WayIn.UDP), 500, 900);
        Player other = at(arena.add(WayIn.UDP), 500, 900);

        steps(1);

        assertThat(Math.hypot(other.x - one.x, other.y - one.y))
                .isBetween(2 * Arena.RADIUS - 1e-9, 2 * Arena.RADIUS + 1e-9);
    }

    @Test
    void theStarIsWorthAPointAndMoves() {
        Player player = at(arena.add(WayIn.UDP), arena.starX(), arena.starY());
        double starX = arena.starX();

        arena.step();

        assertThat(player.score).isEqualTo(1);
        assertThat(arena.starX()).isNotEqualTo(starX);
    }

    @Test
    void aFreeIdIsNotGivenAgainSoon() {
        Player first = arena.add(WayIn.UDP);
        arena.remove(first);

        assertThat(arena.add(WayIn.UDP).id).isEqualTo(first.id + 1);
        assertThat(arena.players()).hasSize(1);
    }

    private void steps(int count) {
        for (int i = 0; i < count; i++) {
            arena.step();
        }
    }

    private static Player at(Player player, double x, double y) {
        player.x = x;
        player.y = y;
        return player;
    }
}
