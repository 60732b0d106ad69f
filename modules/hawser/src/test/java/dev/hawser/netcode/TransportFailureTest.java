package dev.hawser.netcode;

import static dev.hawser.netcode.Fixtures.SERVER_ADDRESS;
import static dev.hawser.netcode.Fixtures.reasonOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.Authentication;
import dev.hawser.ConnectionState;
import dev.hawser.DisconnectReason;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.token.TokenRequest;
import dev.hawser.transport.TransportFailure;
import dev.hawser.transport.TransportFailure.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What a client makes of a transport that knows why nothing comes back.
class TransportFailureTest {
    private static final NetAddress SECOND = NetAddress.parse("10.0.0.2:7777");
    private static final TransportFailure WRONG_CERTIFICATE =
            new TransportFailure(Kind.CERTIFICATE, true, "the certificate is another one");
    private static final TransportFailure NO_ANSWER =
            new TransportFailure(Kind.UNREACHABLE, false, "nothing listens there");
    private static final TransportFailure ENDED =
            new TransportFailure(Kind.ENDED, true, "the session ended: 1006");

    private final Fixtures world = new Fixtures();
    private final PathTransport transport =
            new PathTransport(world.network.bind(NetAddress.parse("10.0.0.9:1000")));
    private final NetcodeClient client = world.clientBuilder().transport(transport).build();

    private void connectTo(NetAddress... servers) {
        TokenRequest.Builder request =
                TokenRequest.builder(1).timeoutSeconds(5).statesReasons(true);
        for (NetAddress server : servers) {
            request.server(server);
        }
        client.authentication(new Authentication.Token(world.mint(request.build())));
        client.connect();
        world.clients.add(client);
    }

    private void driveToTheEnd() {
        world.driveUntil(() -> client.state() instanceof ConnectionState.Disconnected);
    }

    @Test
    void aFinalFailureEndsTheAttemptAtOnceWithItsOwnWords() {
        transport.failures.put(SERVER_ADDRESS, WRONG_CERTIFICATE);
        connectTo(SERVER_ADDRESS);
        world.step();
        assertThat(reasonOf(client))
                .isEqualTo(new DisconnectReason.ServerUnreachable(List.of(WRONG_CERTIFICATE)));
        assertThat(reasonOf(client).explanation()).endsWith("The certificate is another one.");
    }

    @Test
    void theNextServerOfTheTokenIsDialledAtOnce() {
        world.start(world.serverBuilder().transport(world.network.bind(SECOND)));
        transport.failures.put(SERVER_ADDRESS, WRONG_CERTIFICATE);
        connectTo(SERVER_ADDRESS, SECOND);
        world.step();
        world.step();
        assertThat(client.serverAddress()).contains(SECOND);
        world.driveUntil(client::isConnected);
    }

    @Test
    void aFailureThatMayPassIsSaidWhenNothingWasHeardInTime() {
        transport.failures.put(SERVER_ADDRESS, NO_ANSWER);
        connectTo(SERVER_ADDRESS);
        world.driveSeconds(4.9);
        assertThat(client.state()).isEqualTo(new ConnectionState.Connecting());
        driveToTheEnd();
        assertThat(reasonOf(client))
                .isEqualTo(new DisconnectReason.ServerUnreachable(List.of(NO_ANSWER)));
    }

    @Test
    void aFailureThatMayPassDoesNotKeepAnybodyFromConnecting() {
        world.startServer();
        transport.failures.put(SERVER_ADDRESS, NO_ANSWER);
        connectTo(SERVER_ADDRESS);
        world.driveUntil(client::isConnected);
    }

    @Test
    void aServerThatWasReachedAndSaidNothingIsNoFailureOfTheTransport() {
        transport.failures.put(SERVER_ADDRESS, WRONG_CERTIFICATE);
        connectTo(SERVER_ADDRESS, SECOND);
        driveToTheEnd();
        assertThat(reasonOf(client))
                .isInstanceOfSatisfying(
                        DisconnectReason.RequestTimedOut.class,
                        reason -> {
                            assertThat(reason.servers()).containsExactly(SERVER_ADDRESS, SECOND);
                            assertThat(reason.failures()).containsExactly(WRONG_CERTIFICATE);
                        });
        assertThat(reasonOf(client).explanation()).endsWith(" The certificate is another one.");
    }

    @Test
    void aSessionThatEndsEndsTheConnection() {
        world.startServer();
        connectTo(SERVER_ADDRESS);
        world.driveUntil(client::isConnected);
        transport.failures.put(SERVER_ADDRESS, ENDED);
        world.step();
        assertThat(reasonOf(client)).isEqualTo(new DisconnectReason.TransportClosed(ENDED));
        assertThat(transport.released).hasSize(1);
    }

    @Test
    void whatTheServerSaidBeforeItsSessionEndedSaysMore() {
        NetcodeServer server = world.startServer();
        connectTo(SERVER_ADDRESS);
        world.driveUntil(client::isConnected);
        server.update();
        StatedReason banned = StatedReason.of(StatedReason.BANNED, "cheating");
        server.disconnect(server.connectedClients().iterator().next(), banned);
        server.flush();
        transport.failures.put(SERVER_ADDRESS, ENDED);
        world.step();
        assertThat(reasonOf(client)).isEqualTo(new DisconnectReason.ServerEnded(banned));
    }

    @Test
    void theFailuresOfOneAttemptAreNotThoseOfTheNext() {
        transport.failures.put(SERVER_ADDRESS, WRONG_CERTIFICATE);
        connectTo(SERVER_ADDRESS);
        world.step();
        transport.failures.clear();
        world.clients.clear();
        connectTo(SERVER_ADDRESS);
        driveToTheEnd();
        assertThat(reasonOf(client)).isInstanceOf(DisconnectReason.RequestTimedOut.class);
    }
}
