package dev.hawser.protocol.path;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import dev.hawser.protocol.RandomBytes;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PathCandidateTest {
    private static final PeerAddress HERE = PeerAddress.of(NetAddress.parse("192.0.2.1:1"));
    private static final PeerAddress THERE = PeerAddress.of(NetAddress.parse("192.0.2.1:2"));
    private static final long LIFE = PathCandidate.LIFE_NANOS;

    private final RandomBytes random = new Random(1)::nextBytes;
    private final PathCandidate candidate = new PathCandidate();

    @Test
    void onlyItsAnswerFromItsAddressInItsTimeCounts() {
        long challenge = candidate.request(0, HERE, 5, random);
        assertThat(candidate.isAnsweredBy(LIFE - 1, HERE, challenge)).isTrue();
        assertThat(candidate.isAnsweredBy(LIFE - 1, THERE, challenge)).isFalse();
        assertThat(candidate.isAnsweredBy(LIFE - 1, HERE, challenge ^ 1)).isFalse();
        assertThat(candidate.isAnsweredBy(LIFE, HERE, challenge)).isFalse();
    }

    @Test
    void aRepeatGetsTheSameChallengeAndNoLongerLife() {
        long challenge = candidate.request(0, HERE, 5, random);
        assertThat(candidate.request(LIFE - 1, HERE, 6, random)).isEqualTo(challenge);
        assertThat(candidate.isAnsweredBy(LIFE, HERE, challenge)).isFalse();
        assertThat(candidate.request(LIFE, HERE, 7, random)).isNotEqualTo(challenge);
    }

    @Test
    void anotherAddressReplacesIt() {
        long challenge = candidate.request(0, HERE, 5, random);
        long other = candidate.request(1, THERE, 6, random);
        assertThat(candidate.isAnsweredBy(2, HERE, challenge)).isFalse();
        assertThat(candidate.isAnsweredBy(2, THERE, challenge)).isFalse();
        assertThat(candidate.isAnsweredBy(2, THERE, other)).isTrue();
    }

    @Test
    void aNewerPacketFromElsewhereEndsIt() {
        long challenge = candidate.request(0, HERE, 1L << 63, random);
        candidate.heardElsewhere((1L << 63) - 1);
        candidate.heardElsewhere(1L << 63);
        assertThat(candidate.isAnsweredBy(1, HERE, challenge)).isTrue();
        candidate.heardElsewhere((1L << 63) + 1);
        assertThat(candidate.isAnsweredBy(1, HERE, challenge)).isFalse();
    }

    @Test
    void whoHasMovedDoesNotMoveAgainAtOnce() {
        long challenge = candidate.request(0, HERE, 5, random);
        assertThat(candidate.hasJustMoved(0)).isFalse();
        candidate.moved(10);
        assertThat(candidate.isAnsweredBy(10, HERE, challenge)).isFalse();
        assertThat(candidate.hasJustMoved(10 + PathCandidate.MOVE_INTERVAL_NANOS - 1)).isTrue();
        assertThat(candidate.hasJustMoved(10 + PathCandidate.MOVE_INTERVAL_NANOS)).isFalse();
        candidate.reset();
        assertThat(candidate.hasJustMoved(11)).isFalse();
    }

    @Test
    void aChallengeIsNoneOfTheTwoWords() {
        byte[] zeros = new byte[8];
        byte[] ones = new byte[8];
        Arrays.fill(ones, (byte) 0xff);
        byte[] other = {1, 0, 0, 0, 0, 0, 0, 0};
        Queue<byte[]> drawn = new ArrayDeque<>(List.of(zeros, ones, other));
        RandomBytes fixed = target -> System.arraycopy(drawn.remove(), 0, target, 0, 8);
        assertThat(candidate.request(0, HERE, 5, fixed)).isEqualTo(1);
    }
}
