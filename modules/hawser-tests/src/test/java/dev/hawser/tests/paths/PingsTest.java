package dev.hawser.tests.paths;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.Drop;
import dev.hawser.tests.rig.Guest;
import dev.hawser.tests.rig.Host;
import dev.hawser.tests.rig.Peer;
import dev.hawser.tests.rig.RawPacket;
import dev.hawser.tests.rig.Rig;
import dev.hawser.tests.rig.Sent;
import dev.hawser.tests.rig.Token;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

/// docs/extension.md: pings, which tell the round trip without the time they were held, and how
/// many of the other side's packets arrived.
class PingsTest {
    private static final int NOTHING_TO_ECHO = -1;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final Rig rig = new Rig();
    private final Host host = rig.host();
    private final Token token = rig.token().survivesMoves().mint();
    private final Peer peer = rig.peer(token, Rig.CLIENT);

    /// The body of a ping, field by field.
    private record Ping(
            int sentMicros, int echoMicros, int heldMicros, int receivedCount, long sequence) {
        static Ping of(byte[] body) {
            ByteBuffer in = ByteBuffer.wrap(body).order(ByteOrder.LITTLE_ENDIAN);
            assertThat(body).hasSize(24);
            return new Ping(in.getInt(), in.getInt(), in.getInt(), in.getInt(), in.getLong());
        }

        byte[] body() {
            return ByteBuffer.allocate(24)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt(sentMicros)
                    .putInt(echoMicros)
                    .putInt(heldMicros)
                    .putInt(receivedCount)
                    .putLong(sequence)
                    .array();
        }
    }

    private int micros() {
        return (int) (rig.nanos() / 1_000);
    }

    private static List<Sent> pingsIn(List<Sent> sent) {
        return sent.stream().filter(packet -> packet.type() == RawPacket.PING).toList();
    }

    private Ping pingOf(List<Sent> sent) {
        List<Sent> pings = pingsIn(sent);
        assertThat(pings).as("pings among %s", sent).hasSize(1);
        return Ping.of(pings.getFirst().openedByClient(token).body());
    }

    // ---- The server

    @Test
    void aServerPingsTwiceASecond() {
        peer.connectAndConfirmTo(host);
        int pings = 0;
        for (int i = 0; i < 100; i++) {
            rig.passMillis(50);
            host.receive(Rig.CLIENT, peer.keepAlive(3 + i));
            pings += pingsIn(host.tick()).size();
        }

        assertThat(pings).isBetween(9, 11);
    }

    @Test
    void aServerPingsNobodyWhoHasNotConfirmed() {
        peer.connectTo(host);
        for (int i = 0; i < 20; i++) {
            rig.passMillis(100);
            assertThat(pingsIn(host.tick())).isEmpty();
        }
    }

    @Test
    void aServerPingsNobodyWithoutTheFlag() {
        Peer standard = rig.peer(rig.token().mint(), Rig.CLIENT);
        standard.connectAndConfirmTo(host);
        for (int i = 0; i < 20; i++) {
            rig.passMillis(100);
            host.receive(Rig.CLIENT, standard.keepAlive(3 + i));
            assertThat(pingsIn(host.tick())).isEmpty();
        }
        host.receive(Rig.CLIENT, standard.seal(RawPacket.PING, 100, new byte[24]));
        assertThat(host.lastDrop()).isEqualTo(Drop.WRONG_TYPE);
    }

    @Test
    void aServerWhoseClientsDoNotMovePingsThem() {
        Host still = rig.host(config -> config.clientsMayMove(false));
        peer.connectAndConfirmTo(still);
        rig.passMillis(500);

        assertThat(pingsIn(still.tick())).hasSize(1);
    }

    @Test
    void theFirstPingHasNothingToEchoAndSaysWhatHasArrived() {
        peer.connectAndConfirmTo(host);
        host.receive(Rig.CLIENT, peer.payload(7, (byte) 1));
        host.machine().pausePayloads(0);
        host.receive(Rig.CLIENT, peer.payload(8, (byte) 1)); // by choice
        rig.passMillis(500);

        Ping ping = pingOf(host.tick());

        assertThat(ping.sentMicros).isEqualTo(micros());
        assertThat(ping.echoMicros).isZero();
        assertThat(ping.heldMicros).isEqualTo(NOTHING_TO_ECHO);
        assertThat(ping.receivedCount).as("keep-alive, payload, dropped unopened").isEqualTo(3);
        assertThat(ping.sequence).isEqualTo(7);
    }

    @Test
    void aServerLearnsTheRoundTripWithoutTheTimeThatItsPingWasHeld() {
        peer.connectAndConfirmTo(host);
        rig.passMillis(500);
        Ping ping = pingOf(host.tick());
        rig.passMillis(80 + 30);
        Ping answer = new Ping(12_345, ping.sentMicros, 30_000, 0, 0);
        host.receive(Rig.CLIENT, peer.seal(RawPacket.PING, 3, answer.body()));

        assertThat(host.lastDrop()).isEqualTo(Drop.NONE);
        assertThat(host.machine().meter(0).roundTripNanos()).hasValue(80 * NANOS_PER_MILLI);
    }

