package dev.hawser.netcode;

import static dev.hawser.netcode.Fixtures.SERVER_ADDRESS;
import static dev.hawser.netcode.Fixtures.reasonOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.Attempt;
import dev.hawser.Authentication;
import dev.hawser.ConnectionState;
import dev.hawser.DisconnectReason;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.machine.ClientState;
import dev.hawser.protocol.token.TokenRequest;
import dev.hawser.transport.SendFailure;
import dev.hawser.transport.TransportStats;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A client whose own network goes away, and what it makes of the silence then.
class NetworkWatchTest {
    private static final String SAID = "Network is unreachable";

    private final Fixtures world = new Fixtures();
    private final PathTransport transport =
            new PathTransport(world.network.bind(NetAddress.parse("10.0.0.9:1000")));
    private final NetcodeClient client = world.clientBuilder().transport(transport).build();
    private NetcodeServer server;

    @BeforeEach
    void startServer() {
        server = world.startServer();
        world.clients.add(client);
    }

    private void connect(int timeoutSeconds) {
        TokenRequest request =
                TokenRequest.builder(1)
                        .server(SERVER_ADDRESS)
                        .timeoutSeconds(timeoutSeconds)
                        .build();
        client.authentication(new Authentication.Token(world.mint(request)));
        client.connect();
    }

    /// Nothing leaves, and nothing comes.
    private void loseNetwork() {
        transport.outage = SAID;
        world.servers.clear();
    }

    private void driveToTheEnd() {
        world.driveUntil(() -> client.state() instanceof ConnectionState.Disconnected);
    }

    private Attempt noticed() {
        return switch (reasonOf(client)) {
            case DisconnectReason.TimedOut reason -> reason.noticed();
            case DisconnectReason.ResponseTimedOut reason -> reason.noticed();
            case DisconnectReason other -> throw new AssertionError(other.explanation());
        };
    }

    /// The shortest timeout that there is, and the usual one.
    @ParameterizedTest
    @ValueSource(ints = {1, 5})
    void aLostConnectionNamesTheNetworkThatIsGone(int timeoutSeconds) {
        connect(timeoutSeconds);
        world.driveUntil(client::isConnected);
        world.driveSeconds(30);
        loseNetwork();
        driveToTheEnd();
        assertThat(noticed().isNothingSent()).isTrue();
        assertThat(reasonOf(client).explanation()).contains("own network", SAID);
    }

    @Test
    void anAttemptCountsFromItsBeginning() {
        TransportStats before =
                new TransportStats(1, 1, 5, 5, 0, 0, 0, 0, Map.of(SendFailure.OTHER, 2L));
        TransportStats after =
                new TransportStats(
                        9,
                        9,
                        8,
                        8,
                        0,
                        0,
                        0,
                        0,
                        Map.of(SendFailure.OTHER, 2L, SendFailure.UNREACHABLE, 4L));
        assertThat(NetworkWatch.between(before, after, "No route", 1))
                .isEqualTo(new Attempt(3, Map.of(SendFailure.UNREACHABLE, 4L), "No route", 1));
        assertThat(NetworkWatch.between(after, after, "of the attempt before", 0))
                .isEqualTo(Attempt.UNKNOWN);
    }

    @Test
    void aGameThatUpdatesOnceASecondIsToldToo() {
        connect(5);
        world.driveUntil(client::isConnected);
        loseNetwork();
        while (client.isConnected()) {
            world.nowNanos += 990_000_000;
            world.step();
        }
        assertThat(reasonOf(client).explanation()).contains("own network", SAID);
    }

    @Test
    void aServerThatFallsSilentIsNotTheOwnNetwork() {
        connect(5);
        world.driveUntil(client::isConnected);
        world.servers.clear();
        driveToTheEnd();
        assertThat(noticed().packetsSent()).isGreaterThan(30);
        assertThat(noticed().sendFailures()).isEmpty();
        assertThat(reasonOf(client).explanation()).contains("It crashed");
    }

    /// What was noticed earlier, in a silence that passed, is not told of this one.
    @Test
    void aNetworkThatCameBackIsForgiven() {
        connect(5);
        world.driveUntil(client::isConnected);
        loseNetwork();
        world.driveSeconds(3);
        transport.outage = "";
        world.servers.add(server);
        world.driveSeconds(1);
        assertThat(client.isConnected()).isTrue();
        world.servers.clear();
        driveToTheEnd();
        assertThat(noticed().sendFailures()).isEmpty();
    }

    @Test
    void aNetworkThatFailedForAMomentIsTold() {
        connect(5);
        world.driveUntil(client::isConnected);
        world.servers.clear();
        world.driveSeconds(2);
        transport.outage = SAID;
        world.driveSeconds(1);
        transport.outage = "";
        driveToTheEnd();
        assertThat(noticed().sendFailures().get(SendFailure.UNREACHABLE)).isBetween(5L, 15L);
        assertThat(reasonOf(client).explanation())
                .contains("could not even leave this machine (" + SAID + ")", "It crashed");
    }

    @Test
    void aNetworkThatGoesInTheHandshakeIsNamed() {
        connect(5);
        world.driveUntil(() -> client.clientState() == ClientState.SENDING_CONNECTION_RESPONSE);
        loseNetwork();
        driveToTheEnd();
        assertThat(reasonOf(client)).isInstanceOf(DisconnectReason.ResponseTimedOut.class);
        assertThat(noticed().isNothingSent()).isTrue();
        assertThat(reasonOf(client).explanation())
                .startsWith("The server 10.0.0.1:7777 answered")
                .contains("own network", SAID);
    }
}
