package dev.hawser.protocol.machine;

import dev.hawser.protocol.RandomBytes;
import dev.hawser.protocol.UserData;
import dev.hawser.protocol.crypto.PacketCipher;
import dev.hawser.protocol.crypto.PacketKey;
import dev.hawser.protocol.wire.ChallengeToken;
import dev.hawser.protocol.wire.LittleEndian;
import dev.hawser.protocol.wire.Wire;
import java.nio.ByteBuffer;

/// The challenges of one start of a server: a random key, and a sequence that grows with each.
final class Challenges {
    private final PacketCipher cipher;
    private final PacketKey key = new PacketKey();
    private final ByteBuffer opened = ByteBuffer.allocate(Wire.CHALLENGE_TOKEN_BYTES);
    private long nextSequence;

    Challenges(PacketCipher cipher, RandomBytes random) {
        this.cipher = cipher;
        key.randomise(random);
    }

    /// Makes the one challenge of a pending connection, whose client id is set.
    void make(PendingConnection pending, byte[] userData) {
        pending.challengeSequence = nextSequence++;
        ChallengeToken.seal(
                cipher,
                key,
                pending.challengeSequence,
                pending.clientId,
                userData,
                pending.sealedChallenge,
                0);
    }

    /// {@return whether the body of a response is the answer to this pending connection's
    /// challenge}
    ///
    /// @param body between position and limit; its token is opened in place
    boolean isAnswer(PendingConnection pending, ByteBuffer body) {
        int token = body.position() + Long.BYTES;
        long sequence = LittleEndian.getLong(body, body.position());
        return sequence == pending.challengeSequence
                && ChallengeToken.open(cipher, key, sequence, body, token)
                && ChallengeToken.clientId(body, token) == pending.clientId;
    }

    /// {@return the user data of a pending connection, out of its own challenge}
    UserData userDataOf(PendingConnection pending) {
        opened.put(0, pending.sealedChallenge, 0, Wire.CHALLENGE_TOKEN_BYTES);
        boolean isOurs = ChallengeToken.open(cipher, key, pending.challengeSequence, opened, 0);
        assert isOurs : "this start sealed every challenge that it keeps";
        byte[] userData = new byte[UserData.BYTES];
        ChallengeToken.copyUserData(opened, 0, userData);
        return UserData.of(userData);
    }

    void erase() {
        key.erase();
    }
}
