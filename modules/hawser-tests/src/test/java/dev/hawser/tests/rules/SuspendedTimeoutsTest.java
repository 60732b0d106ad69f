package dev.hawser.tests.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.machine.ClientMachine;
import dev.hawser.protocol.machine.ClientState;
import dev.hawser.protocol.machine.ServerEvent;
import dev.hawser.protocol.machine.ServerEvent.Cause;
import dev.hawser.protocol.machine.ServerMachine;
import dev.hawser.tests.rig.Guest;
import dev.hawser.tests.rig.Host;
import dev.hawser.tests.rig.Peer;
import dev.hawser.tests.rig.RawPacket;
import dev.hawser.tests.rig.Rig;
import dev.hawser.tests.rig.Sent;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// While somebody debugs, one side stands still for minutes: no connection ends because nothing was
/// received.
class SuspendedTimeoutsTest {
    private static final long MILLI = 1_000_000;

    private final Rig rig = new Rig();

    @Nested
    class OfAServer {
        private final Host host = rig.host();
        private final ServerMachine machine = host.machine();
        private final Peer peer = rig.peer();

        private void connect() {
            peer.connectAndConfirmTo(host);
            host.events();
        }

        @Test
        void nobodyTimesOut() {
            connect();
            machine.suspendTimeouts();
            for (int i = 0; i < 600; i++) {
                rig.passSeconds(1);
                host.tick();
            }

            assertThat(machine.isConnected(0)).isTrue();
            assertThat(host.events()).isEmpty();
        }

        @Test
        void keepAlivesGoOn() {
            connect();
            machine.suspendTimeouts();
            rig.passSeconds(600);

            for (int i = 0; i < 3; i++) {
                assertThat(host.tick())
                        .extracting(Sent::type)
                        .containsExactly(RawPacket.KEEP_ALIVE);
                assertThat(machine.nextTimeout()).isEqualTo(rig.nanos() + 100 * MILLI);
                rig.passMillis(100);
            }
        }

        @Test
        void afterwardsEveryClientCountsAsJustHeard() {
            connect();
            Peer other = rig.peer(rig.token(2), Rig.STRANGER);
            other.connectAndConfirmTo(host);
            host.events();
            machine.suspendTimeouts();
            rig.passSeconds(600);
            host.tick();

            machine.resumeTimeouts(rig.nanos());
            host.idleMillis(4_999);
            host.tick();
            assertThat(machine.connectedClients()).isEqualTo(2);
            host.receive(Rig.STRANGER, other.keepAlive(3));
            rig.passMillis(1);
            host.tick();

            assertThat(machine.connectedClients()).isEqualTo(1);
            assertThat(host.events())
                    .singleElement()
                    .isInstanceOfSatisfying(
                            ServerEvent.Disconnected.class,
                            event -> {
                                assertThat(event.cause()).isEqualTo(Cause.TIMED_OUT);
                                assertThat(event.timeoutSeconds()).isEqualTo(5);
                            });
        }

        @Test
        void theNextDeadlineFollowsTheSetting() {
            connect();
            host.idleMillis(4_950);
            host.tick();
            long timeoutAt = rig.nanos() + 50 * MILLI;
            long keepAliveAt = rig.nanos() + 100 * MILLI;
            assertThat(machine.nextTimeout()).isEqualTo(timeoutAt);

            machine.suspendTimeouts();
            assertThat(machine.nextTimeout()).isEqualTo(keepAliveAt);

            machine.resumeTimeouts(rig.nanos());
            assertThat(machine.nextTimeout()).isEqualTo(keepAliveAt);
            host.idleMillis(4_950);
            host.tick();
            assertThat(machine.nextTimeout()).isEqualTo(rig.nanos() + 50 * MILLI);
        }

        @Test
        void whoComesMeanwhileDoesNotTimeOutEither() {
            machine.suspendTimeouts();
            connect();
            rig.passSeconds(600);
            host.tick();

            assertThat(machine.isConnected(0)).isTrue();
        }

        @Test
        void pendingConnectionsEndAsEver() {
            machine.suspendTimeouts();
            peer.challengeOf(host);
            assertThat(machine.nextTimeout()).isEqualTo(rig.nanos() + 5_000 * MILLI);
            rig.passSeconds(5);

            host.tick();

            assertThat(machine.pendingConnections()).isZero();
            assertThat(machine.nextTimeout()).isEqualTo(ServerMachine.NO_TIMEOUT);
        }

        @Test
        void aFreedSlotHasNoDeadline() {
            connect();
            machine.suspendTimeouts();
            host.disconnect(0, StatedReason.NONE);
            assertThat(machine.nextTimeout()).isEqualTo(ServerMachine.NO_TIMEOUT);

            machine.resumeTimeouts(rig.nanos());

            assertThat(machine.nextTimeout()).isEqualTo(ServerMachine.NO_TIMEOUT);
        }

        @Test
        void resumingWhatWasNotSuspendedIsNothing() {
            connect();
            host.idleMillis(3_000);
            machine.resumeTimeouts(rig.nanos());
            host.idleMillis(2_000);

            host.tick();

            assertThat(machine.isConnected(0)).isFalse();
        }
    }

    @Nested
    class OfAClient {
        private final Guest guest = rig.guest();
        private final ClientMachine machine = guest.machine();

        private void standStill() {
            for (int i = 0; i < 20; i++) {
                rig.passMillis(1_000);
                guest.tick();
            }
        }

        @Test
        void aRequestWaitsOn() {
            machine.suspendTimeouts();
            guest.connect(rig.token(1));

            standStill();

            assertThat(guest.state()).isEqualTo(ClientState.SENDING_CONNECTION_REQUEST);
        }

