package dev.hawser.tests.rules;

import static dev.hawser.protocol.machine.ClientState.CONNECTED;
import static dev.hawser.protocol.machine.ClientState.CONNECTION_DENIED;
import static dev.hawser.protocol.machine.ClientState.CONNECTION_REQUEST_TIMED_OUT;
import static dev.hawser.protocol.machine.ClientState.CONNECTION_RESPONSE_TIMED_OUT;
import static dev.hawser.protocol.machine.ClientState.CONNECTION_TIMED_OUT;
import static dev.hawser.protocol.machine.ClientState.CONNECT_TOKEN_EXPIRED;
import static dev.hawser.protocol.machine.ClientState.DISCONNECTED;
import static dev.hawser.protocol.machine.ClientState.INVALID_CONNECT_TOKEN;
import static dev.hawser.protocol.machine.ClientState.SENDING_CONNECTION_REQUEST;
import static dev.hawser.protocol.machine.ClientState.SENDING_CONNECTION_RESPONSE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.protocol.Drop;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.machine.ClientMachine;
import dev.hawser.protocol.machine.ClientState;
import dev.hawser.protocol.token.ConnectToken;
import dev.hawser.tests.rig.Guest;
import dev.hawser.tests.rig.RawPacket;
import dev.hawser.tests.rig.Rig;
import dev.hawser.tests.rig.Sent;
import dev.hawser.tests.rig.Token;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// PROTOCOL "Client".
class ClientTest {
    private static final NetAddress SECOND = NetAddress.parse("203.0.113.6:40000");
    private static final NetAddress THIRD = NetAddress.parse("[2001:db8::7]:40000");
    private static final byte[] EMPTY = {};
    private static final long GLOBAL = 1L << 63;

    private final Rig rig = new Rig();
    private final Guest guest = rig.guest();

    private Token tokenOf(NetAddress... servers) {
        return rig.token().servers(servers).mint();
    }

    private void connect() {
        guest.connect(tokenOf(Rig.SERVER));
        guest.tick();
    }

    private void connectToThree() {
        guest.connect(tokenOf(Rig.SERVER, SECOND, THIRD));
        guest.tick();
    }

    private void reachConnected() {
        connect();
        guest.receiveSeat();
        assertThat(guest.state()).isEqualTo(CONNECTED);
    }

    // ---- States

    @ParameterizedTest
    @CsvSource({
        "CONNECT_TOKEN_EXPIRED, -6",
        "INVALID_CONNECT_TOKEN, -5",
        "CONNECTION_TIMED_OUT, -4",
        "CONNECTION_RESPONSE_TIMED_OUT, -3",
        "CONNECTION_REQUEST_TIMED_OUT, -2",
        "CONNECTION_DENIED, -1",
        "DISCONNECTED, 0",
        "SENDING_CONNECTION_REQUEST, 1",
        "SENDING_CONNECTION_RESPONSE, 2",
        "CONNECTED, 3"
    })
    void theNumbersOfTheStatesAreTheStandards(ClientState state, int number) {
        assertThat(state.number()).isEqualTo(number);
        assertThat(state.isActive()).isEqualTo(number > 0);
    }

    @Test
    void thereAreTenStates() {
        assertThat(ClientState.values()).hasSize(10);
    }

    @Test
    void aClientBeginsDisconnected() {
        assertThat(guest.state()).isEqualTo(DISCONNECTED);
        assertThat(guest.machine().nextTimeout()).isEqualTo(ClientMachine.NO_TIMEOUT);
        assertThat(guest.tick()).isEmpty();
    }

    // ---- connect()

    @Test
    void connectingWithBytesThatAreNoTokenEndsInInvalidConnectToken() {
        guest.machine().connect(rig.nanos(), ConnectToken.ofBytes(new byte[2047]), (_, _) -> {});

        assertThat(guest.state()).isEqualTo(INVALID_CONNECT_TOKEN);
        assertThat(guest.tick()).isEmpty();
    }

