package dev.hawser.tests.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.machine.ClientState;
import dev.hawser.protocol.machine.ServerEvent;
import dev.hawser.protocol.machine.ServerEvent.Cause;
import dev.hawser.tests.rig.Guest;
import dev.hawser.tests.rig.Host;
import dev.hawser.tests.rig.Inside;
import dev.hawser.tests.rig.Peer;
import dev.hawser.tests.rig.RawPacket;
import dev.hawser.tests.rig.Rig;
import dev.hawser.tests.rig.Sent;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// docs/protocol.md "Hardening" 5: keys and nonces leave memory, and no sequence wraps.
class KeysAndNoncesTest {
    private static final byte[] ZEROS = new byte[32];

    private final Rig rig = new Rig();
    private final Host host = rig.host();
    private final Peer peer = rig.peer();

    private static void assertErased(Inside holder) {
        assertThat(key(holder, "clientToServerKey")).isEqualTo(ZEROS);
        assertThat(key(holder, "serverToClientKey")).isEqualTo(ZEROS);
    }

    private static byte[] key(Inside holder, String name) {
        return holder.get(name).get("bytes").asBytes();
    }

    private Inside slot() {
        return Inside.of(host.machine()).get("slots").get("slots").at(0);
    }

    private Inside pending() {
        return Inside.of(host.machine()).get("pendingConnections").get("places").at(0);
    }

