package dev.hawser.tests.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.protocol.Drop;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.machine.ClientState;
import dev.hawser.protocol.machine.ConnectionMeter;
import dev.hawser.tests.rig.Guest;
import dev.hawser.tests.rig.Host;
import dev.hawser.tests.rig.Link;
import dev.hawser.tests.rig.Peer;
import dev.hawser.tests.rig.RawPacket;
import dev.hawser.tests.rig.Rig;
import dev.hawser.tests.rig.Sent;
import dev.hawser.tests.rig.Token;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What the machines count and measure of a connection; how it is computed is tested beside the
/// meter.
class MeterTest {
    private static final long MILLI = 1_000_000;
    private static final NetAddress SECOND_SERVER = NetAddress.parse("203.0.113.6:40000");

    private final Rig rig = new Rig();

    @Nested
    class OfAServer {
        private final Host host = rig.host();
        private final Peer peer = rig.peer();

        private ConnectionMeter meter() {
            return host.machine().meter(0);
        }

        @Test
        void aSlotThatNobodyHadYetHasNoMeter() {
            assertThatThrownBy(() -> host.machine().meter(0))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage(
                            "slot 0 has had no client yet: ask once a ServerEvent.Connected names"
                                    + " it");
        }

        @Test
        void countingBeginsWithTheSlot() {
            Sent keepAlive = peer.connectTo(host);

            assertThat(meter().packetsIn()).isZero();
            assertThat(meter().packetsOut()).isEqualTo(1);
            assertThat(meter().bytesOut()).isEqualTo(keepAlive.size());
        }

        @Test
        void wholePacketsAreCountedThatAreAuthenticAndNew() {
            peer.connectTo(host);
            byte[] keepAlive = peer.keepAlive(2);
            byte[] payload = peer.payload(300, new byte[1200]);
            host.receive(Rig.CLIENT, keepAlive);
            host.receive(Rig.CLIENT, payload);
            byte[] forged = peer.payload(301, (byte) 1);
            forged[forged.length - 1] ^= 1;

            host.receive(Rig.CLIENT, payload);
            host.receive(Rig.CLIENT, forged);
            host.receive(Rig.CLIENT, peer.responseOf(4, new byte[308]));
            host.receive(Rig.CLIENT, peer.request());

            assertThat(meter().packetsIn()).isEqualTo(2);
            assertThat(meter().bytesIn()).isEqualTo(keepAlive.length + 1 + 2 + 1200 + 16);
        }

        @Test
        void whateverIsSentCounts() {
            peer.connectAndConfirmTo(host);
            long bytes = meter().bytesOut();
            bytes += host.send(0, new byte[33]).getFirst().size();
            rig.passMillis(100);
            bytes += host.tick().getFirst().size();
            List<Sent> disconnects = host.disconnect(0, StatedReason.NONE);
            bytes += disconnects.stream().mapToInt(Sent::size).sum();

            assertThat(meter().packetsOut()).isEqualTo(1 + 1 + 1 + 10);
            assertThat(meter().bytesOut()).isEqualTo(bytes);
        }

        @Test
        void aDisconnectIsTheLastPacketIn() {
            peer.connectAndConfirmTo(host);

            host.receive(Rig.CLIENT, peer.disconnect(3));

            assertThat(meter().packetsIn()).isEqualTo(2);
        }

        @Test
        void everyConnectionHasAMeterOfItsOwn() {
            peer.connectAndConfirmTo(host);
            ConnectionMeter first = meter();
            first.reportRoundTrip(5);
            host.receive(Rig.CLIENT, peer.disconnect(3));
            assertThat(meter()).isSameAs(first);

            rig.peer(rig.token(2), Rig.CLIENT).connectAndConfirmTo(host);

            assertThat(meter()).isNotSameAs(first);
            assertThat(meter().roundTripNanos()).isEmpty();
            assertThat(meter().packetsIn()).isEqualTo(1);
            assertThat(first.packetsIn()).isEqualTo(2);
            assertThat(first.roundTripNanos()).hasValue(5);
        }

        @Test
        void theHandshakeMeasuresNoRoundTrip() {
            Guest guest = rig.guest();
            guest.connect(rig.token(1));
            Link link = new Link(rig, guest, Rig.CLIENT, host, Rig.SERVER);
            link.run(1_000);
            assertThat(guest.state()).isEqualTo(ClientState.CONNECTED);

            assertThat(meter().roundTripNanos()).isEmpty();
            meter().reportRoundTrip(30 * MILLI);
            assertThat(meter().roundTripNanos()).hasValue(30 * MILLI);
        }

