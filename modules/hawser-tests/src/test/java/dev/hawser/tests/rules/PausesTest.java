package dev.hawser.tests.rules;

import static dev.hawser.protocol.machine.ClientState.CONNECTED;
import static dev.hawser.protocol.machine.ClientState.CONNECTION_REQUEST_TIMED_OUT;
import static dev.hawser.protocol.machine.ClientState.CONNECTION_RESPONSE_TIMED_OUT;
import static dev.hawser.protocol.machine.ClientState.CONNECTION_TIMED_OUT;
import static dev.hawser.protocol.machine.ClientState.CONNECT_TOKEN_EXPIRED;
import static dev.hawser.protocol.machine.ClientState.SENDING_CONNECTION_REQUEST;
import static dev.hawser.protocol.machine.ClientState.SENDING_CONNECTION_RESPONSE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.machine.ServerEvent;
import dev.hawser.protocol.machine.ServerMachine;
import dev.hawser.tests.rig.Guest;
import dev.hawser.tests.rig.Host;
import dev.hawser.tests.rig.Peer;
import dev.hawser.tests.rig.RawPacket;
import dev.hawser.tests.rig.Rig;
import dev.hawser.tests.rig.Sent;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A side that stands still for seconds, as games do that load, has not listened: that is no
/// silence of the other side.
class PausesTest {
    private static final NetAddress SECOND = NetAddress.parse("203.0.113.6:40000");
    private static final long SECOND_NANOS = 1_000_000_000;

    private final Rig rig = new Rig();

    @Nested
    class OfAClient {
        private final Guest guest = rig.guest();

        @Test
        void theTimeForTheFirstAnswerCountsFromTheFirstRequest() {
            guest.connect(rig.token().servers(Rig.SERVER, SECOND).mint());
            rig.passMillis(6_000);
            assertThat(guest.tick()).extracting(Sent::to).containsExactly(Rig.SERVER);

            guest.idleMillis(5_000);
            guest.tick();
            assertThat(guest.machine().serverAddress()).isEqualTo(Rig.SERVER);
            rig.passNanos(1);
            guest.tick();

            assertThat(guest.machine().serverAddress()).isEqualTo(SECOND);
            assertThat(guest.machine().pausedNanos()).isZero();
        }

        @Test
        void ofAPauseBetweenRequestsASecondCounts() {
            guest.connecting(rig.token(1)).tick();
            rig.passMillis(20_000);
            guest.tick();
            assertThat(guest.state()).isEqualTo(SENDING_CONNECTION_REQUEST);

            guest.idleMillis(4_000);
            guest.tick();
            assertThat(guest.state()).isEqualTo(SENDING_CONNECTION_REQUEST);
            rig.passNanos(1);
            guest.tick();

            assertThat(guest.state()).isEqualTo(CONNECTION_REQUEST_TIMED_OUT);
            assertThat(guest.machine().pausedNanos()).isEqualTo(20 * SECOND_NANOS);
        }

        @Test
        void ofAPauseBetweenResponsesASecondCounts() {
            guest.connecting(rig.token(1)).receiveChallenge();
            rig.passMillis(20_000);
            guest.tick();
            assertThat(guest.state()).isEqualTo(SENDING_CONNECTION_RESPONSE);

            guest.idleMillis(4_000);
            guest.tick();
            assertThat(guest.state()).isEqualTo(SENDING_CONNECTION_RESPONSE);
            rig.passNanos(1);
            guest.tick();

            assertThat(guest.state()).isEqualTo(CONNECTION_RESPONSE_TIMED_OUT);
            assertThat(guest.machine().pausedNanos()).isEqualTo(20 * SECOND_NANOS);
        }

        @Test
        void ofAPauseInAConnectionASecondCounts() {
            guest.connecting(rig.token(1)).receiveSlot();
            rig.passMillis(600_000);
            guest.tick();
            assertThat(guest.state()).isEqualTo(CONNECTED);

            guest.idleMillis(4_000);
            guest.tick();
            assertThat(guest.state()).isEqualTo(CONNECTED);
            rig.passNanos(1);
            guest.tick();

            assertThat(guest.state()).isEqualTo(CONNECTION_TIMED_OUT);
            assertThat(guest.machine().pausedNanos()).isEqualTo(600 * SECOND_NANOS);
        }

        @Test
        void aPauseBeforeTheLatestPacketIsNotToBlame() {
            guest.connecting(rig.token(1)).receiveSlot();
            rig.passMillis(20_000);
            guest.tick();
            rig.passMillis(50);
            guest.receive(RawPacket.KEEP_ALIVE, 1, Guest.slot(2, 16));

            guest.idleMillis(5_001);
            guest.tick();

            assertThat(guest.state()).isEqualTo(CONNECTION_TIMED_OUT);
            assertThat(guest.machine().pausedNanos()).isZero();
        }

        @Test
        void thePauseOfAnEarlierConnectionIsForgotten() {
            guest.connecting(rig.token(1)).receiveSlot();
            rig.passMillis(20_000);
            guest.tick();
            guest.idleMillis(4_001);
            guest.tick();
            assertThat(guest.machine().pausedNanos()).isPositive();

            guest.connect(rig.token(1));

            assertThat(guest.machine().pausedNanos()).isZero();
        }

        @Test
        void theTokenExpiresInRealTime() {
            guest.connecting(rig.token(1)).tick();
            rig.passMillis(30_000);

            guest.tick();

            assertThat(guest.state()).isEqualTo(CONNECT_TOKEN_EXPIRED);
        }

