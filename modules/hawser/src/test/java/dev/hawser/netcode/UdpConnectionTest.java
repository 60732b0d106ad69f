package dev.hawser.netcode;

import static dev.hawser.netcode.Fixtures.bytes;
import static dev.hawser.netcode.Fixtures.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.Authentication;
import dev.hawser.NetClient;
import dev.hawser.NetServer;
import dev.hawser.SendResult;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.protocol.token.TokenMint;
import dev.hawser.protocol.token.TokenRequest;
import dev.hawser.time.SystemClock;
import dev.hawser.transport.Ipv6;
import dev.hawser.transport.UdpTransport;
import java.io.IOException;
import java.net.BindException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Real sockets on loopback, on ports that the system chooses, and the machine's own clocks.
class UdpConnectionTest {
    private static final long PROTOCOL_ID = 42;

    private final PrivateKey privateKey = PrivateKey.random(new SecureRandom()::nextBytes);
    private final List<NetcodeServer> servers = new ArrayList<>();
    private final List<NetcodeClient> clients = new ArrayList<>();

    @AfterEach
    void closeAll() {
        clients.forEach(NetClient::close);
        servers.forEach(NetServer::close);
    }

    private NetcodeServer start(String bind, String... identity) throws IOException {
        NetcodeServer server =
                NetcodeServer.builder()
                        .transport(UdpTransport.bind(NetAddress.parse(bind)))
                        .identity(Arrays.stream(identity).map(NetAddress::parse).toList())
                        .protocolId(PROTOCOL_ID)
                        .privateKey(privateKey)
                        .maxClients(8)
                        .build();
        server.start();
        servers.add(server);
        return server;
    }

    private NetcodeClient connect(Authentication authentication) {
        NetcodeClient client = NetcodeClient.builder().authentication(authentication).build();
        clients.add(client);
        client.connect();
        return client;
    }

    private NetcodeClient connect(long id, String serverIp, NetcodeServer server) {
        NetAddress address = NetAddress.parse(serverIp).withPort(server.localAddress().port());
        return connect(new Authentication.Manual(address, id, privateKey, PROTOCOL_ID));
    }

    /// Lets everybody take turns; the test's timeout is the bound.
    private void driveUntil(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            servers.getFirst().await(TimeUnit.MILLISECONDS.toNanos(2));
            servers.forEach(NetServer::update);
            clients.forEach(NetClient::update);
        }
    }

    private void echoes(NetcodeServer server, NetcodeClient client, String words) {
        List<String> heard = new ArrayList<>();
        assertThat(client.send(bytes(words))).isEqualTo(SendResult.SENT);
        driveUntil(() -> {
            server.receive((from, payload) -> server.send(from, payload));
            client.receive(payload -> heard.add(text(payload)));
            return !heard.isEmpty();
        });
        assertThat(heard).containsExactly(words);
    }

    @Test
    void overIpv4() throws IOException {
        NetcodeServer server = start("127.0.0.1");
        NetcodeClient client = connect(1, "127.0.0.1", server);
        driveUntil(client::isConnected);
        echoes(server, client, "over four");
        assertThat(server.connectedClients().iterator().next().address().orElseThrow().isIpv4())
                .isTrue();
    }

    @Test
    void overIpv6() throws IOException {
        Ipv6.assume();
        NetcodeServer server = start("::1");
        NetcodeClient client = connect(1, "::1", server);
        driveUntil(client::isConnected);
        echoes(server, client, "over six");
        assertThat(client.serverAddress()).contains(server.localAddress());
        assertThat(server.connectedClients().iterator().next().address().orElseThrow().isIpv4())
                .isFalse();
    }

    @Test
    void aDualStackServerTakesBothAtOnce() throws IOException {
        Ipv6.assume();
        NetcodeServer server = start("::", "127.0.0.1", "::1");
        NetcodeClient four = connect(4, "127.0.0.1", server);
        NetcodeClient six = connect(6, "::1", server);
        driveUntil(() -> four.isConnected() && six.isConnected());
        echoes(server, four, "over four");
        echoes(server, six, "over six");
        assertThat(server.connectedClients())
                .extracting(client -> client.address().orElseThrow().isIpv4())
                .containsExactlyInAnyOrder(true, false);
    }

    @Test
    void oneTokenWithServersOfBothFamiliesFallsThroughToTheOneThatIsThere() throws IOException {
        Ipv6.assume();
        NetcodeServer server = start("127.0.0.1");
        NetcodeServer gone = start("::1");
        NetAddress deadEnd = gone.localAddress();
        gone.stop();
        servers.remove(gone);
        TokenMint mint =
                new TokenMint(
                        privateKey,
                        PROTOCOL_ID,
                        new SecureRandom()::nextBytes,
                        SystemClock.WALL_CLOCK);
        NetcodeClient client =
                connect(
                        new Authentication.Token(
                                mint.mint(
                                        TokenRequest.builder(1)
                                                .server(deadEnd)
                                                .server(server.localAddress())
                                                .timeoutSeconds(2)
                                                .build())));
        driveUntil(client::isConnected);
        assertThat(client.serverAddress()).contains(server.localAddress());
    }

    @Test
    void leavingFreesTheSlotAndThePortCanBeTakenAgain() throws IOException {
        NetcodeServer server = start("127.0.0.1");
        NetcodeClient client = connect(1, "127.0.0.1", server);
        driveUntil(client::isConnected);
        client.close();
        driveUntil(() -> server.connectedClients().isEmpty());
        String bound = server.localAddress().toString();
        server.stop();
        assertThat(start(bound).localAddress()).hasToString(bound);
    }

    @Test
    void aPortInUseNamesThePortAndTheRemedy() throws IOException {
        NetcodeServer server = start("127.0.0.1");
        String bound = server.localAddress().toString();
        assertThatThrownBy(() -> start(bound))
                .isInstanceOf(BindException.class)
                .hasMessageContaining(bound)
                .hasMessageContaining("port " + server.localAddress().port() + " is in use");
    }

    @Test
    void aServerBoundToAllInterfacesWorksUnderItsIdentity() throws IOException {
        NetcodeServer server = start("0.0.0.0", "127.0.0.1");
        NetcodeClient client = connect(1, "127.0.0.1", server);
        driveUntil(client::isConnected);
        echoes(server, client, "hello");
    }
}
