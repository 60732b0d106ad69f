package dev.hawser;

import static dev.hawser.netcode.Fixtures.reasonOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.netcode.Fixtures;
import dev.hawser.netcode.NetcodeClient;
import dev.hawser.netcode.NetcodeServer;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.token.TokenRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The application's word on who may come in, at once or later.
class ConnectionRequestTest {
    private final Fixtures world = new Fixtures();
    private final Fixtures.Recorder seen = new Fixtures.Recorder();
    private final List<ConnectionRequest> asked = new ArrayList<>();

    private NetcodeServer server(ConnectionRequestHandler handler) {
        return world.start(world.serverBuilder().connectionRequests(handler));
    }

    private NetcodeClient connecting(long id) {
        NetcodeClient client = world.client(world.manual(id));
        client.connect();
        return client;
    }

    private void drive(NetServer server, double seconds) {
        for (int i = 0; i < seconds * 100; i++) {
            world.step();
            server.receive(seen);
        }
    }

    @Test
    void isAskedOncePerConnectionWithWhatIsKnown() {
        NetcodeServer server = server(asked::add);
        connecting(5);
        drive(server, 1);
        assertThat(asked).hasSize(1);
        ConnectionRequest request = asked.getFirst();
        assertThat(request.id()).isEqualTo(new ClientId.Netcode(5));
        assertThat(request.address()).isPresent();
        assertThat(request.server()).isSameAs(server);
        assertThat(request.isAnswered()).isFalse();
        assertThat(request).asString().contains("netcode:5").contains("10.0.0.100");
        assertThat(server.stats().pendingConnections()).isEqualTo(1);
        assertThat(server.stats().connectedClients()).isZero();
    }

    @Test
    void anAnswerAtOnceCostsNoFurtherRoundTrip() {
        NetcodeServer asking = server(ConnectionRequest::accept);
        NetcodeClient client = connecting(5);
        for (int i = 0; i < 13; i++) { // 100 ms until the response, and the way
            world.step();
            asking.receive(seen);
            asking.flush();
        }
        assertThat(client.isConnected()).isTrue();
        assertThat(seen.events).containsExactly("connect netcode:5");
    }

    @Test
    void anAnswerFromAnotherThreadCountsWhenTheServerLooks() throws Exception {
        NetcodeServer server = server(asked::add);
        NetcodeClient client = connecting(5);
        drive(server, 0.5);
        assertThat(
                        CompletableFuture.supplyAsync(asked.getFirst()::accept)
                                .get(120, TimeUnit.SECONDS))
                .isTrue();
        assertThat(server.stats().connectedClients()).isZero();
        drive(server, 0.3);
        assertThat(client.isConnected()).isTrue();
        assertThat(seen.events).containsExactly("connect netcode:5");
    }

    @Test
    void onlyTheFirstAnswerCounts() {
        NetcodeServer server = server(asked::add);
        NetcodeClient client = connecting(5);
        drive(server, 0.5);
        assertThat(asked.getFirst().accept()).isTrue();
        assertThat(asked.getFirst().refuse(new Refusal.Banned("no", 0))).isFalse();
        assertThat(asked.getFirst().accept()).isFalse();
        drive(server, 0.5);
        assertThat(client.isConnected()).isTrue();
        assertThat(server.stats().refusals()).isEmpty();
    }

    static List<Refusal> refusals() {
        return List.of(
                new Refusal.Full(12),
                new Refusal.Banned("cheating", 3600),
                new Refusal.AlreadyConnected(),
                new Refusal.Internal(5),
                new Refusal.Draining("an update", 5),
                new Refusal.TokenUsed(),
                new Refusal.Undecided(),
                new Refusal.Custom(1234, "closed for today", 600));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void aRefusalReachesTheClientWithItsType(Refusal refusal) {
        NetcodeServer server = server(request -> request.refuse(refusal));
        NetcodeClient client = connecting(5);
        drive(server, 1);
        assertThat(reasonOf(client))
                .isInstanceOfSatisfying(
                        DisconnectReason.Denied.class,
                        denied -> assertThat(denied.refusal()).contains(refusal));
        assertThat(server.stats().refusals()).containsOnlyKeys(refusal.stated().code());
        assertThat(server.stats().refusals().get(refusal.stated().code())).isEqualTo(1);
        assertThat(seen.events).isEmpty();
    }

    @Test
    void aClientOfTheBareStandardIsDeniedWithoutAReason() {
        NetcodeServer server = server(request -> request.refuse(new Refusal.Banned("no", 0)));
        NetcodeClient client = world.client(world.token(5));
        client.connect();
        drive(server, 1);
        assertThat(reasonOf(client)).isEqualTo(new DisconnectReason.Denied(StatedReason.NONE));
        assertThat(new DisconnectReason.Denied(StatedReason.NONE).refusal()).isEmpty();
    }

    @Test
    void aHandlerThatFailsRefusesAndTheServerGoesOn() {
        NetcodeServer server =
                server(request -> {
                    if (request.id().value() == 5) {
                        throw new IllegalStateException("the database is down");
                    }
                    request.accept();
                });
        NetcodeClient unlucky = connecting(5);
        drive(server, 1);
        assertThat(reasonOf(unlucky))
                .isInstanceOfSatisfying(
                        DisconnectReason.Denied.class,
                        denied -> assertThat(denied.refusal()).contains(new Refusal.Internal(0)));
        NetcodeClient lucky = connecting(6);
        drive(server, 1);
        assertThat(lucky.isConnected()).isTrue();
    }

    @Test
    void whoIsNotAnsweredInHalfTheTimeoutIsToldSo() {
        NetcodeServer server = server(asked::add);
        NetcodeClient client = connecting(5);
        drive(server, 2);
        assertThat(client.state()).isEqualTo(new ConnectionState.Connecting());
        drive(server, 1.5);
        assertThat(reasonOf(client))
                .isInstanceOfSatisfying(
                        DisconnectReason.Denied.class,
                        denied -> assertThat(denied.refusal()).contains(new Refusal.Undecided()));
        assertThat(asked.getFirst().accept()).isTrue();
        drive(server, 1);
        assertThat(seen.events).isEmpty();
    }

    @Test
    void anAnswerForAnEarlierStartDoesNothing() {
        NetcodeServer server = server(asked::add);
        connecting(5);
        drive(server, 0.5);
        server.stop();
        Fixtures.startUnchecked(server);
        asked.getFirst().accept();
        drive(server, 1);
        assertThat(seen.events).isEmpty();
        assertThat(server.stats().connectedClients()).isZero();
    }

    @Test
    void aSecondConnectOfARefusedClientIsAskedAgain() {
        NetcodeServer server = server(asked::add);
        NetcodeClient client = connecting(5);
        drive(server, 0.3);
        asked.getFirst().refuse(new Refusal.Internal(1));
        drive(server, 0.5);
        client.connect();
        drive(server, 0.3);
        assertThat(asked).hasSize(2);
        asked.getLast().accept();
        drive(server, 0.3);
        assertThat(client.isConnected()).isTrue();
    }

    @Test
    void withoutAHandlerEverybodyWithATokenComesIn() {
        NetcodeServer server = world.startServer();
        NetcodeClient client =
                world.client(
                        new Authentication.Token(
                                world.mint(
                                        TokenRequest.builder(9)
                                                .server(Fixtures.SERVER_ADDRESS)
                                                .build())));
        client.connect();
        drive(server, 1);
        assertThat(client.isConnected()).isTrue();
    }
}
