package dev.hawser.web.webtransport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.web.WebDrop;
import dev.hawser.web.session.WebCounters;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/// Who has to prove its address, and what proves it.
class AddressTokensTest {
    private static final InetSocketAddress CLIENT = new InetSocketAddress("203.0.113.5", 4000);
    private static final byte[] ID = {1, 2, 3, 4, 5, 6, 7, 8};
    private static final int HEAD_BYTES = 24;

    private final WebCounters counters = new WebCounters();
    private final AddressTokens tokens = tokens();
    private boolean isNeeded = true;
    private long nowNanos = 77;

    private AddressTokens tokens() {
        return new AddressTokens(counters, () -> isNeeded, () -> nowNanos);
    }

    private byte[] token() {
        ByteBuf out = Unpooled.buffer(tokens.maxTokenLength(), tokens.maxTokenLength());
        assertThat(tokens.writeToken(out, Unpooled.wrappedBuffer(ID), CLIENT)).isTrue();
        byte[] token = new byte[out.readableBytes()];
        out.readBytes(token);
        return token;
    }

    private boolean proves(byte[] token, InetSocketAddress by) {
        var result = tokens.validateToken(Unpooled.wrappedBuffer(token), by, Unpooled.EMPTY_BUFFER);
        assertThat(tokens.isProven()).isEqualTo(result.isValid());
        return result.isValid();
    }

    private long unproven() {
        return counters.webStats(0, 0, 0).drops().getOrDefault(WebDrop.ADDRESS_UNPROVEN, 0L);
    }

    @Test
    void withoutNeedNobodyIsAskedAndNobodyHasProvenAnything() {
        isNeeded = false;
        ByteBuf out = Unpooled.buffer();
        assertThat(tokens.writeToken(out, Unpooled.wrappedBuffer(ID), CLIENT)).isFalse();
        assertThat(out.isReadable()).isFalse();
        assertThat(tokens.isProven()).isFalse();
        assertThat(counters.webStats(0, 0, 0).addressChecks()).isZero();
    }

    @Test
    void aTokenProvesTheAddressThatItWasSentTo() {
        byte[] token = token();
        assertThat(counters.webStats(0, 0, 0).addressChecks()).isEqualTo(1);
        assertThat(proves(token, CLIENT)).isTrue();
        assertThat(tokens.validateToken(Unpooled.wrappedBuffer(token), CLIENT))
                .as("where the first connection id begins")
                .isEqualTo(HEAD_BYTES);
        assertThat(token).endsWith(ID);
        assertThat(unproven()).isZero();
    }

    @Test
    void anotherAddressOrPortProvesNothing() {
        byte[] token = token();
        assertThat(proves(token, new InetSocketAddress("203.0.113.6", 4000))).isFalse();
        assertThat(proves(token, new InetSocketAddress("203.0.113.5", 4001))).isFalse();
        assertThat(unproven()).isEqualTo(2);
    }

    @Test
    void eachChangedByteProvesNothing() {
        byte[] token = token();
        for (int i = 0; i < token.length; i++) {
            token[i] ^= 1;
            assertThat(proves(token, CLIENT)).as("byte %d", i).isFalse();
            token[i] ^= 1;
        }
        assertThat(proves(Arrays.copyOf(token, HEAD_BYTES - 1), CLIENT)).isFalse();
        assertThat(proves(new byte[0], CLIENT)).isFalse();
        assertThat(proves(new byte[1000], CLIENT)).isFalse();
    }

    @Test
    void aTokenIsGoodForTenSeconds() {
        byte[] token = token();
        nowNanos += AddressTokens.VALID_NANOS;
        assertThat(proves(token, CLIENT)).isTrue();
        nowNanos++;
        assertThat(proves(token, CLIENT)).isFalse();
    }

    @Test
    void aTokenOfAnotherStartProvesNothing() {
        byte[] token = token();
        AddressTokens other = tokens();
        assertThat(other.validateToken(Unpooled.wrappedBuffer(token), CLIENT)).isNegative();
    }

    @Test
    void whoBringsAForeignTokenWithoutNeedIsLikeOneWithout() {
        isNeeded = false;
        var result =
                tokens.validateToken(
                        Unpooled.wrappedBuffer(new byte[40]), CLIENT, Unpooled.EMPTY_BUFFER);
        assertThat(result.isValid()).isTrue();
        assertThat(tokens.isProven()).isFalse();
        assertThat(unproven()).isZero();
    }
}
