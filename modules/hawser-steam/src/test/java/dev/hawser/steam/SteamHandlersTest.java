package dev.hawser.steam;

import static dev.hawser.steam.SteamRig.bytes;
import static dev.hawser.steam.SteamRig.receive;
import static dev.hawser.steam.SteamRig.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.ConnectedClient;
import dev.hawser.DisconnectReason;
import dev.hawser.NetClient;
import dev.hawser.ServerHandler;
import dev.hawser.protocol.StatedReason;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What handlers and slow loops do to a connection through Steam, and who may end it.
class SteamHandlersTest {
    private static final long ANN = 0x0110_0001_0000_0010L;
    private static final List<String> SAID = List.of("111", "a longer one", "2", "the last");

    private static final Logger LOG = Logger.getLogger("dev.hawser");

    private final SteamRig rig = new SteamRig();
    private final List<String> heard = new ArrayList<>();

    @BeforeEach
    void begin() {
        LOG.setUseParentHandlers(false);
    }

    @AfterEach
    void end() {
        LOG.setUseParentHandlers(true);
        rig.close();
        assertThat(MessagePool.live()).as("messages that nobody released").isZero();
        assertThat(MessagePool.failures()).as("messages released twice").isZero();
    }

    private void misuse(ByteBuffer payload) {
        heard.add(text(payload.duplicate()));
        assertThat(payload.capacity()).isEqualTo(payload.limit());
        assertThat(payload.order()).isEqualTo(ByteOrder.BIG_ENDIAN);
        payload.clear().order(ByteOrder.LITTLE_ENDIAN);
        while (payload.hasRemaining()) {
            payload.put((byte) -1);
        }
        assertThatThrownBy(() -> payload.put((byte) 1)).isInstanceOf(BufferOverflowException.class);
        payload.limit(0);
    }

    // ---- Lent payloads

    @Test
    void aHandlerThatMisusesWhatItIsLentChangesNoOtherPayload() {
        rig.start(rig.serverBuilder());
        SteamClient ann = rig.connect(ANN);
        rig.isReceiving = false;
        for (int round = 0; round < 3; round++) {
            SAID.forEach(said -> ann.send(bytes(said)));
            SAID.forEach(said -> rig.server.broadcast(bytes(said)));
            rig.steps(3);
            heard.clear();
            rig.server.receive((_, payload) -> misuse(payload));
            assertThat(heard).containsExactlyElementsOf(SAID);
            heard.clear();
            ann.receive(this::misuse);
            assertThat(heard).containsExactlyElementsOf(SAID);
        }
    }

    // ---- Slow loops

    @Test
    void aClientThatUpdatesOnceASecondGetsAllOfSixHundredPayloadsAndItsKick() {
        rig.start(rig.serverBuilder());
        SteamClient ann = rig.connect(ANN);
        rig.steps(5);
        ConnectedClient client = rig.connected.getFirst();
        for (int second = 0; second < 3; second++) {
            for (int i = 0; i < 600; i++) {
                rig.server.send(client, bytes("s" + i));
            }
            rig.server.flush();
            rig.nowNanos += 1_000_000_000;
            ann.update();
            assertThat(receive(ann)).hasSize(600);
        }
        for (int i = 0; i < 600; i++) {
            rig.server.send(client, bytes("s" + i));
        }
        rig.server.disconnect(client, StatedReason.of(1001, "out"));
        ann.update();
        assertThat(ann.state().toString()).contains("out");
        assertThat(ann.stats().updatesAtLimit()).isZero();
    }

    @Test
    void aServerTakesNoMoreThanItMayAndCountsIt() {
        rig.start(rig.serverBuilder().messagesPerUpdateMax(100));
        SteamClient ann = rig.connect(ANN);
        rig.isReceiving = false;
        for (int i = 0; i < 150; i++) {
            ann.send(bytes("a"));
        }
        ann.flush();
        rig.server.update();
        assertThat(rig.server.receive((_, _) -> {})).isEqualTo(100);
        assertThat(rig.server.stats().updatesAtLimit()).isOne();
        rig.server.update();
        assertThat(rig.server.receive((_, _) -> {})).isEqualTo(50);
        assertThat(rig.server.stats().updatesAtLimit()).isOne();
        assertThatThrownBy(() -> rig.serverBuilder().messagesPerUpdateMax(0))
                .hasMessageContaining("messagesPerUpdateMax is 0");
    }

    // ---- Ends

    @Test
    void afterAClientHasEndedInItsHandlerNothingMoreIsDelivered() {
        rig.start(rig.serverBuilder());
        for (Consumer<NetClient> end :
                List.<Consumer<NetClient>>of(NetClient::disconnect, NetClient::close)) {
            SteamClient ann = rig.connect(ANN);
            rig.server.broadcast(bytes("first"));
            rig.server.broadcast(bytes("second"));
            rig.steps(2);
            heard.clear();
            int delivered =
                    ann.receive(payload -> {
                        heard.add(text(payload));
                        end.accept(ann);
                    });
            assertThat(delivered).isOne();
            assertThat(heard).containsExactly("first");
            assertThat(receive(ann)).isEmpty();
            rig.until(() -> rig.server.connectedClients().isEmpty());
            rig.steps(2);
            rig.seen.clear();
        }
    }

    @Test
    void afterAServerHasEndedInItsHandlerTheRestComesWithTheNextReceive() {
        rig.start(rig.serverBuilder());
        SteamClient ann = rig.connect(ANN);
        rig.isReceiving = false;
        ann.send(bytes("first"));
        ann.send(bytes("second"));
        rig.steps(3);
        ServerHandler handler =
                new ServerHandler() {
                    @Override
                    public void onPayload(ConnectedClient client, ByteBuffer payload) {
                        heard.add(text(payload));
                        rig.server.close();
                    }

                    @Override
                    public void onDisconnect(ConnectedClient client, DisconnectReason reason) {
                        heard.add(reason.getClass().getSimpleName());
                    }
                };
        rig.server.receive(handler);
        assertThat(heard).containsExactly("first");
        rig.server.receive(handler);
        assertThat(heard).containsExactly("first", "second", "ServerStopped");
    }

    @Test
    void everyThreadMayEndOrTakeOverWhatADeadOneOwned() throws InterruptedException {
        rig.start(rig.serverBuilder());
        SteamClient ann = rig.client(ANN);
        ann.connect();
        Thread owner =
                Thread.ofPlatform()
                        .name("late owner")
                        .start(() ->
                                rig.until(() -> !rig.connected.isEmpty() && ann.isConnected()));
        owner.join();
        assertThatThrownBy(rig.server::update).hasMessageContaining("which has ended");
        assertThatThrownBy(ann::update).hasMessageContaining("which has ended");
        ann.handOver();
        rig.server.handOver();
        ann.send(bytes("still here"));
        rig.steps(3);
        assertThat(rig.seen).last().asString().endsWith("still here");

        ann.handOver();
        rig.server.handOver();
        Thread next = Thread.ofPlatform().start(() -> rig.steps(2));
        next.join();
        ann.close();
        rig.server.close();
        assertThat(rig.server.isRunning()).isFalse();
    }
}