    @ParameterizedTest(name = "byte {0} is {1}")
    @CsvSource({"0, 0", "12, 1", "1089, 0", "1089, 33", "1093, 0", "1093, 3"})
    void connectingWithATokenThatCannotBeReadEndsInInvalidConnectToken(int at, int value) {
        // The version, the count of servers, the type of the first one.
        byte[] bytes = tokenOf(Rig.SERVER).bytes();
        bytes[at] = (byte) value;

        guest.machine().connect(rig.nanos(), ConnectToken.ofBytes(bytes), (_, _) -> {});

        assertThat(guest.state()).isEqualTo(INVALID_CONNECT_TOKEN);
    }

    @Test
    void connectingWithATokenThatExpiredBeforeItWasMadeEndsInInvalidConnectToken() {
        guest.connect(rig.token().created(1001).expires(1000).mint());

        assertThat(guest.state()).isEqualTo(INVALID_CONNECT_TOKEN);
    }

    @Test
    void connectingDialsTheFirstServer() {
        assertThat(guest.connect(tokenOf(SECOND, Rig.SERVER))).isEmpty();

        assertThat(guest.state()).isEqualTo(SENDING_CONNECTION_REQUEST);
        assertThat(guest.machine().serverAddress()).isEqualTo(SECOND);
        assertThat(guest.tick()).singleElement().extracting(Sent::to).isEqualTo(SECOND);
    }

    @Test
    void connectingWhileActiveDisconnectsFirst() {
        reachConnected();
        Token first = guest.token();
        Token second = tokenOf(SECOND);

        List<Sent> sent = guest.connect(second);

        assertThat(sent).hasSize(10);
        assertThat(sent)
                .allSatisfy(packet -> {
                    assertThat(packet.to()).isEqualTo(Rig.SERVER);
                    assertThat(packet.openedByServer(first).type()).isEqualTo(RawPacket.DISCONNECT);
                });
        assertThat(guest.state()).isEqualTo(SENDING_CONNECTION_REQUEST);
        assertThat(guest.tick()).singleElement().extracting(Sent::to).isEqualTo(SECOND);
    }

    @Test
    void connectingWithAnUnreadableTokenWhileActiveDisconnectsFirst() {
        reachConnected();

        int[] sent = new int[1];
        guest.machine().connect(rig.nanos(), ConnectToken.ofBytes(EMPTY), (_, _) -> sent[0]++);

        assertThat(sent[0]).isEqualTo(10);
        assertThat(guest.state()).isEqualTo(INVALID_CONNECT_TOKEN);
    }

    // ---- disconnect()

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void disconnectingSendsTenDisconnectPackets(int state) {
        connect();
        if (state == 2) {
            guest.receiveChallenge();
        } else if (state == 3) {
            guest.receiveSeat();
        }
        assertThat(guest.state().number()).isEqualTo(state);

        List<Sent> sent = guest.disconnect(StatedReason.NONE);

        assertThat(sent).hasSize(10);
        assertThat(sent)
                .allSatisfy(packet -> {
                    assertThat(packet.to()).isEqualTo(Rig.SERVER);
                    assertThat(packet.openedByServer(guest.token()).type())
                            .isEqualTo(RawPacket.DISCONNECT);
                    assertThat(packet.openedByServer(guest.token()).body()).isEmpty();
                });
        assertThat(sent.stream().map(packet -> packet.openedByServer(guest.token()).sequence()))
                .doesNotHaveDuplicates();
        assertThat(guest.state()).isEqualTo(DISCONNECTED);
    }

    @Test
    void disconnectingWhenNotActiveDoesNothingAndTheReasonStays() {
        connect();
        guest.receive(RawPacket.DENIED, GLOBAL, EMPTY);
        guest.tick();
        assertThat(guest.state()).isEqualTo(CONNECTION_DENIED);

        assertThat(guest.disconnect(StatedReason.NONE)).isEmpty();

        assertThat(guest.state()).isEqualTo(CONNECTION_DENIED);
    }

    // ---- Only packets from the current server count

    @Test
    void packetsFromAnotherAddressThanTheServersDoNotCount() {
        connect();

        guest.receive(Rig.STRANGER, guest.fromServer(RawPacket.CHALLENGE, GLOBAL, new byte[308]));
        assertThat(guest.lastDrop()).isEqualTo(Drop.WRONG_ADDRESS);
        guest.receive(
                Rig.SERVER.withPort(40001),
                guest.fromServer(RawPacket.CHALLENGE, GLOBAL, new byte[308]));
        assertThat(guest.lastDrop()).isEqualTo(Drop.WRONG_ADDRESS);

        assertThat(guest.state()).isEqualTo(SENDING_CONNECTION_REQUEST);
    }

