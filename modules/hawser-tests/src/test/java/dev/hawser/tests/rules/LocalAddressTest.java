package dev.hawser.tests.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.Drop;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.machine.ServerEvent;
import dev.hawser.tests.rig.Host;
import dev.hawser.tests.rig.Peer;
import dev.hawser.tests.rig.RawPacket;
import dev.hawser.tests.rig.Rig;
import dev.hawser.tests.rig.Sent;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A server whose machine has several addresses: what it sends to a client leaves from the one
/// where it has heard from that client last, and nobody else moves that.
class LocalAddressTest {
    private static final NetAddress FIRST = NetAddress.parse("10.0.0.1");
    private static final NetAddress SECOND = NetAddress.parse("2001:db8::2");
    private static final NetAddress THIRD = NetAddress.parse("10.0.0.3");
    private static final NetAddress UNKNOWN = NetAddress.parse("::");

    private final Rig rig = new Rig();
    private final Host host = rig.host();
    private final Peer peer = rig.peer();

    /// {@return the client, whose packet has come to this address of the server}
    private static PeerAddress clientAt(NetAddress local) {
        PeerAddress client = PeerAddress.of(Rig.CLIENT);
        client.setLocal(local.high(), local.low());
        return client;
    }

    private static Sent only(List<Sent> sent) {
        assertThat(sent).hasSize(1);
        return sent.getFirst();
    }

    private void connectAt(NetAddress local) {
        Sent challenge = only(host.receive(clientAt(local), peer.request()));
        Sent keepAlive = only(host.receive(clientAt(local), peer.response(1, challenge)));
        assertThat(keepAlive.type()).isEqualTo(RawPacket.KEEP_ALIVE);
        host.receive(clientAt(local), peer.keepAlive(2));
    }

    @Test
    void aChallengeLeavesFromWhereItsRequestCame() {
        for (NetAddress asked : List.of(FIRST, SECOND, FIRST)) {
            assertThat(only(host.receive(clientAt(asked), peer.request())).local())
                    .isEqualTo(asked);
        }
    }

    @Test
    void theFirstKeepAliveLeavesFromWhereTheResponseCame() {
        Sent challenge = only(host.receive(clientAt(FIRST), peer.request()));
        Sent keepAlive = only(host.receive(clientAt(SECOND), peer.response(1, challenge)));
        assertThat(keepAlive.local()).isEqualTo(SECOND);
        assertThat(keepAlive.to()).isEqualTo(Rig.CLIENT);
    }

    @Test
    void whatIsSentByItselfLeavesFromWhereTheClientWasHeardLast() {
        connectAt(FIRST);
        assertThat(only(host.send(0, new byte[1])).local()).isEqualTo(FIRST);

        host.receive(clientAt(SECOND), peer.payload(3, (byte) 1));
        assertThat(host.lastDrop()).isEqualTo(Drop.NONE);
        assertThat(only(host.send(0, new byte[1])).local()).isEqualTo(SECOND);

        host.receive(clientAt(THIRD), peer.keepAlive(4));
        rig.passMillis(200);
        assertThat(only(host.tick()).local()).isEqualTo(THIRD);
        assertThat(host.disconnect(0, StatedReason.NONE))
                .isNotEmpty()
                .allSatisfy(sent -> assertThat(sent.local()).isEqualTo(THIRD));
    }

    @Test
    void whatIsNotAuthenticMovesNothing() {
        connectAt(FIRST);
        byte[] replayed = peer.payload(3, (byte) 1);
        host.receive(clientAt(FIRST), replayed);
        byte[] forged = peer.payload(4, (byte) 1);
        forged[forged.length - 1] ^= 1;
        Peer stranger = rig.peer(rig.token(2), Rig.CLIENT);

        for (byte[] packet :
                List.of(
                        replayed,
                        forged,
                        peer.request(),
                        stranger.request(),
                        stranger.payload(9, (byte) 1),
                        stranger.keepAlive(10),
                        new byte[20])) {
            host.receive(clientAt(SECOND), packet);
            assertThat(host.lastDrop()).isNotEqualTo(Drop.NONE);
        }
        assertThat(only(host.send(0, new byte[1])).local()).isEqualTo(FIRST);
    }

    /// Whoever has seen a request can repeat it, and would send the answers elsewhere.
    @Test
    void aRequestThatIsRepeatedElsewhereMovesNothingButItsOwnAnswer() {
        Sent challenge = only(host.receive(clientAt(FIRST), peer.request()));
        host.receive(clientAt(SECOND), peer.request());
        host.receive(clientAt(FIRST), peer.response(1, challenge));
        assertThat(host.send(0, new byte[1]))
                .isNotEmpty()
                .allSatisfy(sent -> assertThat(sent.local()).isEqualTo(FIRST));
    }

    @Test
    void whoIsAdmittedLaterIsAnsweredFromWhereTheResponseCame() {
        Host asking = rig.host(config -> config.asksAdmission(true));
        Sent challenge = only(asking.receive(clientAt(SECOND), peer.request()));
        asking.receive(clientAt(SECOND), peer.response(1, challenge));
        ServerEvent.Requested asked = (ServerEvent.Requested) asking.events().getFirst();
        assertThat(only(asking.admit(asked.entry())).local()).isEqualTo(SECOND);
    }

    @Test
    void whoIsDeniedHearsItFromWhereItAsked() {
        Host full = rig.host(config -> config.maxClients(1));
        rig.peer(rig.token(2), Rig.STRANGER).connectTo(full);
        Sent denied = only(full.receive(clientAt(SECOND), peer.request()));
        assertThat(denied.type()).isEqualTo(RawPacket.DENIED);
        assertThat(denied.local()).isEqualTo(SECOND);
    }

    /// It is no part of who a client is.
    @Test
    void aClientThatIsHeardElsewhereIsTheSameClient() {
        connectAt(FIRST);
        host.receive(clientAt(UNKNOWN), peer.payload(3, (byte) 1));
        assertThat(host.lastPayload()).containsExactly(1);
        assertThat(host.machine().connectedClients()).isEqualTo(1);
        assertThat(only(host.send(0, new byte[1])).local()).isEqualTo(UNKNOWN);
    }
}
