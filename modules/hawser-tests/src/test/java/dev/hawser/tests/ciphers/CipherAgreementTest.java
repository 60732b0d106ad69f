package dev.hawser.tests.ciphers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.crypto.Aead;
import dev.hawser.protocol.crypto.CipherProvider;
import dev.hawser.protocol.crypto.PacketCipher;
import dev.hawser.protocol.crypto.PacketKey;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What one provider seals, every other one seals alike and opens.
class CipherAgreementTest {
    private static final int LENGTH_MAX = 1300;
    private static final int OFFSET_MAX = 40;
    private static final int TAG = Aead.TAG_BYTES;
    private static final int THREADS = 4;

    static List<Arguments> pairs() {
        List<Named<CipherProvider>> all = Providers.all();
        List<Arguments> pairs = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            for (int j = 0; j < all.size(); j++) {
                if (i != j) {
                    pairs.add(Arguments.of(all.get(i), all.get(j)));
                }
            }
        }
        return pairs;
    }

    private final Random random = new Random(20);
    private final PacketKey key = new PacketKey();
    private final byte[] nonce = new byte[Aead.TOKEN_NONCE_BYTES];

    private static ByteBuffer allocate(boolean isDirect) {
        int bytes = OFFSET_MAX + LENGTH_MAX + TAG + 8;
        return isDirect ? ByteBuffer.allocateDirect(bytes) : ByteBuffer.allocate(bytes);
    }

    private void fill(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.capacity()];
        random.nextBytes(bytes);
        buffer.put(0, bytes);
    }

    private byte[] randomBytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void packetsOfEveryLengthSealedByOneAreOpenedByTheOther(CipherProvider a, CipherProvider b) {
        PacketCipher sealer = a.newPacketCipher();
        PacketCipher opener = b.newPacketCipher();
        ofEveryLength((length, offset, ours, theirs, data) -> {
            long sequence = random.nextLong();
            sealer.seal(key, sequence, data, ours, offset, length);
            opener.seal(key, sequence, data, theirs, offset, length);
            assertThat(theirs).as("%d bytes sealed", length).isEqualTo(ours);
            assertThat(opener.open(key, sequence, data, ours, offset, length + TAG)).isTrue();
        });
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void tokensOfEveryLengthSealedByOneAreOpenedByTheOther(CipherProvider a, CipherProvider b) {
        Aead sealer = a.newTokenAead();
        Aead opener = b.newTokenAead();
        ofEveryLength((length, offset, ours, theirs, data) -> {
            random.nextBytes(nonce);
            sealer.seal(key.array(), nonce, data, ours, offset, length);
            opener.seal(key.array(), nonce, data, theirs, offset, length);
            assertThat(theirs).as("%d bytes sealed", length).isEqualTo(ours);
            assertThat(opener.open(key.array(), nonce, data, ours, offset, length + TAG)).isTrue();
        });
    }

    private interface Agreement {
        /// Seals what both buffers hold alike, compares, and opens it in the first one.
        void check(int length, int offset, ByteBuffer ours, ByteBuffer theirs, byte[] data);
    }

    /// Each time under another key, at another offset, and sees that what was opened, and all
    /// around it, is as it was.
    private void ofEveryLength(Agreement agreement) {
        for (int length = 0; length <= LENGTH_MAX; length++) {
            int offset = random.nextInt(OFFSET_MAX);
            ByteBuffer ours = allocate(random.nextBoolean());
            ByteBuffer theirs = allocate(random.nextBoolean());
            fill(ours);
            theirs.put(0, ours, 0, ours.capacity());
            ByteBuffer plain =
                    ByteBuffer.allocate(ours.capacity()).put(0, ours, 0, ours.capacity());
            key.randomise(random::nextBytes);

            agreement.check(length, offset, ours, theirs, randomBytes(random.nextInt(80)));

            assertThat(ours.slice(0, offset + length))
                    .as("%d bytes opened", length)
                    .isEqualTo(plain.slice(0, offset + length));
            int behind = offset + length + TAG;
            assertThat(ours.slice(behind, ours.capacity() - behind))
                    .as("what is behind")
                    .isEqualTo(plain.slice(behind, ours.capacity() - behind));
        }
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void aPacketOfOneForgedInAnyBitIsRefusedByTheOther(CipherProvider a, CipherProvider b) {
        PacketCipher sealer = a.newPacketCipher();
        PacketCipher opener = b.newPacketCipher();
        byte[] data = randomBytes(22);
        for (int length : new int[] {0, 1, 15, 64, 255}) {
            ByteBuffer sealed = allocate(false);
            sealer.seal(key, 7, data, sealed, 3, length);
            ByteBuffer forged = allocate(true);
            for (int bit = 0; bit < (length + TAG) * 8; bit++) {
                forged.put(0, sealed, 0, sealed.capacity());
                int at = 3 + bit / 8;
                forged.put(at, (byte) (forged.get(at) ^ (1 << (bit % 8))));
                assertThat(opener.open(key, 7, data, forged, 3, length + TAG))
                        .as("%d bytes, bit %d", length, bit)
                        .isFalse();
            }
        }
    }

    /// An instance belongs to one thread; what the instances share must not show.
    @Test
    void threadsWithCiphersOfTheirOwnDoNotDisturbEachOther() throws Exception {
        CyclicBarrier together = new CyclicBarrier(THREADS * Providers.all().size());
        List<Future<?>> working = new ArrayList<>();
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            for (Named<CipherProvider> provider : Providers.all()) {
                for (int i = 0; i < THREADS; i++) {
                    int seed = i;
                    working.add(
                            threads.submit(() -> {
                                together.await();
                                sealAndOpen(provider.getPayload(), seed);
                                return null;
                            }));
                }
            }
            for (Future<?> one : working) {
                one.get();
            }
        }
    }

    private static void sealAndOpen(CipherProvider provider, int seed) {
        Random random = new Random(seed);
        PacketCipher cipher = provider.newPacketCipher();
        PacketKey key = new PacketKey();
        byte[] data = new byte[22];
        byte[] plain = new byte[500];
        ByteBuffer buffer = ByteBuffer.allocate(plain.length + TAG);
        for (int sequence = 0; sequence < 5_000; sequence++) {
            key.randomise(random::nextBytes);
            random.nextBytes(data);
            random.nextBytes(plain);
            buffer.put(0, plain);
            cipher.seal(key, sequence, data, buffer, 0, plain.length);
            if (!cipher.open(key, sequence, data, buffer, 0, buffer.capacity())
                    || !buffer.slice(0, plain.length).equals(ByteBuffer.wrap(plain))) {
                throw new AssertionError("packet " + sequence + " of " + provider.name());
            }
        }
    }
}
