package dev.hawser.tests.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.UserData;
import dev.hawser.protocol.crypto.Ciphers;
import dev.hawser.protocol.crypto.PacketCipher;
import dev.hawser.protocol.crypto.PacketKey;
import dev.hawser.protocol.machine.ServerEvent;
import dev.hawser.protocol.wire.ChallengeToken;
import dev.hawser.tests.rig.Host;
import dev.hawser.tests.rig.Peer;
import dev.hawser.tests.rig.RawPacket;
import dev.hawser.tests.rig.Rig;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// docs/protocol.md "Challenge token".
class ChallengeTokenTest {
    private static final int BYTES = 300;

    private final Rig rig = new Rig();
    private final PacketCipher cipher = Ciphers.best().newPacketCipher();
    private final byte[] key = new byte[32];
    private final byte[] userData = new byte[256];

    private byte[] sealed(long sequence, long clientId) {
        Arrays.fill(key, (byte) 9);
        Arrays.fill(userData, (byte) 0x77);
        byte[] token = new byte[BYTES];
        Arrays.fill(token, (byte) -1);
        ChallengeToken.seal(
                cipher,
                PacketKey.ofBytes(key),
                sequence,
                clientId,
                userData,
                ByteBuffer.wrap(token),
                0);
        return token;
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 0x0102030405060708L, -1})
    void itIsClientIdAndUserDataPaddedAndSealedWithoutAssociatedData(long sequence) {
        byte[] expected =
                RawPacket.sealBytes(
                        key(),
                        sequence,
                        new byte[0],
                        ByteBuffer.allocate(284)
                                .order(ByteOrder.LITTLE_ENDIAN)
                                .putLong(0x1122334455667788L)
                                .put(filled())
                                .array());

        assertThat(sealed(sequence, 0x1122334455667788L)).isEqualTo(expected).hasSize(BYTES);
    }

    private static byte[] key() {
        byte[] key = new byte[32];
        Arrays.fill(key, (byte) 9);
        return key;
    }

    private static byte[] filled() {
        byte[] userData = new byte[256];
        Arrays.fill(userData, (byte) 0x77);
        return userData;
    }

    @Test
    void itIsReadBack() {
        ByteBuffer token = ByteBuffer.wrap(sealed(5, -7));

        assertThat(ChallengeToken.open(cipher, PacketKey.ofBytes(key), 5, token, 0)).isTrue();
        byte[] read = new byte[256];
        ChallengeToken.copyUserData(token, 0, read);
        assertThat(ChallengeToken.clientId(token, 0)).isEqualTo(-7);
        assertThat(read).isEqualTo(userData);
    }

    @Test
    void itOpensUnderItsOwnSequenceAndKeyAlone() {
        byte[] token = sealed(5, 1);

        assertThat(opens(6, token)).isFalse();
        key[3] ^= 1;
        assertThat(opens(5, token)).isFalse();
    }

    private boolean opens(long sequence, byte[] token) {
        ByteBuffer copy = ByteBuffer.wrap(token.clone());
        return ChallengeToken.open(cipher, PacketKey.ofBytes(key), sequence, copy, 0);
    }

    @Test
    void theKeyIsRandomForEachStartOfAServer() {
        byte[] first = challengeToken(rig.host());
        byte[] second = challengeToken(rig.host());

        assertThat(first).hasSize(BYTES).isNotEqualTo(second);
    }

    private byte[] challengeToken(Host host) {
        Peer peer = rig.peer(rig.token(1), Rig.CLIENT);
        byte[] body = peer.challengeOf(host).openedByClient(peer.token()).body();
        return Arrays.copyOfRange(body, Long.BYTES, body.length);
    }

    @Test
    void theServerReadsItsUserDataOutOfTheChallengeThatComesBack() {
        Host host = rig.host();
        NetAddress other = Rig.CLIENT.withPort(1);
        Peer first = rig.peer(rig.token().clientId(1).userData("one").mint(), Rig.CLIENT);
        Peer second = rig.peer(rig.token().clientId(2).userData("two").mint(), other);
        var firstChallenge = first.challengeOf(host);
        second.connectTo(host);
        host.receive(first.address(), first.response(1, firstChallenge));

        assertThat(host.events())
                .extracting(event -> ((ServerEvent.Connected) event).userData())
                .containsExactly(UserData.ofText("two"), UserData.ofText("one"));
    }
}
