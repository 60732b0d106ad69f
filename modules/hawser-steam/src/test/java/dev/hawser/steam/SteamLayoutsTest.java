package dev.hawser.steam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.protocol.NetAddress;
import dev.hawser.steam.SteamLayouts.Packing;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The numbers are what a C++ compiler says of Valve's headers, on Linux and with the packing of
/// Windows.
class SteamLayoutsTest {
    @Test
    void structsHaveTheirSizes() {
        assertThat(SteamLayouts.ADDRESS.byteSize()).isEqualTo(18);
        assertThat(SteamLayouts.IDENTITY.byteSize()).isEqualTo(136);
        assertThat(SteamLayouts.OPTION.byteSize()).isEqualTo(16);
        assertThat(SteamLayouts.INFO.byteSize()).isEqualTo(696);
        assertThat(SteamLayouts.STATUS.byteSize()).isEqualTo(120);
        assertThat(SteamLayouts.MESSAGE.byteSize()).isEqualTo(216);
    }

    @Test
    void addressesAndIdentitiesHaveTheirFieldsInPlace() {
        assertOffset(SteamLayouts.ADDRESS, "port", 16);
        assertOffset(SteamLayouts.IDENTITY, "type", 0);
        assertOffset(SteamLayouts.IDENTITY, "size", 4);
        assertOffset(SteamLayouts.IDENTITY, "value", 8);
        assertOffset(SteamLayouts.OPTION, "key", 0);
        assertOffset(SteamLayouts.OPTION, "type", 4);
        assertOffset(SteamLayouts.OPTION, "value", 8);
    }

    @ParameterizedTest
    @CsvSource({
        "identity, 0",
        "userData, 136",
        "listenSocket, 144",
        "address, 148",
        "state, 176",
        "endReason, 180",
        "endDebug, 184",
        "description, 312",
        "flags, 440"
    })
    void connectionInfoHasItsFieldsInPlace(String field, long offset) {
        assertOffset(SteamLayouts.INFO, field, offset);
    }

    @ParameterizedTest
    @CsvSource({
        "state, 0",
        "pingMillis, 4",
        "qualityLocal, 8",
        "qualityRemote, 12",
        "outPacketsPerSecond, 16",
        "outBytesPerSecond, 20",
        "inPacketsPerSecond, 24",
        "inBytesPerSecond, 28",
        "sendRateBytesPerSecond, 32",
        "pendingUnreliable, 36",
        "pendingReliable, 40",
        "unackedReliable, 44",
        "queueMicros, 48",
        "jitterMicros, 56"
    })
    void realTimeStatusHasItsFieldsInPlace(String field, long offset) {
        assertOffset(SteamLayouts.STATUS, field, offset);
    }

    @ParameterizedTest
    @CsvSource({
        "data, 0",
        "size, 8",
        "connection, 12",
        "identity, 16",
        "connectionUserData, 152",
        "timeMicros, 160",
        "number, 168",
        "free, 176",
        "release, 184",
        "channel, 192",
        "flags, 196",
        "userData, 200",
        "lane, 208"
    })
    void messagesHaveTheirFieldsInPlace(String field, long offset) {
        assertOffset(SteamLayouts.MESSAGE, field, offset);
    }

    @Test
    void aStatusChangeIsPackedToFourBytesOnLinuxAndMacOs() {
        StructLayout layout = SteamLayouts.statusChange(Packing.ofSystem("Linux"));

        assertThat(SteamLayouts.statusChange(Packing.ofSystem("Mac OS X"))).isEqualTo(layout);
        assertThat(layout.byteSize()).isEqualTo(704);
        assertOffset(layout, "connection", 0);
        assertOffset(layout, "info", 4);
        assertOffset(layout, "oldState", 700);
    }

    @Test
    void aStatusChangeIsPackedToEightBytesOnWindows() {
        StructLayout layout = SteamLayouts.statusChange(Packing.ofSystem("Windows 11"));

        assertThat(layout.byteSize()).isEqualTo(712);
        assertOffset(layout, "connection", 0);
        assertOffset(layout, "info", 8);
        assertOffset(layout, "oldState", 704);
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1:27015", "[2001:db8::1]:1", "255.255.255.255:65535"})
    void anAddressComesBackAsItWasWritten(String text) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment struct = arena.allocate(SteamLayouts.ADDRESS);
            SteamLayouts.writeAddress(struct, NetAddress.parse(text));

            assertThat(SteamLayouts.readAddress(struct)).isEqualTo(NetAddress.parse(text));
        }
    }

    @Test
    void everyInterfaceIsAllZeros() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment struct = arena.allocate(SteamLayouts.ADDRESS).fill((byte) 1);
            SteamLayouts.writeAddress(struct, NetAddress.parse("0.0.0.0:0"));

            assertThat(struct.toArray(ValueLayout.JAVA_BYTE)).containsOnly((byte) 0);
        }
    }

    @Test
    void anIdentityComesBackAsItWasWritten() {
        for (SteamIdentity identity :
                new SteamIdentity[] {
                    new SteamIdentity.SteamId(0x0110_0001_0000_0001L),
                    new SteamIdentity.Name("ä".repeat(15)),
                    new SteamIdentity.Anonymous()
                }) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment struct = arena.allocate(SteamLayouts.IDENTITY).fill((byte) 1);
                SteamLayouts.writeIdentity(struct, identity);

                assertThat(SteamLayouts.readIdentity(struct)).isEqualTo(identity);
            }
        }
    }

    @Test
    void aNameHasOneToThirtyOneBytes() {
        new SteamIdentity.Name("n".repeat(31));
        assertThatThrownBy(() -> new SteamIdentity.Name("n".repeat(32)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("32 bytes");
        assertThatThrownBy(() -> new SteamIdentity.Name(""))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anIdentityThatAPeerMadeUpIsNobody() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment struct = arena.allocate(SteamLayouts.IDENTITY).fill((byte) 'x');
            struct.set(ValueLayout.JAVA_INT_UNALIGNED, 0, 2);

            assertThat(SteamLayouts.readIdentity(struct)).isEqualTo(new SteamIdentity.Anonymous());
        }
    }

    @Test
    void aTextIsCutBetweenCharacters() {
        assertThat(SteamLayouts.cut("äöü", 6)).isEqualTo("äöü");
        assertThat(SteamLayouts.cut("äöü", 5)).isEqualTo("äö");
        assertThat(SteamLayouts.cut("a😀", 4)).isEqualTo("a");
    }

    private static void assertOffset(StructLayout layout, String field, long offset) {
        assertThat(SteamLayouts.offset(layout, field)).as(field).isEqualTo(offset);
    }
}
