package dev.hawser.protocol.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.protocol.TokenTag;
import dev.hawser.protocol.UserData;
import dev.hawser.protocol.wire.PublicToken;
import dev.hawser.protocol.wire.TokenReading;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// docs/protocol.md "Connect token", as a backend makes it and a client holds it.
class TokenMintTest {
    private static final TokenTag FORMER = new TokenTag(-7, 7);

    private static final long PROTOCOL_ID = -5;
    private static final NetAddress SERVER = NetAddress.parse("203.0.113.5:40000");
    private static final NetAddress INTERNAL = NetAddress.parse("[fd00::5]:1");
    private static final TokenRequest REQUEST = TokenRequest.builder(7).server(SERVER).build();

    private final PrivateKey privateKey = PrivateKey.random(new Random(1)::nextBytes);
    private final List<byte[]> drawn = new ArrayList<>();
    private final Random random = new Random(2);
    private final TokenMint mint = mint(1000);

    private TokenMint mint(long unixSeconds) {
        return new TokenMint(
                privateKey,
                PROTOCOL_ID,
                target -> {
                    random.nextBytes(target);
                    drawn.add(target.clone());
                },
                () -> unixSeconds);
    }

    @Test
    void theDefaultsAreThirtySecondsOfLifeAndFiveOfSilence() {
        ConnectToken token = mint.mint(REQUEST);
        assertThat(token.info())
                .isEqualTo(
                        new ConnectTokenInfo(
                                PROTOCOL_ID, 1000, 1030, 5, List.of(SERVER), false, false));
        assertThat(token.claims(privateKey))
                .isEqualTo(
                        new ConnectTokenClaims(
                                7,
                                5,
                                List.of(SERVER),
                                UserData.EMPTY,
                                false,
                                false,
                                Optional.empty()));
    }

    @Test
    void everythingThatIsRequestedIsInTheToken() {
        UserData userData = UserData.ofText("Änne");
        ConnectToken token =
                mint.mint(
                        TokenRequest.builder(-1)
                                .server(SERVER, INTERNAL)
                                .server(INTERNAL, SERVER)
                                .lifetimeSeconds(80)
                                .timeoutSeconds(-2)
                                .userData(userData)
                                .statesReasons(true)
                                .survivesMoves(true)
                                .resumes(FORMER)
                                .build());
        assertThat(token.info())
                .isEqualTo(
                        new ConnectTokenInfo(
                                PROTOCOL_ID,
                                1000,
                                1080,
                                -2,
                                List.of(SERVER, INTERNAL),
                                true,
                                true));
        assertThat(token.claims(privateKey))
                .isEqualTo(
                        new ConnectTokenClaims(
                                -1,
                                -2,
                                List.of(INTERNAL, SERVER),
                                userData,
                                true,
                                true,
                                Optional.of(FORMER)));
    }

    @Test
    void aNegativeLifetimeMeansNever() {
        ConnectToken token = mint.mint(REQUEST.toBuilder().lifetimeSeconds(-1).build());
        assertThat(token.info().expireTimestamp()).isEqualTo(-1);
    }

    @Test
    void anExpiryBehindTheEndOfTimeIsNever() {
        assertThat(mint(-10).mint(REQUEST).info().expireTimestamp()).isEqualTo(-1);
    }

    @Test
    void nonceAndKeysAreDrawnInTheDocumentedOrder() {
        byte[] token = mint.mint(REQUEST).toBytes();
        assertThat(drawn).extracting(bytes -> bytes.length).containsExactly(24, 32, 32);
        PublicToken read = ((TokenReading.Success) PublicToken.read(token)).token();
        assertThat(read.nonce()).isEqualTo(drawn.get(0));
        assertThat(read.clientToServerKey().array()).isEqualTo(drawn.get(1));
        assertThat(read.serverToClientKey().array()).isEqualTo(drawn.get(2));
    }

    @Test
    void twoTokensForTheSameRequestAreToldApartByTheirTags() {
        assertThat(mint.mint(REQUEST).tag()).isNotEqualTo(mint.mint(REQUEST).tag());
    }

