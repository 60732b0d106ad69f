package dev.hawser.tests.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.Drop;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.SameClient;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.machine.ServerEvent;
import dev.hawser.protocol.machine.ServerEvent.Cause;
import dev.hawser.tests.rig.Guest;
import dev.hawser.tests.rig.Host;
import dev.hawser.tests.rig.Peer;
import dev.hawser.tests.rig.RawPacket;
import dev.hawser.tests.rig.Rig;
import dev.hawser.tests.rig.Sent;
import dev.hawser.tests.rig.Token;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// docs/protocol.md "Takeover": a client that is connected already takes its slot over.
class TakeoverTest {
    private static final NetAddress SECOND_CLIENT = NetAddress.parse("198.51.100.8:50002");

    private final Rig rig = new Rig();
    private final Host lenient = rig.host(config -> config.sameClient(SameClient.TAKE_OVER));

    private ServerEvent.Requested requested(Host server) {
        List<ServerEvent> events = server.events();
        assertThat(events).singleElement().isInstanceOf(ServerEvent.Requested.class);
        return (ServerEvent.Requested) events.getFirst();
    }

    private Peer connected(Host server, long expires) {
        Peer peer = rig.peer(rig.token().expires(expires).mint(), Rig.CLIENT);
        peer.connectAndConfirmTo(server);
        server.events();
        return peer;
    }

    @Test
    void underTheTakeoverPolicyAConnectedClientIsReplacedWhenTheSlotIsGiven() {
        Peer connected = connected(lenient, Rig.EPOCH + 29);
        Peer newcomer = rig.peer(rig.token().mint(), SECOND_CLIENT);
        Sent challenge = newcomer.challengeOf(lenient);
        assertThat(lenient.machine().isConnected(0)).isTrue();
        assertThat(lenient.events()).isEmpty();

        List<Sent> sent = lenient.receive(SECOND_CLIENT, newcomer.response(1, challenge));

        assertThat(sent).hasSize(11);
        assertThat(sent.subList(0, 10))
                .allSatisfy(packet -> {
                    assertThat(packet.to()).isEqualTo(Rig.CLIENT);
                    assertThat(packet.openedByClient(connected.token()).type())
                            .isEqualTo(RawPacket.DISCONNECT);
                });
        assertThat(sent.getLast().to()).isEqualTo(SECOND_CLIENT);
        assertThat(sent.getLast().openedByClient(newcomer.token()).body())
                .isEqualTo(Guest.slot(0, 4));
        assertThat(lenient.machine().connectedClients()).isEqualTo(1);
        assertThat(lenient.events())
                .extracting(event -> event.getClass().getSimpleName())
                .containsExactly("Disconnected", "Connected");
    }

    @Test
    void aReplacedClientIsReportedAsReplaced() {
        connected(lenient, Rig.EPOCH + 29);
        rig.peer(rig.token().mint(), SECOND_CLIENT).connectTo(lenient, 11);

        assertThat(lenient.events().getFirst())
                .isInstanceOfSatisfying(
                        ServerEvent.Disconnected.class,
                        event -> assertThat(event.cause()).isEqualTo(Cause.REPLACED));
    }

    @Test
    void aClientMayTakeOverItsSlotFromTheSameAddress() {
        connected(lenient, Rig.EPOCH + 29);
        Peer newcomer = rig.peer(rig.token().mint(), Rig.CLIENT);

        newcomer.connectTo(lenient, 11);

        assertThat(lenient.machine().connectedClients()).isEqualTo(1);
        lenient.receive(Rig.CLIENT, newcomer.payload(2, (byte) 5));
        assertThat(lenient.lastPayload()).containsExactly(5);
    }

    @Test
    void untilTheTakeoverTheConnectedClientIsServed() {
        Peer connected = connected(lenient, Rig.EPOCH + 29);
        Peer newcomer = rig.peer(rig.token().mint(), Rig.CLIENT);
        newcomer.challengeOf(lenient);

        lenient.receive(Rig.CLIENT, connected.payload(3, (byte) 7));
        assertThat(lenient.lastPayload()).containsExactly(7);
        lenient.receive(Rig.CLIENT, connected.disconnect(4));

        assertThat(lenient.machine().connectedClients()).isZero();
        assertThat(lenient.machine().pendingConnections()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 28, 29, 30})
    void anyTokenThatComesAfterTheSlotWillDoHoweverShortItLives(int lifetimeSeconds) {
        connected(lenient, Rig.EPOCH + 29);
        Token token = rig.token().expires(Rig.EPOCH + lifetimeSeconds).mint();

        rig.peer(token, SECOND_CLIENT).connectTo(lenient, 11);

        assertThat(lenient.machine().connectedClients()).isEqualTo(1);
    }

