package dev.hawser.tests.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.hawser.protocol.Drop;
import dev.hawser.protocol.PeerAddress;
import dev.hawser.protocol.crypto.Aead;
import dev.hawser.protocol.crypto.Ciphers;
import dev.hawser.protocol.wire.LittleEndian;
import dev.hawser.protocol.wire.PrivateToken;
import dev.hawser.protocol.wire.Wire;
import java.nio.ByteBuffer;
import java.util.Arrays;

class PrivateTokenFuzzTest {
    private static final int MARGIN = 7;
    private static final int PLAIN_BYTES = Wire.PRIVATE_TOKEN_BYTES - Wire.TAG_BYTES;
    private static final long PROTOCOL_ID = 0x1122_3344_5566_7788L;
    private static final long EXPIRE = 1_900_000_000L;
    private static final byte[] KEY = new byte[Wire.KEY_BYTES];
    private static final byte[] NONCE = new byte[Wire.CONNECT_TOKEN_NONCE_BYTES];

    private static final Aead CIPHER = Ciphers.best().newTokenAead();
    private static final PrivateToken TOKEN = new PrivateToken();

    @FuzzTest(maxDuration = "10m")
    void whateverAHolderOfTheKeySealedIsReadWithinTheLimitsOrUnreadable(byte[] plain) {
        ByteBuffer buffer = ByteBuffer.allocate(MARGIN + Wire.PRIVATE_TOKEN_BYTES + MARGIN);
        Arrays.fill(buffer.array(), (byte) 0x5a);
        buffer.put(MARGIN, Arrays.copyOf(plain, PLAIN_BYTES));
        CIPHER.seal(KEY, NONCE, associatedData(), buffer, MARGIN, PLAIN_BYTES);

        Drop drop = TOKEN.open(CIPHER, KEY, PROTOCOL_ID, EXPIRE, NONCE, buffer, MARGIN);

        assertThat(drop).isIn(Drop.NONE, Drop.TOKEN_UNREADABLE);
        for (int i = 0; i < MARGIN; i++) {
            assertThat(buffer.get(i)).as("byte before the token").isEqualTo((byte) 0x5a);
            assertThat(buffer.get(buffer.capacity() - 1 - i))
                    .as("byte behind the token")
                    .isEqualTo((byte) 0x5a);
        }
        if (drop == Drop.NONE) {
            assertThat(TOKEN.serverCount()).isBetween(1, Wire.SERVERS_PER_TOKEN_MAX);
            PeerAddress server = new PeerAddress();
            for (int i = 0; i < TOKEN.serverCount(); i++) {
                TOKEN.server(i, server);
                assertThat(server.port()).isBetween(0, 0xffff);
            }
        }
    }

    @FuzzTest(maxDuration = "1m")
    void whateverAnybodyElseSentIsNotAuthentic(byte[] sealed) {
        ByteBuffer buffer = ByteBuffer.wrap(Arrays.copyOf(sealed, Wire.PRIVATE_TOKEN_BYTES));
        assertThat(TOKEN.open(CIPHER, KEY, PROTOCOL_ID, EXPIRE, NONCE, buffer, 0))
                .isEqualTo(Drop.TOKEN_NOT_AUTHENTIC);
    }

    private static byte[] associatedData() {
        byte[] bytes = new byte[Wire.VERSION_BYTES + 2 * Long.BYTES];
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        Wire.putVersion(buffer, 0);
        LittleEndian.putLong(buffer, Wire.VERSION_BYTES, PROTOCOL_ID);
        LittleEndian.putLong(buffer, Wire.VERSION_BYTES + Long.BYTES, EXPIRE);
        return bytes;
    }
}
