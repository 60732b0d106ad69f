package dev.hawser.transport;

import static dev.hawser.transport.WeatherStation.PEER;
import static dev.hawser.transport.WeatherStation.bytes;
import static dev.hawser.transport.WeatherStation.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.protocol.NetAddress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// When packets move, on virtual time; what becomes of them, [LinkModelTest] has.
class ConditionedTransportTest {
    private static final LinkConditions NONE = LinkConditions.NONE;
    private static final LinkConditions SLOW = NONE.latencyMillis(80);
    private static final LinkConditions CUT = NONE.cut(true);
    private static final long HOUR_NANOS = TimeUnit.HOURS.toNanos(1);

    private final WeatherStation station = new WeatherStation();
    private final ConditionedTransport transport = builder(station).build();

    private static ConditionedTransport.Builder builder(WeatherStation station) {
        return ConditionedTransport.builder(station).seed(1).monotonicClock(station::nowNanos);
    }

    private void send(String... texts) {
        for (String text : texts) {
            transport.send(PEER, bytes(text));
        }
    }

    private List<String> receive() {
        return receive(transport, 100);
    }

    private static List<String> receive(Transport transport, int packetsMax) {
        List<String> texts = new ArrayList<>();
        transport.receive((_, datagram) -> texts.add(text(datagram)), packetsMax);
        return texts;
    }

    // ---- Sending

    @Test
    void withoutConditionsPacketsLeaveInTheCallThatSendsThem() {
        send("a", "b");
        assertThat(station.takeLog()).containsExactly("0 sent a", "0 sent b");
    }

    @Test
    void aDelayedPacketLeavesWithTheFlushAfterItsTimeHasCome() {
        transport.outbound(SLOW);
        send("a");
        station.advanceMillis(79);
        transport.flush();
        assertThat(station.takeLog()).containsExactly("79 flushed");
        station.advanceMillis(1);
        transport.flush();
        assertThat(station.takeLog()).containsExactly("80 sent a", "80 flushed");
    }

    @Test
    void aDelayedPacketLeavesWithReceiveToo() {
        transport.outbound(SLOW);
        send("a");
        station.advanceMillis(80);
        receive();
        assertThat(station.takeLog()).containsExactly("80 sent a", "80 flushed");
    }

    @Test
    void aDelayedPacketLeavesBeforeOneThatIsSentAfterItsTime() {
        transport.outbound(SLOW);
        send("a");
        station.advanceMillis(80);
        transport.outbound(NONE);
        send("b");
        assertThat(station.takeLog()).containsExactly("80 sent a", "80 sent b");
    }

    @Test
    void theClockMayRunOverBetweenTwoPackets() {
        station.startAt(Long.MAX_VALUE - TimeUnit.MILLISECONDS.toNanos(81));
        transport.outbound(SLOW);
        send("before");
        station.advanceMillis(2);
        send("after");
        station.advanceMillis(78);
        transport.flush();
        assertThat(transport.outboundStats().underWay()).isEqualTo(1);
        station.advanceMillis(2);
        transport.flush();
        assertThat(station.nowNanos()).isNegative();
        assertThat(station.takeLog())
                .extracting(it -> it.substring(it.indexOf(' ') + 1))
                .containsExactly("sent before", "flushed", "sent after", "flushed");
    }

    @Test
    void theBytesAreTakenBeforeSendReturns() {
        transport.outbound(SLOW);
        ByteBuffer packet = bytes("xabcx").position(1).limit(4);
        transport.send(PEER, packet);
        assertThat(packet.position()).isEqualTo(1);
        assertThat(packet.limit()).isEqualTo(4);
        packet.put(1, (byte) 'z');
        station.advanceMillis(80);
        transport.flush();
        assertThat(station.takeLog()).contains("80 sent abc");
    }

    // ---- Receiving

