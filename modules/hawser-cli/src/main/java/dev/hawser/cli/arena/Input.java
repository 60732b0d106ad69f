package dev.hawser.cli.arena;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// What a player wants, sixty times a second: type, number (4), direction (1 + 1), whether there is
/// a target (1), target (2 + 2).
///
/// @param sequence counts on by one, unsigned
/// @param directionX from -1 to 1
/// @param directionY from -1 to 1, downwards
/// @param hasTarget whether it wants to go to a place instead
record Input(
        int sequence,
        double directionX,
        double directionY,
        boolean hasTarget,
        double targetX,
        double targetY) {
    static final int BYTES = 12;
    static final int PER_SECOND = 60;

    private static final int FULL = 127;

    static Input direction(int sequence, double x, double y) {
        return new Input(sequence, x, y, false, 0, 0);
    }

    static Input target(int sequence, double x, double y) {
        return new Input(sequence, 0, 0, true, x, y);
    }

    void write(ByteBuffer to) {
        to.put(Wire.INPUT).putInt(sequence);
        to.put((byte) Math.round(directionX * FULL)).put((byte) Math.round(directionY * FULL));
        to.put((byte) (hasTarget ? 1 : 0));
        Wire.putPlace(to, targetX);
        Wire.putPlace(to, targetY);
    }

    /// {@return the message that `from` holds, or null when it is none}
    static @Nullable Input read(ByteBuffer from) {
        if (from.remaining() != BYTES || from.get() != Wire.INPUT) {
            return null;
        }
        int sequence = from.getInt();
        double x = (double) from.get() / FULL;
        double y = (double) from.get() / FULL;
        boolean hasTarget = (from.get() & 1) == 1;
        return new Input(sequence, x, y, hasTarget, Wire.place(from), Wire.place(from));
    }

    void steer(Player player) {
        if (hasTarget) {
            player.steerTo(targetX, targetY);
        } else {
            player.steer(directionX, directionY);
        }
    }
}
