package dev.hawser.tests.paths;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.Drop;
import dev.hawser.protocol.KeyRing;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.machine.ClientState;
import dev.hawser.protocol.machine.ServerGroup;
import dev.hawser.tests.rig.Guest;
import dev.hawser.tests.rig.Host;
import dev.hawser.tests.rig.Peer;
import dev.hawser.tests.rig.RawPacket;
import dev.hawser.tests.rig.RawPath;
import dev.hawser.tests.rig.Rig;
import dev.hawser.tests.rig.Sent;
import dev.hawser.tests.rig.Token;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// docs/extension.md: a server says that it no longer has a connection, and the client of that
/// connection believes it.
class ResetsTest {
    private static final NetAddress ELSEWHERE = NetAddress.parse("198.51.100.99:7000");
    private static final NetAddress OTHER_SERVER = NetAddress.parse("203.0.113.6:40000");
    private static final int CHECKS_PER_SECOND = 1_000;

    private final Rig rig = new Rig();
    private final Token token = rig.token().survivesMoves().mint();
    private final RawPath path = new RawPath(rig.privateKey(), Rig.SERVER);

    @Nested
    class OfAServer {
        private final Host host = rig.host();
        private final Peer peer = rig.peer(token, Rig.CLIENT);

        private void assertSilent(Host server, byte[] packet, Drop drop) {
            assertThat(server.receive(ELSEWHERE, packet)).isEmpty();
            assertThat(server.lastDrop()).isEqualTo(drop);
        }

        private void assertReset(Host server, long pathId, byte[] packet) {
            List<Sent> answers = server.receive(ELSEWHERE, packet);
            assertThat(server.lastDrop()).isEqualTo(Drop.NONE);
            assertThat(answers).hasSize(1);
            assertThat(answers.getFirst().to()).isEqualTo(ELSEWHERE);
            assertThat(answers.getFirst().bytes()).isEqualTo(path.reset(pathId));
        }

        @Test
        void aServerThatStartedAgainResetsTheConnectionsOfItsPast() {
            Sent keepAlive = peer.connectTo(host);
            long pathId = peer.pathId(keepAlive);
            Host restarted = rig.start(config -> config);

            assertReset(restarted, pathId, peer.pathRequest(pathId, 3));
            assertThat(path.resetWord(pathId)).isEqualTo(peer.resetWord(keepAlive));
            assertThat(restarted.state()).startsWith("0 pending, 0 remembered, slots - - - -");
            assertThat(restarted.events()).isEmpty();
        }

        @Test
        void aServerAtAnotherAddressOrUnderAnotherKeyIsAnother() {
            long pathId = path.pathId(0x1234_5678);
            Host elsewhere = rig.host(rig.group(), rig.config(OTHER_SERVER));
            Host other = rig.host();
            other.machine().keyRing(KeyRing.of(PrivateKey.random(rig::nextBytes)));

            assertSilent(elsewhere, peer.pathRequest(pathId, 3), Drop.PATH_UNKNOWN);
            assertSilent(other, peer.pathRequest(pathId, 3), Drop.PATH_UNKNOWN);
            assertReset(host, pathId, peer.pathRequest(pathId, 3));
        }

        @Test
        void anyKeyOfTheRingWillDo() {
            long pathId = path.pathId(0x1234_5678);
            host.machine()
                    .keyRing(
                            KeyRing.of(
                                    List.of(PrivateKey.random(rig::nextBytes), rig.privateKey())));

            assertReset(host, pathId, peer.pathRequest(pathId, 3));
        }

        @Test
        void whatNoServerHasNamedIsMetWithSilence() {
            long pathId = path.pathId(0x1234_5678);
            for (int bit = 0; bit < 64; bit++) {
                byte[] request = peer.pathRequest(pathId ^ 1L << bit, 3);
                assertSilent(host, request, Drop.PATH_UNKNOWN);
            }
        }