    @Test
    void theTagIsTheEndOfTheSealedPart() {
        ConnectToken token = mint.mint(REQUEST);
        ByteBuffer tag = ByteBuffer.wrap(token.toBytes()).slice(61 + 1008, 16);
        assertThat(token.tag().high()).isEqualTo(Long.reverseBytes(tag.getLong()));
        assertThat(token.tag().low()).isEqualTo(Long.reverseBytes(tag.getLong()));
        assertThat(token.tag())
                .hasToString(HexFormat.of().formatHex(token.toBytes(), 61 + 1008, 61 + 1024));
    }

    @Test
    void aTokenForNoServerIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> mint.mint(TokenRequest.builder(7).build()))
                .withMessageContaining("0 servers")
                .withMessageContaining("1 to 32");
    }

    @Test
    void thirtyTwoServersFitAndThirtyThreeDoNot() {
        TokenRequest.Builder request = TokenRequest.builder(7);
        for (int port = 1; port <= TokenRequest.SERVERS_MAX; port++) {
            request.server(SERVER.withPort(port));
        }
        TokenRequest full = request.build();
        assertThat(mint.mint(full).info().servers()).isEqualTo(full.publicServers());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> full.toBuilder().server(SERVER).build())
                .withMessageContaining("33 servers")
                .withMessageContaining("room for 32");
    }

    @Test
    void listsOfDifferentLengthAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        new TokenRequest(
                                7,
                                List.of(SERVER),
                                List.of(),
                                30,
                                5,
                                UserData.EMPTY,
                                false,
                                false,
                                Optional.empty()))
                .withMessageContaining("1 public and 0 internal servers");
    }

    @Test
    void allAddressesOfAMachineAreNoServer() {
        for (String text : new String[] {"0.0.0.0:40000", "[::]:40000"}) {
            NetAddress all = NetAddress.parse(text);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> REQUEST.toBuilder().server(all).build())
                    .withMessageContaining("the server " + text + " is all addresses");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> REQUEST.toBuilder().server(SERVER, all).build())
                    .withMessageContaining("the server " + text + " is all addresses");
        }
    }

    @Test
    void aRequestIsNotChangedByWhatIsMadeOfIt() {
        REQUEST.toBuilder()
                .server(INTERNAL)
                .lifetimeSeconds(1)
                .statesReasons(true)
                .survivesMoves(true)
                .build();
        assertThat(REQUEST).isEqualTo(TokenRequest.builder(7).server(SERVER).build());
    }

    @Test
    void anErasedPrivateKeyMintsNothing() {
        privateKey.erase();
        assertThatIllegalStateException().isThrownBy(() -> mint.mint(REQUEST));
    }

    @Test
    void whateverCameIsTakenAndRefusedWhenItIsRead() {
        ConnectToken token = ConnectToken.ofBytes(new byte[2047]);
        assertThat(token.toBytes()).hasSize(2047);
        assertThatExceptionOfType(InvalidConnectTokenException.class)
                .isThrownBy(token::info)
                .withMessageContaining("2047 bytes")
                .withMessageContaining("2048");
        assertThatExceptionOfType(InvalidConnectTokenException.class).isThrownBy(token::tag);
        assertThatExceptionOfType(InvalidConnectTokenException.class)
                .isThrownBy(() -> token.claims(privateKey));
    }

    @Test
    void anotherPrivateKeyDoesNotOpenTheClaims() {
        PrivateKey other = PrivateKey.random(new Random(9)::nextBytes);
        assertThatExceptionOfType(InvalidConnectTokenException.class)
                .isThrownBy(() -> mint.mint(REQUEST).claims(other))
                .withMessageContaining("another private key");
    }

    @Test
    void bytesAreCopiedInAndOut() {
        byte[] bytes = mint.mint(REQUEST).toBytes();
        ConnectToken token = ConnectToken.ofBytes(bytes);
        Arrays.fill(bytes, (byte) 0);
        Arrays.fill(token.toBytes(), (byte) 0);
        assertThat(token.info().servers()).containsExactly(SERVER);
    }

    @Test
    void anErasedTokenIsNone() {
        ConnectToken token = mint.mint(REQUEST);
        token.erase();
        assertThat(token.toBytes()).containsOnly(0);
        assertThatExceptionOfType(InvalidConnectTokenException.class).isThrownBy(token::info);
    }

    @Test
    void printingShowsNoKeys() {
        ConnectToken token = mint.mint(REQUEST);
        assertThat(token).hasToString("ConnectToken[2048 bytes]");
        String printed =
                token.info() + " " + token.claims(privateKey) + " " + token.tag() + " " + REQUEST;
        for (byte[] secret : drawn.subList(1, 3)) {
            assertThat(printed).doesNotContain(HexFormat.of().formatHex(secret, 0, 4));
            assertThat(printed).doesNotContain(Arrays.toString(Arrays.copyOf(secret, 4)));
        }
    }

    @Test
    void aServerWithoutAPortIsRefused() {
        for (String text : new String[] {"203.0.113.5", "[2001:db8::5]:0"}) {
            NetAddress none = NetAddress.parse(text);
            String message =
                    "the server "
                            + none
                            + " has port 0, which nobody can dial and no server listens on, but it"
                            + " must be from 1 to 65535: name the port that it has once it is"
                            + " bound";
            assertThatExceptionOfType(IllegalArgumentException.class)
                    .isThrownBy(() -> TokenRequest.builder(7).server(none).build())
                    .withMessage(message);
            assertThatExceptionOfType(IllegalArgumentException.class)
                    .isThrownBy(() -> TokenRequest.builder(7).server(SERVER, none).build())
                    .withMessage(message);
        }
        for (int port : new int[] {1, NetAddress.PORT_MAX}) {
            NetAddress some = NetAddress.parse("203.0.113.5").withPort(port);
            assertThat(TokenRequest.builder(7).server(some).build().publicServers())
                    .containsExactly(some);
        }
    }

    // ---- Servers that seal under the same numbers

    @Test
    void twoServersThatKnowThemselvesByOneAddressAreRefusedInOneToken() {
        NetAddress other = NetAddress.parse("203.0.113.6:40000");
        assertThatThrownBy(() -> REQUEST.toBuilder().server(other, SERVER).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "the servers "
                                + SERVER
                                + " and "
                                + other
                                + " both know themselves as "
                                + SERVER
                                + ", so they would seal packets with the same key under the same"
                                + " numbers: give each an identity of its own, or put only one of"
                                + " them into a token");
        // One address, however it is written.
        TokenRequest inner =
                TokenRequest.builder(7).server(SERVER, NetAddress.parse("10.0.0.1:7")).build();
        assertThatThrownBy(() ->
                        inner.toBuilder()
                                .server(other, NetAddress.parse("[::ffff:10.0.0.1]:7"))
                                .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("both know themselves as [::ffff:10.0.0.1]:7");
        assertThat(
                        inner.toBuilder()
                                .server(other, NetAddress.parse("10.0.0.1:8"))
                                .build()
                                .publicServers())
                .hasSize(2);
    }

    @Test
    void theSameServerTwiceIsRefused() {
        assertThatThrownBy(() -> REQUEST.toBuilder().server(SERVER).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the server " + SERVER + " is in the token twice: name it once");
    }

    @Test
    void twoServersBehindOneAddressMayBeInOneToken() {
        assertThat(REQUEST.toBuilder().server(SERVER, INTERNAL).build().publicServers()).hasSize(2);
    }

    @Test
    void aRequestNamesServersThatCanBeDialled() {
        assertThatThrownBy(() -> TokenRequest.builder(1).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0 servers")
                .hasMessageContaining("server(…)");
        for (String text : new String[] {"0.0.0.0:1", "[::]:1", "10.0.0.1:0"}) {
            NetAddress address = NetAddress.parse(text);
            assertThatThrownBy(() -> TokenRequest.builder(1).server(address))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(address.toString());
        }
    }
}
