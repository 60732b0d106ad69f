package dev.hawser.tests.drain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.SameClient;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.machine.ServerEvent;
import dev.hawser.tests.rig.Host;
import dev.hawser.tests.rig.Peer;
import dev.hawser.tests.rig.RawPacket;
import dev.hawser.tests.rig.Rig;
import dev.hawser.tests.rig.Sent;
import dev.hawser.tests.rig.Token;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

/// docs/protocol.md "Draining": a server that is about to go down gives no slot.
class ServerDrainTest {
    private static final NetAddress SECOND_CLIENT = NetAddress.parse("198.51.100.8:50002");
    private static final StatedReason LEAVING =
            new StatedReason(StatedReason.DRAINING, 30, "an update");

    private final Rig rig = new Rig();
    private final Host host = rig.host();
    private final Host asking = rig.host(config -> config.asksAdmission(true));

    private Token speaking(long clientId) {
        return rig.token().clientId(clientId).statesReasons().mint();
    }

    private static int codeOf(Sent sent, Token token) {
        byte[] body = sent.openedByClient(token).body();
        return body.length == 0
                ? 0
                : ByteBuffer.wrap(body).order(ByteOrder.LITTLE_ENDIAN).getShort();
    }

    private static void assertDenied(List<Sent> sent) {
        assertThat(sent).extracting(Sent::type).containsExactly(RawPacket.DENIED);
    }

    private long entryOf(ServerEvent event) {
        assertThat(event).isInstanceOf(ServerEvent.Requested.class);
        return ((ServerEvent.Requested) event).entry();
    }

    @Test
    void requestsAreDeniedAndSayWhyInTurnWithEmptyPackets() {
        Token token = speaking(1);
        host.machine().drain(rig.nanos(), LEAVING);

        for (int expected : new int[] {8, 0, 8, 0}) {
            List<Sent> sent = host.receive(Rig.CLIENT, token.request());
            assertDenied(sent);
            assertThat(codeOf(sent.getFirst(), token)).isEqualTo(expected);
        }
        assertThat(host.machine().pendingConnections()).isZero();
        assertThat(host.events()).isEmpty();
    }

    @Test
    void theStandardsClientsAreDeniedWithoutAReason() {
        host.machine().drain(rig.nanos(), LEAVING);

        List<Sent> sent = host.receive(Rig.CLIENT, rig.token(1).request());

        assertThat(sent).singleElement().extracting(Sent::size).isEqualTo(25);
    }

    @Test
    void aResponseToAnEarlierChallengeIsDenied() {
        Token token = speaking(1);
        Peer peer = rig.peer(token, Rig.CLIENT);
        Sent challenge = peer.challengeOf(host);
        host.machine().drain(rig.nanos(), LEAVING);

        List<Sent> sent = host.receive(Rig.CLIENT, peer.response(1, challenge));

        assertDenied(sent);
        assertThat(codeOf(sent.getFirst(), token)).isEqualTo(StatedReason.DRAINING);
        assertDenied(host.receive(Rig.CLIENT, peer.response(2, challenge)));
        assertThat(host.machine().connectedClients()).isZero();
        assertThat(host.events()).isEmpty();
    }

    @Test
    void whomTheApplicationHasAdmittedOrNotAnsweredIsDeniedAndItsAnswerDoesNothing() {
        Peer admitted = rig.peer(speaking(1), Rig.CLIENT);
        Sent challenge = admitted.challengeOf(asking);
        asking.receive(Rig.CLIENT, admitted.response(1, challenge));
        long first = entryOf(asking.events().getFirst());
        Peer waiting = rig.peer(speaking(2), SECOND_CLIENT);
        Sent secondChallenge = waiting.challengeOf(asking);
        asking.receive(SECOND_CLIENT, waiting.response(1, secondChallenge));
        long second = entryOf(asking.events().getFirst());
        rig.passMillis(1);
        assertThat(asking.admit(first)).isEmpty();

        asking.machine().drain(rig.nanos(), LEAVING);

        List<Sent> sent = asking.receive(Rig.CLIENT, admitted.response(2, challenge));
        assertDenied(sent);
        assertThat(codeOf(sent.getFirst(), admitted.token())).isEqualTo(StatedReason.DRAINING);
        assertDenied(asking.receive(SECOND_CLIENT, waiting.response(2, secondChallenge)));
        assertThat(asking.admit(second)).isEmpty();
        assertDenied(asking.receive(SECOND_CLIENT, waiting.response(3, secondChallenge)));
        assertThat(asking.machine().connectedClients()).isZero();
        assertThat(asking.events()).isEmpty();
    }