    // ---- Keys

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void theKeysOfASlotAreErasedHoweverItIsFreed(int way) {
        peer.connectAndConfirmTo(host);
        assertThat(key(slot(), "clientToServerKey")).isEqualTo(peer.token().clientToServerKey());
        assertThat(key(slot(), "serverToClientKey")).isEqualTo(peer.token().serverToClientKey());

        switch (way) {
            case 0 -> host.receive(Rig.CLIENT, peer.disconnect(3));
            case 1 -> host.disconnect(0, StatedReason.NONE);
            default -> {
                rig.passSeconds(5);
                host.tick();
            }
        }

        assertErased(slot());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void theKeysOfAPendingConnectionAreErasedHoweverItEnds(int way) {
        peer.challengeOf(host);
        assertThat(key(pending(), "clientToServerKey")).isEqualTo(peer.token().clientToServerKey());

        switch (way) {
            case 0 -> host.receive(Rig.CLIENT, peer.disconnect(3));
            case 1 -> peer.connectTo(host);
            default -> {
                rig.passSeconds(5);
                host.tick();
            }
        }

        assertErased(pending());
        assertThat(pending().get("sealedChallenge").asBytes()).isEqualTo(new byte[300]);
    }

    @Test
    void theKeysOfATokenDoNotStayBehindWhenItsRequestHasBeenHandled() {
        peer.challengeOf(host);
        assertErased(Inside.of(host.machine()).get("newcomers").get("requests").get("token"));

        rig.peer().connectTo(rig.host());
        peer.connectTo(host);
        host.receive(Rig.CLIENT, peer.request());
        assertErased(Inside.of(host.machine()).get("newcomers").get("requests").get("token"));
    }

    @Test
    void closingAServerErasesEveryKey() {
        peer.connectTo(host);
        rig.peer(rig.token(2), Rig.STRANGER).challengeOf(host);
        Inside newcomers = Inside.of(host.machine()).get("newcomers");

        host.machine().close(rig.nanos(), StatedReason.NONE, host.sink());

        assertErased(slot());
        assertErased(pending());
        assertThat(newcomers.get("challenges").get("key").get("bytes").asBytes()).isEqualTo(ZEROS);
        assertThat(newcomers.get("requests").get("privateKeys").at(0).asBytes()).isEqualTo(ZEROS);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void theKeysOfAClientAreErasedHoweverItEnds(int way) {
        Guest guest = rig.guest().connecting(rig.token().mint());
        guest.receiveSlot();
        Inside token = Inside.of(guest.machine()).get("attempt").get("token");
        assertThat(key(token, "clientToServerKey")).isEqualTo(guest.token().clientToServerKey());

        switch (way) {
            case 0 -> guest.disconnect(StatedReason.NONE);
            case 1 -> guest.receive(RawPacket.DISCONNECT, 3, new byte[0]);
            case 2 -> guest.idleMillis(5001);
            default -> guest.connect(rig.token(2));
        }
        guest.tick();

        assertErased(token);
    }

    // ---- Sequences that end

    @Test
    void aServerClosesAConnectionWhoseSequenceWouldRunIntoTheNextServers() {
        peer.connectAndConfirmTo(host);
        host.events();
        slot().set("sequence", (1L << 57) - 1);

        assertThat(host.send(0, new byte[] {1}))
                .singleElement()
                .satisfies(sent ->
                        assertThat(sent.openedByClient(peer.token()).sequence())
                                .isEqualTo((1L << 57) - 1));
        assertThat(host.send(0, new byte[] {1})).isEmpty();

        assertThat(host.machine().isConnected(0)).isFalse();
        assertThat(host.events())
                .singleElement()
                .isInstanceOfSatisfying(
                        ServerEvent.Disconnected.class,
                        event -> assertThat(event.cause()).isEqualTo(Cause.SEQUENCE_EXHAUSTED));
    }

    @Test
    void aServerAtALaterPlaceOfTheTokenEndsWhereTheOneBehindItBegins() {
        NetAddress first = Rig.SERVER.withPort(1);
        Peer later = rig.peer(rig.token().servers(first, Rig.SERVER).mint(), Rig.CLIENT);
        later.connectAndConfirmTo(host);
        slot().set("sequence", (2L << 57) - 1);

        assertThat(host.send(0, new byte[] {1})).hasSize(1);
        assertThat(host.send(0, new byte[] {1})).isEmpty();

        assertThat(host.machine().isConnected(0)).isFalse();
    }

    @Test
    void aKeepAliveThatIsDueClosesSuchAConnectionToo() {
        peer.connectAndConfirmTo(host);
        slot().set("sequence", 1L << 57);
        rig.passMillis(100);

        assertThat(host.tick()).isEmpty();

        assertThat(host.machine().isConnected(0)).isFalse();
        assertErased(slot());
    }

    @Test
    void beforeAnUnconfirmedClientThereMustBeRoomForTheKeepAliveAndThePayload() {
        peer.connectTo(host);
        slot().set("sequence", (1L << 57) - 1);

        assertThat(host.send(0, new byte[] {1}))
                .extracting(Sent::type)
                .containsExactly(RawPacket.KEEP_ALIVE);

        assertThat(host.machine().isConnected(0)).isFalse();
    }

    @Test
    void aServerDisconnectsWithThePacketsThatItHasNumbersFor() {
        peer.connectAndConfirmTo(host);
        slot().set("sequence", (1L << 57) - 3);

        assertThat(host.disconnect(0, StatedReason.NONE)).hasSize(3);

        assertThat(host.machine().isConnected(0)).isFalse();
    }

    @Test
    void aServerWhoseGlobalSequenceIsUsedUpAnswersNothing() {
        peer.challengeOf(host);
        Inside.of(host.machine()).get("packets").set("globalSequence", -1);

        assertThat(host.receive(Rig.CLIENT, peer.request()))
                .singleElement()
                .satisfies(sent ->
                        assertThat(sent.openedByClient(peer.token()).sequence()).isEqualTo(-1));
        assertThat(host.receive(Rig.CLIENT, peer.request())).isEmpty();
        assertThat(host.receive(Rig.CLIENT, peer.request())).isEmpty();
    }

    @Test
    void aServerWhoseGlobalSequenceIsUsedUpDeniesNobody() {
        Host small = rig.host(config -> config.maxClients(1));
        peer.connectTo(small);
        Inside.of(small.machine()).get("packets").set("globalSequence", 0);

        assertThat(small.receive(Rig.STRANGER, rig.token(2).request())).isEmpty();
    }

    @Test
    void aClientWhoseSequenceWouldWrapIsDisconnected() {
        Guest guest = rig.guest().connecting(rig.token().mint());
        guest.receiveSlot();
        Inside.of(guest.machine()).get("attempt").set("sequence", -2);

        List<Sent> sent = guest.send((byte) 1);

        assertThat(sent.getFirst().openedByServer(guest.token()).sequence()).isEqualTo(-2);
        assertThat(guest.send((byte) 1)).isEmpty();
        rig.passMillis(101);
        assertThat(guest.machine().hasUsedUpSequence()).isFalse();
        assertThat(guest.tick()).isEmpty();
        assertThat(guest.state()).isEqualTo(ClientState.DISCONNECTED);
        assertThat(guest.machine().hasUsedUpSequence()).isTrue();

        guest.connect(rig.token().mint());

        assertThat(guest.machine().hasUsedUpSequence()).isFalse();
    }

    @Test
    void aClientThatWasDisconnectedHasNotUsedUpItsSequence() {
        Guest guest = rig.guest().connecting(rig.token().mint());
        guest.receiveSlot();
        guest.receive(RawPacket.DISCONNECT, 1, new byte[0]);
        guest.tick();
        assertThat(guest.state()).isEqualTo(ClientState.DISCONNECTED);
        assertThat(guest.machine().hasUsedUpSequence()).isFalse();

        guest.connecting(rig.token().mint()).receiveSlot();
        guest.disconnect(StatedReason.NONE);

        assertThat(guest.machine().hasUsedUpSequence()).isFalse();
    }
}
