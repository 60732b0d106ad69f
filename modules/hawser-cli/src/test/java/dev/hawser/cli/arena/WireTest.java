package dev.hawser.cli.arena;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;

/// The messages; `messages.properties` holds them as bytes, which the page's tests read too.
class WireTest {
    private static final Snapshot SNAPSHOT =
            new Snapshot(
                    0x01020304,
                    2,
                    600,
                    590,
                    123.5,
                    876.25,
                    List.of(
                            new Snapshot.Dot(1, WayIn.LOCAL, 0, 20, 980, 0, 0),
                            new Snapshot.Dot(2, WayIn.WEB_TRANSPORT, 300, 512, 1000, -330, 12.5),
                            new Snapshot.Dot(65_535, WayIn.WEB_SOCKET, 65_535, 0, 0.25, 400, -1)));

    @Test
    void aSnapshotIsTheseBytes() throws IOException {
        assertThat(written(SNAPSHOT::write)).isEqualTo(bytes("snapshot"));
        assertThat(Snapshot.read(buffer("snapshot"))).isEqualTo(SNAPSHOT);
    }

    @Test
    void aFullArenaFitsOneMessage() {
        Arena arena = new Arena(1);
        while (arena.players().size() < Arena.PLAYERS_MAX) {
            arena.add(WayIn.UDP);
        }
        List<Snapshot.Dot> dots = arena.players().stream().map(Snapshot.Dot::of).toList();

        Snapshot snapshot = new Snapshot(1, 1, 0, 0, 1, 1, dots);

        assertThat(Snapshot.read(ByteBuffer.wrap(written(snapshot::write)))).isNotNull();
    }

    @Test
    void aSnapshotThatIsCutOrLongerIsNone() throws IOException {
        byte[] whole = bytes("snapshot");
        for (int length = 0; length < whole.length; length++) {
            assertThat(Snapshot.read(ByteBuffer.wrap(whole, 0, length))).as("%d", length).isNull();
        }
        assertThat(Snapshot.read(ByteBuffer.allocate(whole.length + 1).put(whole).rewind()))
                .isNull();
    }

    @Test
    void anInputIsTheseBytes() throws IOException {
        Input direction = Input.direction(7, -1, 0.5);
        Input target = Input.target(0xfffffffe, 1000, 0.25);

        assertThat(written(direction::write)).isEqualTo(bytes("direction"));
        assertThat(written(target::write)).isEqualTo(bytes("target"));
        assertThat(Input.read(buffer("target"))).isEqualTo(target);
        Input read = Input.read(buffer("direction"));
        assertThat(read).isNotNull();
        assertThat(read.directionX()).isEqualTo(-1);
        assertThat(read.directionY()).isBetween(0.5, 0.51);
        assertThat(Input.read(buffer("target").limit(Input.BYTES - 1))).isNull();
    }

    @Test
    void aHelloIsTheseBytes() throws IOException {
        assertThat(written(to -> Names.writeHello("Möwe ⚓", to))).isEqualTo(bytes("hello"));
        assertThat(hello("Möwe ⚓")).isEqualTo("Möwe ⚓");
    }

    @Test
    void namesAreMadeFitToBeShown() {
        assertThat(hello("  a\u0007b\n\tc\u202e ")).isEqualTo("a b c");
        assertThat(hello("\u0000\u200b")).isEmpty();
        assertThat(hello("x".repeat(40))).isEqualTo("x".repeat(16));
        assertThat(hello("x".repeat(15) + "\ud83d\udc19")).isEqualTo("x".repeat(15));
        assertThat(Names.readHello(ByteBuffer.wrap(new byte[] {(byte) 0xff, (byte) 0xc0, 'a'})))
                .isEqualTo("a");
    }

    @Test
    void aRosterIsTheseBytes() throws IOException {
        Player one = player(1, "Host");
        Player other = player(515, "Möwe ⚓");

        List<ByteBuffer> rosters = Names.rosters(List.of(one, other));

        assertThat(rosters).containsExactly(buffer("roster"));
        assertThat(Names.readRoster(rosters.getFirst().position(1)))
                .isEqualTo(Map.of(1, "Host", 515, "Möwe ⚓"));
    }

    @Test
    void manyLongNamesGoInParts() {
        List<Player> players = new ArrayList<>();
        for (int id = 1; id <= Arena.PLAYERS_MAX; id++) {
            players.add(player(id, "⚓".repeat(Names.LENGTH_MAX)));
        }

        List<ByteBuffer> rosters = Names.rosters(players);

        assertThat(rosters).hasSizeGreaterThan(1);
        assertThat(
                        rosters.stream()
                                .mapToInt(roster -> Names.readRoster(roster.position(1)).size())
                                .sum())
                .isEqualTo(players.size());
    }

    private static Player player(int id, String name) {
        Player player = new Player(id, WayIn.UDP);
        player.name = name;
        return player;
    }

    private static String hello(String name) {
        return Names.readHello(ByteBuffer.wrap(name.getBytes(StandardCharsets.UTF_8)));
    }

    private interface Message {
        void write(ByteBuffer to);
    }

    private static byte[] written(Message message) {
        ByteBuffer buffer = ByteBuffer.allocate(Wire.MESSAGE_BYTES_MAX);
        message.write(buffer);
        byte[] bytes = new byte[buffer.flip().remaining()];
        buffer.get(bytes);
        return bytes;
    }

    private static ByteBuffer buffer(String name) throws IOException {
        return ByteBuffer.wrap(bytes(name));
    }

    private static byte[] bytes(String name) throws IOException {
        Properties messages = new Properties();
        try (InputStream in = WireTest.class.getResourceAsStream("messages.properties")) {
            messages.load(in);
        }
        return HexFormat.of().parseHex(messages.getProperty(name));
    }
}