    @Test
    void aReceivedPacketIsHandedOverExactlyWhenItsLatencyIsOver() {
        transport.inbound(SLOW);
        station.arrive("a", "b");
        assertThat(receive()).isEmpty();
        station.advanceMillis(79);
        assertThat(receive()).isEmpty();
        station.advanceMillis(1);
        assertThat(receive()).containsExactly("a", "b");
        assertThat(receive()).isEmpty();
    }

    @Test
    void oneCallHandsOverNoMoreThanItIsTold() {
        transport.inbound(SLOW);
        station.arrive("a", "b", "c", "d", "e");
        receive();
        station.advanceMillis(80);
        assertThat(receive(transport, 2)).containsExactly("a", "b");
        assertThat(receive(transport, 2)).containsExactly("c", "d");
        assertThat(receive(transport, 2)).containsExactly("e");
    }

    @Test
    void oneCallTakesNoMoreOffTheNetworkThanItIsToldHoweverManyAreLost() {
        transport.inbound(CUT);
        station.arrive("a", "b", "c");
        assertThat(transport.receive((_, _) -> {}, 2)).isEqualTo(2);
        transport.inbound(NONE);
        assertThat(receive()).containsExactly("c");
    }

    @Test
    void copiesAreBuffersOfTheirOwn() {
        transport.inbound(NONE.duplication(1));
        station.arrive("a");
        List<String> texts = new ArrayList<>();
        transport.receive(
                (_, datagram) -> {
                    texts.add(text(datagram));
                    datagram.clear().put(bytes("scribble")).limit(0);
                },
                10);
        assertThat(texts).containsExactly("a", "a");
    }

    @Test
    void whatTheHandlerThrowsCostsNoOtherPacketAndMixesUpNoBuffers() {
        station.arrive("a", "b", "c");
        transport.inbound(SLOW);
        receive();
        station.advanceMillis(80);
        List<String> texts = new ArrayList<>();
        assertThatThrownBy(() ->
                        transport.receive(
                                (_, datagram) -> {
                                    texts.add(text(datagram));
                                    if (texts.size() == 2) {
                                        throw new IllegalStateException("no");
                                    }
                                },
                                10))
                .hasMessage("no");
        station.arrive("d", "e");
        receive().forEach(texts::add);
        station.advanceMillis(80);
        receive().forEach(texts::add);
        assertThat(texts).containsExactly("a", "b", "c", "d", "e");
        assertThat(transport.inboundStats().underWay()).isZero();
    }

    @Test
    void theHandlerMaySendAndCloseInTheMiddleOfABatch() throws IOException {
        station.arrive("a", "b");
        int taken =
                transport.receive(
                        (from, datagram) -> {
                            transport.send(from, datagram);
                            transport.close();
                        },
                        10);
        assertThat(taken).isEqualTo(1);
        assertThat(station.takeLog()).containsExactly("0 sent a", "0 flushed", "0 closed");
        transport.open();
        assertThat(receive()).isEmpty();
    }

    // ---- Waiting

    @Test
    void aWaitEndsWhenASentPacketIsDueWhichHasThenLeft() {
        transport.outbound(SLOW);
        send("a");
        station.advanceMillis(30);
        transport.await(HOUR_NANOS);
        assertThat(station.takeLog()).containsExactly("80 waited", "80 sent a", "80 flushed");
    }

    @Test
    void aWaitEndsWhenAReceivedPacketIsDue() {
        transport.inbound(SLOW);
        transport.outbound(NONE.latencyMillis(90));
        send("later");
        station.arrive("a");
        receive();
        transport.await(HOUR_NANOS);
        assertThat(station.takeLog()).containsExactly("80 waited");
        transport.await(HOUR_NANOS);
        assertThat(station.takeLog()).as("it is there already").isEmpty();
        assertThat(receive()).containsExactly("a");
    }

