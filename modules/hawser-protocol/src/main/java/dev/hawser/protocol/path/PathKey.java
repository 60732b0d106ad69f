package dev.hawser.protocol.path;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.wire.LittleEndian;
import dev.hawser.protocol.wire.Wire;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.ShortBufferException;
import javax.crypto.spec.SecretKeySpec;

/// What a server names its paths with: a key that it finds again after a restart, from one private
/// key of its ring and the addresses that it knows itself by.
///
/// `K = HMAC-SHA-256(private key, "hawser reset" · identity)`, where an address is 16 octets in
/// written order, IPv4 in its mapped form, and `port u16`, and the addresses are sorted by these
/// bytes. A path id is `r u32 · t u32`: any r, and the first four bytes of `HMAC-SHA-256(K, "id" ·
/// r)`. Its reset word is the first 16 bytes of `HMAC-SHA-256(K, "reset" · pathId)`: whoever can
/// say it has the private key, and so is the server, or one that took its place.
///
/// Belongs to one thread.
public final class PathKey {
    private static final String ALGORITHM = "HmacSHA256";
    private static final int HASH_BYTES = 32;
    private static final int ADDRESS_BYTES = 2 * Long.BYTES + Short.BYTES;
    private static final byte[] KEY_LABEL = ascii("hawser reset");
    private static final byte[] ID_LABEL = ascii("id");
    private static final byte[] RESET_LABEL = ascii("reset");

    private final Mac mac;
    private final byte[] hash = new byte[HASH_BYTES];
    private final ByteBuffer hashBuffer = ByteBuffer.wrap(hash);
    private final byte[] number = new byte[Long.BYTES];
    private final ByteBuffer numberBuffer = ByteBuffer.wrap(number);

    /// Derives the key.
    ///
    /// @param privateKey 32 bytes, read during the call only
    /// @param identity the addresses by which connect tokens name the server, in any order
    public PathKey(byte[] privateKey, List<NetAddress> identity) {
        mac = hmac(privateKey);
        mac.update(KEY_LABEL);
        identity.stream().map(PathKey::bytes).sorted(Arrays::compareUnsigned).forEach(mac::update);
        finish();
        init(mac, hash);
    }

    /// {@return the path id with these lower 32 bits}
    public long pathId(int r) {
        LittleEndian.putInt(numberBuffer, 0, r);
        mac.update(ID_LABEL);
        mac.update(number, 0, Integer.BYTES);
        finish();
        return Integer.toUnsignedLong(r)
                | (long) LittleEndian.getInt(hashBuffer, 0) << Integer.SIZE;
    }

    /// {@return whether this key has made a path id}
    public boolean hasMade(long pathId) {
        return pathId((int) pathId) == pathId;
    }

    /// {@return the reset word of a path id, 16 bytes from 0 on; lent until the next call}
    public byte[] resetWord(long pathId) {
        LittleEndian.putLong(numberBuffer, 0, pathId);
        mac.update(RESET_LABEL);
        mac.update(number);
        finish();
        return hash;
    }

    private void finish() {
        try {
            mac.doFinal(hash, 0);
        } catch (ShortBufferException e) {
            throw new AssertionError("SHA-256 has " + HASH_BYTES + " bytes", e);
        }
    }

    private static Mac hmac(byte[] key) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            init(mac, key);
            return mac;
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has " + ALGORITHM, e);
        }
    }

    private static void init(Mac mac, byte[] key) {
        try {
            mac.init(new SecretKeySpec(key, ALGORITHM));
        } catch (InvalidKeyException e) {
            throw new AssertionError("any " + Wire.KEY_BYTES + " bytes are a key", e);
        }
    }

    private static byte[] bytes(NetAddress address) {
        ByteBuffer bytes = ByteBuffer.allocate(ADDRESS_BYTES);
        bytes.putLong(address.high()).putLong(address.low());
        LittleEndian.putShort(bytes, bytes.position(), (short) address.port());
        return bytes.array();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
