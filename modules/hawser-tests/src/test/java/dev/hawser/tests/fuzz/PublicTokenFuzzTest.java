package dev.hawser.tests.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.hawser.protocol.UnixTime;
import dev.hawser.protocol.wire.PublicToken;
import dev.hawser.protocol.wire.TokenReading;
import dev.hawser.protocol.wire.Wire;
import java.nio.ByteBuffer;
import java.util.Arrays;

class PublicTokenFuzzTest {
    private static final int FIELDS_OFFSET = Wire.VERSION_BYTES;
    private static final int PRIVATE_OFFSET = FIELDS_OFFSET + 24 + 24;

    @FuzzTest(maxDuration = "10m")
    void anyBytesAreATokenWithinTheLimitsOrUnreadable(byte[] bytes) {
        check(bytes);
        check(Arrays.copyOf(bytes, Wire.CONNECT_TOKEN_BYTES));
        check(tokenWith(bytes));
    }

    /// A token of the right version, so that mutations go into the fields; the sealed part, which
    /// this reader only copies, is left out of the input.
    private static byte[] tokenWith(byte[] bytes) {
        byte[] token = new byte[Wire.CONNECT_TOKEN_BYTES];
        Wire.putVersion(ByteBuffer.wrap(token), 0);
        int before = Math.min(bytes.length, PRIVATE_OFFSET - FIELDS_OFFSET);
        System.arraycopy(bytes, 0, token, FIELDS_OFFSET, before);
        int behindOffset = PRIVATE_OFFSET + Wire.PRIVATE_TOKEN_BYTES;
        int behind = Math.min(bytes.length - before, token.length - behindOffset);
        System.arraycopy(bytes, before, token, behindOffset, behind);
        return token;
    }

    private static void check(byte[] bytes) {
        byte[] before = bytes.clone();
        TokenReading reading = PublicToken.read(bytes);
        assertThat(bytes).as("the input").isEqualTo(before);
        switch (reading) {
            case TokenReading.Failure(String problem) -> assertThat(problem).isNotBlank();
            case TokenReading.Success(PublicToken token) -> {
                assertThat(bytes).hasSize(Wire.CONNECT_TOKEN_BYTES);
                assertThat(token.servers()).hasSizeBetween(1, Wire.SERVERS_PER_TOKEN_MAX);
                assertThat(UnixTime.isAfter(token.createTimestamp(), token.expireTimestamp()))
                        .isFalse();
            }
        }
    }
}