    @Test
    void packetsFromTheServerThatWasGivenUpDoNotCount() {
        guest.connect(tokenOf(Rig.SERVER, SECOND));
        guest.tick();
        rig.passMillis(5001);
        guest.tick();
        assertThat(guest.machine().serverAddress()).isEqualTo(SECOND);

        guest.receiveChallenge();

        assertThat(guest.lastDrop()).isEqualTo(Drop.WRONG_ADDRESS);
        assertThat(guest.state()).isEqualTo(SENDING_CONNECTION_REQUEST);
    }

    @Test
    void packetsFromAnotherAddressDoNotAdvanceTheReplayWindow() {
        reachConnected();
        byte[] payload = guest.fromServer(RawPacket.PAYLOAD, 700, new byte[] {1});

        guest.receive(Rig.STRANGER, payload);

        assertThat(guest.receive(RawPacket.PAYLOAD, 1, new byte[] {2})).isTrue();
        assertThat(guest.receive(Rig.SERVER, payload)).isTrue();
    }

    // ---- States 1 and 2

    @Test
    void aChallengeIsAnswered() {
        connect();
        byte[] challenge = new byte[308];
        Arrays.fill(challenge, (byte) 0x3c);

        guest.receive(RawPacket.CHALLENGE, GLOBAL, challenge);

        assertThat(guest.state()).isEqualTo(SENDING_CONNECTION_RESPONSE);
        rig.passMillis(101);
        RawPacket response = guest.tick().getFirst().openedByServer(guest.token());
        assertThat(response.type()).isEqualTo(RawPacket.RESPONSE);
        assertThat(response.body()).isEqualTo(challenge);
    }

    @Test
    void laterChallengesAreIgnored() {
        connect();
        guest.receiveChallenge();
        byte[] later = new byte[308];
        later[0] = 9;

        guest.receive(RawPacket.CHALLENGE, GLOBAL + 1, later);

        assertThat(guest.lastDrop()).isEqualTo(Drop.WRONG_STATE);
        rig.passMillis(101);
        RawPacket response = guest.tick().getFirst().openedByServer(guest.token());
        assertThat(response.body()).isEqualTo(new byte[308]);
    }

    @Test
    void laterChallengesDoNotCountAsHearingFromTheServer() {
        connect();
        guest.receiveChallenge();
        rig.passMillis(4000);
        guest.receive(RawPacket.CHALLENGE, GLOBAL + 1, new byte[308]);

        rig.passMillis(1001);
        guest.tick();

        assertThat(guest.state()).isEqualTo(CONNECTION_RESPONSE_TIMED_OUT);
    }

    @Test
    void aKeepAliveConnects() {
        connect();
        guest.receiveChallenge();

        guest.receive(RawPacket.KEEP_ALIVE, 0, Guest.seat(3, 65_536));

        assertThat(guest.state()).isEqualTo(CONNECTED);
        assertThat(guest.machine().clientIndex()).isEqualTo(3);
        assertThat(guest.machine().maxClients()).isEqualTo(65_536);
    }

    @Test
    void laterKeepAlivesDoNotMoveTheClientToAnotherSlot() {
        reachConnected();

        guest.receive(RawPacket.KEEP_ALIVE, 1, Guest.seat(9, 99));

        assertThat(guest.lastDrop()).isEqualTo(Drop.NONE);
        assertThat(guest.machine().clientIndex()).isEqualTo(2);
        assertThat(guest.machine().maxClients()).isEqualTo(16);
    }

    @Test
    void aKeepAliveBeforeTheChallengeIsIgnored() {
        connect();

        guest.receive(RawPacket.KEEP_ALIVE, 0, Guest.seat(3, 8));

        assertThat(guest.lastDrop()).isEqualTo(Drop.WRONG_STATE);
        assertThat(guest.state()).isEqualTo(SENDING_CONNECTION_REQUEST);
    }

