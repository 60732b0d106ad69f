package dev.hawser.cli.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EchoTrafficTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 8, 9, 1200})
    void countsWhatComesBackUnchanged(int size) {
        EchoTraffic traffic = new EchoTraffic(1, _ -> size);
        for (int i = 0; i < 300; i++) {
            ByteBuffer payload = traffic.next(i * 100L);
            assertThat(payload.remaining()).isEqualTo(size);
            assertThat(traffic.received(i * 100L + 40, payload)).isTrue();
            assertThat(traffic.lastRoundTripNanos()).isEqualTo(40);
        }

        assertThat(traffic.sent()).isEqualTo(300);
        assertThat(traffic.echoed()).isEqualTo(300);
        assertThat(traffic.missing()).isZero();
        assertThat(traffic.damaged()).isZero();
        assertThat(traffic.roundTrips().getMaxValue()).isEqualTo(40);
    }

    @Test
    void eachByteCounts() {
        EchoTraffic traffic = new EchoTraffic(1, _ -> 100);
        ByteBuffer payload = traffic.next(0);
        for (int i = 0; i < 100; i++) {
            payload.put(i, (byte) (payload.get(i) + 1));
            traffic.received(0, payload);
            payload.put(i, (byte) (payload.get(i) - 1));
        }
        traffic.received(0, payload.duplicate().limit(99));
        traffic.received(0, ByteBuffer.allocate(101));
        traffic.received(0, ByteBuffer.allocate(0));

        assertThat(traffic.damaged()).isEqualTo(103);
        assertThat(traffic.echoed()).isZero();
        assertThat(traffic.missing()).isEqualTo(1);
    }

    @Test
    void anEchoCountsOnce() {
        EchoTraffic traffic = new EchoTraffic(1, _ -> 20);
        ByteBuffer payload = traffic.next(0);
        boolean isFirstAnEcho = traffic.received(0, payload);
        boolean isSecondAnEcho = traffic.received(0, payload);

        assertThat(isFirstAnEcho).isTrue();
        assertThat(isSecondAnEcho).isFalse();
        assertThat(traffic.echoed()).isEqualTo(1);
        assertThat(traffic.damaged()).isEqualTo(1);
    }

    @Test
    void orderDoesNotMatter() {
        EchoTraffic traffic = new EchoTraffic(1, number -> 1 + (int) (number % 1200));
        List<ByteBuffer> payloads = new ArrayList<>();
        for (int i = 0; i < 2400; i++) {
            payloads.add(traffic.next(i));
        }
        payloads.reversed().forEach(payload -> traffic.received(5000, payload));

        assertThat(traffic.echoed()).isEqualTo(2400);
        assertThat(traffic.damaged()).isZero();
    }

    @Test
    void somebodyElsesPayloadIsNoEcho() {
        EchoTraffic traffic = new EchoTraffic(1, _ -> 20);
        EchoTraffic other = new EchoTraffic(2, _ -> 20);
        traffic.next(0);
        traffic.received(0, other.next(0));

        assertThat(traffic.echoed()).isZero();
        assertThat(traffic.damaged()).isEqualTo(1);
    }

    @Test
    void tellsWhatIsTooLongOnItsWay() {
        EchoTraffic traffic = new EchoTraffic(1, _ -> 20);
        traffic.next(100);
        ByteBuffer second = traffic.next(200);
        traffic.next(300);
        traffic.received(250, second);

        assertThat(traffic.missing()).isEqualTo(2);
        assertThat(traffic.missingSince(300)).isEqualTo(1);
        assertThat(traffic.missingSince(301)).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 20})
    void whatIsForgottenStaysMissing(int size) {
        EchoTraffic traffic = new EchoTraffic(1, _ -> size);
        ByteBuffer first = traffic.next(100);
        ByteBuffer second = traffic.next(200);
        ByteBuffer third = traffic.next(300);
        traffic.received(250, second);

        traffic.forgetBefore(300);

        assertThat(traffic.missing()).isEqualTo(2);
        assertThat(traffic.missingSince(300)).isEqualTo(1);
        assertThat(traffic.missingSince(301)).isEqualTo(2);
        assertThat(traffic.received(350, first)).isFalse();
        assertThat(traffic.received(350, third)).isTrue();
        assertThat(traffic.missing()).isEqualTo(1);
        assertThat(traffic.damaged()).isEqualTo(1);
    }
}
