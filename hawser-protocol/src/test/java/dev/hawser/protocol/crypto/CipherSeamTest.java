package dev.hawser.protocol.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What the two seams promise beside the right bytes: in place, between absolute offsets, in any
/// kind of buffer, and without an exception for a forger to cause.
class CipherSeamTest {
    private static final int OFFSET = 13;
    private static final int LENGTH = 100;
    private static final int SEALED = LENGTH + PacketCipher.TAG_BYTES;
    private static final byte[] ASSOCIATED_DATA = {1, 2, 3};
    private static final byte[] NONCE = new byte[TokenCipher.NONCE_BYTES];

    private final PacketCipher packetCipher = Ciphers.best().newPacketCipher();
    private final TokenCipher tokenCipher = Ciphers.best().newTokenCipher();
    private final PacketKey key = new PacketKey();

    CipherSeamTest() {
        key.randomise(new Random(1)::nextBytes);
    }

    static Stream<IntFunction<ByteBuffer>> allocators() {
        return Stream.of(
                ByteBuffer::allocate,
                ByteBuffer::allocateDirect,
                size -> ByteBuffer.allocate(size + 7).slice(5, size),
                size -> ByteBuffer.allocateDirect(size + 7).slice(5, size));
    }

    private static ByteBuffer filled(IntFunction<ByteBuffer> allocator) {
        ByteBuffer buffer = allocator.apply(OFFSET + SEALED + 9);
        for (int i = 0; i < buffer.capacity(); i++) {
            buffer.put(i, (byte) i);
        }
        return buffer.position(2).limit(buffer.capacity() - 1);
    }

    private static ByteBuffer copy(ByteBuffer source) {
        ByteBuffer copy = ByteBuffer.allocate(source.capacity());
        return copy.put(0, source, 0, source.limit());
    }

    @ParameterizedTest
    @MethodSource("allocators")
    void packetsAreSealedAndOpenedInPlaceInAnyBuffer(IntFunction<ByteBuffer> allocator) {
        ByteBuffer buffer = filled(allocator);
        packetCipher.seal(key, -2, ASSOCIATED_DATA, buffer, OFFSET, LENGTH);
        assertThat(buffer.slice(OFFSET, LENGTH))
                .isNotEqualTo(filled(allocator).slice(OFFSET, LENGTH));
        assertThat(packetCipher.open(key, -2, ASSOCIATED_DATA, buffer, OFFSET, SEALED)).isTrue();
        checkRestored(buffer, filled(allocator));
    }

    @ParameterizedTest
    @MethodSource("allocators")
    void tokensAreSealedAndOpenedInPlaceInAnyBuffer(IntFunction<ByteBuffer> allocator) {
        ByteBuffer buffer = filled(allocator);
        tokenCipher.seal(key.array(), NONCE, ASSOCIATED_DATA, buffer, OFFSET, LENGTH);
        assertThat(buffer.slice(OFFSET, LENGTH))
                .isNotEqualTo(filled(allocator).slice(OFFSET, LENGTH));
        assertThat(tokenCipher.open(key.array(), NONCE, ASSOCIATED_DATA, buffer, OFFSET, SEALED))
                .isTrue();
        checkRestored(buffer, filled(allocator));
    }

    private static void checkRestored(ByteBuffer buffer, ByteBuffer original) {
        assertThat(buffer.position()).isEqualTo(original.position());
        assertThat(buffer.limit()).isEqualTo(original.limit());
        int end = OFFSET + LENGTH;
        int behind = OFFSET + SEALED;
        assertThat(buffer.slice(0, end)).isEqualTo(original.slice(0, end));
        assertThat(buffer.slice(behind, buffer.limit() - behind))
                .isEqualTo(original.slice(behind, original.limit() - behind));
    }

    @Test
    void sealingTheSameUnderTheSameKeyAndNonceGivesTheSameBytes() {
        ByteBuffer first = filled(ByteBuffer::allocate);
        ByteBuffer second = filled(ByteBuffer::allocate);
        packetCipher.seal(key, 5, ASSOCIATED_DATA, first, OFFSET, LENGTH);
        packetCipher.seal(key, 5, ASSOCIATED_DATA, second, OFFSET, LENGTH);
        assertThat(second).isEqualTo(first);
        tokenCipher.seal(key.array(), NONCE, ASSOCIATED_DATA, first, OFFSET, LENGTH);
        tokenCipher.seal(key.array(), NONCE, ASSOCIATED_DATA, second, OFFSET, LENGTH);
        assertThat(second).isEqualTo(first);
    }

    @Test
    void aSealOpensAsOftenAsItComes() {
        ByteBuffer sealed = filled(ByteBuffer::allocate);
        packetCipher.seal(key, 5, ASSOCIATED_DATA, sealed, OFFSET, LENGTH);
        for (int i = 0; i < 3; i++) {
            ByteBuffer copy = copy(sealed);
            assertThat(packetCipher.open(key, 5, ASSOCIATED_DATA, copy, OFFSET, SEALED)).isTrue();
        }
    }

    @Property(tries = 500)
    void aSealOpensUnderNothingButItsOwn(
            @ForAll @IntRange(max = SEALED * 8 - 1) int bit, @ForAll long otherSequence) {
        ByteBuffer sealed = filled(ByteBuffer::allocate);
        packetCipher.seal(key, 5, ASSOCIATED_DATA, sealed, OFFSET, LENGTH);
        ByteBuffer changed = copy(sealed);
        int at = OFFSET + bit / 8;
        changed.put(at, (byte) (changed.get(at) ^ (1 << (bit % 8))));
        assertThat(packetCipher.open(key, 5, ASSOCIATED_DATA, changed, OFFSET, SEALED)).isFalse();
        ByteBuffer copy = copy(sealed);
        assertThat(packetCipher.open(key, otherSequence, ASSOCIATED_DATA, copy, OFFSET, SEALED))
                .isEqualTo(otherSequence == 5);
        assertThat(packetCipher.open(key, 5, new byte[2], copy, OFFSET, SEALED)).isFalse();
        assertThat(packetCipher.open(new PacketKey(), 5, ASSOCIATED_DATA, copy, OFFSET, SEALED))
                .isFalse();
    }

    @Test
    void whatIsShorterThanATagDoesNotOpen() {
        ByteBuffer buffer = ByteBuffer.allocate(PacketCipher.TAG_BYTES);
        for (int length = 0; length <= PacketCipher.TAG_BYTES; length++) {
            assertThat(packetCipher.open(key, 5, ASSOCIATED_DATA, buffer, 0, length)).isFalse();
            assertThat(tokenCipher.open(key.array(), NONCE, ASSOCIATED_DATA, buffer, 0, length))
                    .isFalse();
        }
    }

    @Test
    void nothingCanBeSealedToo() {
        ByteBuffer buffer = ByteBuffer.allocate(PacketCipher.TAG_BYTES);
        packetCipher.seal(key, 5, ASSOCIATED_DATA, buffer, 0, 0);
        assertThat(packetCipher.open(key, 5, ASSOCIATED_DATA, buffer, 0, buffer.capacity()))
                .isTrue();
    }
}
