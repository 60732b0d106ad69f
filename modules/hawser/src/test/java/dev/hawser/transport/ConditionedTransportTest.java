package dev.hawser.transport;

import static dev.hawser.transport.WeatherStation.PEER;
import static dev.hawser.transport.WeatherStation.bytes;
import static dev.hawser.transport.WeatherStation.text;
import static dev.hawser.transport.WeatherStation.textsFrom;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// When packets move, on virtual time; what becomes of them, [LinkModelTest] has.
class ConditionedTransportTest extends ConditionedTransportFixture {
    private static final long HOUR_NANOS = TimeUnit.HOURS.toNanos(1);

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
        assertThat(textsFrom(transport, 2)).containsExactly("a", "b");
        assertThat(textsFrom(transport, 2)).containsExactly("c", "d");
        assertThat(textsFrom(transport, 2)).containsExactly("e");
    }

    @Test
    void oneCallTakesNoMoreOffTheNetworkThanItIsToldHoweverManyAreLost() {
        transport.inbound(NONE.cut(true));
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

    @Test
    void aFailureIsSaidAfterWhatCameBeforeIt() {
        transport.inbound(SLOW);
        station.arrive("a");
        station.failure =
                new TransportFailure(TransportFailure.Kind.ENDED, true, "the session ended");
        assertThat(transport.failure(PEER)).isNull();
        assertThat(receive()).isEmpty();
        station.advanceMillis(79);
        assertThat(transport.failure(PEER)).isNull();
        station.advanceMillis(1);
        assertThat(transport.failure(PEER)).isEqualTo(station.failure);
        assertThat(receive()).containsExactly("a");
        station.failure = null;
        assertThat(transport.failure(PEER)).isNull();
    }
}
