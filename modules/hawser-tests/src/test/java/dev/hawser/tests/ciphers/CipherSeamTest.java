package dev.hawser.tests.ciphers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.hawser.protocol.crypto.Aead;
import dev.hawser.protocol.crypto.CipherProvider;
import dev.hawser.protocol.crypto.PacketCipher;
import dev.hawser.protocol.crypto.PacketKey;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What the two seams promise beside the right bytes: in place, between absolute offsets, in any
/// kind of buffer, and without an exception for a forger to cause; by every provider.
@ParameterizedClass
@MethodSource("dev.hawser.tests.ciphers.Providers#all")
class CipherSeamTest {
    private static final int OFFSET = 13;
    private static final int LENGTH = 100;
    private static final int SEALED = LENGTH + Aead.TAG_BYTES;
    private static final byte[] ASSOCIATED_DATA = {1, 2, 3};
    private static final byte[] NONCE = new byte[Aead.TOKEN_NONCE_BYTES];

    private final PacketCipher packetCipher;
    private final Aead tokenCipher;
    private final PacketKey key = new PacketKey();

    CipherSeamTest(CipherProvider provider) {
        packetCipher = provider.newPacketCipher();
        tokenCipher = provider.newTokenAead();
        key.randomise(new Random(1)::nextBytes);
    }

