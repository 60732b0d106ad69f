package dev.hawser.tests.rig;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PrivateKey;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Path ids and reset words made by hand, as docs/extension.md says: shares no code with what is
/// tested.
public final class RawPath {
    private final byte[] key;

    /// @param identity in any order
    public RawPath(PrivateKey privateKey, NetAddress... identity) {
        byte[] secret = new byte[32];
        privateKey.copyTo(secret);
        List<byte[]> addresses =
                Arrays.stream(identity)
                        .map(RawPath::bytes)
                        .sorted(Arrays::compareUnsigned)
                        .toList();
        ByteBuffer content = ByteBuffer.allocate(12 + 18 * addresses.size());
        content.put("hawser reset".getBytes(StandardCharsets.US_ASCII));
        addresses.forEach(content::put);
        key = hmac(secret, content.array());
    }

    private static byte[] bytes(NetAddress address) {
        return ByteBuffer.allocate(18)
                .putLong(address.high())
                .putLong(address.low())
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort((short) address.port())
                .array();
    }

    /// {@return the path id that ends in this}
    public long pathId(int r) {
        byte[] hash = hmac(key, littleEndian(2 + 4).put(ascii("id")).putInt(r).array());
        long t = littleEndian(hash).getInt(0) & 0xffff_ffffL;
        return t << 32 | r & 0xffff_ffffL;
    }

    /// {@return whether a server with this key and identity has made the path id}
    public boolean fits(long pathId) {
        return pathId((int) pathId) == pathId;
    }

    /// {@return the reset word of a path id}
    public byte[] resetWord(long pathId) {
        byte[] hash = hmac(key, littleEndian(5 + 8).put(ascii("reset")).putLong(pathId).array());
        return Arrays.copyOf(hash, 16);
    }

    /// {@return a whole reset packet}
    public byte[] reset(long pathId) {
        return ByteBuffer.allocate(17).put((byte) RawPacket.RESET).put(resetWord(pathId)).array();
    }

    private static ByteBuffer littleEndian(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static ByteBuffer littleEndian(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] hmac(byte[] key, byte[] content) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(content);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
