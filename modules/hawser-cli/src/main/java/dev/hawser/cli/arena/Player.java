package dev.hawser.cli.arena;

/// A player in the arena: where it is, and where it wants to go.
///
/// Lengths are in units of the arena, whose side has [Arena#SIDE].
final class Player {
    private static final int SCORE_MAX = 0xffff;

    final int id;

    /// Another one when it has come back another way.
    WayIn wayIn;

    String name = "";
    double x;
    double y;
    double velocityX;
    double velocityY;
    int score;

    private double directionX;
    private double directionY;
    private boolean hasTarget;
    private double targetX;
    private double targetY;

    Player(int id, WayIn wayIn) {
        this.id = id;
        this.wayIn = wayIn;
    }

    /// Makes it go in a direction until it is told otherwise; beyond the length 1, only the
    /// direction counts.
    void steer(double towardsX, double towardsY) {
        double length = Math.max(1, Math.hypot(towardsX, towardsY));
        directionX = towardsX / length;
        directionY = towardsY / length;
        hasTarget = false;
    }

    /// Makes it go to a place and stay there until it is told otherwise.
    void steerTo(double placeX, double placeY) {
        targetX = placeX;
        targetY = placeY;
        hasTarget = true;
    }

    void addPoint() {
        score = Math.min(score + 1, SCORE_MAX);
    }

    /// One step of the world.
    void move() {
        if (hasTarget) {
            // Slower when it is near, or it would circle around the place.
            double length = Math.max(Arena.ARRIVAL, Math.hypot(targetX - x, targetY - y));
            directionX = (targetX - x) / length;
            directionY = (targetY - y) / length;
        }
        velocityX += (directionX * Arena.SPEED_MAX - velocityX) * Arena.GRIP;
        velocityY += (directionY * Arena.SPEED_MAX - velocityY) * Arena.GRIP;
        x += velocityX * Arena.STEP_SECONDS;
        y += velocityY * Arena.STEP_SECONDS;
        stayInside();
    }

    /// Sends it back from the walls.
    void stayInside() {
        if (x < Arena.RADIUS || x > Arena.SIDE - Arena.RADIUS) {
            x = Math.clamp(x, Arena.RADIUS, Arena.SIDE - Arena.RADIUS);
            velocityX = -velocityX * Arena.BOUNCE;
        }
        if (y < Arena.RADIUS || y > Arena.SIDE - Arena.RADIUS) {
            y = Math.clamp(y, Arena.RADIUS, Arena.SIDE - Arena.RADIUS);
            velocityY = -velocityY * Arena.BOUNCE;
        }
    }
}