    @Test
    void aWaitIsNoLongerThanItIsTold() {
        transport.conditions(SLOW);
        send("a");
        transport.await(TimeUnit.MILLISECONDS.toNanos(5));
        assertThat(station.takeLog()).containsExactly("5 waited");
        transport.await(0);
        assertThat(station.takeLog()).containsExactly("5 waited");
    }

    @Test
    void aPacketThatIsOverdueLeavesBeforeTheWait() {
        transport.outbound(SLOW);
        send("a");
        station.advanceMillis(100);
        transport.await(TimeUnit.MILLISECONDS.toNanos(5));
        assertThat(station.takeLog()).containsExactly("100 sent a", "100 flushed", "105 waited");
    }

    @Test
    void wakingGoesToTheWrappedTransport() {
        transport.wakeup();
        assertThat(station.takeLog()).containsExactly("0 woken");
    }

    // ---- Switching

    @Test
    void conditionsChangeForThePacketsThatComeAfter() throws InterruptedException {
        transport.outbound(SLOW);
        send("slow");
        Thread.ofPlatform().start(() -> transport.outbound(CUT)).join();
        send("gone");
        Thread.ofPlatform().start(() -> transport.outbound(NONE)).join();
        send("fast");
        station.advanceMillis(80);
        transport.flush();
        assertThat(station.takeLog()).containsExactly("0 sent fast", "80 sent slow", "80 flushed");
        assertThat(transport.outbound()).isEqualTo(NONE);
    }

    @Test
    void eachDirectionHasConditionsOfItsOwn() {
        ConditionedTransport oneWay = builder(station).outbound(CUT).inbound(SLOW).build();
        assertThat(oneWay.outbound()).isEqualTo(CUT);
        assertThat(oneWay.inbound()).isEqualTo(SLOW);
        oneWay.send(PEER, bytes("a"));
        station.arrive("b");
        receive(oneWay, 10);
        station.advanceMillis(80);
        assertThat(receive(oneWay, 10)).containsExactly("b");
        assertThat(station.takeLog()).isEmpty();
        oneWay.conditions(NONE);
        assertThat(List.of(oneWay.outbound(), oneWay.inbound())).containsOnly(NONE);
    }

    // ---- Closing

    @Test
    void whatWasSentLeavesAtOnceWhenTheTransportIsClosed() {
        transport.outbound(SLOW);
        send("first");
        station.advanceMillis(1);
        send("second");
        transport.close();
        assertThat(station.takeLog())
                .containsExactly("1 sent first", "1 sent second", "1 flushed", "1 closed");
        transport.close();
        assertThat(station.takeLog()).as("nothing is left").containsExactly("1 closed");
    }

    @Test
    void afterOpeningAgainTheLinkIsEmpty() throws IOException {
        transport.conditions(SLOW.bytesPerSecond(1_000).burstLoss(1, 1e-9, 0));
        station.arrive("old");
        receive();
        send("x".repeat(500));
        transport.close();
        transport.open();
        station.takeLog();
        transport.conditions(SLOW.bytesPerSecond(1_000));
        send("x");
        station.advanceMillis(81);
        assertThat(receive()).as("what was on its way in").isEmpty();
        assertThat(station.takeLog())
                .as("nothing waits for the bandwidth")
                .containsExactly("81 sent x", "81 flushed");
    }

    @Test
    void aClosedTransportDelaysNothing() {
        transport.outbound(SLOW);
        transport.close();
        station.takeLog();
        send("late");
        assertThat(station.takeLog())
                .as("the wrapped one counts it")
                .containsExactly("0 sent late");
        assertThat(transport.outboundStats().packets()).isZero();
    }

    // ---- Bounds and counters