        @Test
        void aResponseIsResetToo() {
            long pathId = path.pathId(0x1234_5678);
            byte[] response = peer.sealPath(RawPacket.PATH_RESPONSE, pathId, 3, new byte[16]);

            assertReset(host, pathId, response);
        }

        @Test
        void aConnectionThatTheServerHasIsNotReset() {
            long pathId = peer.pathId(peer.connectTo(host));
            byte[] garbage = peer.pathRequest(pathId, 3);
            garbage[garbage.length - 1] ^= 1;

            assertSilent(host, garbage, Drop.NOT_AUTHENTIC);
        }

        @Test
        void aConnectionThatTheServerHasEndedIsMetWithSilenceForAMinute() {
            long pathId = peer.pathId(peer.connectTo(host));
            host.disconnect(0, StatedReason.NONE);
            byte[] request = peer.pathRequest(pathId, 3);

            assertSilent(host, request, Drop.PATH_ENDED);
            rig.passMillis(59_999);
            assertSilent(host, request, Drop.PATH_ENDED);
            rig.passMillis(1);
            assertReset(host, pathId, request);
        }

        @Test
        void whatAnotherMemberHasIsNotReset() {
            ServerGroup group = rig.group();
            Host first = rig.host(group, config -> config);
            Host second = rig.host(group, config -> config);
            long pathId = peer.pathId(peer.connectTo(first));

            assertSilent(second, peer.pathRequest(pathId, 3), Drop.PATH_UNKNOWN);
            first.disconnect(0, StatedReason.NONE);
            assertSilent(second, peer.pathRequest(pathId, 4), Drop.PATH_ENDED);
        }

        @Test
        void unknownPathsAreCheckedAThousandTimesASecond() {
            long pathId = path.pathId(0x1234_5678);
            for (int i = 0; i < CHECKS_PER_SECOND; i++) {
                assertSilent(host, peer.pathRequest(7, 3), Drop.PATH_UNKNOWN);
            }
            assertSilent(host, peer.pathRequest(pathId, 3), Drop.PATH_CHECKS_LIMIT);
            rig.passMillis(999);
            assertSilent(host, peer.pathRequest(pathId, 3), Drop.PATH_CHECKS_LIMIT);
            rig.passMillis(1);
            assertReset(host, pathId, peer.pathRequest(pathId, 3));
        }

        @Test
        void aServerWithManySlotsChecksFourTimesAsMany() {
            Host large = rig.host(config -> config.maxClients(300));
            for (int i = 0; i < 4 * 300; i++) {
                assertSilent(large, peer.pathRequest(7, 3), Drop.PATH_UNKNOWN);
            }

            assertSilent(large, peer.pathRequest(7, 3), Drop.PATH_CHECKS_LIMIT);
        }

        @Test
        void theLimitConcernsNobodyWhoIsConnected() {
            long pathId = peer.pathId(peer.connectTo(host));
            for (int i = 0; i <= CHECKS_PER_SECOND; i++) {
                host.receive(ELSEWHERE, peer.pathRequest(7, 3));
            }

            assertThat(host.receive(Rig.CLIENT, peer.pathRequest(pathId, 4))).hasSize(1);
        }

        @Test
        void aResetIsSmallerThanItsCause() {
            long pathId = path.pathId(0x1234_5678);
            byte[] smallest = peer.pathRequest(pathId, 0);

            assertThat(smallest).hasSize(42);
            assertThat(host.receive(ELSEWHERE, smallest).getFirst().size()).isEqualTo(17);
        }
    }

    @Nested
    class OfAClient {
        private final Guest guest = rig.guest();
        private final long pathId = path.pathId(0x0102_0304);
        private final byte[] reset = path.reset(pathId);

        @BeforeEach
        void connect() {
            guest.connecting(token).receiveChallenge();
            guest.receive(RawPacket.KEEP_ALIVE, 0, Guest.slot(2, 16, pathId, word()));
            assertThat(guest.state()).isEqualTo(ClientState.CONNECTED);
        }

        private byte[] word() {
            return path.resetWord(pathId);
        }