    @Test
    void payloadsBeforeTheConnectionAreDiscarded() {
        connect();
        assertThat(guest.receive(RawPacket.PAYLOAD, 0, new byte[] {1})).isFalse();
        guest.receiveChallenge();
        assertThat(guest.receive(RawPacket.PAYLOAD, 1, new byte[] {1})).isFalse();

        guest.receive(RawPacket.KEEP_ALIVE, 2, Guest.seat(0, 4));

        assertThat(guest.receive(RawPacket.PAYLOAD, 3, new byte[] {7})).isTrue();
        assertThat(guest.lastPayload()).containsExactly(7);
    }

    @Test
    void payloadsBeforeTheConnectionDoNotCountAsHearingFromTheServer() {
        connect();
        rig.passMillis(4000);
        guest.receive(RawPacket.PAYLOAD, 0, new byte[] {1});
        rig.passMillis(1001);
        guest.tick();

        assertThat(guest.state()).isEqualTo(CONNECTION_REQUEST_TIMED_OUT);
    }

    @Test
    void aDisconnectBeforeTheConnectionIsIgnored() {
        connect();
        guest.receive(RawPacket.DISCONNECT, 0, EMPTY);
        guest.tick();
        assertThat(guest.state()).isEqualTo(SENDING_CONNECTION_REQUEST);
        guest.receiveChallenge();
        guest.receive(RawPacket.DISCONNECT, 1, EMPTY);
        guest.tick();

        assertThat(guest.state()).isEqualTo(SENDING_CONNECTION_RESPONSE);
    }

    // ---- The next address

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aDenialDialsTheNextServerAndEndsAfterTheLast(boolean isChallenged) {
        connectToThree();
        for (NetAddress server : List.of(Rig.SERVER, SECOND, THIRD)) {
            assertThat(guest.machine().serverAddress()).isEqualTo(server);
            if (isChallenged) {
                guest.receive(server, guest.fromServer(RawPacket.CHALLENGE, GLOBAL, new byte[308]));
                assertThat(guest.state()).isEqualTo(SENDING_CONNECTION_RESPONSE);
            } else {
                assertThat(guest.state()).isEqualTo(SENDING_CONNECTION_REQUEST);
            }
            guest.receive(server, guest.fromServer(RawPacket.DENIED, GLOBAL + 1, EMPTY));
            guest.tick();
        }

        assertThat(guest.state()).isEqualTo(CONNECTION_DENIED);
        assertThat(guest.machine().serverAddress()).isNull();
    }

    @Test
    void silenceDialsTheNextServerAndEndsAfterTheLast() {
        connectToThree();
        for (NetAddress server : List.of(Rig.SERVER, SECOND, THIRD)) {
            assertThat(guest.machine().serverAddress()).isEqualTo(server);
            rig.passMillis(5000);
            guest.tick();
            assertThat(guest.machine().serverAddress()).isEqualTo(server);
            rig.passNanos(1);
            guest.tick();
        }

        assertThat(guest.state()).isEqualTo(CONNECTION_REQUEST_TIMED_OUT);
    }

    @Test
    void silenceAfterTheChallengeOfTheLastServerIsAResponseTimeout() {
        connect();
        rig.passMillis(3000);
        guest.receiveChallenge();

        rig.passMillis(5000);
        guest.tick();
        assertThat(guest.state()).isEqualTo(SENDING_CONNECTION_RESPONSE);
        rig.passNanos(1);
        guest.tick();

        assertThat(guest.state()).isEqualTo(CONNECTION_RESPONSE_TIMED_OUT);
    }

    @Test
    void silenceAfterAChallengeDialsTheNextServer() {
        connectToThree();
        guest.receiveChallenge();

        rig.passMillis(5001);
        guest.tick();

        assertThat(guest.state()).isEqualTo(SENDING_CONNECTION_REQUEST);
        assertThat(guest.machine().serverAddress()).isEqualTo(SECOND);
    }

    @Test
    void theNextServerIsAskedInTheNextUpdateWhateverWasSentJustBefore() {
        connectToThree();
        rig.passMillis(101);
        guest.tick();
        guest.receive(RawPacket.DENIED, GLOBAL, EMPTY);
        guest.tick();

        List<Sent> sent = guest.tick();

        assertThat(sent)
                .singleElement()
                .satisfies(packet -> {
                    assertThat(packet.to()).isEqualTo(SECOND);
                    assertThat(packet.bytes()).isEqualTo(guest.token().request());
                });
    }