    @Test
    void asManyAreUnderWayAsMayBeAndTheNextIsDroppedAndCounted() {
        ConditionedTransport small = builder(station).packetsUnderWayMax(3).build();
        small.conditions(SLOW);
        for (String text : List.of("a", "b", "c")) {
            small.send(PEER, bytes(text));
        }
        assertThat(small.outboundStats().overflowed()).isZero();
        small.send(PEER, bytes("d"));
        assertThat(small.outboundStats().overflowed()).isEqualTo(1);
        assertThat(small.outboundStats().underWay()).isEqualTo(3);
        station.advanceMillis(80);
        small.send(PEER, bytes("e"));
        assertThat(station.takeLog()).containsExactly("80 sent a", "80 sent b", "80 sent c");
        assertThat(small.outboundStats().underWay()).isEqualTo(1);

        station.arrive("a", "b", "c", "d");
        receive(small, 10);
        assertThat(small.inboundStats().overflowed()).isEqualTo(1);
    }

    @Test
    void aBoundOutOfRangeIsNamedWithItsLimit() {
        for (int packets : new int[] {0, (1 << 20) + 1}) {
            assertThatThrownBy(() -> builder(station).packetsUnderWayMax(packets))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll(
                            "packetsUnderWayMax is " + packets, "1 to 1048576", "16384");
        }
    }

    @Test
    void everythingThatBecomesOfPacketsIsCounted() {
        transport.outbound(CUT);
        send("a");
        transport.outbound(NONE.loss(1));
        send("a", "b");
        transport.outbound(NONE.burstLoss(1, 1e-9, 1));
        send("a", "b", "c");
        transport.outbound(NONE.duplication(1).reordering(1));
        send("a");
        transport.outbound(NONE.bytesPerSecond(1).queueBytes(0));
        send("a", "b", "c", "d", "e");
        LinkStats stats = transport.outboundStats();
        assertThat(stats).isEqualTo(new LinkStats(12, 1, 5, 1, 4, 0, 2, 3));
        assertThat(stats.dropped()).isEqualTo(10);
        assertThat(transport.inboundStats()).isEqualTo(new LinkStats(0, 0, 0, 0, 0, 0, 0, 0));
        assertThat(transport.stats().packetsOut()).isZero();
    }

    @Test
    void whatItIsIsPrintedWithTheSeedThatShowsItAgain() {
        assertThat(transport.toString()).contains("seed 1", "WeatherStation", NONE.toString());
        assertThat(transport.seed()).isEqualTo(1);
        assertThat(transport.localAddress()).isEqualTo(NetAddress.parse("10.0.0.1:1"));
        assertThat(transport.maxPacketBytes()).isEqualTo(1200);
    }

    // ---- The same again

    @Test
    void theSameSeedGivesTheSameRunAndAnotherADifferentOne() {
        assertThat(run(7, true)).isEqualTo(run(7, true)).isNotEqualTo(run(8, true));
    }

    @Test
    void whatIsReceivedChangesNothingForWhatIsSent() {
        assertThat(run(7, true)).filteredOn(it -> it.contains("sent")).isEqualTo(run(7, false));
    }

    private static List<String> run(long seed, boolean receives) {
        WeatherStation station = new WeatherStation();
        LinkConditions bad =
                SLOW.jitterMillis(40)
                        .loss(0.1)
                        .burstLoss(0.05, 0.3, 0.9)
                        .duplication(0.1)
                        .reordering(0.1)
                        .bytesPerSecond(2_000)
                        .queueBytes(400);
        ConditionedTransport transport = builder(station).seed(seed).conditions(bad).build();
        Random traffic = new Random(99);
        for (int i = 0; i < 500; i++) {
            transport.send(PEER, bytes(i + "x".repeat(traffic.nextInt(40))));
            if (receives) {
                station.arrive("in " + i);
                transport.receive(
                        (_, datagram) ->
                                station.log.add(station.nowNanos() + " received " + text(datagram)),
                        10);
            }
            station.advanceMillis(10);
            if (i == 250) {
                transport.conditions(bad.latencyMillis(10).loss(0.5));
            }
            transport.flush();
        }
        station.log.removeIf(it -> it.endsWith("flushed"));
        return station.takeLog();
    }
}
