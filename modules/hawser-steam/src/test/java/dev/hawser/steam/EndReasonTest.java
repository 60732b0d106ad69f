package dev.hawser.steam;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.StatedReason;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class EndReasonTest {
    @Test
    void nothingStatedIsAnOrdinaryEnd() {
        assertThat(EndReason.of(StatedReason.NONE))
                .isEqualTo(new EndReason(1000, "no reason given"));
    }

    @Test
    void hawsersOwnCodesBeginAtAThousand() {
        assertThat(EndReason.of(StatedReason.of(StatedReason.SERVER_STOPPED, "stopped")))
                .isEqualTo(new EndReason(1004, "stopped"));
    }

    @Test
    void aServerThatDrainsSaysWhenToComeBack() {
        assertThat(EndReason.of(new StatedReason(StatedReason.DRAINING, 5, "an update")))
                .isEqualTo(new EndReason(1008, "[8 5] an update"));
        assertThat(EndReason.of(new StatedReason(StatedReason.MOVED, 5, "an update")))
                .isEqualTo(new EndReason(1009, "[9 5] an update"));
    }

    @Test
    void theGamesCodesBeginAtFifteenHundred() {
        assertThat(EndReason.of(StatedReason.of(1001, "dinner")))
                .isEqualTo(new EndReason(1501, "dinner"));
        assertThat(EndReason.of(StatedReason.of(1499, "")))
                .isEqualTo(new EndReason(1999, "[1499 0]"));
    }

    @Test
    void whatTheCodeCannotSayStandsBeforeTheText() {
        assertThat(EndReason.of(new StatedReason(1002, 30, "too loud")))
                .isEqualTo(new EndReason(1502, "[1002 30] too loud"));
        assertThat(EndReason.of(StatedReason.of(1500, "")))
                .isEqualTo(new EndReason(2000, "[1500 0]"));
        assertThat(EndReason.of(StatedReason.of(65_535, "far")))
                .isEqualTo(new EndReason(2000, "[65535 0] far"));
        assertThat(EndReason.of(StatedReason.of(500, "")))
                .isEqualTo(new EndReason(2000, "[500 0]"));
    }

    @Property
    void everyReasonComesBack(
            @ForAll @IntRange(max = 0xffff) int code,
            @ForAll @IntRange(max = 0xffff) int retryAfterSeconds) {
        for (String text : new String[] {"", "bye", "[1002 30] hm", "ä".repeat(56)}) {
            StatedReason stated = new StatedReason(code, retryAfterSeconds, text);

            EndReason end = EndReason.of(stated);

            assertThat(end.code()).isBetween(1000, 2999);
            assertThat(bytes(end.text())).isLessThanOrEqualTo(127);
            assertThat(end.isStated()).isTrue();
            assertThat(end.stated()).isEqualTo(stated);
        }
    }

    @Test
    void aTextThatIsTooLongIsCut() {
        EndReason plain = EndReason.of(StatedReason.of(1000, "x".repeat(200)));
        EndReason prefixed = EndReason.of(new StatedReason(65_535, 65_535, "x".repeat(200)));

        assertThat(plain.stated().text()).hasSize(124);
        assertThat(bytes(prefixed.text())).isEqualTo(127);
        assertThat(prefixed.stated()).isEqualTo(new StatedReason(65_535, 65_535, "x".repeat(113)));
    }

    @Test
    void aZeroDoesNotEndTheText() {
        assertThat(EndReason.of(StatedReason.of(1000, "a\0b")).text()).isEqualTo("a b");
    }

    @Test
    void whatAPeerThatIsNotHawsersStatesIsTakenAsItIs() {
        assertThat(new EndReason(2345, "left").stated()).isEqualTo(StatedReason.of(2345, "left"));
        assertThat(new EndReason(2000, "[99999 1] x").stated())
                .isEqualTo(StatedReason.of(2000, "[99999 1] x"));
        assertThat(new EndReason(1500, "[7 7] x").stated())
                .isEqualTo(StatedReason.of(1000, "[7 7] x"));
    }

    @Test
    void steamsOwnCodesAreNotStated() {
        assertThat(new EndReason(999, "").isStated()).isFalse();
        assertThat(new EndReason(3000, "").isStated()).isFalse();
        assertThat(new EndReason(4001, "").isTimeout()).isTrue();
        assertThat(new EndReason(5003, "").isTimeout()).isTrue();
        assertThat(new EndReason(4003, "").isTimeout()).isFalse();
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
