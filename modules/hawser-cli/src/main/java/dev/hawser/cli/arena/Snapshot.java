package dev.hawser.cli.arena;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The arena at a moment, as one player is told of it, thirty times a second.
///
/// Type, sequence (4), own id (2), number of the newest input (4), inputs received (4), star (2 +
/// 2), number of dots (1); for each dot id (2), way in (1), score (2), place (2 + 2), speed (2 +
/// 2).
///
/// @param sequence counts on by one, so that whoever misses one knows, and knows when it was
/// @param you the id of the player who is told
/// @param inputSequence the number of the newest input that has come from that player
/// @param inputsReceived how many have come: the difference over a while is what the way up lost
record Snapshot(
        int sequence,
        int you,
        int inputSequence,
        int inputsReceived,
        double starX,
        double starY,
        List<Dot> dots) {
    static final int PER_SECOND = 30;

    private static final int HEAD_BYTES = 20;
    private static final int DOT_BYTES = 13;

    /// A player, as the others see it.
    record Dot(
            int id,
            WayIn wayIn,
            int score,
            double x,
            double y,
            double velocityX,
            double velocityY) {
        static Dot of(Player player) {
            return new Dot(
                    player.id,
                    player.wayIn,
                    player.score,
                    player.x,
                    player.y,
                    player.velocityX,
                    player.velocityY);
        }
    }

    void write(ByteBuffer to) {
        to.put(Wire.SNAPSHOT).putInt(sequence).putShort((short) you);
        to.putInt(inputSequence).putInt(inputsReceived);
        Wire.putPlace(to, starX);
        Wire.putPlace(to, starY);
        to.put((byte) dots.size());
        for (Dot dot : dots) {
            to.putShort((short) dot.id).put((byte) dot.wayIn.ordinal()).putShort((short) dot.score);
            Wire.putPlace(to, dot.x);
            Wire.putPlace(to, dot.y);
            Wire.putSpeed(to, dot.velocityX);
            Wire.putSpeed(to, dot.velocityY);
        }
    }

    /// {@return the message that `from` holds, or null when it is none}
    static @Nullable Snapshot read(ByteBuffer from) {
        if (from.remaining() < HEAD_BYTES || from.get() != Wire.SNAPSHOT) {
            return null;
        }
        int sequence = from.getInt();
        int you = Short.toUnsignedInt(from.getShort());
        int inputSequence = from.getInt();
        int inputsReceived = from.getInt();
        double starX = Wire.place(from);
        double starY = Wire.place(from);
        int count = Byte.toUnsignedInt(from.get());
        if (from.remaining() != count * DOT_BYTES) {
            return null;
        }
        List<Dot> dots = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            dots.add(
                    new Dot(
                            Short.toUnsignedInt(from.getShort()),
                            WayIn.of(from.get() & 3),
                            Short.toUnsignedInt(from.getShort()),
                            Wire.place(from),
                            Wire.place(from),
                            Wire.speed(from),
                            Wire.speed(from)));
        }
        return new Snapshot(sequence, you, inputSequence, inputsReceived, starX, starY, dots);
    }
}