    static Stream<IntFunction<ByteBuffer>> allocators() {
        return Stream.of(
                ByteBuffer::allocate,
                ByteBuffer::allocateDirect,
                size -> ByteBuffer.allocate(size + 7).slice(5, size),
                size -> ByteBuffer.allocateDirect(size + 7).slice(5, size),
                size -> Arena.ofAuto().allocate(size).asByteBuffer());
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

    @Test
    void aPacketOpensUnderNothingButItsOwn() {
        ByteBuffer sealed = filled(ByteBuffer::allocate);
        packetCipher.seal(key, 5, ASSOCIATED_DATA, sealed, OFFSET, LENGTH);
        for (int bit = 0; bit < SEALED * 8; bit++) {
            ByteBuffer forged = forged(sealed, bit);
            assertThat(packetCipher.open(key, 5, ASSOCIATED_DATA, forged, OFFSET, SEALED))
                    .as("bit %d", bit)
                    .isFalse();
        }
        for (int bit = 0; bit < Long.SIZE; bit++) {
            long other = 5 ^ (1L << bit);
            assertThat(openPacket(key, other, ASSOCIATED_DATA, sealed)).as("%d", other).isFalse();
        }
        for (int bit = 0; bit < PacketKey.BYTES * 8; bit++) {
            PacketKey other = PacketKey.ofBytes(flipped(key.array(), bit));
            assertThat(openPacket(other, 5, ASSOCIATED_DATA, sealed)).as("bit %d", bit).isFalse();
        }
        assertThat(openPacket(key, 5, new byte[0], sealed)).isFalse();
        assertThat(openPacket(key, 5, new byte[] {1, 2, 4}, sealed)).isFalse();
        assertThat(openPacket(key, 5, new byte[] {1, 2, 3, 0}, sealed)).isFalse();
        assertThat(openPacket(key, 5, ASSOCIATED_DATA, sealed)).isTrue();
    }

    @Test
    void aTokenOpensUnderNothingButItsOwn() {
        ByteBuffer sealed = filled(ByteBuffer::allocate);
        tokenCipher.seal(key.array(), NONCE, ASSOCIATED_DATA, sealed, OFFSET, LENGTH);
        for (int bit = 0; bit < SEALED * 8; bit++) {
            assertThat(openToken(key.array(), NONCE, forged(sealed, bit)))
                    .as("bit %d", bit)
                    .isFalse();
        }
        for (int bit = 0; bit < Aead.TOKEN_NONCE_BYTES * 8; bit++) {
            assertThat(openToken(key.array(), flipped(NONCE, bit), sealed))
                    .as("bit %d", bit)
                    .isFalse();
        }
        for (int bit = 0; bit < PacketKey.BYTES * 8; bit++) {
            assertThat(openToken(flipped(key.array(), bit), NONCE, sealed))
                    .as("bit %d", bit)
                    .isFalse();
        }
        assertThat(openToken(key.array(), NONCE, sealed)).isTrue();
    }

    private boolean openPacket(
            PacketKey key, long sequence, byte[] associatedData, ByteBuffer sealed) {
        return packetCipher.open(key, sequence, associatedData, copy(sealed), OFFSET, SEALED);
    }

    private boolean openToken(byte[] key, byte[] nonce, ByteBuffer sealed) {
        return tokenCipher.open(key, nonce, ASSOCIATED_DATA, copy(sealed), OFFSET, SEALED);
    }

    private static ByteBuffer forged(ByteBuffer sealed, int bit) {
        ByteBuffer forged = copy(sealed);
        int at = OFFSET + bit / 8;
        return forged.put(at, (byte) (forged.get(at) ^ (1 << (bit % 8))));
    }

    private static byte[] flipped(byte[] bytes, int bit) {
        byte[] flipped = bytes.clone();
        flipped[bit / 8] ^= (byte) (1 << (bit % 8));
        return flipped;
    }

    @Test
    void whatIsShorterThanATagDoesNotOpen() {
        ByteBuffer buffer = ByteBuffer.allocate(Aead.TAG_BYTES);
        for (int length = 0; length <= Aead.TAG_BYTES; length++) {
            assertThat(packetCipher.open(key, 5, ASSOCIATED_DATA, buffer, 0, length)).isFalse();
            assertThat(tokenCipher.open(key.array(), NONCE, ASSOCIATED_DATA, buffer, 0, length))
                    .isFalse();
        }
    }

    @Test
    void nothingCanBeSealedToo() {
        ByteBuffer buffer = ByteBuffer.allocate(Aead.TAG_BYTES);
        packetCipher.seal(key, 5, ASSOCIATED_DATA, buffer, 0, 0);
        assertThat(packetCipher.open(key, 5, ASSOCIATED_DATA, buffer, 0, buffer.capacity()))
                .isTrue();
    }

    /// Far longer than a packet, and short again.
    @ParameterizedTest
    @MethodSource("allocators")
    void aTextOfAnyLengthIsSealedAndOpened(IntFunction<ByteBuffer> allocator) {
        for (int length : new int[] {1, 1984, 1985, 2048, 5_000, 100_000, 3}) {
            ByteBuffer buffer = allocator.apply(length + Aead.TAG_BYTES);
            buffer.put(0, (byte) 7).put(length - 1, (byte) 7);
            ByteBuffer plain = copy(buffer);
            packetCipher.seal(key, 5, ASSOCIATED_DATA, buffer, 0, length);
            assertThat(buffer.slice(0, length)).isNotEqualTo(plain.slice(0, length));
            assertThat(packetCipher.open(key, 5, ASSOCIATED_DATA, buffer, 0, buffer.limit()))
                    .as("%d", length)
                    .isTrue();
            assertThat(buffer.slice(0, length)).isEqualTo(plain.slice(0, length));
        }
    }

    @Test
    void associatedDataOfAnyLengthIsAuthenticated() {
        for (int length : new int[] {0, 1, 63, 64, 65, 1000, 64}) {
            byte[] associatedData = new byte[length];
            ByteBuffer buffer = filled(ByteBuffer::allocate);
            packetCipher.seal(key, 5, associatedData, buffer, OFFSET, LENGTH);
            assertThat(openPacket(key, 5, new byte[length + 1], buffer)).isFalse();
            assertThat(openPacket(key, 5, associatedData, buffer)).as("%d", length).isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("allocators")
    void whatReachesBeyondTheBufferIsRefusedAndNothingIsWritten(IntFunction<ByteBuffer> allocator) {
        ByteBuffer buffer = filled(allocator);
        int limit = buffer.limit();
        List<int[]> ranges =
                List.of(
                        new int[] {-1, 20},
                        new int[] {0, -1},
                        new int[] {OFFSET, -10},
                        new int[] {0, limit + 1},
                        new int[] {limit, 16},
                        new int[] {limit + 1, 0},
                        new int[] {limit - 19, 20},
                        new int[] {1, Integer.MAX_VALUE},
                        new int[] {Integer.MAX_VALUE, 20},
                        new int[] {Integer.MIN_VALUE, 20},
                        new int[] {0, Integer.MAX_VALUE - 8});
        for (int[] range : ranges) {
            refused(() -> packetCipher.open(key, 1, NONCE, buffer, range[0], range[1]), range);
            refused(() -> packetCipher.seal(key, 1, NONCE, buffer, range[0], range[1]), range);
            refused(
                    () -> tokenCipher.open(key.array(), NONCE, NONCE, buffer, range[0], range[1]),
                    range);
            refused(
                    () -> tokenCipher.seal(key.array(), NONCE, NONCE, buffer, range[0], range[1]),
                    range);
        }
        // The text is inside, its tag is not.
        int[] noTag = {limit - LENGTH - 15, LENGTH};
        refused(() -> packetCipher.seal(key, 1, NONCE, buffer, noTag[0], noTag[1]), noTag);
        refused(() -> tokenCipher.seal(key.array(), NONCE, NONCE, buffer, noTag[0], LENGTH), noTag);
        assertThat(buffer).isEqualTo(filled(allocator));
    }

    private static void refused(Runnable call, int[] range) {
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .as(Arrays.toString(range))
                .isThrownBy(call::run);
    }

    @ParameterizedTest
    @MethodSource("allocators")
    void aReadOnlyBufferIsRefusedAndKeepsItsContent(IntFunction<ByteBuffer> allocator) {
        ByteBuffer buffer = filled(allocator);
        packetCipher.seal(key, 5, ASSOCIATED_DATA, buffer, OFFSET, LENGTH);
        ByteBuffer content = copy(buffer);
        ByteBuffer readOnly = buffer.asReadOnlyBuffer();
        for (Runnable call :
                List.<Runnable>of(
                        () -> packetCipher.open(key, 5, ASSOCIATED_DATA, readOnly, OFFSET, SEALED),
                        () -> packetCipher.seal(key, 5, ASSOCIATED_DATA, readOnly, OFFSET, LENGTH),
                        () -> tokenCipher.open(key.array(), NONCE, NONCE, readOnly, OFFSET, SEALED),
                        () ->
                                tokenCipher.seal(
                                        key.array(), NONCE, NONCE, readOnly, OFFSET, LENGTH))) {
            assertThatExceptionOfType(ReadOnlyBufferException.class).isThrownBy(call::run);
        }
        assertThat(copy(buffer)).isEqualTo(content);
    }

    @Test
    void keysAndNoncesOfAnotherSizeAreRefused() {
        ByteBuffer buffer = filled(ByteBuffer::allocate);
        for (int bytes : new int[] {0, 16, 31, 33}) {
            byte[] wrong = new byte[bytes];
            assertThatExceptionOfType(RuntimeException.class)
                    .as("%d", bytes)
                    .isThrownBy(
                            () -> tokenCipher.seal(wrong, NONCE, NONCE, buffer, OFFSET, LENGTH));
            assertThatExceptionOfType(RuntimeException.class)
                    .as("%d", bytes)
                    .isThrownBy(() ->
                            tokenCipher.seal(key.array(), wrong, NONCE, buffer, OFFSET, LENGTH));
        }
        assertThat(buffer).isEqualTo(filled(ByteBuffer::allocate));
    }

    /// A buffer can be all that is left of memory that was freed.
    @Test
    void freedMemoryIsRefused() {
        ByteBuffer buffer;
        try (Arena arena = Arena.ofShared()) {
            buffer = filled(size -> arena.allocate(size).asByteBuffer());
            packetCipher.seal(key, 5, ASSOCIATED_DATA, buffer, OFFSET, LENGTH);
            tokenCipher.seal(key.array(), NONCE, ASSOCIATED_DATA, buffer, OFFSET, LENGTH);
        }
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(
                        () -> packetCipher.seal(key, 5, ASSOCIATED_DATA, buffer, OFFSET, LENGTH));
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(
                        () -> tokenCipher.open(key.array(), NONCE, NONCE, buffer, OFFSET, SEALED));
    }
}
