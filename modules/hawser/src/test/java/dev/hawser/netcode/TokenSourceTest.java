package dev.hawser.netcode;

import static dev.hawser.netcode.Fixtures.reasonOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.Authentication;
import dev.hawser.ClientId;
import dev.hawser.ConnectionState;
import dev.hawser.DisconnectReason;
import dev.hawser.NetClient;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.machine.ClientState;
import dev.hawser.protocol.token.ConnectToken;
import dev.hawser.protocol.token.TokenRequest;
import dev.hawser.token.FetchedToken;
import dev.hawser.token.TokenFetchException;
import dev.hawser.token.TokenFetchFailure;
import dev.hawser.token.TokenSource;
import dev.hawser.token.WebUrls;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// A client that gets its tokens from a source of the game's own: nothing here has a thread.
class TokenSourceTest {
    private static final long CLIENT_ID = 0x8000_0000_0000_0007L;
    private static final ClientId ID = new ClientId.Netcode(CLIENT_ID);

    private final Fixtures world = new Fixtures();
    private final Source source = new Source();
    private final NetcodeServer server = world.startServer();

    /// What a game writes.
    private final TokenSource ownSource =
            () -> CompletableFuture.completedFuture(FetchedToken.of(minted(), CLIENT_ID));

    /// Gives out a token when the test says so.
    private static final class Source implements TokenSource {
        final List<CompletableFuture<FetchedToken>> fetches = new ArrayList<>();
        boolean isClosed;

        @Override
        public CompletableFuture<FetchedToken> fetch() {
            if (isClosed) {
                throw new IllegalStateException("this source is closed");
            }
            CompletableFuture<FetchedToken> fetch = new CompletableFuture<>();
            fetches.add(fetch);
            return fetch;
        }

        CompletableFuture<FetchedToken> last() {
            return fetches.getLast();
        }
    }

    private ConnectToken minted() {
        return world.mint(TokenRequest.builder(CLIENT_ID).server(Fixtures.SERVER_ADDRESS).build());
    }

    private FetchedToken fetched() {
        return FetchedToken.of(minted(), CLIENT_ID);
    }

    private NetcodeClient connecting() {
        NetcodeClient client = world.client(new Authentication.Backend(source));
        client.connect();
        return client;
    }

    private static TokenFetchFailure failure(NetClient client) {
        assertThat(reasonOf(client)).isInstanceOf(DisconnectReason.TokenFetchFailed.class);
        return ((DisconnectReason.TokenFetchFailed) reasonOf(client)).failure();
    }

    // ---- Connecting

    @Test
    void aGameMayHandOutTokensByItself() {
        NetcodeClient client = world.client(new Authentication.Backend(ownSource));
        client.connect();
        world.driveUntil(client::isConnected);
        assertThat(server.client(ID)).isPresent();
        assertThat(client.id()).contains(ID);

        client.disconnect();
        world.driveUntil(() -> server.connectedClients().isEmpty());
        client.connect();
        world.driveUntil(client::isConnected);
    }

    @Test
    void whatIsFetchedSaysWhatItsTokenSays() {
        FetchedToken fetched = fetched();
        assertThat(fetched.clientId()).isEqualTo(CLIENT_ID);
        assertThat(fetched.protocolId()).isEqualTo(Fixtures.PROTOCOL_ID);
        assertThat(fetched.servers()).containsExactly(Fixtures.SERVER_ADDRESS);
        assertThat(fetched.expireTimestamp()).isEqualTo(fetched.token().info().expireTimestamp());
        assertThat(fetched.webOf(Fixtures.SERVER_ADDRESS)).isEqualTo(WebUrls.NONE);
    }

