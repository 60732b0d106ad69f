package dev.hawser.tests.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.Drop;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.machine.ClientState;
import dev.hawser.tests.rig.Guest;
import dev.hawser.tests.rig.Host;
import dev.hawser.tests.rig.Link;
import dev.hawser.tests.rig.Peer;
import dev.hawser.tests.rig.RawPacket;
import dev.hawser.tests.rig.Rig;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Somebody sends under the address of a peer, but without its keys.
class SpoofTest {
    private static final byte[] EMPTY = {};

    private final Rig rig = new Rig();
    private final Host host = rig.host();
    private final Guest guest = rig.guest();
    private final Link link = new Link(rig, guest, Rig.CLIENT, host, Rig.SERVER);
    private final byte[] guessed = new byte[32];

    private byte[] forged(int type, long sequence, byte[] body) {
        return RawPacket.seal(type, sequence, guessed, Rig.PROTOCOL_ID, body);
    }

    private void connect() {
        guest.connect(rig.token().mint());
        link.run(400);
        assertThat(guest.state()).isEqualTo(ClientState.CONNECTED);
        host.events();
    }

    @Test
    void aForgedDisconnectParticipatesInNothing() {
        connect();

        host.receive(Rig.CLIENT, forged(RawPacket.DISCONNECT, 1000, EMPTY));
        assertThat(host.lastDrop()).isEqualTo(Drop.NOT_AUTHENTIC);
        guest.receive(Rig.SERVER, forged(RawPacket.DISCONNECT, 1000, EMPTY));
        assertThat(guest.lastDrop()).isEqualTo(Drop.NOT_AUTHENTIC);
        link.run(400);

        assertThat(guest.state()).isEqualTo(ClientState.CONNECTED);
        assertThat(host.machine().connectedClients()).isEqualTo(1);
        assertThat(host.events()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                RawPacket.DENIED,
                RawPacket.CHALLENGE,
                RawPacket.KEEP_ALIVE,
                RawPacket.PAYLOAD,
                RawPacket.DISCONNECT
            })
    void aForgedPacketDoesNotStopAClientThatConnects(int type) {
        guest.connect(rig.token().mint());
        byte[] body =
                switch (type) {
                    case RawPacket.CHALLENGE -> new byte[308];
                    case RawPacket.KEEP_ALIVE -> new byte[8];
                    case RawPacket.PAYLOAD -> new byte[1];
                    default -> EMPTY;
                };
        for (int i = 0; i < 20; i++) {
            guest.receive(Rig.SERVER, forged(type, (1L << 63) + i, body));
            link.run(20);
        }

        assertThat(guest.state()).isEqualTo(ClientState.CONNECTED);
    }

    @Test
    void forgedPacketsWithLargeNumbersDoNotDeafenAPeer() {
        connect();
        for (long sequence : new long[] {1_000_000, Long.MAX_VALUE, Long.MIN_VALUE, -1}) {
            host.receive(Rig.CLIENT, forged(RawPacket.PAYLOAD, sequence, new byte[4]));
            guest.receive(Rig.SERVER, forged(RawPacket.PAYLOAD, sequence, new byte[4]));
        }

        link.carryToServer(guest.send((byte) 1));
        assertThat(host.lastPayload()).containsExactly(1);
        link.carryToClient(host.send(0, new byte[] {2}));
        assertThat(guest.lastPayload()).containsExactly(2);
    }

    @Test
    void aRecordedDenialOfOneTokenDoesNotDenyAnother() {
        Host small = rig.host(config -> config.maxClients(1));
        rig.peer(rig.token(9), Rig.STRANGER).connectTo(small);
        Peer denied = rig.peer(rig.token(2), Rig.CLIENT);
        byte[] denial = small.receive(Rig.CLIENT, denied.request()).getFirst().bytes();
        guest.connect(rig.token().mint());

        guest.receive(Rig.SERVER, denial);
        guest.tick();

        assertThat(guest.state()).isEqualTo(ClientState.SENDING_CONNECTION_REQUEST);
    }

    @Test
    void aDisconnectOfOneClientDoesNotDisconnectAnother() {
        connect();
        NetAddress other = Rig.CLIENT.withPort(7);
        Peer peer = rig.peer(rig.token(2), other);
        peer.connectAndConfirmTo(host);

        host.receive(Rig.CLIENT, peer.disconnect(50));

        assertThat(host.machine().connectedClients()).isEqualTo(2);
        host.receive(other, peer.disconnect(51));
        assertThat(host.machine().connectedClients()).isEqualTo(1);
    }

    /// Four valid tokens from one address are what it takes to keep it from connecting, and only as
    /// long as they are repeated.
    @Test
    void anAddressIsBlockedOnlyWithFourValidTokensAndOnlyForATime() {
        Peer[] blockers = new Peer[4];
        for (int i = 0; i < 4; i++) {
            blockers[i] = rig.peer(rig.token(100 + i), Rig.CLIENT);
            blockers[i].challengeOf(host);
        }
        Peer victim = rig.peer();
        host.receive(Rig.CLIENT, victim.request());
        assertThat(host.lastDrop()).isEqualTo(Drop.PENDING_FULL);
        rig.passMillis(5000);
        host.tick();

        victim.connectTo(host);

        assertThat(host.machine().clientId(0)).isEqualTo(1);
    }

    @Test
    void threeForeignTokensFromItsAddressDoNotHinderAClient() {
        for (int i = 0; i < 3; i++) {
            rig.peer(rig.token(100 + i), Rig.CLIENT).challengeOf(host);
        }

        connect();

        assertThat(host.machine().pendingConnections()).isZero();
        host.disconnect(0, StatedReason.NONE);
        assertThat(List.of(host.machine().connectedClients())).containsExactly(0);
    }
}
