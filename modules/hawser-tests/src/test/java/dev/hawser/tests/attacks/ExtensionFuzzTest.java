package dev.hawser.tests.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.machine.ClientState;
import dev.hawser.protocol.machine.ServerEvent;
import dev.hawser.tests.rig.Guest;
import dev.hawser.tests.rig.Host;
import dev.hawser.tests.rig.Peer;
import dev.hawser.tests.rig.RawPacket;
import dev.hawser.tests.rig.Rig;
import dev.hawser.tests.rig.Token;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Whatever stands where the extension block and its reasons would: connections are made and end as
/// the standard says.
class ExtensionFuzzTest {
    private static final int ROUNDS = 250;

    /// Behind what the standard puts into the parts of a token with one IPv4 server.
    private static final int PRIVATE_BLOCK_OFFSET = 8 + 4 + 4 + 7 + 32 + 32 + 256;

    private static final int PUBLIC_BLOCK_OFFSET = 13 + 3 * 8 + 24 + 1024 + 4 + 4 + 7 + 32 + 32;
    private static final int PRIVATE_BYTES = 1024 - 16;
    private static final int PUBLIC_BYTES = 2048;
    private static final int BODY_BYTES_MIN = 4;
    private static final int BODY_BYTES_MAX = 128;

    private final Random random = new Random(20);
    private Rig rig = new Rig();

    /// {@return a block that is nearly right, or anything}
    private byte[] block(int bytesMax) {
        byte[] block = new byte[random.nextInt(bytesMax + 1)];
        if (random.nextInt(4) == 0) {
            random.nextBytes(block);
        } else {
            byte[] valid = {'H', 'X', 1, 6, 1, 0};
            for (int changes = random.nextInt(3); changes > 0; changes--) {
                valid[random.nextInt(valid.length)] = (byte) random.nextInt();
            }
            System.arraycopy(valid, 0, block, 0, Math.min(valid.length, block.length));
        }
        return block;
    }

    private Token token(byte[] privateBlock, byte[] publicBlock) {
        return rig.token()
                .privateBytes(PRIVATE_BLOCK_OFFSET, privateBlock)
                .mint()
                .withPublicBytes(PUBLIC_BLOCK_OFFSET, publicBlock);
    }

    @Test
    void aServerSlotsServesAndReleasesWhateverTheBlockSays() {
        for (int round = 0; round < ROUNDS; round++) {
            rig = new Rig();
            Host host = rig.host();
            byte[] block = block(PRIVATE_BYTES - PRIVATE_BLOCK_OFFSET);
            Peer peer = rig.peer(token(block, new byte[0]), Rig.CLIENT);

            peer.connectAndConfirmTo(host);
            host.receive(Rig.CLIENT, peer.payload(50, (byte) 7));
            assertThat(host.lastPayload())
                    .as("block %s", Arrays.toString(block))
                    .containsExactly(7);
            host.receive(Rig.CLIENT, peer.disconnect(51));
            assertThat(host.events().getLast())
                    .isInstanceOfSatisfying(
                            ServerEvent.Disconnected.class,
                            event -> assertThat(event.reason()).isEqualTo(StatedReason.NONE));
            assertThat(host.machine().connectedClients()).isZero();
        }
    }

    @Test
    void aClientConnectsAndEndsWhateverTheBlockSays() {
        for (int round = 0; round < ROUNDS; round++) {
            rig = new Rig();
            byte[] block = block(PUBLIC_BYTES - PUBLIC_BLOCK_OFFSET);
            Guest guest = rig.guest().connecting(token(new byte[0], block));

            guest.receiveSlot();
            assertThat(guest.state())
                    .as("block %s", Arrays.toString(block))
                    .isEqualTo(ClientState.CONNECTED);
            assertThat(guest.receive(RawPacket.PAYLOAD, 1, new byte[] {7})).isTrue();
            guest.receive(RawPacket.DISCONNECT, 2, new byte[0]);
            guest.tick();
            assertThat(guest.state()).isEqualTo(ClientState.DISCONNECTED);
            assertThat(guest.machine().statedReason()).isEqualTo(StatedReason.NONE);
        }
    }

    @Test
    void aBodyOfAnyContentEndsAConnectionAndSaysNothingThatHarms() {
        for (int round = 0; round < ROUNDS; round++) {
            rig = new Rig();
            Token speaking = rig.token().statesReasons().mint();
            Host host = rig.host();
            rig.peer(speaking, Rig.CLIENT).connectAndConfirmTo(host);
            Peer peer = rig.peer(speaking, Rig.CLIENT);
            Guest guest = rig.guest().connecting(speaking);
            guest.receiveSlot();
            byte[] body =
                    new byte[random.nextInt(BODY_BYTES_MAX - BODY_BYTES_MIN + 1) + BODY_BYTES_MIN];
            random.nextBytes(body);

            host.receive(Rig.CLIENT, peer.seal(RawPacket.DISCONNECT, 50, body));
            guest.receive(RawPacket.DISCONNECT, 1, body);
            guest.tick();

            assertThat(guest.state()).isEqualTo(ClientState.DISCONNECTED);
            ServerEvent.Disconnected event = (ServerEvent.Disconnected) host.events().getLast();
            assertThat(event.reason()).isEqualTo(guest.machine().statedReason());
            assertHarmless(event.reason(), body);
        }
    }

    private static void assertHarmless(StatedReason reason, byte[] body) {
        assertThat(reason.code()).isEqualTo((body[0] & 0xff) | (body[1] & 0xff) << 8);
        assertThat(reason.text().codePoints().noneMatch(Character::isISOControl)).isTrue();
        // What is not UTF-8 is replaced, a byte by at most one character.
        assertThat(reason.text().length()).isLessThanOrEqualTo(body.length);
        assertThat(reason.text().getBytes(StandardCharsets.UTF_8).length)
                .isLessThanOrEqualTo(3 * body.length);
    }

    @Test
    void aDenialOfAnyContentIsADenial() {
        for (int round = 0; round < ROUNDS; round++) {
            rig = new Rig();
            Guest guest = rig.guest().connecting(rig.token().statesReasons().mint());
            byte[] body =
                    new byte[random.nextInt(BODY_BYTES_MAX - BODY_BYTES_MIN + 1) + BODY_BYTES_MIN];
            random.nextBytes(body);

            guest.receive(RawPacket.DENIED, 1, body);
            guest.tick();

            assertThat(guest.state()).isEqualTo(ClientState.CONNECTION_DENIED);
            assertHarmless(guest.machine().statedReason(), body);
        }
    }

    @Test
    void aBodyOfAnotherSizeIsNoPacketAtAll() {
        Token speaking = rig.token().statesReasons().mint();
        Host host = rig.host();
        Peer peer = rig.peer(speaking, Rig.CLIENT);
        peer.connectAndConfirmTo(host);
        Guest guest = rig.guest().connecting(speaking);
        guest.receiveSlot();
        for (int size : List.of(1, 2, 3, BODY_BYTES_MAX + 1, BODY_BYTES_MAX + 2, 1200)) {
            host.receive(Rig.CLIENT, peer.seal(RawPacket.DISCONNECT, 60 + size, new byte[size]));
            guest.receive(RawPacket.DISCONNECT, 60 + size, new byte[size]);
            guest.tick();
        }
        assertThat(host.machine().connectedClients()).isEqualTo(1);
        assertThat(guest.state()).isEqualTo(ClientState.CONNECTED);
    }
}