    @Test
    void theNextServerHasTheWholeTimeout() {
        connectToThree();
        rig.passMillis(4000);
        guest.receive(RawPacket.DENIED, GLOBAL, EMPTY);
        guest.tick();

        rig.passMillis(5000);
        guest.tick();
        assertThat(guest.machine().serverAddress()).isEqualTo(SECOND);
        rig.passNanos(1);
        guest.tick();

        assertThat(guest.machine().serverAddress()).isEqualTo(THIRD);
    }

    @Test
    void theNextServerHasAFreshReplayWindow() {
        connectToThree();
        guest.receive(RawPacket.PAYLOAD, 0, new byte[] {1});
        guest.receive(RawPacket.PAYLOAD, 1000, new byte[] {1});
        guest.receive(RawPacket.DENIED, GLOBAL, EMPTY);
        guest.tick();

        guest.receive(SECOND, guest.fromServer(RawPacket.CHALLENGE, GLOBAL, new byte[308]));
        guest.receive(SECOND, guest.fromServer(RawPacket.KEEP_ALIVE, 0, Guest.seat(1, 4)));

        assertThat(guest.state()).isEqualTo(CONNECTED);
    }

    @Test
    void theSendSequenceKeepsGrowingFromServerToServer() {
        connectToThree();
        guest.receiveChallenge();
        rig.passMillis(101);
        assertThat(guest.tick().getFirst().openedByServer(guest.token()).sequence()).isEqualTo(1);
        guest.receive(RawPacket.DENIED, GLOBAL + 1, EMPTY);
        guest.tick();
        guest.tick(); // the request to the second server takes number 2

        guest.receive(SECOND, guest.fromServer(RawPacket.CHALLENGE, GLOBAL, new byte[308]));
        rig.passMillis(101);

        assertThat(guest.tick().getFirst().openedByServer(guest.token()).sequence()).isEqualTo(3);
    }

    @Test
    void theChallengeOfTheServerBeforeIsForgotten() {
        connectToThree();
        guest.receiveChallenge();
        guest.receive(RawPacket.DENIED, GLOBAL + 1, EMPTY);
        guest.tick();
        guest.tick();
        byte[] challenge = new byte[308];
        challenge[5] = 5;

        guest.receive(SECOND, guest.fromServer(RawPacket.CHALLENGE, GLOBAL, challenge));
        rig.passMillis(101);

        assertThat(guest.tick().getFirst().openedByServer(guest.token()).body())
                .isEqualTo(challenge);
    }

    // ---- Expiry

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aTokenThatExpiresBeforeTheConnectionEndsItWithoutAFurtherAddress(boolean isChallenged) {
        Token token =
                rig.token()
                        .servers(Rig.SERVER, SECOND)
                        .expires(rig.unixSeconds() + 3)
                        .timeoutSeconds(60)
                        .mint();
        guest.connect(token);
        if (isChallenged) {
            guest.receiveChallenge();
        }

        rig.passNanos(3_000_000_000L - 1);
        guest.tick();
        assertThat(guest.state().isActive()).isTrue();
        rig.passNanos(1);
        guest.tick();

        assertThat(guest.state()).isEqualTo(CONNECT_TOKEN_EXPIRED);
    }

    @Test
    void theExpiryCountsFromTheWholeConnectAndNotFromEachServer() {
        Token token = rig.token().servers(Rig.SERVER, SECOND).expires(rig.unixSeconds() + 8).mint();
        guest.connect(token);
        rig.passMillis(5001);
        guest.tick();
        assertThat(guest.machine().serverAddress()).isEqualTo(SECOND);

        rig.passMillis(2998);
        guest.tick();
        assertThat(guest.state()).isEqualTo(SENDING_CONNECTION_REQUEST);
        rig.passMillis(1);
        guest.tick();

        assertThat(guest.state()).isEqualTo(CONNECT_TOKEN_EXPIRED);
    }

