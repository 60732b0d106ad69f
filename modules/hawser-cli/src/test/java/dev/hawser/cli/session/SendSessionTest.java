package dev.hawser.cli.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.ConnectionStats;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class SendSessionTest {
    @Test
    void theConnectionIsDescribedAsFarAsItWasMeasured() {
        ConnectionStats.Builder stats = ConnectionStats.builder();
        assertThat(SendSession.connectionLine(stats.build())).isEmpty();

        stats.inboundLoss(OptionalDouble.of(0.015));
        assertThat(SendSession.connectionLine(stats.build())).isEqualTo("connection lost-in 1.5 %");

        stats.roundTripNanos(OptionalLong.of(20_500_000)).outboundLoss(OptionalDouble.of(0));
        assertThat(SendSession.connectionLine(stats.build()))
                .isEqualTo("connection rtt 20.50 ms lost-out 0 % lost-in 1.5 %");
    }
}
