package dev.hawser.tests.ciphers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.crypto.Aead;
import dev.hawser.protocol.crypto.CipherProvider;
import dev.hawser.protocol.crypto.PacketCipher;
import dev.hawser.protocol.crypto.PacketKey;
import dev.hawser.testkit.AllocationMeter;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// libsodium allocates nothing per call, genuine or forged, in the arrays and the direct memory
/// that a transport works with. The warm-up is short on purpose: it must not take a compiler.
@ParameterizedClass
@MethodSource("dev.hawser.tests.ciphers.Providers#sodium")
class CipherAllocationTest {
    private static final int WARM_UP = 200;
    private static final int CALLS = 1_000;
    private static final int BUFFERS = 64;
    private static final int LENGTH = 256;
    private static final int SEALED = LENGTH + Aead.TAG_BYTES;

    @Parameter private CipherProvider provider;

    private final Random random = new Random(4);
    private final ByteBuffer[] buffers = new ByteBuffer[BUFFERS];
    private final PacketKey[] keys = new PacketKey[BUFFERS];
    private final byte[] associatedData = new byte[22];
    private final byte[] nonce = new byte[Aead.TOKEN_NONCE_BYTES];
    private int turn;
    private int opened;

    /// One call after the other, each with the next buffer and its key.
    private double bytesPerCall(boolean isDirect, Call call) {
        for (int i = 0; i < BUFFERS; i++) {
            buffers[i] =
                    isDirect ? ByteBuffer.allocateDirect(1232) : ByteBuffer.wrap(new byte[1232]);
            keys[i] = new PacketKey();
            keys[i].randomise(random::nextBytes);
        }
        return AllocationMeter.bytesPerIteration(
                WARM_UP,
                CALLS,
                () -> {
                    turn++;
                    if (call.opens(keys[turn % BUFFERS], buffers[turn % BUFFERS])) {
                        opened++;
                    }
                });
    }

    private interface Call {
        boolean opens(PacketKey key, ByteBuffer buffer);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void packetsAllocateNothing(boolean isDirect) {
        PacketCipher cipher = provider.newPacketCipher();

        double bytes =
                bytesPerCall(
                        isDirect,
                        (key, buffer) -> {
                            int offset = 2 + turn / BUFFERS % 3;
                            cipher.seal(key, turn, associatedData, buffer, offset, LENGTH);
                            return cipher.open(key, turn, associatedData, buffer, offset, SEALED);
                        });

        assertThat(bytes).isZero();
        assertThat(opened).isEqualTo(turn);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void forgedPacketsAllocateNothing(boolean isDirect) {
        PacketCipher cipher = provider.newPacketCipher();

        double bytes =
                bytesPerCall(
                        isDirect,
                        (key, buffer) -> cipher.open(key, turn, associatedData, buffer, 3, SEALED));

        assertThat(bytes).isZero();
        assertThat(opened).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void tokensAllocateNothing(boolean isDirect) {
        Aead cipher = provider.newTokenAead();

        double bytes =
                bytesPerCall(
                        isDirect,
                        (packetKey, buffer) -> {
                            byte[] key = packetKey.array();
                            cipher.seal(key, nonce, associatedData, buffer, 7, LENGTH);
                            return cipher.open(key, nonce, associatedData, buffer, 7, SEALED);
                        });

        assertThat(bytes).isZero();
        assertThat(opened).isEqualTo(turn);
    }
}
