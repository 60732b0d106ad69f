package dev.hawser.protocol.wire;

import dev.hawser.protocol.UserData;
import dev.hawser.protocol.crypto.PacketCipher;
import dev.hawser.protocol.crypto.PacketKey;
import java.nio.ByteBuffer;

/// The challenge token: what the server knows of a client that has asked for a connection, sealed
/// so that only the server can read it, and handed to the client to send back.
///
/// `clientId u64 · userData[256]`, zero-padded to 284 bytes, sealed to 300 with the packet AEAD
/// without associated data; the nonce is the challenge sequence.
public final class ChallengeToken {
    private static final int PLAIN_BYTES = Wire.CHALLENGE_TOKEN_BYTES - Wire.TAG_BYTES;
    private static final int USER_DATA_OFFSET = Long.BYTES;
    private static final byte[] NO_ASSOCIATED_DATA = {};

    private ChallengeToken() {}

    /// Writes a sealed challenge token of 300 bytes at an absolute offset.
    public static void seal(
            PacketCipher cipher,
            PacketKey key,
            long challengeSequence,
            long clientId,
            byte[] userData,
            ByteBuffer target,
            int offset) {
        LittleEndian.putLong(target, offset, clientId);
        target.put(offset + USER_DATA_OFFSET, userData, 0, UserData.BYTES);
        for (int i = USER_DATA_OFFSET + UserData.BYTES; i < PLAIN_BYTES; i++) {
            target.put(offset + i, (byte) 0);
        }
        cipher.seal(key, challengeSequence, NO_ASSOCIATED_DATA, target, offset, PLAIN_BYTES);
    }

    /// Opens the 300 bytes at an absolute offset in place.
    ///
    /// @return whether they were sealed under this key and challenge sequence
    public static boolean open(
            PacketCipher cipher,
            PacketKey key,
            long challengeSequence,
            ByteBuffer buffer,
            int offset) {
        return cipher.open(
                key,
                challengeSequence,
                NO_ASSOCIATED_DATA,
                buffer,
                offset,
                Wire.CHALLENGE_TOKEN_BYTES);
    }

    /// {@return the client id of an opened token}
    public static long clientId(ByteBuffer opened, int offset) {
        return LittleEndian.getLong(opened, offset);
    }

    /// Copies the 256 bytes of user data of an opened token.
    public static void copyUserData(ByteBuffer opened, int offset, byte[] target) {
        opened.get(offset + USER_DATA_OFFSET, target, 0, UserData.BYTES);
    }
}
