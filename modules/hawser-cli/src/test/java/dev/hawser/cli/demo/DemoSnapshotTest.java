package dev.hawser.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Which clients count as well, which the exit code of the demo says.
class DemoSnapshotTest {
    private static DemoSnapshot connected(
            DemoClient.Kind kind, long sent, long lost, long damaged, long linkDropped) {
        return new DemoSnapshot(
                7,
                kind,
                0,
                "connected",
                true,
                sent,
                sent - lost,
                lost,
                damaged,
                2 * sent,
                linkDropped,
                null,
                null);
    }

    @ParameterizedTest
    @EnumSource
    void withoutALinkOneInAHundredMayBeLost(DemoClient.Kind kind) {
        assertThat(connected(kind, 300, 3, 0, 0).isWell()).isTrue();
        assertThat(connected(kind, 300, 4, 0, 0).isWell()).isFalse();
    }

    @Test
    void whatTheLinkDroppedMayBeLostBesides() {
        assertThat(connected(DemoClient.Kind.UDP, 300, 103, 0, 100).isWell()).isTrue();
        assertThat(connected(DemoClient.Kind.UDP, 300, 104, 0, 100).isWell()).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void nothingMayBeDamaged(DemoClient.Kind kind) {
        assertThat(connected(kind, 300, 0, 1, 0).isWell()).isFalse();
        assertThat(connected(kind, 300, 0, 1, 100).isWell()).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void whoSentNothingIsNotWell(DemoClient.Kind kind) {
        assertThat(connected(kind, 0, 0, 0, 0).isWell()).isFalse();
    }

    @Test
    void whoIsNotConnectedOrHasAProblemIsNotWell() {
        assertThat(ended(false, null).isWell()).isFalse();
        assertThat(ended(true, "It was still connecting.").isWell()).isFalse();
        assertThat(ended(true, null).isWell()).isTrue();
    }

    private static DemoSnapshot ended(boolean isConnected, @Nullable String problem) {
        return new DemoSnapshot(
                7,
                DemoClient.Kind.UDP,
                0,
                "ended",
                isConnected,
                100,
                100,
                0,
                0,
                0,
                0,
                null,
                problem);
    }
}