    @Test
    void anAnswerAtOnceComesTooLateForAServerThatDrainsMeanwhile() {
        Peer peer = rig.peer(speaking(1), Rig.CLIENT);
        asking.receive(Rig.CLIENT, peer.response(1, peer.challengeOf(asking)));
        long entry = entryOf(asking.events().getFirst());

        asking.machine().drain(rig.nanos(), LEAVING);

        assertDenied(asking.admit(entry));
        assertThat(asking.machine().connectedClients()).isZero();
    }

    @Test
    void nobodyIsPutBeforeTheApplicationAnyMore() {
        Peer peer = rig.peer(speaking(1), Rig.CLIENT);
        Sent challenge = peer.challengeOf(asking);
        asking.machine().drain(rig.nanos(), LEAVING);

        assertDenied(asking.receive(Rig.CLIENT, peer.response(1, challenge)));
        assertThat(asking.events()).isEmpty();
    }

    @Test
    void aRefusalOfTheApplicationKeepsItsOwnReason() {
        Peer peer = rig.peer(speaking(1), Rig.CLIENT);
        Sent challenge = peer.challengeOf(asking);
        asking.receive(Rig.CLIENT, peer.response(1, challenge));
        long entry = entryOf(asking.events().getFirst());
        rig.passMillis(1);
        asking.refuse(entry, StatedReason.of(StatedReason.BANNED, "cheating"));

        asking.machine().drain(rig.nanos(), LEAVING);

        List<Sent> sent = asking.receive(Rig.CLIENT, peer.response(2, challenge));
        assertThat(codeOf(sent.getFirst(), peer.token())).isEqualTo(StatedReason.BANNED);
    }

    @Test
    void whoIsConnectedStaysAndMayNotTakeItsOwnSlotOver() {
        Host lenient = rig.host(config -> config.sameClient(SameClient.TAKE_OVER));
        Peer connected = rig.peer(speaking(1), Rig.CLIENT);
        connected.connectAndConfirmTo(lenient);
        Peer again = rig.peer(speaking(1), SECOND_CLIENT);
        Sent challenge = again.challengeOf(lenient);
        lenient.events();

        lenient.machine().drain(rig.nanos(), LEAVING);

        assertDenied(lenient.receive(SECOND_CLIENT, again.response(1, challenge)));
        assertDenied(lenient.receive(SECOND_CLIENT, speaking(1).request()));
        assertThat(lenient.machine().isConnected(0)).isTrue();
        assertThat(lenient.send(0, new byte[] {1})).hasSize(1);
        assertThat(lenient.events()).isEmpty();
    }

    @Test
    void aFullServerThatDrainsSaysThatItDrains() {
        Host small = rig.host(config -> config.maxClients(1));
        rig.peer(rig.token(9), SECOND_CLIENT).connectTo(small);
        Token token = speaking(1);

        small.machine().drain(rig.nanos(), LEAVING);

        assertThat(codeOf(small.receive(Rig.CLIENT, token.request()).getFirst(), token))
                .isEqualTo(StatedReason.DRAINING);
    }

    @Test
    void aSecondDrainReplacesTheReason() {
        Token token = speaking(1);
        host.machine().drain(rig.nanos(), LEAVING);
        host.machine().drain(rig.nanos(), new StatedReason(StatedReason.DRAINING, 5, ""));

        byte[] body =
                host.receive(Rig.CLIENT, token.request()).getFirst().openedByClient(token).body();

        assertThat(body).containsExactly(8, 0, 5, 0);
    }
}
