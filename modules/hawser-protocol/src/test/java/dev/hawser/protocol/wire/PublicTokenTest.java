package dev.hawser.protocol.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.crypto.PacketKey;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// docs/protocol.md "Public part" of a connect token.
class PublicTokenTest {
    private static PublicToken read(byte[] bytes) {
        return ((TokenReading.Success) PublicToken.read(bytes)).token();
    }

    private static String problem(byte[] bytes) {
        return ((TokenReading.Failure) PublicToken.read(bytes)).problem();
    }

    private static byte[] changed(int offset, int value) {
        byte[] token = Tokens.write(Tokens.claims());
        token[offset] = (byte) value;
        return token;
    }

    @Test
    void whatIsWrittenIsRead() {
        PublicToken token = read(Tokens.write(Tokens.claims()));
        assertThat(token.protocolId()).isEqualTo(Tokens.PROTOCOL_ID);
        assertThat(token.createTimestamp()).isEqualTo(Tokens.CREATE);
        assertThat(token.expireTimestamp()).isEqualTo(Tokens.EXPIRE);
        assertThat(token.nonce()).isEqualTo(Tokens.NONCE);
        assertThat(token.timeoutSeconds()).isEqualTo(-3);
        assertThat(token.servers()).isEqualTo(Tokens.SERVERS);
        assertThat(token.clientToServerKey().sameAs(Tokens.CLIENT_TO_SERVER)).isTrue();
        assertThat(token.serverToClientKey().sameAs(Tokens.SERVER_TO_CLIENT)).isTrue();
        assertThat(token.sealedPrivate()).isEqualTo(Tokens.sealedPrivate(Tokens.claims()));
        assertThat(token.statesReasons()).isFalse();
    }

    @Test
    void theLayoutIsThatOfTheStandard() {
        byte[] token = Tokens.write(Tokens.claims());
        assertThat(token).hasSize(2048);
        assertThat(Arrays.copyOf(token, 37))
                .isEqualTo(
                        HexFormat.of()
                                .parseHex(
                                        "4e4554434f444520312e303200" // the version
                                                + "1122334455667788"
                                                + "00f1536500000000"
                                                + "1ef1536500000000"));
        assertThat(Arrays.copyOfRange(token, 1085, 1119))
                .isEqualTo(
                        HexFormat.of()
                                .parseHex(
                                        "fdffffff" // -3 seconds
                                                + "02000000"
                                                + "01"
                                                + "cb007105"
                                                + "409c"
                                                + "02"
                                                + "0120b80d01000200030004000500060"
                                                + "0ffff"));
        assertThat(Arrays.copyOfRange(token, 1119 + 64, 2048)).containsOnly(0);
    }

    @Test
    void theTagIsTheEndOfThePrivatePart() {
        PublicToken token = read(Tokens.write(Tokens.claims()));
        ByteBuffer sealed = ByteBuffer.wrap(token.sealedPrivate());
        assertThat(token.tagHigh()).isEqualTo(LittleEndian.getLong(sealed, 1008));
        assertThat(token.tagLow()).isEqualTo(LittleEndian.getLong(sealed, 1016));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 13, 2047, 2049, 4096})
    void anotherLengthIsUnreadable(int length) {
        byte[] token = Arrays.copyOf(Tokens.write(Tokens.claims()), length);
        assertThat(problem(token)).contains(length + " bytes").contains("2048");
    }

    @Test
    void anotherVersionIsUnreadable() {
        for (int i = 0; i < Wire.VERSION_BYTES; i++) {
            assertThat(problem(changed(i, 'x'))).contains("NETCODE 1.02");
        }
    }

    @Test
    void createdAfterItExpiresIsUnreadableAndTheTimesAreUnsigned() {
        byte[] token = Tokens.write(Tokens.claims());
        ByteBuffer buffer = ByteBuffer.wrap(token);
        LittleEndian.putLong(buffer, PublicToken.CREATE_OFFSET, Tokens.EXPIRE);
        assertThat(read(token).createTimestamp()).isEqualTo(Tokens.EXPIRE);
        LittleEndian.putLong(buffer, PublicToken.CREATE_OFFSET, Tokens.EXPIRE + 1);
        assertThat(problem(token)).contains("createTimestamp 1700000031").contains("1700000030");
        LittleEndian.putLong(buffer, PublicToken.CREATE_OFFSET, -1);
        assertThat(problem(token)).contains("createTimestamp 18446744073709551615");
        LittleEndian.putLong(buffer, PublicToken.EXPIRE_OFFSET, -1);
        assertThat(read(token).expireTimestamp()).isEqualTo(-1);
    }

    @Test
    void oneAndThirtyTwoServersAreReadNoneAndThirtyThreeAreNot() {
        assertThat(read(Tokens.write(Tokens.claims(Tokens.SERVERS.subList(0, 1), 0))).servers())
                .isEqualTo(Tokens.SERVERS.subList(0, 1));
        assertThat(read(Tokens.write(Tokens.claims(Tokens.mostServers(), 0))).servers())
                .isEqualTo(Tokens.mostServers());
        assertThat(problem(changed(PublicToken.SERVERS_OFFSET, 0))).contains("lists 0 servers");
        assertThat(problem(Tokens.write(Tokens.claims(Tokens.ipv4Servers(33), 0))))
                .contains("lists 33 servers")
                .contains("1 to 32");
        assertThat(problem(changed(PublicToken.SERVERS_OFFSET + 3, 0x80)))
                .contains("lists 2147483650 servers");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 255})
    void anAddressOfAnotherTypeIsUnreadable(int type) {
        int second = PublicToken.SERVERS_OFFSET + 4 + 7;
        assertThat(problem(changed(second, type))).contains("server 2 of 2");
    }

    @Test
    void nothingOfTheCallersBytesIsKept() {
        byte[] bytes = Tokens.write(Tokens.claims());
        PublicToken token = read(bytes);
        Arrays.fill(bytes, (byte) 0);
        assertThat(token.nonce()).isEqualTo(Tokens.NONCE);
        assertThat(token.clientToServerKey().sameAs(Tokens.CLIENT_TO_SERVER)).isTrue();
    }

    @Test
    void erasingOverwritesTheKeys() {
        PublicToken token = read(Tokens.write(Tokens.claims()));
        token.erase();
        assertThat(token.clientToServerKey().sameAs(new PacketKey())).isTrue();
        assertThat(token.serverToClientKey().sameAs(new PacketKey())).isTrue();
    }

    @Test
    void printingShowsTheSizeOnly() {
        assertThat(read(Tokens.write(Tokens.claims()))).hasToString("PublicToken[2048 bytes]");
    }

    @Property
    void garbageBehindTheTimesIsReadOrRefused(
            @ForAll @Size(2048 - 37) byte[] garbage, @ForAll @IntRange(max = 40) int count) {
        byte[] token = Tokens.write(Tokens.claims());
        System.arraycopy(garbage, 0, token, 37, garbage.length);
        LittleEndian.putInt(ByteBuffer.wrap(token), PublicToken.SERVERS_OFFSET, count);
        switch (PublicToken.read(token)) {
            case TokenReading.Success(PublicToken read) ->
                    assertThat(read.servers()).hasSize(count);
            case TokenReading.Failure(String problem) -> assertThat(problem).isNotEmpty();
        }
    }

    @Property
    void aChangedByteNeverThrows(@ForAll @IntRange(max = 2047) int offset, @ForAll byte value) {
        assertThat(PublicToken.read(changed(offset, value))).isNotNull();
    }
}
