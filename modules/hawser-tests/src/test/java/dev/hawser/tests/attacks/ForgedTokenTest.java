package dev.hawser.tests.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.Drop;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.tests.rig.Host;
import dev.hawser.tests.rig.Peer;
import dev.hawser.tests.rig.RawPacket;
import dev.hawser.tests.rig.Rig;
import dev.hawser.tests.rig.Token;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/// Somebody comes with a token that is not theirs, not for this server, or not what it was.
class ForgedTokenTest {
    private static final NetAddress ELSEWHERE = NetAddress.parse("203.0.113.99:40000");

    private final Rig rig = new Rig();
    private final Host host = rig.host();

    private Drop dropOf(byte[] request) {
        String before = host.state();
        assertThat(host.receive(Rig.STRANGER, request)).isEmpty();
        assertThat(host.state()).isEqualTo(before);
        return host.lastDrop();
    }

    @Test
    void aTokenOfAnotherProtocolIdIsWorthNothing() {
        assertThat(dropOf(rig.token().protocolId(7).mint().request()))
                .isEqualTo(Drop.WRONG_PROTOCOL_ID);
    }

    @Test
    void aTokenOfAnotherProtocolIdThatClaimsOursIsWorthNothing() {
        byte[] request = rig.token().protocolId(7).mint().request();
        byte[] ours = rig.token().mint().request();
        System.arraycopy(ours, 14, request, 14, 8);

        assertThat(dropOf(request)).isEqualTo(Drop.TOKEN_NOT_AUTHENTIC);
    }

    @Test
    void aTokenOfAnotherPrivateKeyIsWorthNothing() {
        PrivateKey other = PrivateKey.random(rig::nextBytes);

        assertThat(dropOf(rig.token().privateKey(other).mint().request()))
                .isEqualTo(Drop.TOKEN_NOT_AUTHENTIC);
    }

    @Test
    void aTokenOfAnotherServerIsWorthNothing() {
        assertThat(dropOf(rig.token().servers(ELSEWHERE).mint().request()))
                .isEqualTo(Drop.SERVER_NOT_IN_TOKEN);
    }

    @Test
    void anExpiredTokenWithALaterExpiryWrittenOnItIsWorthNothing() {
        Token expired = rig.token().expires(Rig.EPOCH).mint();
        byte[] request = expired.request();
        System.arraycopy(rig.token().mint().request(), 22, request, 22, 8);

        assertThat(dropOf(expired.request())).isEqualTo(Drop.TOKEN_EXPIRED);
        assertThat(dropOf(request)).isEqualTo(Drop.TOKEN_NOT_AUTHENTIC);
    }

    @Test
    void aFarFutureTokenWithANearerExpiryWrittenOnItIsWorthNothing() {
        Token far = rig.token().expires(-1).mint();
        byte[] request = far.request();
        System.arraycopy(rig.token().mint().request(), 22, request, 22, 8);

        assertThat(dropOf(far.request())).isEqualTo(Drop.TOKEN_OUTLIVES_LIMIT);
        assertThat(dropOf(request)).isEqualTo(Drop.TOKEN_NOT_AUTHENTIC);
    }

    @Test
    void thePartsOfTwoTokensDoNotMakeAThird() {
        byte[] first = rig.token(1).request();
        byte[] second = rig.token(2).request();
        for (int split : new int[] {54, 60, 500, 1062}) {
            byte[] mixed = Arrays.copyOf(first, first.length);
            System.arraycopy(second, split, mixed, split, mixed.length - split);

            assertThat(dropOf(mixed)).isEqualTo(Drop.TOKEN_NOT_AUTHENTIC);
        }
    }

    @Test
    void aStolenTokenIsRefusedWhileItsOwnerConnects() {
        Peer owner = rig.peer();
        var challenge = owner.challengeOf(host);

        assertThat(dropOf(owner.request())).isEqualTo(Drop.TOKEN_FROM_OTHER_ADDRESS);
        host.receive(Rig.CLIENT, owner.response(1, challenge));

        assertThat(host.machine().connectedClients()).isEqualTo(1);
        assertThat(dropOf(owner.request())).isEqualTo(Drop.CLIENT_ID_CONNECTED);
    }

    @Test
    void associatedDataIsPartOfEveryPacketsSeal() {
        Peer peer = rig.peer();
        peer.connectTo(host);
        byte[] otherPrefix =
                RawPacket.seal(
                        2, 5, 3, peer.token().clientToServerKey(), Rig.PROTOCOL_ID, new byte[8]);
        otherPrefix[0] = (byte) (2 << 4 | RawPacket.KEEP_ALIVE);
        byte[] otherProtocolId =
                RawPacket.seal(5, 3, peer.token().clientToServerKey(), 7, new byte[8]);
        byte[] longerSequence =
                RawPacket.seal(
                        1, 5, 3, peer.token().clientToServerKey(), Rig.PROTOCOL_ID, new byte[8]);
        byte[] stretched = new byte[longerSequence.length + 1];
        stretched[0] = (byte) (2 << 4 | RawPacket.PAYLOAD);
        stretched[1] = 3;
        System.arraycopy(longerSequence, 2, stretched, 3, longerSequence.length - 2);

        for (byte[] packet : new byte[][] {otherPrefix, otherProtocolId, stretched}) {
            host.receive(Rig.CLIENT, packet);
            assertThat(host.lastDrop()).isEqualTo(Drop.NOT_AUTHENTIC);
            assertThat(host.lastPayload()).isNull();
        }
    }
}