        private void probe() {
            guest.machine().networkChanged(rig.nanos());
            assertThat(guest.tick())
                    .extracting(Sent::type)
                    .as("what it sends")
                    .containsExactly(RawPacket.PATH_REQUEST);
        }

        private void assertIgnored(NetAddress from, byte[] packet, Drop drop) {
            guest.receive(from, packet);
            assertThat(guest.lastDrop()).isEqualTo(drop);
            guest.tick();
            assertThat(guest.state()).isEqualTo(ClientState.CONNECTED);
            assertThat(guest.machine().isForgotten()).isFalse();
        }

        @Test
        void aClientThatAsksForItsPathBelievesAReset() {
            probe();
            guest.receive(Rig.SERVER, reset);
            assertThat(guest.lastDrop()).isEqualTo(Drop.NONE);
            guest.tick();

            assertThat(guest.state()).isEqualTo(ClientState.DISCONNECTED);
            assertThat(guest.machine().isForgotten()).isTrue();
        }

        @Test
        void aClientThatDoesNotAskBelievesNone() {
            assertIgnored(Rig.SERVER, reset, Drop.WRONG_STATE);
        }

        @Test
        void aClientBelievesNoneBeforeItHasAsked() {
            guest.machine().networkChanged(rig.nanos());

            guest.receive(Rig.SERVER, reset);

            assertThat(guest.lastDrop()).isEqualTo(Drop.NOT_AUTHENTIC);
            guest.tick();
            assertThat(guest.state()).isEqualTo(ClientState.CONNECTED);
        }

        @Test
        void aClientThatHasHeardTheServerSinceBelievesNone() {
            probe();
            guest.receive(RawPacket.PAYLOAD, 1, new byte[] {1});

            assertIgnored(Rig.SERVER, reset, Drop.NOT_AUTHENTIC);
        }

        @Test
        void anyOtherWordIsIgnored() {
            probe();
            for (int bit = 0; bit < 128; bit++) {
                byte[] wrong = reset.clone();
                wrong[1 + bit / 8] ^= (byte) (1 << bit % 8);
                guest.receive(Rig.SERVER, wrong);
                assertThat(guest.lastDrop()).isNotEqualTo(Drop.NONE);
            }

            assertIgnored(Rig.SERVER, path.reset(path.pathId(1)), guest.lastDrop());
        }

        @Test
        void aResetFromElsewhereIsIgnored() {
            probe();

            assertIgnored(Rig.STRANGER, reset, Drop.WRONG_ADDRESS);
        }

        @Test
        void aResetOfAnotherLengthIsIgnored() {
            probe();
            for (int length : new int[] {1, 16, 18, 33}) {
                guest.receive(Rig.SERVER, Arrays.copyOf(reset, length));
                assertThat(guest.lastDrop()).as("%s bytes", length).isNotEqualTo(Drop.NONE);
            }

            assertThat(guest.state()).isEqualTo(ClientState.CONNECTED);
        }

        @Test
        void aClientBelievesNoneWhileItConnects() {
            Guest other = rig.guest().connecting(rig.token().survivesMoves().mint());
            other.receive(Rig.SERVER, reset);
            other.tick();
            assertThat(other.state()).isEqualTo(ClientState.SENDING_CONNECTION_REQUEST);
            assertThat(other.lastDrop()).isNotEqualTo(Drop.NONE);
        }

        @Test
        void theNextConnectForgetsThatItWasForgotten() {
            probe();
            guest.receive(Rig.SERVER, reset);
            guest.tick();

            guest.connect(rig.token().mint());

            assertThat(guest.machine().isForgotten()).isFalse();
        }

        @Test
        void aPeerThatSaysGoodbyeHasNotForgotten() {
            guest.receive(RawPacket.DISCONNECT, 1, new byte[0]);
            guest.tick();

            assertThat(guest.state()).isEqualTo(ClientState.DISCONNECTED);
            assertThat(guest.machine().isForgotten()).isFalse();
        }
    }
}