        @Test
        void aResponseWaitsOn() {
            guest.connecting(rig.token(1)).receiveChallenge();
            machine.suspendTimeouts();

            standStill();

            assertThat(guest.state()).isEqualTo(ClientState.SENDING_CONNECTION_RESPONSE);
        }

        @Test
        void aConnectionWaitsOnAndKeepAlivesGoOn() {
            guest.connecting(rig.token(1)).receiveSlot();
            machine.suspendTimeouts();

            standStill();
            standStill();

            assertThat(guest.state()).isEqualTo(ClientState.CONNECTED);
            rig.passMillis(101);
            assertThat(guest.tick()).extracting(Sent::type).containsExactly(RawPacket.KEEP_ALIVE);
        }

        @Test
        void theTokenExpiresAsEver() {
            machine.suspendTimeouts();
            guest.connect(rig.token(1));
            rig.passMillis(29_999);
            guest.tick();
            assertThat(guest.state()).isEqualTo(ClientState.SENDING_CONNECTION_REQUEST);
            rig.passMillis(1);

            guest.tick();

            assertThat(guest.state()).isEqualTo(ClientState.CONNECT_TOKEN_EXPIRED);
        }

        @Test
        void aDenialAndADisconnectEndAsEver() {
            machine.suspendTimeouts();
            guest.connect(rig.token(1));
            guest.receive(RawPacket.DENIED, 1L << 63, new byte[0]);
            guest.tick();
            assertThat(guest.state()).isEqualTo(ClientState.CONNECTION_DENIED);

            guest.connecting(rig.token(1)).receiveSlot();
            guest.receive(RawPacket.DISCONNECT, 1, new byte[0]);
            guest.tick();
            assertThat(guest.state()).isEqualTo(ClientState.DISCONNECTED);
        }

        @Test
        void afterwardsTheServerCountsAsJustHeard() {
            guest.connecting(rig.token(1)).receiveSlot();
            machine.suspendTimeouts();
            standStill();

            machine.resumeTimeouts(rig.nanos());
            guest.idleMillis(5_000);
            guest.tick();
            assertThat(guest.state()).isEqualTo(ClientState.CONNECTED);
            rig.passNanos(1);
            guest.tick();

            assertThat(guest.state()).isEqualTo(ClientState.CONNECTION_TIMED_OUT);
        }

        @Test
        void theSettingOutlivesAReconnect() {
            machine.suspendTimeouts();
            guest.connecting(rig.token(1)).receiveSlot();
            guest.disconnect(StatedReason.NONE);
            guest.connecting(rig.token(1)).receiveSlot();

            standStill();

            assertThat(guest.state()).isEqualTo(ClientState.CONNECTED);
        }

        @Test
        void theNextServerIsNotDialledForSilence() {
            NetAddress second = NetAddress.parse("203.0.113.6:40000");
            machine.suspendTimeouts();
            guest.connect(rig.token().servers(Rig.SERVER, second).mint());

            standStill();

            assertThat(machine.serverAddress()).isEqualTo(Rig.SERVER);
        }

        @Test
        void theNextDeadlineFollowsTheSetting() {
            guest.connecting(rig.token(1)).receiveSlot();
            guest.idleMillis(4_950);
            guest.tick();
            long sentAt = rig.nanos();
            assertThat(machine.nextTimeout()).isEqualTo(sentAt + 50 * MILLI + 1);

            machine.suspendTimeouts();
            assertThat(machine.nextTimeout()).isEqualTo(sentAt + 100 * MILLI + 1);
            rig.passMillis(40);
            machine.resumeTimeouts(rig.nanos());
            assertThat(machine.nextTimeout()).isEqualTo(sentAt + 100 * MILLI + 1);
        }

        @Test
        void withoutAConnectionThereIsNothingToResume() {
            machine.suspendTimeouts();
            machine.resumeTimeouts(rig.nanos());

            assertThat(machine.nextTimeout()).isEqualTo(ClientMachine.NO_TIMEOUT);
            guest.connect(rig.token(1));
            standStill();
            assertThat(guest.state()).isEqualTo(ClientState.CONNECTION_REQUEST_TIMED_OUT);
        }

        @Test
        void resumingWhatWasNotSuspendedIsNothing() {
            guest.connecting(rig.token(1)).receiveSlot();
            guest.idleMillis(4_000);
            machine.resumeTimeouts(rig.nanos());
            guest.idleMillis(1_001);

            guest.tick();

            assertThat(guest.state()).isEqualTo(ClientState.CONNECTION_TIMED_OUT);
        }

        @Test
        void aSuspendedDenialIsDueAtOnce() {
            guest.connect(rig.token(1));
            machine.suspendTimeouts();
            rig.passMillis(7);
            guest.receive(RawPacket.DENIED, 1L << 63, new byte[0]);

            assertThat(machine.nextTimeout()).isEqualTo(rig.nanos());
            rig.passMillis(5);
            machine.resumeTimeouts(rig.nanos());
            assertThat(machine.nextTimeout()).isLessThanOrEqualTo(rig.nanos());
        }
    }

    @Test
    void aTokenWithoutTimeoutEndsWithout() {
        Host host = rig.host();
        rig.peer(rig.token().timeoutSeconds(-1).mint(), Rig.CLIENT).connectAndConfirmTo(host);
        host.events();
        host.machine().suspendTimeouts();
        host.machine().resumeTimeouts(rig.nanos());
        rig.passSeconds(600);
        host.tick();

        host.disconnect(0, StatedReason.NONE);

        List<ServerEvent> events = host.events();
        assertThat(events)
                .singleElement()
                .isInstanceOfSatisfying(
                        ServerEvent.Disconnected.class,
                        event -> assertThat(event.timeoutSeconds()).isZero());
    }
}