        @Test
        void lossAndJitterComeFromPacketsOfTheSlot() {
            peer.connectTo(host);
            for (int sequence = 7; sequence < 107; sequence++) {
                rig.passMillis(sequence % 2 == 0 ? 10 : 30);
                if (sequence != 50) {
                    host.receive(Rig.CLIENT, peer.payload(sequence, (byte) 1));
                }
            }

            assertThat(meter().inboundLoss()).hasValue(1.0 / 100);
            assertThat(meter().jitterNanos().orElseThrow()).isBetween(9 * MILLI, 11 * MILLI);
        }

        @Test
        void aSlotOfALaterPlaceInTheTokenIsMeasuredAlike() {
            Host second = rig.host(config -> config);
            Guest guest = rig.guest();
            guest.connect(rig.token().servers(SECOND_SERVER, Rig.SERVER).mint());
            guest.tick();
            guest.idleMillis(5_001);
            guest.tick();
            Link link = new Link(rig, guest, Rig.CLIENT, second, Rig.SERVER);
            link.run(6_000);

            ConnectionMeter ofGuest = guest.machine().meter();
            assertThat(guest.state()).isEqualTo(ClientState.CONNECTED);
            assertThat(ofGuest.inboundLoss()).hasValue(0);
            assertThat(second.machine().meter(0).inboundLoss()).hasValue(0);
        }
    }

    @Nested
    class OfAClient {
        private final Guest guest = rig.guest();

        private ConnectionMeter meter() {
            return guest.machine().meter();
        }

        private void challenge(long sequence) {
            guest.receive(RawPacket.CHALLENGE, (1L << 63) + sequence, new byte[308]);
        }

        @Test
        void beforeTheFirstConnectThereIsNone() {
            assertThat(meter()).isNull();
        }

        @Test
        void everyConnectHasAMeterOfItsOwn() {
            guest.connect(rig.token(1));
            guest.tick();
            ConnectionMeter first = meter();
            guest.disconnect(StatedReason.NONE);
            assertThat(meter()).isSameAs(first);
            assertThat(first.packetsOut()).isEqualTo(1 + 10);

            guest.connect(rig.token(1));

            assertThat(meter()).isNotSameAs(first);
            assertThat(meter().packetsOut()).isZero();
        }

        @Test
        void requestsAndEverythingElseThatIsSentCount() {
            guest.connect(rig.token(1));
            guest.tick();
            assertThat(meter().bytesOut()).isEqualTo(1078);
            guest.receiveSlot();

            int payload = guest.send(new byte[99]).getFirst().size();

            assertThat(meter().packetsOut()).isEqualTo(2);
            assertThat(meter().bytesOut()).isEqualTo(1078 + payload);
        }

        @Test
        void whateverOpensCountsAsReceived() {
            guest.connecting(rig.token(1)).receive(RawPacket.PAYLOAD, 5, new byte[7]);
            assertThat(guest.lastDrop()).isEqualTo(Drop.WRONG_STATE);
            assertThat(meter().packetsIn()).isEqualTo(1);
            assertThat(meter().bytesIn()).isEqualTo(1 + 1 + 7 + 16);
            guest.receive(RawPacket.PAYLOAD, 5, new byte[7]);
            guest.receive(SECOND_SERVER, guest.fromServer(RawPacket.PAYLOAD, 6, new byte[7]));
            assertThat(meter().packetsIn()).isEqualTo(1);

            guest.receiveChallenge();

            assertThat(meter().packetsIn()).isEqualTo(2);
            assertThat(meter().bytesIn()).isEqualTo(25 + 1 + 8 + 308 + 16);
        }

        @Test
        void aRequestAndItsChallengeAreARoundTrip() {
            guest.connect(rig.token(1));
            guest.tick();
            rig.passMillis(63);

            challenge(0);

            assertThat(meter().roundTripNanos()).hasValue(63 * MILLI);
        }

