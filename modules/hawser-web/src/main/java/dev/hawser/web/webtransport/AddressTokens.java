package dev.hawser.web.webtransport;

import dev.hawser.web.WebDrop;
import dev.hawser.web.session.WebCounters;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.quic.QuicTokenHandler;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Has whoever opens a QUIC connection prove that it receives at the address that its packets name:
/// RFC 9000, section 8.1.2. As long as there is no need, it lets everybody pass.
///
/// A server that is asked for a proof keeps nothing: all that it will want to know comes back in
/// the token, under a key that nobody else has and that is another one after each start.
///
/// ```
/// time (8)  seal (16)  the connection id that the client chose first (at most 20)
/// ```
///
/// The seal is over the time, the IP address and port, and that id, so that a token is good for one
/// address, one attempt and ten seconds.
final class AddressTokens implements QuicTokenHandler {
    /// How long a token is good. A client answers within a round trip.
    static final long VALID_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final String ALGORITHM = "HmacSHA256";
    private static final int KEY_BYTES = 32;
    private static final int TIME_BYTES = Long.BYTES;
    private static final int SEAL_BYTES = 16;
    private static final int HEAD_BYTES = TIME_BYTES + SEAL_BYTES;

    /// The longest connection id of QUIC version 1.
    private static final int ID_BYTES_MAX = 20;

    private static final int NOT_VALID = -1;

    private final Mac mac;
    private final WebCounters counters;
    private final BooleanSupplier isNeeded;
    private final LongSupplier nanoClock;
    private boolean isProven;

    /// @param isNeeded whether who comes now has to prove its address
    AddressTokens(WebCounters counters, BooleanSupplier isNeeded, LongSupplier nanoClock) {
        this.counters = counters;
        this.isNeeded = isNeeded;
        this.nanoClock = nanoClock;
        byte[] key = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(key);
        try {
            mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key, ALGORITHM));
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every JDK has " + ALGORITHM, e);
        }
    }

    /// {@return whether the connection that was let through last has proven its address}
    boolean isProven() {
        return isProven;
    }

    @Override
    public boolean writeToken(ByteBuf out, ByteBuf id, InetSocketAddress address) {
        isProven = false;
        if (!isNeeded.getAsBoolean()) {
            return false;
        }
        counters.addressChecked();
        long nowNanos = nanoClock.getAsLong();
        out.writeLong(nowNanos)
                .writeBytes(seal(nowNanos, address, id.nioBuffer()))
                .writeBytes(id, id.readerIndex(), id.readableBytes());
        return true;
    }

    /// Who brings a token that is not ours, for example of a server that had this address before,
    /// is as good as one without.
    @Override
    public TokenValidationResult validateToken(
            ByteBuf token, InetSocketAddress address, ByteBuf id) {
        isProven = validateToken(token, address) != NOT_VALID;
        if (isProven) {
            return TokenValidationResult.odcidFromToken(HEAD_BYTES);
        }
        if (isNeeded.getAsBoolean()) {
            counters.drop(WebDrop.ADDRESS_UNPROVEN);
            return TokenValidationResult.invalidToken();
        }
        return TokenValidationResult.odcidFromDestinationConnectionId();
    }

    /// {@return where in the token the first connection id begins, or -1 when it proves nothing}
    @Override
    public int validateToken(ByteBuf token, InetSocketAddress address) {
        int bytes = token.readableBytes();
        if (bytes < HEAD_BYTES || bytes > maxTokenLength()) {
            return NOT_VALID;
        }
        ByteBuffer in = token.nioBuffer();
        long madeNanos = in.getLong();
        byte[] seal = new byte[SEAL_BYTES];
        in.get(seal);
        // In constant time, and before the time is looked at, which nobody else may choose.
        boolean isOurs = MessageDigest.isEqual(seal, seal(madeNanos, address, in));
        return isOurs && nanoClock.getAsLong() - madeNanos <= VALID_NANOS ? HEAD_BYTES : NOT_VALID;
    }

    private byte[] seal(long madeNanos, InetSocketAddress address, ByteBuffer id) {
        byte[] ip = address.getAddress().getAddress();
        mac.update(
                ByteBuffer.allocate(TIME_BYTES + Integer.BYTES + Byte.BYTES)
                        .putLong(madeNanos)
                        .putInt(address.getPort())
                        .put((byte) ip.length)
                        .flip());
        mac.update(ip);
        mac.update(id);
        return Arrays.copyOf(mac.doFinal(), SEAL_BYTES);
    }

    @Override
    public int maxTokenLength() {
        return HEAD_BYTES + ID_BYTES_MAX;
    }
}