    @Test
    void aServerEchoesTheNewestPingAndSaysHowLongItHasHeldIt() {
        peer.connectAndConfirmTo(host);
        host.receive(Rig.CLIENT, peer.seal(RawPacket.PING, 5, ping(2_000)));
        rig.passMillis(10);
        host.receive(Rig.CLIENT, peer.seal(RawPacket.PING, 4, ping(1_000))); // overtaken
        rig.passMillis(490);

        Ping echo = pingOf(host.tick());

        assertThat(echo.echoMicros).isEqualTo(2_000);
        assertThat(echo.heldMicros).isEqualTo(500_000);
    }

    private static byte[] ping(int sentMicros) {
        return new Ping(sentMicros, 0, NOTHING_TO_ECHO, 0, 0).body();
    }

    @Test
    void anEchoOfWhatWasNeverSentIsNoRoundTrip() {
        peer.connectAndConfirmTo(host);
        rig.passMillis(500);
        Ping ping = pingOf(host.tick());
        Ping nonsense = new Ping(1, ping.sentMicros + 1_000, 0, 0, 0);
        host.receive(Rig.CLIENT, peer.seal(RawPacket.PING, 3, nonsense.body()));

        assertThat(host.machine().meter(0).roundTripNanos()).isEmpty();
    }

    @Test
    void aServerLearnsHowManyOfItsPacketsAreLost() {
        peer.connectAndConfirmTo(host);
        host.receive(Rig.CLIENT, peer.seal(RawPacket.PING, 3, report(100, 99)));
        assertThat(host.machine().meter(0).outboundLoss()).isEmpty();
        host.receive(Rig.CLIENT, peer.seal(RawPacket.PING, 4, report(124, 131)));

        assertThat(host.machine().meter(0).outboundLoss()).hasValue(0.25);
    }

    private static byte[] report(int count, long sequence) {
        return new Ping(1, 0, NOTHING_TO_ECHO, count, sequence).body();
    }

    @Test
    void aPingShowsThatTheClientIsThere() {
        peer.connectAndConfirmTo(host);
        host.idleMillis(4_900);
        host.receive(Rig.CLIENT, peer.seal(RawPacket.PING, 3, ping(1)));
        host.idleMillis(4_900);
        host.tick();

        assertThat(host.machine().isConnected(0)).isTrue();
    }

    // ---- The client

    private Guest guest() {
        Guest guest = rig.guest().connecting(token);
        guest.receiveChallenge();
        guest.receive(RawPacket.KEEP_ALIVE, 0, Guest.slot(2, 16, 77, new byte[16]));
        return guest;
    }

    private Ping answerOf(List<Sent> sent) {
        List<Sent> pings = pingsIn(sent);
        assertThat(pings).as("pings among %s", sent).hasSize(1);
        return Ping.of(pings.getFirst().openedByServer(token).body());
    }

    @Test
    void aClientAnswersInItsNextUpdate() {
        Guest guest = guest();
        guest.receive(RawPacket.PING, 1, ping(9_000));
        rig.passMillis(16);

        Ping answer = answerOf(guest.tick());

        assertThat(answer.sentMicros).isEqualTo(micros());
        assertThat(answer.echoMicros).isEqualTo(9_000);
        assertThat(answer.heldMicros).isEqualTo(16_000);
        assertThat(answer.receivedCount).as("keep-alive and ping").isEqualTo(2);
        assertThat(answer.sequence).isEqualTo(1);
        assertThat(pingsIn(guest.tick())).isEmpty();
    }

    @Test
    void aClientBeginsNoPings() {
        Guest guest = guest();
        for (int i = 1; i < 20; i++) {
            rig.passMillis(101);
            guest.receive(RawPacket.PAYLOAD, i, new byte[] {1});
            assertThat(pingsIn(guest.tick())).isEmpty();
        }
    }

    @Test
    void aClientAnswersTwiceASecondAndTheRestWaits() {
        Guest guest = guest();
        guest.receive(RawPacket.PING, 1, ping(1_000));
        answerOf(guest.tick());
        rig.passMillis(100);
        guest.receive(RawPacket.PING, 2, ping(2_000));
        assertThat(pingsIn(guest.tick())).isEmpty();
        rig.passMillis(399);
        assertThat(pingsIn(guest.tick())).isEmpty();
        rig.passMillis(1);
        assertThat(guest.machine().nextTimeout() - rig.nanos()).isNotPositive();

        Ping answer = answerOf(guest.tick());

        assertThat(answer.echoMicros).isEqualTo(2_000);
        assertThat(answer.heldMicros).isEqualTo(400_000);
    }

    @Test
    void aClientLearnsTheRoundTripFromTheNextPing() {
        Guest guest = guest();
        guest.receive(RawPacket.PING, 1, ping(1_000));
        Ping answer = answerOf(guest.tick());
        rig.passMillis(500 + 80);
        Ping next = new Ping(501_000, answer.sentMicros, 500_000, 0, 0);
        guest.receive(RawPacket.PING, 2, next.body());

        assertThat(guest.machine().meter().roundTripNanos()).hasValue(80 * NANOS_PER_MILLI);
    }

    @Test
    void aClientLearnsHowManyOfItsPacketsAreLost() {
        Guest guest = guest();
        guest.receive(RawPacket.PING, 1, report(100, 99));
        guest.receive(RawPacket.PING, 2, report(140, 139));

        assertThat(guest.machine().meter().outboundLoss()).hasValue(0);
    }
}
