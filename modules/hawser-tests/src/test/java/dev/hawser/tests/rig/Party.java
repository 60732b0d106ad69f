package dev.hawser.tests.rig;

import dev.hawser.protocol.Drop;
import dev.hawser.protocol.DropCounters;
import dev.hawser.protocol.machine.PacketSink;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// What a [Guest] and a [Host] have in common: the time, what they sent, and what became of the
/// last datagram.
abstract class Party {
    private static final long UPDATE_MILLIS_MAX = 500;

    final Rig rig;
    private final List<Sent> sent = new ArrayList<>();
    private Drop lastDrop = Drop.NONE;
    private byte[] lastPayload;

    Party(Rig rig) {
        this.rig = rig;
    }

    /// {@return why the last datagram was dropped, or [Drop#NONE]}
    public Drop lastDrop() {
        return lastDrop;
    }

    /// {@return the payload in the last datagram, or null when it held none}
    public byte[] lastPayload() {
        return lastPayload;
    }

    public PacketSink sink() {
        return (to, packet) -> {
            byte[] bytes = new byte[packet.remaining()];
            packet.get(packet.position(), bytes);
            sent.add(new Sent(to, bytes));
        };
    }

    /// Does what is due.
    ///
    /// @return what it sent
    public abstract List<Sent> tick();

    /// Time passes with updates in which nothing is heard, at least each half second; the update at
    /// its end is left to the test.
    public void idleMillis(long millis) {
        for (long left = millis; left > 0; left -= Math.min(left, UPDATE_MILLIS_MAX)) {
            rig.passMillis(Math.min(left, UPDATE_MILLIS_MAX));
            if (left > UPDATE_MILLIS_MAX) {
                tick();
            }
        }
    }

    /// {@return what a call sends}
    final List<Sent> sentBy(Consumer<PacketSink> call) {
        sent.clear();
        call.accept(sink());
        return List.copyOf(sent);
    }

    /// Hands a datagram over, and remembers what becomes of it.
    ///
    /// @param handle whether it held a payload
    /// @return the same
    final boolean take(byte[] datagram, DropCounters drops, Predicate<ByteBuffer> handle) {
        Map<Drop, Long> before = new EnumMap<>(Drop.class);
        before.putAll(drops.asMap());
        // In the middle of a larger array: nothing may rely on where a datagram begins.
        byte[] array = new byte[datagram.length + 16];
        System.arraycopy(datagram, 0, array, 8, datagram.length);
        ByteBuffer buffer = ByteBuffer.wrap(array, 8, datagram.length);
        boolean isPayload = handle.test(buffer);
        lastPayload =
                isPayload ? Arrays.copyOfRange(array, buffer.position(), buffer.limit()) : null;
        lastDrop = difference(before, drops.asMap());
        return isPayload;
    }

    private static Drop difference(Map<Drop, Long> before, Map<Drop, Long> after) {
        Drop difference = Drop.NONE;
        for (Map.Entry<Drop, Long> entry : after.entrySet()) {
            if (entry.getValue() > before.getOrDefault(entry.getKey(), 0L)) {
                difference = entry.getKey();
            }
        }
        return difference;
    }
}
