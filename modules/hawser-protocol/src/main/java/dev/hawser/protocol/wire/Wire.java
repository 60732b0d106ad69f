package dev.hawser.protocol.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// The numbers of the standard, netcode 1.02.
public final class Wire {
    static final byte[] VERSION = "NETCODE 1.02\0".getBytes(StandardCharsets.US_ASCII);

    /// Bytes of the version string, with its closing zero.
    public static final int VERSION_BYTES = 13;

    /// What all versions begin with, the space included.
    private static final int VERSION_NAME_BYTES = 8;

    /// Bytes of every key.
    public static final int KEY_BYTES = 32;

    /// Bytes that an AEAD adds.
    public static final int TAG_BYTES = 16;

    /// Bytes of a connect token.
    public static final int CONNECT_TOKEN_BYTES = 2048;

    /// Bytes of the nonce under which the private part is sealed.
    public static final int CONNECT_TOKEN_NONCE_BYTES = 24;

    /// Bytes of the private part, sealed.
    public static final int PRIVATE_TOKEN_BYTES = 1024;

    /// Bytes of a challenge token, sealed.
    public static final int CHALLENGE_TOKEN_BYTES = 300;

    /// The largest number of servers in a token.
    public static final int SERVERS_PER_TOKEN_MAX = 32;

    /// The largest payload.
    public static final int PAYLOAD_BYTES_MAX = 1200;

    /// The largest packet: prefix, eight sequence bytes, payload, tag.
    public static final int PACKET_BYTES_MAX = 1 + 8 + PAYLOAD_BYTES_MAX + TAG_BYTES;

    /// The smallest sealed packet: prefix, one sequence byte, tag.
    public static final int SEALED_PACKET_BYTES_MIN = 1 + 1 + TAG_BYTES;

    /// The one size of a connection request.
    public static final int REQUEST_BYTES = 1 + VERSION_BYTES + 8 + 8 + 24 + PRIVATE_TOKEN_BYTES;

    /// The body of a challenge or response: challenge sequence and sealed challenge token.
    public static final int CHALLENGE_BODY_BYTES = 8 + CHALLENGE_TOKEN_BYTES;

    /// The body of a keep-alive: client index and number of slots.
    public static final int KEEP_ALIVE_BODY_BYTES = 8;

    /// A path id.
    public static final int PATH_ID_BYTES = 8;

    /// What a server says that no longer has a connection.
    public static final int RESET_WORD_BYTES = 16;

    /// The body of a keep-alive that names the path: that of the standard, path id and reset word.
    public static final int PATH_KEEP_ALIVE_BODY_BYTES =
            KEEP_ALIVE_BODY_BYTES + PATH_ID_BYTES + RESET_WORD_BYTES;

    /// The body of a path request or response.
    public static final int PATH_BODY_BYTES = 16;

    /// The body of a path answer.
    public static final int PATH_ANSWER_BODY_BYTES = 8;

    /// The body of a ping.
    public static final int PING_BODY_BYTES = 24;

    /// A whole reset packet: prefix and reset word.
    public static final int RESET_BYTES = 1 + RESET_WORD_BYTES;

    /// The one prefix of a reset packet: no sequence, and its type.
    public static final byte RESET_PREFIX = 0x0b;

    /// The smallest body of a denied or disconnect packet that states a reason.
    public static final int REASON_BODY_BYTES_MIN = 4;

    /// The largest body of a denied or disconnect packet that states a reason.
    public static final int REASON_BODY_BYTES_MAX = 128;

    /// How long after a packet the next one goes out at the latest, and a request is repeated.
    public static final long SEND_INTERVAL_NANOS = 100_000_000;

    /// How often a disconnect packet is sent.
    public static final int DISCONNECT_PACKETS = 10;

    private Wire() {}

    /// {@return whether the version string stands at an absolute offset}
    public static boolean isVersion(ByteBuffer buffer, int offset) {
        return isVersion(buffer, offset, VERSION_BYTES);
    }

    /// {@return whether a version string of netcode, whichever, begins at an absolute offset}
    static boolean isSomeVersion(ByteBuffer buffer, int offset) {
        return isVersion(buffer, offset, VERSION_NAME_BYTES);
    }

    private static boolean isVersion(ByteBuffer buffer, int offset, int bytes) {
        for (int i = 0; i < bytes; i++) {
            if (buffer.get(offset + i) != VERSION[i]) {
                return false;
            }
        }
        return true;
    }

    /// Writes the version string at an absolute offset.
    public static void putVersion(ByteBuffer buffer, int offset) {
        buffer.put(offset, VERSION);
    }
}
