package dev.hawser;

import static dev.hawser.netcode.Fixtures.reasonOf;
import static dev.hawser.netcode.Fixtures.startUnchecked;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.local.LocalClient;
import dev.hawser.local.LocalServer;
import dev.hawser.multi.MultiServer;
import dev.hawser.netcode.Fixtures;
import dev.hawser.netcode.NetcodeServer;
import dev.hawser.protocol.StatedReason;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// What a game states when it refuses or ends a connection, right or wrong, over connections of two
/// kinds.
class ReasonsOfTheGameTest {
    enum Kind {
        NETCODE,
        LOCAL
    }

    private final Fixtures world = new Fixtures();
    private final List<ConnectionRequest> asked = new ArrayList<>();
    private final LocalServer local = LocalServer.builder().build();

    private MultiServer start(ConnectionRequestHandler handler) {
        NetcodeServer netcode = world.serverBuilder().build();
        MultiServer server =
                MultiServer.builder()
                        .add("netcode", netcode)
                        .add("local", local)
                        .connectionRequests(handler)
                        .build();
        startUnchecked(server);
        world.servers.add(server);
        return server;
    }

    private NetClient connecting(Kind kind) {
        NetClient client =
                switch (kind) {
                    case NETCODE -> world.client(world.manual(1));
                    case LOCAL -> {
                        LocalClient host = LocalClient.builder(local).id(1).build();
                        world.clients.add(host);
                        yield host;
                    }
                };
        client.connect();
        return client;
    }

    private void drive(NetServer server) {
        for (int i = 0; i < 100; i++) {
            world.step();
            server.receive((_, _) -> {});
        }
    }

    static List<Supplier<Refusal>> impossible() {
        return List.of(
                () -> new Refusal.Full(100_000),
                () -> new Refusal.Banned("cheating", 7 * 24 * 3600),
                () -> new Refusal.Banned(null, 0),
                () -> new Refusal.Internal(-1),
                () -> new Refusal.Custom(1000, "x", -1),
                () -> new Refusal.Custom(999, "x", 0),
                () -> new Refusal.Custom(1000, null, 0));
    }

    @ParameterizedTest
    @MethodSource("impossible")
    void aRefusalThatCannotTravelCannotBeMade(Supplier<Refusal> refusal) {
        assertThatThrownBy(refusal::get)
                .isInstanceOfAny(IllegalArgumentException.class, NullPointerException.class);
    }

    @Test
    void aHandlerThatMakesAnImpossibleRefusalHasFailed() {
        MultiServer server = start(request -> request.refuse(new Refusal.Full(100_000)));
        NetClient client = connecting(Kind.NETCODE);
        drive(server);
        assertThat(reasonOf(client))
                .isInstanceOfSatisfying(
                        DisconnectReason.Denied.class,
                        denied -> assertThat(denied.refusal()).contains(new Refusal.Internal(0)));
        assertThat(server.stats().refusals()).containsOnlyKeys(StatedReason.INTERNAL);
        assertThat(world.log.lines).anyMatch(line -> line.contains("0 to 65535"));
    }

    @ParameterizedTest
    @EnumSource
    void aRefusalWithoutAReasonLetsNobodyIn(Kind kind) {
        MultiServer server = start(asked::add);
        NetClient client = connecting(kind);
        drive(server);
        ConnectionRequest request = asked.getFirst();
        assertThatNullPointerException().isThrownBy(() -> request.refuse(null));
        assertThatThrownBy(CompletableFuture.runAsync(() -> request.refuse(null))::join)
                .hasCauseInstanceOf(NullPointerException.class);
        drive(server);
        assertThat(client.isConnected()).isFalse();
        assertThat(request.isAnswered()).isFalse();
        assertThat(request.refuse(new Refusal.Full(0))).isTrue();
        drive(server);
        assertThat(reasonOf(client)).isInstanceOf(DisconnectReason.Denied.class);
    }

    @ParameterizedTest
    @EnumSource
    void aTextIsCutAlikeOverEveryKind(Kind kind) {
        MultiServer server =
                start(request -> request.refuse(new Refusal.Custom(1000, "é".repeat(3000), 0)));
        NetClient client = connecting(kind);
        drive(server);
        assertThat(reasonOf(client))
                .isInstanceOfSatisfying(
                        DisconnectReason.Denied.class,
                        denied -> assertThat(denied.stated().text()).isEqualTo("é".repeat(62)));
    }

    @Test
    void aRefusalSaysWhatArrives() {
        String cut = "x".repeat(StatedReason.TEXT_BYTES_MAX);
        assertThat(new Refusal.Banned(cut + "y", 0).text()).isEqualTo(cut);
        assertThat(new Refusal.Custom(1000, cut + "y", 0).text()).isEqualTo(cut);
    }

    @ParameterizedTest
    @EnumSource
    void aDisconnectWithoutAReasonChangesNothing(Kind kind) {
        MultiServer server = start(ConnectionRequest::accept);
        NetClient client = connecting(kind);
        drive(server);
        assertThat(client.isConnected()).isTrue();
        ConnectedClient connected = server.connectedClients().iterator().next();
        assertThatNullPointerException()
                .isThrownBy(() -> server.disconnect(connected, null))
                .withMessage("reason");
        assertThatNullPointerException()
                .isThrownBy(() -> client.disconnect(null))
                .withMessage("reason");
        assertThat(client.send(Fixtures.bytes("x"))).isEqualTo(SendResult.SENT);
        world.step();
        world.step();
        assertThat(server.receive((_, _) -> {})).isEqualTo(1);
        client.disconnect();
        drive(server);
        assertThat(server.connectedClients()).isEmpty();
    }
}
