package dev.hawser.spi;

import static dev.hawser.netcode.Fixtures.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.hawser.DisconnectReason;
import dev.hawser.Refusal;
import dev.hawser.SendResult;
import dev.hawser.netcode.Fixtures;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.SameClient;
import dev.hawser.protocol.StatedReason;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a kind does in the wrong order or twice is refused, and the lists stay right.
class ContractTest {
    private static final DisconnectReason LEFT = new DisconnectReason.ClientLeft(StatedReason.NONE);

    private final Fixtures.Recorder seen = new Fixtures.Recorder();
    private final OwnKind.Server server = OwnKind.Server.started(2);

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 65_537, Integer.MAX_VALUE})
    void aServerHasSlotsAndNotTooMany(int maxClients) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new OwnKind.Server(maxClients))
                .withMessageContainingAll(String.valueOf(maxClients), "65536", "add servers");
    }

    @Test
    void aServerMayHaveTheMostSlots() {
        OwnKind.Server large = OwnKind.Server.started(65_536);
        large.connect(65_535);
        large.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 2})
    void aHandleHasAPlace(int index) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new OwnKind.Handle(server, index))
                .withMessageContainingAll("clientIndex is " + index, "0 to 1");
    }

    @Test
    void aClientIsRemovedOnce() {
        OwnKind.Handle one = server.connect(0);
        OwnKind.Handle other = server.connect(1);
        server.removeClient(one, LEFT);
        assertThatIllegalStateException()
                .isThrownBy(() -> server.removeClient(one, LEFT))
                .withMessageContainingAll(one.toString(), "once");
        assertThat(server.connectedClients()).containsExactly(other);
        assertThat(server.client(other.id())).contains(other);
        assertThat(server.broadcast(bytes("x"))).isEqualTo(1);
        server.receive(seen);
        assertThat(seen.events).hasSize(3).last().asString().contains("ClientLeft");
    }

    @Test
    void oneThatWasNeverAddedIsNotRemoved() {
        OwnKind.Handle client = new OwnKind.Handle(server, 0);
        assertThatIllegalStateException().isThrownBy(() -> server.removeClient(client, LEFT));
        server.addClient(client);
        assertThatNullPointerException().isThrownBy(() -> server.removeClient(client, null));
        assertThat(client.isConnected()).isTrue();
        assertThat(server.connectedClients()).containsExactly(client);
    }

    @Test
    void aClientIsAddedOnce() {
        OwnKind.Handle client = server.connect(0);
        assertThatIllegalStateException()
                .isThrownBy(() -> server.addClient(client))
                .withMessageContaining("added before");
        assertThat(client.isConnected()).isTrue();
        assertThat(server.connectedClients()).containsExactly(client);
        server.removeClient(client, LEFT);
        assertThatIllegalStateException().isThrownBy(() -> server.addClient(client));
        assertThat(server.connectedClients()).isEmpty();
    }

    @Test
    void whoseSlotIsKeptNeedsNoOther() {
        OwnKind.Handle lost = server.connect(0);
        server.connect(1);
        server.suspendClient(lost);
        var stranger = new OwnKind.Id(2);

        assertThat(server.keepsSlotFor(lost.id())).isTrue();
        assertThat(server.objection(lost.id(), SameClient.REFUSE, true)).isNull();
        assertThat(server.keepsSlotFor(stranger)).isFalse();
        assertThat(server.objection(stranger, SameClient.REFUSE, true))
                .isEqualTo(new Refusal.Full(0));

        server.removeClient(lost, LEFT);
        assertThat(server.keepsSlotFor(lost.id())).isFalse();
        assertThat(server.objection(lost.id(), SameClient.REFUSE, true))
                .isEqualTo(new Refusal.Full(0));
        assertThatNullPointerException().isThrownBy(() -> server.keepsSlotFor(null));
    }

    @Test
    void aStopEndsWhatAKindKeepsAndForgot() {
        OwnKind.Handle lost = server.connect(0);
        server.suspendClient(lost);
        server.stop();
        server.receive(seen);
        assertThat(seen.events).last().asString().contains("ServerStopped");
        server.startUnchecked();
        assertThat(server.freeSlots()).isEqualTo(2);
        assertThat(server.suspendedClients()).isEmpty();
        assertThat(lost.isSuspended()).isFalse();
    }

    @Test
    void aDrainEndsWhatAKindKeepsAndIsOverAfterThat() {
        server.suspendClient(server.connect(0));
        server.drain(Duration.ofHours(1), new Refusal.Draining("an update", 1));
        server.update();
        server.receive(seen);
        assertThat(seen.events).hasSize(3).last().isEqualTo("drained");
        assertThat(seen.events.get(1)).contains("Moved");
        assertThat(server.freeSlots()).isEqualTo(2);
    }

    private static final NetAddress HOME = NetAddress.parse("192.0.2.1:7777");
    private static final NetAddress AWAY = NetAddress.parse("198.51.100.1:7777");

    @Test
    void aMoveComesInItsPlaceAmongWhatHappened() {
        OwnKind.Handle client = server.connect(0);
        client.queueOrDrop(bytes("at home"));
        server.moveClient(client, HOME, AWAY);
        client.queueOrDrop(bytes("away"));
        server.removeClient(client, LEFT);
        server.receive(seen);
        assertThat(seen.events)
                .extracting(event -> event.replace(client.id().toString(), "client"))
                .containsExactly(
                        "connect client",
                        "client: at home",
                        "move client from " + HOME + " to " + AWAY,
                        "client: away",
                        "disconnect client ClientLeft");
    }

    @Test
    void onlyWhoIsConnectedMoves() {
        OwnKind.Handle client = new OwnKind.Handle(server, 0);
        assertThatIllegalStateException()
                .isThrownBy(() -> server.moveClient(client, HOME, AWAY))
                .withMessageContainingAll(client.toString(), "move only who was added");
        server.addClient(client);
        assertThatNullPointerException()
                .isThrownBy(() -> server.moveClient(client, null, AWAY))
                .withMessage("from");
        assertThatNullPointerException()
                .isThrownBy(() -> server.moveClient(client, HOME, null))
                .withMessage("to");
        OwnKind.Server stranger = OwnKind.Server.started(2);
        assertThatIllegalStateException().isThrownBy(() -> stranger.moveClient(client, HOME, AWAY));
        server.removeClient(client, LEFT);
        assertThatIllegalStateException().isThrownBy(() -> server.moveClient(client, HOME, AWAY));
    }

    /// As with payloads: whom the game has disconnected it hears nothing more of but the end.
    @Test
    void aMoveOfWhomTheGameHasDisconnectedIsNotTold() {
        OwnKind.Handle client = server.connect(0);
        server.moveClient(client, HOME, AWAY);
        server.disconnect(client, StatedReason.NONE);
        server.receive(seen);
        assertThat(seen.events).hasSize(2).noneMatch(event -> event.startsWith("move"));
    }

    @Test
    void aHandleOfAnotherServerIsNotListed() {
        OwnKind.Server stranger = OwnKind.Server.started(2);
        OwnKind.Handle client = new OwnKind.Handle(stranger, 0);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> server.addClient(client))
                .withMessageContaining("not a handle of OwnServer");
        assertThatIllegalStateException().isThrownBy(() -> server.removeClient(client, LEFT));
        assertThat(server.connectedClients()).isEmpty();
    }

    @Test
    void nobodyConnectsToAServerThatDoesNotRun() {
        server.stop();
        assertThatIllegalStateException()
                .isThrownBy(() -> server.connect(0))
                .withMessageContainingAll("does not run", "isRunning()");
        assertThat(server.connectedClients()).isEmpty();
    }

    @Test
    void nobodyConnectsWithoutASlot() {
        server.connect(0);
        server.connect(1);
        // Another id, at a place that is taken.
        OwnKind.Handle third = new OwnKind.Handle(server, new OwnKind.Id(7), 1);
        assertThatIllegalStateException()
                .isThrownBy(() -> server.addClient(third))
                .withMessageContainingAll("all 2 are taken", "objection");
        assertThat(server.connectedClients()).hasSize(2).doesNotContain(third);
        assertThat(server.client(third.id())).isEmpty();
    }

    @Test
    void aKindThatForgetsToRemoveIsTold() {
        OwnKind.Handle client = server.connect(0);
        client.forgetsToRemove = true;
        assertThatIllegalStateException()
                .isThrownBy(() -> server.disconnect(client, StatedReason.NONE))
                .withMessageContainingAll("end()", "removeClient");
        assertThatIllegalStateException()
                .isThrownBy(() -> server.connect(0))
                .withMessageContainingAll("replace()", "removeClient");
        assertThat(server.connectedClients()).containsExactly(client);
        // It is not dismissed either: what it sends still comes.
        client.queueOrDrop(bytes("x"));
        assertThat(server.receive(seen)).isEqualTo(1);
        assertThat(server.send(client, bytes("x"))).isEqualTo(SendResult.SENT);
    }

    @Test
    void aNewcomerHasAnIdAndAPolicy() {
        OwnKind.Id id = new OwnKind.Id(1);
        assertThatNullPointerException().isThrownBy(() -> server.objection(id, null, false));
        assertThatNullPointerException().isThrownBy(() -> server.ask(id, null, null, _ -> {}));
        assertThatNullPointerException().isThrownBy(() -> server.client(null));
    }

    @Test
    void receivingNeedsAHandlerAlsoWhileNothingWaits() {
        OwnKind.Client client = new OwnKind.Client(1 << 20);
        assertThatNullPointerException()
                .isThrownBy(() -> server.receive(null))
                .withMessage("handler");
        assertThatNullPointerException()
                .isThrownBy(() -> client.receive(null))
                .withMessage("handler");
    }

    // ---- What fails

    @Test
    void aServerWhoseShutFailsHasStopped() {
        OwnKind.Handle client = server.connect(0);
        server.update();
        server.failing = "shut";
        assertThatIllegalStateException().isThrownBy(server::stop).withMessage("shut failed");
        assertThat(server.isRunning()).isFalse();
        assertThat(client.isConnected()).isFalse();
        assertThat(server.connectedClients()).isEmpty();
        server.receive(seen);
        assertThat(seen.events).last().asString().endsWith("ServerStopped");
        // It belongs to nobody.
        Thread other =
                Thread.ofPlatform()
                        .start(() -> {
                            server.failing = "";
                            server.startUnchecked();
                            server.update();
                            server.stop();
                        });
        join(other);
        assertThat(server.ticks).isEqualTo(2);
    }

    @Test
    void aClientThatCannotDisconnectGivesEverythingBack() {
        AtomicInteger givenBack = new AtomicInteger();
        OwnKind.Client client =
                new OwnKind.Client() {
                    @Override
                    public void disconnect(StatedReason reason) {
                        throw new IllegalStateException("disconnect failed");
                    }

                    @Override
                    protected void giveBack() {
                        givenBack.incrementAndGet();
                    }
                };
        assertThatIllegalStateException()
                .isThrownBy(client::close)
                .withMessage("disconnect failed");
        client.close();
        assertThat(givenBack).hasValue(1);
        assertThatIllegalStateException()
                .isThrownBy(client::connect)
                .withMessageContaining("closed");
    }

    @Test
    void aClientAlwaysHasAState() {
        OwnKind.Client client = new OwnKind.Client();
        assertThatNullPointerException().isThrownBy(() -> client.enter(null));
        assertThat(client.state()).isNotNull();
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
