package dev.hawser.protocol.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.Drop;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.TokenTag;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/// docs/protocol.md "Extension block".
class ExtensionBlockTest {
    private static ByteBuffer block(int... bytes) {
        ByteBuffer buffer = ByteBuffer.allocate(80);
        for (int b : bytes) {
            buffer.put((byte) b);
        }
        return buffer;
    }

    private static int read(ByteBuffer buffer) {
        return ExtensionBlock.read(buffer, 0, buffer.capacity());
    }

    @Test
    void itIsWrittenInSixBytes() {
        ByteBuffer buffer = ByteBuffer.allocate(10);
        ExtensionBlock.write(buffer, 2, 0x8001, null);
        assertThat(buffer.array()).containsExactly(0, 0, 'H', 'X', 1, 6, 1, 0x80, 0, 0);
    }

    @Test
    void noFlagsWriteNothing() {
        ByteBuffer buffer = ByteBuffer.allocate(10);
        ExtensionBlock.write(buffer, 2, 0, null);
        assertThat(buffer.array()).containsOnly(0);
    }

    @Property
    void whatIsWrittenIsReadWhereverItFits(
            @ForAll @IntRange(max = 0xffff) int flags, @ForAll @IntRange(max = 74) int offset) {
        ByteBuffer buffer = ByteBuffer.allocate(80);
        ExtensionBlock.write(buffer, offset, flags, null);
        // Without a tag nothing is resumed, whatever the flag says.
        int read = flags & ~ExtensionBlock.RESUMES;
        assertThat(ExtensionBlock.read(buffer, offset, 80)).isEqualTo(read);
        assertThat(ExtensionBlock.read(buffer, offset, offset + 6)).isEqualTo(read);
        assertThat(ExtensionBlock.read(buffer, offset, offset + 5)).isZero();
    }

    @Test
    void theTagOfAFormerTokenFollowsTheFlags() {
        ByteBuffer buffer = ByteBuffer.allocate(30);
        ExtensionBlock.write(buffer, 2, 5, new TokenTag(0x0807060504030201L, 0x100f0e0d0c0b0a09L));
        assertThat(buffer.array())
                .containsExactly(
                        0, 0, 'H', 'X', 1, 22, 5, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
                        15, 16, 0, 0, 0, 0, 0, 0);
        assertThat(ExtensionBlock.read(buffer, 2, 24)).isEqualTo(5);
        assertThat(ExtensionBlock.read(buffer, 2, 23)).isZero();
    }

    @Test
    void aLongerBlockIsReadUpToItsLimit() {
        assertThat(read(block('H', 'X', 1, 6, 1, 0))).isEqualTo(1);
        assertThat(read(block('H', 'X', 1, 64, 1, 0))).isEqualTo(1);
        assertThat(read(block('H', 'X', 1, 65, 1, 0))).isZero();
        assertThat(read(block('H', 'X', 1, 255, 1, 0))).isZero();
    }

    @Test
    void aBlockThatEndsBehindThePaddingIsNone() {
        ByteBuffer buffer = block('H', 'X', 1, 20, 1, 0);
        assertThat(ExtensionBlock.read(buffer, 0, 20)).isEqualTo(1);
        assertThat(ExtensionBlock.read(buffer, 0, 19)).isZero();
    }

    @Test
    void aMalformedBlockIsNone() {
        assertThat(read(block())).isZero();
        assertThat(read(block('h', 'X', 1, 6, 1, 0))).isZero();
        assertThat(read(block('H', 'x', 1, 6, 1, 0))).isZero();
        assertThat(read(block('X', 'H', 1, 6, 1, 0))).isZero();
        assertThat(read(block('H', 'X', 0, 6, 1, 0))).isZero();
        assertThat(read(block('H', 'X', 2, 6, 1, 0))).isZero();
        for (int length = 0; length < 6; length++) {
            assertThat(read(block('H', 'X', 1, length, 1, 0))).isZero();
        }
    }

    @Property
    void nothingBehindTheEndIsRead(
            @ForAll @Size(70) byte[] garbage,
            @ForAll @IntRange(max = 70) int offset,
            @ForAll boolean looksRight) {
        ByteBuffer buffer = ByteBuffer.wrap(garbage.clone());
        if (looksRight && offset <= 67) {
            buffer.put(offset, (byte) 'H').put(offset + 1, (byte) 'X').put(offset + 2, (byte) 1);
        }
        // The buffer ends at the end: one byte further throws.
        assertThat(ExtensionBlock.read(buffer, offset, 70)).isBetween(0, 0xffff);
    }

    @Test
    void bothPartsOfATokenCarryItWithFewAndWithMostServers() {
        for (List<NetAddress> servers : List.of(Tokens.SERVERS, Tokens.mostServers())) {
            for (int flags = 1; flags <= 7; flags++) {
                byte[] token = Tokens.write(Tokens.claims(servers, flags));
                assertThat(readPublic(token)).isEqualTo(flags);
                assertThat(readPrivate(token)).isEqualTo(flags);
            }
        }
    }

    @Test
    void withoutItATokenIsTheStandardsToTheByte() {
        byte[] with = Tokens.write(Tokens.claims(Tokens.SERVERS, 1));
        byte[] without = Tokens.write(Tokens.claims(Tokens.SERVERS, 0));
        assertThat(readPublic(without)).isZero();
        assertThat(readPrivate(without)).isZero();
        int block = PublicToken.SERVERS_OFFSET + 4 + 7 + 19 + 64;
        assertThat(Arrays.copyOfRange(with, block, block + 6))
                .containsExactly('H', 'X', 1, 6, 1, 0);
        assertThat(Arrays.copyOfRange(without, block, 2048)).containsOnly(0);
    }

    private static int readPublic(byte[] token) {
        return ((TokenReading.Success) PublicToken.read(token)).token().extensions();
    }

    private static int readPrivate(byte[] token) {
        PrivateToken opened = new PrivateToken();
        ByteBuffer buffer = ByteBuffer.wrap(token.clone());
        int offset = PublicToken.PRIVATE_OFFSET;
        Drop drop =
                opened.open(
                        Tokens.cipher(),
                        Tokens.PRIVATE_KEY,
                        Tokens.PROTOCOL_ID,
                        Tokens.EXPIRE,
                        Tokens.NONCE,
                        buffer,
                        offset);
        assertThat(drop).isEqualTo(Drop.NONE);
        return opened.extensions();
    }
}
