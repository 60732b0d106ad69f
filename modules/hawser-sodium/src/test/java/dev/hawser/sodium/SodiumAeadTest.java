package dev.hawser.sodium;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.crypto.Aead;
import dev.hawser.protocol.crypto.PacketCipher;
import dev.hawser.protocol.crypto.PacketKey;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SodiumAeadTest {
    private static final int TAG = Aead.TAG_BYTES;
    private static final byte[] NONCE = new byte[Aead.TOKEN_NONCE_BYTES];
    private static final byte[] DATA = {1, 2, 3};
    private static final byte[] TEXT =
            "attack at dawn, from the north".getBytes(StandardCharsets.UTF_8);

    private final SodiumCipherProvider provider = SodiumCipherProvider.by("bundled");
    private final PacketKey key = new PacketKey();
    private final ByteBuffer buffer = ByteBuffer.allocate(TEXT.length + TAG).put(0, TEXT);

    SodiumAeadTest() {
        key.randomise(new Random(3)::nextBytes);
    }

    @Test
    void neitherKeyNorTextOfAPacketStays() throws ReflectiveOperationException {
        Aead aead = provider.newPacketAead();
        PacketCipher cipher = new PacketCipher(aead);
        cipher.seal(key, 1, DATA, buffer, 0, TEXT.length);
        assertNothingStays(aead);
        ByteBuffer forged = ByteBuffer.wrap(buffer.array().clone()).put(0, (byte) 0);
        assertThat(cipher.open(key, 1, DATA, forged, 0, forged.capacity())).isFalse();
        assertNothingStays(aead);
        assertThat(cipher.open(key, 1, DATA, buffer, 0, buffer.capacity())).isTrue();
        assertNothingStays(aead);
    }

    @Test
    void neitherKeyNorTextOfATokenStays() throws ReflectiveOperationException {
        Aead aead = provider.newTokenAead();
        aead.seal(key.array(), NONCE, DATA, buffer, 0, TEXT.length);
        assertNothingStays(aead);
        assertThat(aead.open(key.array(), NONCE, DATA, buffer, 0, buffer.capacity())).isTrue();
        assertNothingStays(aead);
    }

    private void assertNothingStays(Aead aead) throws ReflectiveOperationException {
        String memory = text(memory(aead));
        assertThat(memory).doesNotContain(text(key.array()));
        for (int i = 0; i + 4 <= TEXT.length; i++) {
            assertThat(memory).doesNotContain(new String(TEXT, i, 4, StandardCharsets.ISO_8859_1));
        }
    }

    /// Also sees that the test looks at the right place.
    @Test
    void theAssociatedDataStays() throws ReflectiveOperationException {
        Aead aead = provider.newPacketAead();
        new PacketCipher(aead).seal(key, 1, TEXT, buffer, 0, 3);
        assertThat(text(memory(aead))).contains(text(TEXT));
    }

    private static byte[] memory(Aead aead) throws ReflectiveOperationException {
        ByteBuffer memory = (ByteBuffer) field(aead, "memory");
        byte[] bytes = new byte[memory.capacity()];
        memory.get(0, bytes);
        return bytes;
    }

    private static Object field(Object object, String name) throws ReflectiveOperationException {
        Field field = object.getClass().getDeclaredField(name);
        field.setAccessible(true);
        return field.get(object);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
