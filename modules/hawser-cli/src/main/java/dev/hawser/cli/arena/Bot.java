package dev.hawser.cli.arena;

import dev.hawser.ConnectionState;
import dev.hawser.NetClient;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A player that nobody steers: it wanders about, and sometimes goes for the star. It comes in by
/// whichever client it is given.
///
/// Belongs to the thread that calls it.
final class Bot implements AutoCloseable {
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long HELLO_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final double GOAL_SECONDS_MAX = 4;
    private static final double STAR_SHARE = 0.4;

    /// Slower than people can be.
    private static final double HASTE_MIN = 0.35;

    private static final double HASTE_MAX = 0.75;

    private final NetClient client;
    private final String name;
    private final SplittableRandom random;
    private final ByteBuffer message = ByteBuffer.allocate(Wire.MESSAGE_BYTES_MAX);
    private @Nullable Snapshot snapshot;
    private boolean isKnown;
    private long helloNanos;
    private boolean hasTried;
    private long triedNanos;
    private int inputSequence;
    private int inputsToGoal;
    private double goalX;
    private double goalY;
    private double haste = HASTE_MAX;

    /// @param seed of where it goes
    Bot(NetClient client, String name, long seed) {
        this.client = client;
        this.name = name;
        random = new SplittableRandom(seed);
    }

    String name() {
        return name;
    }

    /// {@return what it was told last; null before, and after its connection has ended}
    @Nullable Snapshot snapshot() {
        return snapshot;
    }

    /// Takes what came and says what it wants; to be called [Input#PER_SECOND] times a second.
    void turn(long nowNanos) {
        client.update();
        client.receive(this::take);
        switch (client.state()) {
            case ConnectionState.Disconnected _ -> retry(nowNanos);
            case ConnectionState.Connecting _, ConnectionState.Resuming _ -> {}
            case ConnectionState.Connected _ -> play(nowNanos);
        }
        client.flush();
    }

    private void retry(long nowNanos) {
        if (hasTried && nowNanos - triedNanos < RETRY_NANOS) {
            return;
        }
        hasTried = true;
        triedNanos = nowNanos;
        isKnown = false;
        snapshot = null;
        inputSequence = 0;
        client.connect();
    }

    private void take(ByteBuffer payload) {
        switch (payload.get(payload.position())) {
            case Wire.SNAPSHOT -> {
                Snapshot read = Snapshot.read(payload);
                snapshot = read == null ? snapshot : read;
            }
            case Wire.ROSTER -> {
                payload.get();
                isKnown |=
                        snapshot != null
                                && name.equals(Names.readRoster(payload).get(snapshot.you()));
            }
            default -> {}
        }
    }

    private void play(long nowNanos) {
        if (!isKnown && nowNanos - helloNanos >= HELLO_NANOS) {
            helloNanos = nowNanos;
            message.clear();
            Names.writeHello(name, message);
            var _ = client.send(message.flip());
        }
        message.clear();
        input().write(message);
        var _ = client.send(message.flip());
    }

    private Input input() {
        inputSequence++;
        Snapshot seen = snapshot;
        Snapshot.Dot self = seen == null ? null : self(seen);
        if (seen == null || self == null) {
            return Input.direction(inputSequence, 0, 0);
        }
        double x = goalX - self.x();
        double y = goalY - self.y();
        inputsToGoal--;
        if (inputsToGoal <= 0 || Math.hypot(x, y) < 2 * Arena.RADIUS) {
            chooseGoal(seen);
        }
        double length = Math.max(1, Math.hypot(x, y));
        // Not quite straight: it looks more like somebody than a line does.
        double swing = 0.5 * Math.sin(inputSequence / 25.0);
        double unitX = (x - y * swing) / length;
        double unitY = (y + x * swing) / length;
        double unit = Math.max(1, Math.hypot(unitX, unitY));
        return Input.direction(inputSequence, unitX / unit * haste, unitY / unit * haste);
    }

    private static Snapshot.@Nullable Dot self(Snapshot seen) {
        return seen.dots().stream().filter(dot -> dot.id() == seen.you()).findFirst().orElse(null);
    }

    private void chooseGoal(Snapshot seen) {
        boolean isStar = random.nextDouble() < STAR_SHARE;
        goalX = isStar ? seen.starX() : random.nextDouble(Arena.RADIUS, Arena.SIDE - Arena.RADIUS);
        goalY = isStar ? seen.starY() : random.nextDouble(Arena.RADIUS, Arena.SIDE - Arena.RADIUS);
        haste = random.nextDouble(HASTE_MIN, HASTE_MAX);
        inputsToGoal = (int) (random.nextDouble(1, GOAL_SECONDS_MAX) * Input.PER_SECOND);
    }

    /// Says goodbye.
    @Override
    public void close() {
        client.close();
    }
}