        @Test
        void aRepeatedRequestIsMeasuredOnceAllAreAnswered() {
            guest.connect(rig.token(1));
            guest.tick();
            rig.passMillis(101);
            guest.tick();
            rig.passMillis(49);
            challenge(0);
            assertThat(meter().roundTripNanos()).isEmpty();
            assertThat(guest.state()).isEqualTo(ClientState.SENDING_CONNECTION_RESPONSE);
            rig.passMillis(90);

            challenge(1);

            assertThat(meter().roundTripNanos()).hasValue(139 * MILLI);
        }

        @Test
        void aChallengeThatIsMeasuredIsStillIgnored() {
            guest.connect(rig.token().timeoutSeconds(5).mint());
            guest.tick();
            rig.passMillis(101);
            guest.tick();
            challenge(0);
            long nextTimeout = guest.machine().nextTimeout();
            rig.passMillis(50);

            challenge(1);

            assertThat(guest.lastDrop()).isEqualTo(Drop.WRONG_STATE);
            assertThat(guest.state()).isEqualTo(ClientState.SENDING_CONNECTION_RESPONSE);
            assertThat(guest.machine().nextTimeout()).isEqualTo(nextTimeout);
            assertThat(meter().roundTripNanos()).isPresent();
            guest.idleMillis(4_951);
            guest.tick();
            assertThat(guest.state()).isEqualTo(ClientState.CONNECTION_RESPONSE_TIMED_OUT);
        }

        @Test
        void whileAnswersAreMissingNothingIsMeasured() {
            guest.connect(rig.token(1));
            guest.tick();
            rig.passMillis(101);
            guest.tick();
            rig.passMillis(30);

            guest.receiveSlot();
            guest.receive(RawPacket.PAYLOAD, 1, new byte[1]);

            assertThat(guest.state()).isEqualTo(ClientState.CONNECTED);
            assertThat(meter().roundTripNanos()).isEmpty();
        }

        @Test
        void theSecondServerIsMeasuredByItself() {
            Token token = rig.token().servers(Rig.SERVER, SECOND_SERVER).mint();
            guest.connect(token);
            guest.tick();
            rig.passMillis(20);
            challenge(5);
            assertThat(meter().roundTripNanos()).hasValue(20 * MILLI);
            guest.receive(RawPacket.DENIED, 1L << 63, new byte[0]);
            rig.passMillis(10);
            guest.tick();
            ConnectionMeter meter = meter();
            assertThat(meter.roundTripNanos()).isEmpty();

            guest.tick();
            rig.passMillis(77);
            guest.receive(
                    SECOND_SERVER, guest.fromServer(RawPacket.CHALLENGE, 1L << 63, new byte[308]));

            assertThat(meter()).isSameAs(meter);
            assertThat(meter.roundTripNanos()).hasValue(77 * MILLI);
            assertThat(meter.packetsOut()).isEqualTo(2);
            assertThat(meter.packetsIn()).isEqualTo(3);
        }

        @ParameterizedTest
        @ValueSource(longs = {0, 1L << 57, 31L << 57, Long.MAX_VALUE - 50, -50})
        void lossIsCountedWhereverAServerStarts(long firstSequence) {
            guest.connecting(rig.token(1)).receiveChallenge();
            guest.receive(RawPacket.KEEP_ALIVE, firstSequence, Guest.slot(2, 16));
            for (int i = 1; i < 49; i++) {
                if (i % 8 != 0) {
                    guest.receive(RawPacket.PAYLOAD, firstSequence + i, new byte[1]);
                }
            }

            assertThat(meter().inboundLoss()).hasValue(5.0 / 48);
        }
    }

    @Test
    void bothSidesOfACleanLinkAgree() {
        Host host = rig.host();
        Guest guest = rig.guest();
        guest.connect(rig.token(1));
        Link link = new Link(rig, guest, Rig.CLIENT, host, Rig.SERVER);
        link.run(10_000);

        ConnectionMeter server = host.machine().meter(0);
        ConnectionMeter client = guest.machine().meter();
        assertThat(client.roundTripNanos()).hasValue(0);
        assertThat(client.inboundLoss()).hasValue(0);
        assertThat(server.inboundLoss()).hasValue(0);
        // The server sent a challenge before it had a meter; the client a request and a response.
        assertThat(server.packetsOut()).isEqualTo(client.packetsIn() - 1);
        assertThat(server.packetsIn()).isEqualTo(client.packetsOut() - 2);
        assertThat(server.packetsOut()).isEqualTo(link.toClient().size() - 1);
        assertThat(server.packetsOut()).isGreaterThan(80);
    }
}
