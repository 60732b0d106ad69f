package dev.hawser.tests.rules;

import static dev.hawser.protocol.machine.ClientState.CONNECTED;
import static dev.hawser.protocol.machine.ClientState.CONNECTION_DENIED;
import static dev.hawser.protocol.machine.ClientState.CONNECTION_REQUEST_TIMED_OUT;
import static dev.hawser.protocol.machine.ClientState.CONNECTION_RESPONSE_TIMED_OUT;
import static dev.hawser.protocol.machine.ClientState.CONNECT_TOKEN_EXPIRED;
import static dev.hawser.protocol.machine.ClientState.SENDING_CONNECTION_REQUEST;
import static dev.hawser.protocol.machine.ClientState.SENDING_CONNECTION_RESPONSE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.NetAddress;
import dev.hawser.tests.rig.Guest;
import dev.hawser.tests.rig.RawPacket;
import dev.hawser.tests.rig.Rig;
import dev.hawser.tests.rig.Sent;
import dev.hawser.tests.rig.Token;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// docs/protocol.md "Several servers": those of a token one after the other, and its expiry.
class ClientServersTest extends ClientRules {
    private static final NetAddress THIRD = NetAddress.parse("[2001:db8::7]:40000");

    private void connectToThree() {
        guest.connect(tokenOf(Rig.SERVER, SECOND, THIRD));
        guest.tick();
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
            guest.tick();
            guest.idleMillis(5000);
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
        guest.idleMillis(3000);
        guest.receiveChallenge();

        guest.idleMillis(5000);
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

        guest.idleMillis(5001);
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
        guest.tick();

        guest.idleMillis(5000);
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
        guest.receive(SECOND, guest.fromServer(RawPacket.KEEP_ALIVE, 0, Guest.slot(1, 4)));

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
        guest.tick();
        guest.idleMillis(5001);
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
        guest.receiveSlot();

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
}