    @Test
    void theExpiryDoesNotEndAConnection() {
        Token token = rig.token().expires(rig.unixSeconds() + 3).timeoutSeconds(60).mint();
        guest.connect(token);
        guest.receiveSeat();

        rig.passMillis(10_000);
        guest.tick();

        assertThat(guest.state()).isEqualTo(CONNECTED);
    }

    @Test
    void aTokenThatNeverExpiresDoesNot() {
        Token token = rig.token().expires(-1).timeoutSeconds(0).mint();
        guest.connect(token);

        for (int i = 0; i < 4; i++) {
            rig.passNanos(2_000_000_000_000_000_000L);
            guest.tick();
            assertThat(guest.state()).isEqualTo(SENDING_CONNECTION_REQUEST);
        }
    }

    @Test
    void aTokenThatExpiresAsItIsMadeLastsForOneRequest() {
        guest.connect(rig.token().expires(rig.unixSeconds()).mint());

        assertThat(guest.tick()).hasSize(1);
        assertThat(guest.state()).isEqualTo(CONNECT_TOKEN_EXPIRED);
    }

    // ---- State 3

    @Test
    void silenceEndsAConnection() {
        reachConnected();
        rig.passMillis(2000);
        guest.receive(RawPacket.PAYLOAD, 1, new byte[] {1});

        rig.passMillis(5000);
        guest.tick();
        assertThat(guest.state()).isEqualTo(CONNECTED);
        rig.passNanos(1);
        guest.tick();

        assertThat(guest.state()).isEqualTo(CONNECTION_TIMED_OUT);
    }

    @ParameterizedTest
    @CsvSource({"4, 8", "5, 1"})
    void keepAlivesAndPayloadsKeepAConnection(int type, int bodyBytes) {
        reachConnected();
        for (int i = 1; i <= 4; i++) {
            rig.passMillis(4000);
            guest.receive(type, i, new byte[bodyBytes]);
            guest.tick();
        }

        assertThat(guest.state()).isEqualTo(CONNECTED);
    }