        @Test
        void aClientThatStandsStillEachTimeStillGivesUp() {
            guest.connecting(rig.token(1)).receiveSlot();
            for (int i = 0; i < 5; i++) {
                rig.passMillis(3_000);
                guest.tick();
                assertThat(guest.state()).isEqualTo(CONNECTED);
            }
            rig.passMillis(3_000);
            guest.tick();

            assertThat(guest.state()).isEqualTo(CONNECTION_TIMED_OUT);
        }

        @Test
        void theNextDeadlineLiesAheadAfterAPause() {
            guest.connecting(rig.token(1)).receiveSlot();
            guest.tick();
            rig.passMillis(20_000);
            assertThat(guest.machine().nextTimeout() - rig.nanos()).isNegative();

            guest.tick();

            assertThat(guest.machine().nextTimeout() - rig.nanos()).isPositive();
        }
    }

    /// Every update takes what has come since the last one.
    @ParameterizedTest
    @ValueSource(ints = {1_000, 2_500, 10_000})
    void aClientThatUpdatesSeldomConnectsAndStays(int updateMillis) {
        Host host = rig.host();
        Guest guest = rig.guest();
        guest.connect(rig.token().timeoutSeconds(20).mint());
        List<Sent> waiting = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            for (int passed = 0; passed < updateMillis; passed += 100) {
                rig.passMillis(100);
                waiting.addAll(host.tick());
            }
            waiting.forEach(packet -> guest.receive(Rig.SERVER, packet.bytes()));
            waiting.clear();
            for (Sent packet : guest.tick()) {
                waiting.addAll(host.receive(Rig.CLIENT, packet.bytes()));
            }
            assertThat(guest.state().isActive()).isTrue();
        }

        assertThat(guest.state()).isEqualTo(CONNECTED);
        assertThat(host.machine().connectedClients()).isEqualTo(1);
    }

    @Nested
    class OfAServer {
        private final Host host = rig.host();
        private final ServerMachine machine = host.machine();
        private final Peer peer = rig.peer();

        private void connect() {
            peer.connectAndConfirmTo(host);
            host.tick();
            host.events();
        }

        @Test
        void ofAPauseASecondCounts() {
            connect();
            rig.passMillis(7_000);
            assertThat(host.tick()).extracting(Sent::type).containsExactly(RawPacket.KEEP_ALIVE);
            assertThat(machine.isConnected(0)).isTrue();

            host.idleMillis(3_999);
            host.tick();
            assertThat(machine.isConnected(0)).isTrue();
            rig.passMillis(1);
            host.tick();

            assertThat(timeout().pausedNanos()).isEqualTo(7 * SECOND_NANOS);
        }

        private ServerEvent.Disconnected timeout() {
            List<ServerEvent> events = host.events();
            assertThat(events).singleElement().isInstanceOf(ServerEvent.Disconnected.class);
            ServerEvent.Disconnected event = (ServerEvent.Disconnected) events.getFirst();
            assertThat(event.cause()).isEqualTo(ServerEvent.Cause.TIMED_OUT);
            return event;
        }

        @Test
        void whoIsHeardAfterThePauseHasItsWholeTimeoutAgain() {
            connect();
            Peer silent = rig.peer(rig.token(2), Rig.STRANGER);
            silent.connectAndConfirmTo(host);
            host.tick();
            host.events();
            rig.passMillis(7_000);
            host.receive(Rig.CLIENT, peer.keepAlive(3));
            host.tick();
            rig.passMillis(1);
            host.receive(Rig.CLIENT, peer.keepAlive(4));

            host.idleMillis(3_999);
            host.tick();
            assertThat(timeout().clientId()).isEqualTo(2);
            host.idleMillis(1_000);
            host.tick();
            assertThat(machine.isConnected(0)).isTrue();
            rig.passMillis(1);
            host.tick();

            assertThat(timeout().pausedNanos()).isZero();
        }

        @Test
        void aServerThatHadNothingToDoHasNotStoodStill() {
            host.tick();
            rig.passMillis(600_000);
            peer.connectTo(host);
            host.tick();
            host.events();

            host.idleMillis(5_000);
            host.tick();

            assertThat(timeout().pausedNanos()).isZero();
        }

        @Test
        void pendingConnectionsDieInRealTime() {
            connect();
            rig.peer(rig.token(2), Rig.STRANGER).challengeOf(host);
            host.tick();
            rig.passMillis(5_000);

            host.tick();

            assertThat(machine.pendingConnections()).isZero();
            assertThat(machine.isConnected(0)).isTrue();
        }

        @Test
        void aServerThatStandsStillEachTimeStillEndsTheSilent() {
            connect();
            for (int i = 0; i < 4; i++) {
                rig.passMillis(3_000);
                host.tick();
                assertThat(machine.isConnected(0)).isTrue();
            }
            rig.passMillis(3_000);
            host.tick();

            assertThat(timeout().pausedNanos()).isEqualTo(3 * SECOND_NANOS);
        }

        @Test
        void theNextDeadlineLiesAheadAfterAPause() {
            connect();
            rig.peer(rig.token(2), Rig.STRANGER).challengeOf(host);
            rig.passMillis(60_000);

            host.tick();

            assertThat(machine.nextTimeout() - rig.nanos()).isPositive();
        }
    }
}
