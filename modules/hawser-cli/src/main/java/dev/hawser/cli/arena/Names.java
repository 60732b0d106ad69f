package dev.hawser.cli.arena;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The names of players on the wire. A player says its own (`HELLO`: type, UTF-8) until it finds it
/// in the roster; the roster (type, then for each player id (2), length (1), UTF-8) goes to
/// everybody now and then, in parts.
final class Names {
    /// In UTF-16, as in the page.
    static final int LENGTH_MAX = 16;

    private static final int BYTES_MAX = 3 * LENGTH_MAX;

    private Names() {}

    static void writeHello(String name, ByteBuffer to) {
        to.put(Wire.HELLO).put(name.getBytes(StandardCharsets.UTF_8));
    }

    /// {@return the name that follows the type, made fit to be shown; empty when nothing is left of
    /// it}
    static String readHello(ByteBuffer from) {
        byte[] bytes = new byte[Math.min(from.remaining(), BYTES_MAX)];
        from.get(bytes);
        String name =
                new String(bytes, StandardCharsets.UTF_8)
                        .replaceAll("[\\p{C}\\p{Z}\\x{fffd}]+", " ")
                        .strip();
        if (name.length() <= LENGTH_MAX) {
            return name;
        }
        int end =
                Character.isHighSurrogate(name.charAt(LENGTH_MAX - 1))
                        ? LENGTH_MAX - 1
                        : LENGTH_MAX;
        return name.substring(0, end).strip();
    }

    /// {@return the messages that together have the names of these players}
    static List<ByteBuffer> rosters(List<Player> players) {
        List<ByteBuffer> rosters = new ArrayList<>();
        ByteBuffer roster = ByteBuffer.allocate(Wire.MESSAGE_BYTES_MAX).put(Wire.ROSTER);
        for (Player player : players) {
            byte[] name = player.name.getBytes(StandardCharsets.UTF_8);
            if (roster.remaining() < name.length + 3) {
                rosters.add(roster.flip());
                roster = ByteBuffer.allocate(Wire.MESSAGE_BYTES_MAX).put(Wire.ROSTER);
            }
            roster.putShort((short) player.id).put((byte) name.length).put(name);
        }
        rosters.add(roster.flip());
        return rosters;
    }

    /// {@return the names by id that follow the type}
    static Map<Integer, String> readRoster(ByteBuffer from) {
        Map<Integer, String> names = new LinkedHashMap<>();
        while (from.remaining() >= 3) {
            int id = Short.toUnsignedInt(from.getShort());
            byte[] name = new byte[Math.min(Byte.toUnsignedInt(from.get()), from.remaining())];
            from.get(name);
            names.put(id, new String(name, StandardCharsets.UTF_8));
        }
        return names;
    }
}
