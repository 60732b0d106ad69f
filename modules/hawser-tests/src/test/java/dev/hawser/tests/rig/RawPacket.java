package dev.hawser.tests.rig;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// A sealed packet made and read by hand, byte by byte as docs/protocol.md "Packets" says: shares
/// no code with what is tested, and makes packets that no writer would.
public final class RawPacket {
    public static final int REQUEST = 0;
    public static final int DENIED = 1;
    public static final int CHALLENGE = 2;
    public static final int RESPONSE = 3;
    public static final int KEEP_ALIVE = 4;
    public static final int PAYLOAD = 5;
    public static final int DISCONNECT = 6;
    public static final int PATH_REQUEST = 7;
    public static final int PATH_ANSWER = 8;
    public static final int PATH_RESPONSE = 9;
    public static final int PING = 10;
    public static final int RESET = 11;

    private static final byte[] VERSION = "NETCODE 1.02\0".getBytes(StandardCharsets.US_ASCII);

    private final int type;
    private final long sequence;
    private final byte[] body;

    private RawPacket(int type, long sequence, byte[] body) {
        this.type = type;
        this.sequence = sequence;
        this.body = body;
    }

    public int type() {
        return type;
    }

    public long sequence() {
        return sequence;
    }

    public byte[] body() {
        return body.clone();
    }

    /// {@return a packet with as few sequence bytes as hold the sequence}
    public static byte[] seal(int type, long sequence, byte[] key, long protocolId, byte[] body) {
        return seal(sequenceBytes(sequence), type, sequence, key, protocolId, body);
    }

    private static int sequenceBytes(long sequence) {
        int sequenceBytes = 1;
        while (sequenceBytes < 8 && sequence >>> (8 * sequenceBytes) != 0) {
            sequenceBytes++;
        }
        return sequenceBytes;
    }

    /// {@return a packet with this many sequence bytes, 1 to 8}
    public static byte[] seal(
            int sequenceBytes, int type, long sequence, byte[] key, long protocolId, byte[] body) {
        byte prefix = (byte) (sequenceBytes << 4 | type);
        byte[] sealed =
                cipher(
                        Cipher.ENCRYPT_MODE,
                        key,
                        sequence,
                        associatedData(protocolId, prefix),
                        body);
        ByteBuffer packet = ByteBuffer.allocate(1 + sequenceBytes + sealed.length);
        packet.put(prefix);
        for (int i = 0; i < sequenceBytes; i++) {
            packet.put((byte) (sequence >>> (8 * i)));
        }
        return packet.put(sealed).array();
    }

    /// {@return a path request or response, which carries its path id in clear}
    public static byte[] sealPath(
            int type, long pathId, long sequence, byte[] key, long protocolId, byte[] body) {
        int sequenceBytes = sequenceBytes(sequence);
        byte prefix = (byte) (sequenceBytes << 4 | type);
        byte[] data =
                ByteBuffer.allocate(VERSION.length + Long.BYTES + 1 + Long.BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .put(associatedData(protocolId, prefix))
                        .putLong(pathId)
                        .array();
        byte[] sealed = cipher(Cipher.ENCRYPT_MODE, key, sequence, data, body);
        ByteBuffer packet =
                ByteBuffer.allocate(1 + Long.BYTES + sequenceBytes + sealed.length)
                        .order(ByteOrder.LITTLE_ENDIAN);
        packet.put(prefix).putLong(pathId);
        for (int i = 0; i < sequenceBytes; i++) {
            packet.put((byte) (sequence >>> (8 * i)));
        }
        return packet.put(sealed).array();
    }

    /// {@return what is in a path request or response that opens}
    public static RawPacket openPath(byte[] packet, byte[] key, long protocolId) {
        int sequenceBytes = (packet[0] & 0xff) >>> 4;
        long sequence = 0;
        for (int i = 0; i < sequenceBytes; i++) {
            sequence |= (packet[1 + Long.BYTES + i] & 0xffL) << (8 * i);
        }
        byte[] data =
                ByteBuffer.allocate(VERSION.length + Long.BYTES + 1 + Long.BYTES)
                        .put(associatedData(protocolId, packet[0]))
                        .put(packet, 1, Long.BYTES)
                        .array();
        int bodyOffset = 1 + Long.BYTES + sequenceBytes;
        byte[] sealed = Arrays.copyOfRange(packet, bodyOffset, packet.length);
        byte[] body = cipher(Cipher.DECRYPT_MODE, key, sequence, data, sealed);
        return new RawPacket(packet[0] & 0xf, sequence, body);
    }

    /// {@return what is in a packet that opens}
    public static RawPacket open(byte[] packet, byte[] key, long protocolId) {
        int sequenceBytes = (packet[0] & 0xff) >>> 4;
        long sequence = 0;
        for (int i = 0; i < sequenceBytes; i++) {
            sequence |= (packet[1 + i] & 0xffL) << (8 * i);
        }
        byte[] sealed = Arrays.copyOfRange(packet, 1 + sequenceBytes, packet.length);
        byte[] body =
                cipher(
                        Cipher.DECRYPT_MODE,
                        key,
                        sequence,
                        associatedData(protocolId, packet[0]),
                        sealed);
        return new RawPacket(packet[0] & 0xf, sequence, body);
    }

    /// {@return whether a packet opens}
    public static boolean opens(byte[] packet, byte[] key, long protocolId) {
        try {
            open(packet, key, protocolId);
            return true;
        } catch (AssertionError e) {
            return false;
        }
    }

    /// {@return the type that the first byte of a packet claims}
    public static int typeOf(byte[] packet) {
        return packet[0] & 0xf;
    }

    private static byte[] associatedData(long protocolId, byte prefix) {
        return ByteBuffer.allocate(VERSION.length + Long.BYTES + 1)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(VERSION)
                .putLong(protocolId)
                .put(prefix)
                .array();
    }

    /// {@return this content sealed with the packet AEAD, which is more than packets are sealed
    /// with}
    public static byte[] sealBytes(
            byte[] key, long sequence, byte[] associatedData, byte[] content) {
        return cipher(Cipher.ENCRYPT_MODE, key, sequence, associatedData, content);
    }

    /// The packet AEAD: ChaCha20-Poly1305 under a nonce of four zeros and the sequence.
    private static byte[] cipher(
            int mode, byte[] key, long sequence, byte[] associatedData, byte[] content) {
        byte[] nonce =
                ByteBuffer.allocate(12)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt(0)
                        .putLong(sequence)
                        .array();
        try {
            Cipher cipher = Cipher.getInstance("ChaCha20-Poly1305");
            cipher.init(mode, new SecretKeySpec(key, "ChaCha20"), new IvParameterSpec(nonce));
            cipher.updateAAD(associatedData);
            return cipher.doFinal(content);
        } catch (AEADBadTagException e) {
            throw new AssertionError("the packet does not open", e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
