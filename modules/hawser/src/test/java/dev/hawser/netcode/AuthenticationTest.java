package dev.hawser.netcode;

import static dev.hawser.netcode.Fixtures.SERVER_ADDRESS;
import static dev.hawser.netcode.Fixtures.bytes;
import static dev.hawser.netcode.Fixtures.reasonOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.hawser.Authentication;
import dev.hawser.ClientId;
import dev.hawser.DisconnectReason;
import dev.hawser.SendResult;
import dev.hawser.TokenUsedException;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.TokenTag;
import dev.hawser.protocol.UnixTime;
import dev.hawser.protocol.machine.ClientState;
import dev.hawser.protocol.token.ConnectToken;
import dev.hawser.protocol.token.TokenRequest;
import org.junit.jupiter.api.Test;

class AuthenticationTest {
    private final Fixtures world = new Fixtures();

    @Test
    void withoutAuthenticationConnectEndsInAStateThatSaysSo() {
        NetcodeClient client = world.clientBuilder().build();
        client.connect();
        assertThat(reasonOf(client)).isEqualTo(new DisconnectReason.NoAuthentication());
        assertThat(reasonOf(client).explanation()).contains("authentication(…)", "Manual");
        assertThat(client.localAddress()).isEmpty();
        client.update();
        assertThat(reasonOf(client)).isEqualTo(new DisconnectReason.NoAuthentication());
    }

    @Test
    void authenticationMayBeSetBeforeTheNextConnect() {
        world.startServer();
        NetcodeClient client = world.client(new Authentication.None());
        client.connect();
        client.authentication(world.token(1));
        client.connect();
        world.driveUntil(client::isConnected);
        client.authentication(world.token(1));
        assertThat(client.isConnected()).isTrue();
        client.connect();
        world.driveUntil(client::isConnected);
    }

    @Test
    void aClientThatMakesItsTokenSaysHowLongSilenceIsSuffered() {
        var patient =
                new Authentication.Manual(
                        SERVER_ADDRESS, 1, world.privateKey, Fixtures.PROTOCOL_ID, 15);
        NetcodeServer server = world.startServer();
        NetcodeClient client = world.client(patient);
        client.connect();
        world.driveUntil(() -> server.connectedClients().iterator().hasNext());
        world.clients.clear(); // a load screen
        world.driveSeconds(14);
        assertThat(server.connectedClients()).hasSize(1);
        world.driveSeconds(2);
        assertThat(server.connectedClients()).isEmpty();
        assertThat(world.manual(1).timeoutSeconds())
                .isEqualTo(TokenRequest.TIMEOUT_SECONDS_DEFAULT);
    }

    @Test
    void aTokenIsConnectedWithOnce() {
        world.startServer();
        Authentication.Token authentication = world.token(1);
        NetcodeClient client = world.client(authentication);
        client.connect();
        world.driveUntil(client::isConnected);

        TokenUsedException again = catchThrowableOfType(TokenUsedException.class, client::connect);
        assertThat(again)
                .hasMessageContaining("connected with before")
                .hasMessageContaining("fetch a new token");
        assertThat(again.tag()).isEqualTo(authentication.token().tag());
        assertThat(client.isConnected()).isTrue();
        assertThat(client.send(bytes("still here"))).isEqualTo(SendResult.SENT);

        client.disconnect();
        assertThatThrownBy(client::connect).isInstanceOf(TokenUsedException.class);
    }

    @Test
    void aTokenIsConnectedWithOnceInTheWholeProcess() {
        ConnectToken token = world.mint(TokenRequest.builder(1).server(SERVER_ADDRESS).build());
        world.client(new Authentication.Token(token)).connect();
        ConnectToken copy = ConnectToken.ofBytes(token.toBytes());
        assertThatThrownBy(world.client(new Authentication.Token(copy))::connect)
                .isInstanceOf(TokenUsedException.class);
    }

    @Test
    void theMemoryOfUsedTokensIsBoundedAndForgetsWhatExpiresFirst() {
        UsedTokens used = new UsedTokens(3);
        assertThat(used.claim(new TokenTag(0, 1), UnixTime.NEVER)).isTrue();
        assertThat(used.claim(new TokenTag(0, 2), 200)).isTrue();
        assertThat(used.claim(new TokenTag(0, 3), 100)).isTrue();
        assertThat(used.claim(new TokenTag(0, 3), 100)).isFalse();
        assertThat(used.claim(new TokenTag(0, 4), 300)).isTrue();
        assertThat(used.claim(new TokenTag(0, 1), UnixTime.NEVER)).isFalse();
        assertThat(used.claim(new TokenTag(0, 2), 200)).isFalse();
        assertThat(used.claim(new TokenTag(0, 4), 300)).isFalse();
        assertThat(used.claim(new TokenTag(0, 3), 100)).isTrue();
    }

    @Test
    void whatIsNoTokenEndsInAStateThatSaysWhatIsWrong() {
        for (int bytes : new int[] {0, 2047, 2048, 2049}) {
            NetcodeClient client =
                    world.client(new Authentication.Token(ConnectToken.ofBytes(new byte[bytes])));
            client.connect();
            assertThat(reasonOf(client)).isInstanceOf(DisconnectReason.TokenInvalid.class);
            assertThat(reasonOf(client).explanation()).contains("connect token");
            if (bytes != 2048) {
                assertThat(reasonOf(client).explanation()).contains("" + bytes, "2048");
            }
        }
    }

    @Test
    void anInvalidTokenEndsTheConnectionThatWas() {
        NetcodeServer server = world.startServer();
        NetcodeClient client = world.connect(1);
        client.authentication(new Authentication.Token(ConnectToken.ofBytes(new byte[2048])));
        client.connect();
        assertThat(reasonOf(client)).isInstanceOf(DisconnectReason.TokenInvalid.class);
        world.step();
        assertThat(server.connectedClients()).isEmpty();
        assertThat(client.clientState()).isEqualTo(ClientState.DISCONNECTED);
    }

    @Test
    void manualAuthenticationConnectsAgainAndAgain() {
        world.startServer();
        NetcodeClient client = world.connect(1);
        for (int i = 0; i < 3; i++) {
            client.connect();
            world.driveUntil(client::isConnected);
        }
    }

    @Test
    void nothingThatIsPrintedHoldsAKey() {
        assertThat(world.manual(-1))
                .hasToString("Manual[client 18446744073709551615 to 10.0.0.1:7777]");
        assertThat(world.token(1)).hasToString("Token[token=ConnectToken[2048 bytes]]");
    }

    @Test
    void idsArePrintedUnsigned() {
        assertThat(new ClientId.Steam(-2)).hasToString("steam:18446744073709551614");
        assertThat(new ClientId.Local(3)).hasToString("local:3");
        ClientId netcode = new ClientId.Netcode(3);
        ClientId local = new ClientId.Local(3);
        assertThat(netcode).isNotEqualTo(local);
    }

    @Test
    void anAddressThatNobodyCanDialIsRefusedBeforeTheConnect() {
        for (String text : new String[] {"0.0.0.0:1", "[::]:1", "10.0.0.1:0"}) {
            NetAddress address = NetAddress.parse(text);
            assertThatThrownBy(() -> new Authentication.Manual(address, 1, world.privateKey, 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(address.toString());
        }
        NetcodeClient client = world.client(world.token(1));
        assertThatThrownBy(() -> client.authentication(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("authentication");
    }
}
