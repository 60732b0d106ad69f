package dev.hawser.cli.arena;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;

/// The world of the demo: a square with players who bump into each other, and a star that is worth
/// a point to whoever gets there first.
///
/// Deterministic: the same seed and the same calls give the same world, on every machine.
final class Arena {
    static final int STEPS_PER_SECOND = 60;
    static final double STEP_SECONDS = 1.0 / STEPS_PER_SECOND;

    /// So that a snapshot fits the smallest datagram that a browser may have.
    static final int PLAYERS_MAX = 66;

    /// Lengths are in units of which the side of the square has so many.
    static final double SIDE = 1000;

    static final double RADIUS = 20;
    static final double STAR_RADIUS = 14;

    /// A second.
    static final double SPEED_MAX = 330;

    /// The distance from its target at which a player begins to slow down.
    static final double ARRIVAL = 90;

    /// How much of the speed that it wants a player gains in a step.
    static final double GRIP = 0.09;

    /// How much of its speed a player keeps when it hits a wall or somebody else.
    static final double BOUNCE = 0.8;

    private static final double STAR_MARGIN = 80;
    private static final int ID_MAX = 0xffff;

    private final SplittableRandom random;
    private final List<Player> players = new ArrayList<>();
    private int nextId = 1;
    private double starX;
    private double starY;

    Arena(long seed) {
        random = new SplittableRandom(seed);
        moveStar();
    }

    /// {@return whether there is room for nobody else}
    boolean isFull() {
        return players.size() == PLAYERS_MAX;
    }

    /// {@return a new player, somewhere}
    Player add(WayIn wayIn) {
        if (isFull()) {
            throw new IllegalStateException("more than " + PLAYERS_MAX + " players in the arena");
        }
        Player player = new Player(freeId(), wayIn);
        player.x = random.nextDouble(RADIUS, SIDE - RADIUS);
        player.y = random.nextDouble(RADIUS, SIDE - RADIUS);
        players.add(player);
        return player;
    }

    /// {@return the next id after the last one that nobody has, so that who leaves is not taken for
    /// who comes}
    private int freeId() {
        int id = nextId;
        while (isTaken(id)) {
            id = idAfter(id);
        }
        nextId = idAfter(id);
        return id;
    }

    private static int idAfter(int id) {
        return id == ID_MAX ? 1 : id + 1;
    }

    private boolean isTaken(int id) {
        return players.stream().anyMatch(player -> player.id == id);
    }

    void remove(Player player) {
        players.remove(player);
    }

    /// {@return a view of the players, in the order in which they came}
    List<Player> players() {
        return Collections.unmodifiableList(players);
    }

    double starX() {
        return starX;
    }

    double starY() {
        return starY;
    }

    /// Lets [#STEP_SECONDS] pass.
    void step() {
        players.forEach(Player::move);
        for (int first = 0; first < players.size(); first++) {
            for (int second = first + 1; second < players.size(); second++) {
                keepApart(players.get(first), players.get(second));
            }
        }
        for (Player player : players) {
            player.stayInside();
            if (Math.hypot(player.x - starX, player.y - starY) < RADIUS + STAR_RADIUS) {
                player.addPoint();
                moveStar();
            }
        }
    }

    /// Two who overlap are pushed apart, and swap the speed at which they met.
    private static void keepApart(Player one, Player other) {
        double x = other.x - one.x;
        double y = other.y - one.y;
        double distance = Math.hypot(x, y);
        if (distance >= 2 * RADIUS) {
            return;
        }
        double unitX = distance == 0 ? 1 : x / distance;
        double unitY = distance == 0 ? 0 : y / distance;
        double push = RADIUS - distance / 2;
        one.x -= unitX * push;
        one.y -= unitY * push;
        other.x += unitX * push;
        other.y += unitY * push;
        double speed =
                (one.velocityX - other.velocityX) * unitX
                        + (one.velocityY - other.velocityY) * unitY;
        if (speed > 0) {
            double impulse = speed * (1 + BOUNCE) / 2;
            one.velocityX -= unitX * impulse;
            one.velocityY -= unitY * impulse;
            other.velocityX += unitX * impulse;
            other.velocityY += unitY * impulse;
        }
    }

    private void moveStar() {
        starX = random.nextDouble(STAR_MARGIN, SIDE - STAR_MARGIN);
        starY = random.nextDouble(STAR_MARGIN, SIDE - STAR_MARGIN);
    }
}