    @Test
    void whatIsFetchedMaySayMoreOfItsServersAndOfNoOthers() {
        WebUrls urls = WebUrls.parse("https://play.example.org:1/hawser", "");
        FetchedToken.Builder builder = FetchedToken.builder(minted(), CLIENT_ID);
        FetchedToken fetched =
                builder.web(Map.of(Fixtures.SERVER_ADDRESS, urls)).clockSkewSeconds(-3).build();
        assertThat(fetched.webOf(Fixtures.SERVER_ADDRESS)).isEqualTo(urls);
        assertThat(fetched.clockSkewSeconds()).isEqualTo(-3);
        assertThatThrownBy(() -> builder.web(Map.of(NetAddress.parse("10.0.0.2:1"), urls)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("10.0.0.2:1")
                .hasMessageContaining(Fixtures.SERVER_ADDRESS.toString());
    }

    @Test
    void aClientWaitsWithoutBlockingAndDialsWhenTheTokenIsThere() {
        NetcodeClient client = connecting();
        world.driveSeconds(20);
        assertThat(client.state()).isEqualTo(new ConnectionState.Connecting());
        assertThat(client.clientState()).isEqualTo(ClientState.DISCONNECTED);
        assertThat(client.id()).isEmpty();
        FetchedToken fetched = fetched();
        source.last().complete(fetched);
        client.update();
        assertThat(client.clientState()).isEqualTo(ClientState.SENDING_CONNECTION_REQUEST);
        assertThat(isErased(fetched)).isTrue();
        world.driveUntil(client::isConnected);
        assertThat(source.fetches).hasSize(1);
    }

    /// The token came during the load screen, and expired there.
    @Test
    void aTokenThatExpiredBeforeAnybodyLookedIsFetchedAnew() {
        NetcodeClient client = connecting();
        FetchedToken late = fetched();
        source.last().complete(late);
        world.clients.remove(client);
        world.driveSeconds(40);
        world.clients.add(client);

        client.update();
        assertThat(isErased(late)).isTrue();
        assertThat(source.fetches).hasSize(2);
        source.last().complete(fetched());
        world.driveUntil(client::isConnected);
    }

    @Test
    void aSourceThatIsClosedDuringTheLoadScreenEndsTheConnect() {
        NetcodeClient client = connecting();
        source.last().complete(fetched());
        source.isClosed = true;
        world.clients.remove(client);
        world.driveSeconds(40);

        client.update();
        assertThat(failure(client)).isEqualTo(new TokenFetchFailure.Closed());
    }

    @Test
    void connectingWhileConnectedEndsTheConnectionAndFetches() {
        NetcodeClient client = connecting();
        source.last().complete(fetched());
        world.driveUntil(client::isConnected);
        client.connect();
        assertThat(client.clientState()).isEqualTo(ClientState.DISCONNECTED);
        assertThat(client.state()).isEqualTo(new ConnectionState.Connecting());
        server.update();
        assertThat(server.connectedClients()).isEmpty();
        source.last().complete(fetched());
        world.driveUntil(client::isConnected);
        assertThat(source.fetches).hasSize(2);
    }

    // ---- Leaving

    @Test
    void aClientThatLeavesCancelsItsFetch() {
        NetcodeClient client = connecting();
        client.disconnect();
        assertThat(source.last()).isCancelled();
        assertThat(reasonOf(client)).isInstanceOf(DisconnectReason.ClientLeft.class);
        world.driveSeconds(5);
        assertThat(reasonOf(client)).isInstanceOf(DisconnectReason.ClientLeft.class);
    }

    @Test
    void aTokenThatWasThereWhenTheClientLeftIsErased() {
        NetcodeClient client = connecting();
        FetchedToken fetched = fetched();
        source.last().complete(fetched);
        client.close();
        assertThat(isErased(fetched)).isTrue();
        assertThat(reasonOf(client)).isInstanceOf(DisconnectReason.ClientLeft.class);
    }

    @Test
    void connectingAgainWaitsForTheSecondFetchAlone() {
        NetcodeClient client = connecting();
        client.connect();
        assertThat(source.fetches).hasSize(2);
        assertThat(source.fetches.getFirst()).isCancelled();
        source.last().complete(fetched());
        world.driveUntil(client::isConnected);
    }

    // ---- Failing

    @Test
    void theFailureOfASourceEndsTheConnectWithItsWords() {
        NetcodeClient client = connecting();
        TokenFetchFailure banned = new TokenFetchFailure.Forbidden("until Friday");
        source.last().completeExceptionally(new TokenFetchException(banned));
        client.update();
        assertThat(failure(client)).isEqualTo(banned);
        assertThat(reasonOf(client).explanation()).isEqualTo(banned.explanation());
    }

    @Test
    void anExceptionOfTheGamesOwnIsNamedWithoutItsMessage() {
        NetcodeClient client = connecting();
        source.last()
                .completeExceptionally(
                        new CompletionException(new ArithmeticException("a secret")));
        client.update();
        assertThat(failure(client)).isInstanceOf(TokenFetchFailure.SourceFailed.class);
        assertThat(reasonOf(client).explanation())
                .contains("ArithmeticException")
                .doesNotContain("secret");
    }

    @Test
    void aClientWhoseFetchFailedMayTryAgain() {
        NetcodeClient client = connecting();
        source.last()
                .completeExceptionally(
                        new TokenFetchException(new TokenFetchFailure.NoServer(0, "full")));
        client.update();
        assertThat(failure(client)).isInstanceOf(TokenFetchFailure.NoServer.class);
        client.connect();
        source.last().complete(fetched());
        world.driveUntil(client::isConnected);
    }

    @Test
    void aSourceThatCancelsHasClosed() {
        NetcodeClient client = connecting();
        source.last().cancel(false);
        client.update();
        assertThat(failure(client)).isEqualTo(new TokenFetchFailure.Closed());
    }

    @Test
    void aSourceThatIsClosedIsAMistakeThatIsNamed() {
        source.isClosed = true;
        NetcodeClient client = world.client(new Authentication.Backend(source));
        assertThatThrownBy(client::connect)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("source is closed");
    }

    /// Null is what a source of another language, or without NullAway, may give.
    @ParameterizedTest
    @MethodSource
    void aSourceThatGivesNothingEndsTheConnectAndTheGameGoesOn(TokenSource broken, String words) {
        NetcodeClient client = world.client(new Authentication.Backend(broken));
        client.connect();
        client.update();
        assertThat(failure(client)).isInstanceOf(TokenFetchFailure.SourceFailed.class);
        assertThat(reasonOf(client).explanation()).contains(words).doesNotContain("secret");
        client.authentication(new Authentication.Backend(ownSource));
        client.connect();
        world.driveUntil(client::isConnected);
    }

    static Stream<Arguments> aSourceThatGivesNothingEndsTheConnectAndTheGameGoesOn() {
        TokenSource throwing =
                () -> {
                    throw new ArithmeticException("a secret");
                };
        TokenSource noFuture = () -> null;
        TokenSource noToken = () -> CompletableFuture.completedFuture(null);
        return Stream.of(
                Arguments.of(throwing, "ArithmeticException"),
                Arguments.of(noFuture, "no future"),
                Arguments.of(noToken, "no token"));
    }

    @Test
    void aClientThatLeavesBeforeItLooksMayHaveGotNoToken() {
        NetcodeClient client =
                world.client(
                        new Authentication.Backend(() -> CompletableFuture.completedFuture(null)));
        client.connect();
        client.disconnect();
        assertThat(reasonOf(client)).isInstanceOf(DisconnectReason.ClientLeft.class);
    }

    @Test
    void aTokenThatIsGivenOutTwiceIsNotConnectedWithTwice() {
        byte[] bytes = minted().toBytes();
        NetcodeClient client = connecting();
        source.last().complete(FetchedToken.of(ConnectToken.ofBytes(bytes), CLIENT_ID));
        world.driveUntil(client::isConnected);
        client.connect();
        source.last().complete(FetchedToken.of(ConnectToken.ofBytes(bytes), CLIENT_ID));
        client.update();
        assertThat(failure(client)).isInstanceOf(TokenFetchFailure.UnexpectedAnswer.class);
        assertThat(reasonOf(client).explanation()).contains("connected with before");
    }

    private static boolean isErased(FetchedToken fetched) {
        for (byte one : fetched.token().toBytes()) {
            if (one != 0) {
                return false;
            }
        }
        return true;
    }
}
