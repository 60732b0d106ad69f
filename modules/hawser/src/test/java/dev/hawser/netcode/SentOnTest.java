package dev.hawser.netcode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.hawser.Authentication;
import dev.hawser.ConnectionState;
import dev.hawser.DisconnectReason;
import dev.hawser.NetClient;
import dev.hawser.NetServer;
import dev.hawser.Refusal;
import dev.hawser.Resume;
import dev.hawser.multi.MultiServer;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.token.TokenRequest;
import dev.hawser.token.FetchedToken;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/// A player whom a server sent on, where the next token leads to that server again, or to another
/// one of its group.
class SentOnTest {
    private static final NetAddress OTHER_ADDRESS = NetAddress.parse("10.0.0.2:7777");
    private static final Refusal.Draining UPDATE = new Refusal.Draining("an update", 1);

    private final Fixtures world = new Fixtures();
    private final Fixtures.Recorder seen = new Fixtures.Recorder();
    private final NetcodeClient client =
            world.clientBuilder()
                    .authentication(world.manual(7))
                    .resume(Resume.within(Duration.ofSeconds(60)))
                    .build();

    private void connect() {
        world.clients.add(client);
        client.connect();
        world.driveUntil(client::isConnected);
        world.driveSeconds(1);
    }

    private MultiServer startBoth(NetcodeServer one) {
        NetcodeServer other =
                world.serverBuilder().transport(world.network.bind(OTHER_ADDRESS)).build();
        MultiServer both = MultiServer.builder().add("one", one).add("other", other).build();
        Fixtures.startUnchecked(both);
        world.servers.add(both);
        return both;
    }

    private Authentication.Manual toTheOther() {
        return new Authentication.Manual(OTHER_ADDRESS, 7, world.privateKey, Fixtures.PROTOCOL_ID);
    }

    private void goesOnAfterARestartOf(NetServer server) {
        server.drain(Duration.ZERO, UPDATE);
        world.driveSeconds(5);
        assertThat(client.state()).isInstanceOf(ConnectionState.Resuming.class);
        server.stop();
        server.receive(seen);
        Fixtures.startUnchecked(server);
        world.driveUntil(client::isConnected);
        world.driveSeconds(1);
        server.receive(seen);
        assertThat(seen.events)
                .containsExactly(
                        "connect netcode:7",
                        "disconnect netcode:7 Moved",
                        "drained",
                        "connect netcode:7");
    }

    @Test
    void atTheServerThatDrainsStillItWaitsForTheNextOne() {
        NetcodeServer server = world.startServer();
        connect();
        goesOnAfterARestartOf(server);
    }

    @Test
    void aGroupThatDrainedAndWasStartedAgainTakesItBack() {
        NetcodeServer one = world.serverBuilder().build();
        MultiServer both = startBoth(one);
        connect();
        goesOnAfterARestartOf(both);
    }

    @Test
    void anotherMemberOfTheGroupTakesItWhileTheFirstOneDrains() {
        NetcodeServer one = world.serverBuilder().build();
        MultiServer both = startBoth(one);
        connect();
        client.authentication(toTheOther());
        one.drain(Duration.ZERO, UPDATE);
        world.driveUntil(() -> client.state() instanceof ConnectionState.Resuming);
        world.driveUntil(client::isConnected);
        world.driveSeconds(1);
        both.receive(seen);
        assertThat(seen.events)
                .containsExactly(
                        "connect netcode:7", "disconnect netcode:7 Moved", "connect netcode:7");
    }

    @Test
    void aConnectThatThrowsLeavesAClientThatComesBackComingBack() {
        NetcodeServer server = world.startServer();
        Authentication.Token used =
                new Authentication.Token(
                        world.mint(
                                TokenRequest.builder(7)
                                        .server(Fixtures.SERVER_ADDRESS)
                                        .statesReasons(true)
                                        .build()));
        NetcodeClient first = world.client(used);
        first.connect();
        world.driveUntil(first::isConnected);
        first.close();
        world.driveSeconds(1);
        connect();
        server.drain(Duration.ZERO, UPDATE);
        world.driveUntil(() -> client.state() instanceof ConnectionState.Resuming);
        client.authentication(used);
        assertThatIllegalStateException().isThrownBy(client::connect);
        client.authentication(world.manual(7));
        assertThat(client.state()).isInstanceOf(ConnectionState.Resuming.class);
        server.stop();
        Fixtures.startUnchecked(server);
        world.driveUntil(client::isConnected);

        client.authentication(used);
        assertThatIllegalStateException().isThrownBy(client::connect);
        client.authentication(world.manual(7));
        assertThat(client.isConnected()).isTrue();
        server.drain(Duration.ZERO, UPDATE);
        world.driveUntil(() -> client.state() instanceof ConnectionState.Resuming);
    }

    @Test
    void whoIsClosedByItsOwnSourceWhileItComesBackStaysClosed() {
        whoIsEndedByItsOwnSourceStaysSo(NetClient::close);
        assertThat(client.localAddress()).isEmpty();
    }

    @Test
    void whoLeavesInItsOwnSourceWhileItComesBackHasLeft() {
        whoIsEndedByItsOwnSourceStaysSo(NetClient::disconnect);
    }

    private void whoIsEndedByItsOwnSourceStaysSo(Consumer<NetClient> end) {
        NetcodeServer server = world.startServer();
        List<FetchedToken> given = new ArrayList<>();
        client.authentication(
                new Authentication.Backend(() -> {
                    if (!given.isEmpty()) {
                        end.accept(client);
                    }
                    given.add(
                            FetchedToken.of(
                                    world.mint(
                                            TokenRequest.builder(7)
                                                    .server(Fixtures.SERVER_ADDRESS)
                                                    .statesReasons(true)
                                                    .build()),
                                    7));
                    return CompletableFuture.completedFuture(given.getLast());
                }));
        connect();
        server.drain(Duration.ZERO, UPDATE);
        world.driveSeconds(10);
        assertThat(Fixtures.reasonOf(client)).isInstanceOf(DisconnectReason.ClientLeft.class);
        assertThat(given).hasSize(2);
        assertThat(given.getLast().token().toBytes()).containsOnly(0);
    }
}