    @Test
    void aReplayedPacketDoesNotKeepAConnection() {
        reachConnected();
        byte[] packet = guest.fromServer(RawPacket.PAYLOAD, 1, new byte[] {1});
        guest.receive(Rig.SERVER, packet);
        rig.passMillis(4000);
        guest.receive(Rig.SERVER, packet);
        assertThat(guest.lastDrop()).isEqualTo(Drop.ALREADY_RECEIVED);

        rig.passMillis(1001);
        guest.tick();

        assertThat(guest.state()).isEqualTo(CONNECTION_TIMED_OUT);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
    void withoutATimeoutSilenceEndsNothing(int timeoutSeconds) {
        guest.connect(rig.token().timeoutSeconds(timeoutSeconds).expires(-1).mint());
        rig.passSeconds(1_000_000);
        guest.tick();
        assertThat(guest.state()).isEqualTo(SENDING_CONNECTION_REQUEST);
        guest.receiveSeat();

        rig.passSeconds(1_000_000);
        guest.tick();

        assertThat(guest.state()).isEqualTo(CONNECTED);
    }

    @Test
    void aDisconnectOfTheServerEndsAConnectionProperly() {
        reachConnected();

        guest.receive(RawPacket.DISCONNECT, 1, EMPTY);
        guest.tick();

        assertThat(guest.state()).isEqualTo(DISCONNECTED);
        assertThat(guest.tick()).isEmpty();
    }

    @Test
    void aDenialOrAChallengeDoesNotTouchAConnection() {
        reachConnected();

        guest.receive(RawPacket.DENIED, GLOBAL + 5, EMPTY);
        assertThat(guest.lastDrop()).isEqualTo(Drop.WRONG_STATE);
        guest.receive(RawPacket.CHALLENGE, GLOBAL + 6, new byte[308]);
        assertThat(guest.lastDrop()).isEqualTo(Drop.WRONG_STATE);
        guest.tick();

        assertThat(guest.state()).isEqualTo(CONNECTED);
    }

    @Test
    void payloadsOfTheServerArrive() {
        reachConnected();

        assertThat(guest.receive(RawPacket.PAYLOAD, 1, new byte[1200])).isTrue();
        assertThat(guest.lastPayload()).hasSize(1200);
    }

    // ---- Sending

    @Test
    void theFirstRequestGoesOutAtOnceAndThenEveryUpdateAfter100Milliseconds() {
        guest.connect(tokenOf(Rig.SERVER));

        assertThat(guest.tick())
                .singleElement()
                .satisfies(packet -> assertThat(packet.bytes()).isEqualTo(guest.token().request()));
        rig.passMillis(100);
        assertThat(guest.tick()).isEmpty();
        rig.passNanos(1);
        assertThat(guest.tick())
                .singleElement()
                .satisfies(packet -> assertThat(packet.bytes()).isEqualTo(guest.token().request()));
        assertThat(guest.tick()).isEmpty();
    }

    @Test
    void aRequestHas1078Bytes() {
        guest.connect(tokenOf(Rig.SERVER));

        assertThat(guest.tick().getFirst().size()).isEqualTo(1078);
    }

    @Test
    void theFirstResponseWaitsOutTheIntervalOfTheRequest() {
        connect();
        rig.passMillis(30);
        guest.receiveChallenge();

        assertThat(guest.tick()).isEmpty();
        rig.passMillis(70);
        assertThat(guest.tick()).isEmpty();
        rig.passNanos(1);
        assertThat(guest.tick())
                .singleElement()
                .extracting(Sent::type)
                .isEqualTo(RawPacket.RESPONSE);
    }

    @Test
    void theFirstResponseHasSequence1SinceTheRequestTookNumber0() {
        connect();
        guest.receiveChallenge();
        rig.passMillis(101);

        RawPacket response = guest.tick().getFirst().openedByServer(guest.token());

        assertThat(response.sequence()).isEqualTo(1);
    }

    @Test
    void everyRequestTakesANumber() {
        connect();
        for (int i = 0; i < 3; i++) {
            rig.passMillis(101);
            guest.tick();
        }
        guest.receiveChallenge();
        rig.passMillis(101);

        RawPacket response = guest.tick().getFirst().openedByServer(guest.token());

        assertThat(response.sequence()).isEqualTo(4);
    }

    @Test
    void responsesAreRepeatedWithTheSameBodyAndANumberOfTheirOwn() {
        connect();
        guest.receiveChallenge();
        rig.passMillis(101);
        RawPacket first = guest.tick().getFirst().openedByServer(guest.token());
        rig.passMillis(101);
        RawPacket second = guest.tick().getFirst().openedByServer(guest.token());

        assertThat(second.body()).isEqualTo(first.body());
        assertThat(second.sequence()).isEqualTo(first.sequence() + 1);
    }

    @Test
    void keepAlivesOfAClientCarryEightZeros() {
        reachConnected();
        rig.passMillis(101);

        RawPacket keepAlive = guest.tick().getFirst().openedByServer(guest.token());

        assertThat(keepAlive.type()).isEqualTo(RawPacket.KEEP_ALIVE);
        assertThat(keepAlive.body()).isEqualTo(new byte[8]);
    }

    @Test
    void anyPacketSentPutsOffTheNextKeepAlive() {
        reachConnected();
        rig.passMillis(90);
        guest.send((byte) 1);
        rig.passMillis(100);
        assertThat(guest.tick()).isEmpty();
        rig.passNanos(1);

        assertThat(guest.tick())
                .singleElement()
                .extracting(Sent::type)
                .isEqualTo(RawPacket.KEEP_ALIVE);
    }

    @Test
    void payloadsAreSentOnlyWhileConnected() {
        connect();
        assertThat(guest.send((byte) 1)).isEmpty();
        guest.receiveChallenge();
        assertThat(guest.send((byte) 1)).isEmpty();
        guest.receive(RawPacket.KEEP_ALIVE, 0, Guest.seat(0, 4));

        RawPacket payload = guest.send((byte) 1, (byte) 2).getFirst().openedByServer(guest.token());

        assertThat(payload.type()).isEqualTo(RawPacket.PAYLOAD);
        assertThat(payload.body()).containsExactly(1, 2);
        guest.disconnect(StatedReason.NONE);
        assertThat(guest.send((byte) 1)).isEmpty();
    }

    @Test
    void aPayloadHas1To1200Bytes() {
        reachConnected();

        assertThat(guest.send(new byte[1])).hasSize(1);
        assertThat(guest.send(new byte[1200])).hasSize(1);
        assertThatThrownBy(() -> guest.send(EMPTY)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> guest.send(new byte[1201]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1201")
                .hasMessageContaining("1200");
    }

    @Test
    void sendingLeavesThePayloadAsItIs() {
        reachConnected();
        ByteBuffer payload = ByteBuffer.wrap(new byte[] {0, 1, 2, 3, 4}, 1, 3);

        assertThat(guest.machine().send(rig.nanos(), payload, (_, _) -> {})).isTrue();

        assertThat(payload).isEqualTo(ByteBuffer.wrap(new byte[] {1, 2, 3}));
        assertThat(payload.position()).isEqualTo(1);
    }

    // ---- One update

    @Test
    void oneUpdateSendsBeforeItExpiresTheToken() {
        guest.connect(rig.token().expires(rig.unixSeconds() + 1).mint());
        guest.tick();
        rig.passMillis(1000);

        assertThat(guest.tick()).hasSize(1);
        assertThat(guest.state()).isEqualTo(CONNECT_TOKEN_EXPIRED);
    }

    @Test
    void oneUpdateExpiresTheTokenBeforeItHeedsADenial() {
        guest.connect(
                rig.token().servers(Rig.SERVER, SECOND).expires(rig.unixSeconds() + 1).mint());
        guest.tick();
        rig.passMillis(1000);
        guest.receive(RawPacket.DENIED, GLOBAL, EMPTY);
        guest.tick();

        assertThat(guest.state()).isEqualTo(CONNECT_TOKEN_EXPIRED);
    }

    @Test
    void oneUpdateHeedsADenialBeforeTheTimeout() {
        connect();
        guest.receive(RawPacket.DENIED, GLOBAL, EMPTY);
        rig.passMillis(20_000);
        guest.tick();

        assertThat(guest.state()).isEqualTo(CONNECTION_DENIED);
    }

    @Test
    void oneUpdateHeedsADisconnectBeforeTheTimeout() {
        reachConnected();
        guest.receive(RawPacket.DISCONNECT, 1, EMPTY);
        rig.passMillis(20_000);
        guest.tick();

        assertThat(guest.state()).isEqualTo(DISCONNECTED);
    }

    @Test
    void oneUpdateSendsBeforeItHeedsADenial() {
        connect();
        rig.passMillis(101);
        guest.receive(RawPacket.DENIED, GLOBAL, EMPTY);

        assertThat(guest.tick())
                .singleElement()
                .extracting(Sent::type)
                .isEqualTo(RawPacket.REQUEST);
        assertThat(guest.state()).isEqualTo(CONNECTION_DENIED);
    }

    @Test
    void oneUpdateReceivesBeforeItSends() {
        connect();
        rig.passMillis(101);
        guest.receiveChallenge();

        assertThat(guest.tick())
                .singleElement()
                .extracting(Sent::type)
                .isEqualTo(RawPacket.RESPONSE);
    }

    // ---- When there is something to do

    @Test
    void theNextTimeoutIsNeverLaterThanWhatIsDue() {
        Token token = rig.token().expires(rig.unixSeconds() + 2).timeoutSeconds(1).mint();
        guest.connect(token);
        for (int i = 0; i < 3000; i++) {
            long next = guest.machine().nextTimeout();
            ClientState before = guest.state();
            List<Sent> sent = guest.tick();
            if (!sent.isEmpty() || guest.state() != before) {
                assertThat(next - rig.nanos()).as("at step %d", i).isLessThanOrEqualTo(0);
            }
            rig.passMillis(1);
        }
        assertThat(guest.state()).isEqualTo(CONNECTION_REQUEST_TIMED_OUT);
    }

    @Test
    void theNextTimeoutKnowsWhenTheTokenExpires() {
        guest.connect(rig.token().expires(rig.unixSeconds() + 1).mint());
        guest.tick();
        rig.passMillis(950);
        guest.tick();

        rig.passMillis(50);

        assertThat(guest.machine().nextTimeout() - rig.nanos()).isLessThanOrEqualTo(0);
        assertThat(guest.tick()).isEmpty();
        assertThat(guest.state()).isEqualTo(CONNECT_TOKEN_EXPIRED);
    }
}