    @Test
    void aTakeoverNeedsATokenThatWasNotSeenBeforeTheSlotWasTaken() {
        Token older = rig.token().expires(Rig.EPOCH + 30).mint();
        lenient.receive(SECOND_CLIENT, older.request());
        connected(lenient, Rig.EPOCH + 29);

        lenient.receive(SECOND_CLIENT, older.request());

        assertThat(lenient.lastDrop()).isEqualTo(Drop.CLIENT_ID_CONNECTED);
    }

    @Test
    void whatWasSeenBeforeIsRememberedWhenItsEntryIsGone() {
        Peer older = rig.peer(rig.token().expires(Rig.EPOCH + 30).mint(), SECOND_CLIENT);
        older.challengeOf(lenient);
        rig.passSeconds(6);
        lenient.tick();
        assertThat(lenient.machine().pendingConnections()).isZero();
        connected(lenient, Rig.EPOCH + 29);

        lenient.receive(SECOND_CLIENT, older.token().request());

        assertThat(lenient.lastDrop()).isEqualTo(Drop.CLIENT_ID_CONNECTED);
    }

    @Test
    void whoWasReplacedDoesNotComeBackWithTheSameToken() {
        Peer connected = connected(lenient, Rig.EPOCH + 29);
        rig.peer(rig.token().mint(), SECOND_CLIENT).connectTo(lenient, 11);

        lenient.receive(Rig.CLIENT, connected.token().request());

        assertThat(lenient.lastDrop()).isEqualTo(Drop.CLIENT_ID_CONNECTED);
    }

    @Test
    void aTakeoverNeedsTheSameClientId() {
        connected(lenient, Rig.EPOCH + 29);

        lenient.receive(Rig.CLIENT, rig.token(2).request());

        assertThat(lenient.lastDrop()).isEqualTo(Drop.ADDRESS_CONNECTED);
    }

    @Test
    void aTakeoverIsCheckedAgainWhenTheSlotIsGiven() {
        Peer newcomer = rig.peer(rig.token().expires(Rig.EPOCH + 29).mint(), SECOND_CLIENT);
        Sent challenge = newcomer.challengeOf(lenient);
        connected(lenient, Rig.EPOCH + 30);

        assertThat(lenient.receive(SECOND_CLIENT, newcomer.response(1, challenge))).isEmpty();

        assertThat(lenient.lastDrop()).isEqualTo(Drop.CLIENT_ID_CONNECTED);
        assertThat(lenient.machine().connectedClients()).isEqualTo(1);
    }

    @Test
    void theSlotThatATakeoverFreesCountsAsFreeInBothSlotChecks() {
        Host small = rig.host(config -> config.sameClient(SameClient.TAKE_OVER).maxClients(1));
        connected(small, Rig.EPOCH + 30);
        Peer newcomer = rig.peer(rig.token().mint(), SECOND_CLIENT);

        newcomer.connectTo(small, 11);

        assertThat(small.machine().connectedClients()).isEqualTo(1);
        assertThat(small.machine().denied()).isZero();
    }

    @Test
    void theApplicationAdmitsATakeoverToo() {
        Host both = rig.host(config -> config.sameClient(SameClient.TAKE_OVER).asksAdmission(true));
        Peer connected = rig.peer(rig.token().expires(Rig.EPOCH + 29).mint(), Rig.CLIENT);
        both.receive(Rig.CLIENT, connected.response(1, connected.challengeOf(both)));
        both.admit(requested(both).entry());
        both.events();
        Peer newcomer = rig.peer(rig.token().mint(), SECOND_CLIENT);
        both.receive(SECOND_CLIENT, newcomer.response(1, newcomer.challengeOf(both)));
        assertThat(both.machine().isConnected(0)).isTrue();

        both.refuse(requested(both).entry(), StatedReason.NONE);

        assertThat(both.machine().isConnected(0)).isTrue();
        assertThat(both.events()).isEmpty();
    }
}
