package dev.hawser.netcode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.ConnectionState;
import dev.hawser.DisconnectReason;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.machine.ServerEvent;
import java.lang.reflect.Field;
import org.junit.jupiter.api.Test;

class ReasonsTest {
    @Test
    void aTimeoutSaysHowLongNothingWasHeardAndHowLongThisSideStoodStill() {
        ServerEvent.Disconnected event =
                new ServerEvent.Disconnected(
                        0, 1, ServerEvent.Cause.TIMED_OUT, StatedReason.NONE, 7, 6_200_000_000L);

        assertThat(Reasons.of(event)).isEqualTo(new DisconnectReason.TimedOut(7, 6200));
    }

    @Test
    void aClientSaysThatItsPacketNumbersAreUsedUp() throws ReflectiveOperationException {
        Fixtures fixtures = new Fixtures();
        fixtures.startServer();
        NetcodeClient client = fixtures.connect(1);
        Object attempt = field(field(client, "machine"), "attempt");
        Field sequence = attempt.getClass().getDeclaredField("sequence");
        sequence.setAccessible(true);
        sequence.setLong(attempt, -1);

        fixtures.driveSeconds(0.2);

        assertThat(client.state())
                .isEqualTo(
                        new ConnectionState.Disconnected(new DisconnectReason.SequenceExhausted()));
    }

    private static Object field(Object object, String name) throws ReflectiveOperationException {
        Field field = object.getClass().getDeclaredField(name);
        field.setAccessible(true);
        return field.get(object);
    }
}
