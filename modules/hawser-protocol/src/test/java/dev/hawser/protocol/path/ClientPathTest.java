package dev.hawser.protocol.path;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class ClientPathTest {
    private static final long STEP = 100_000_000;

    private final ClientPath path = new ClientPath();

    private ClientPath known() {
        ByteBuffer body = ByteBuffer.allocate(32);
        body.put(8, new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
        for (int i = 16; i < 32; i++) {
            body.put(i, (byte) i);
        }
        path.learn(body, 8);
        return path;
    }

    private static ByteBuffer reset(int first) {
        ByteBuffer packet = ByteBuffer.allocate(20).position(2).limit(19);
        packet.put(2, (byte) 0x0b);
        for (int i = 0; i < 16; i++) {
            packet.put(3 + i, (byte) (first + i));
        }
        return packet;
    }

    @Test
    void withoutAnIdItNeverAsks() {
        path.probe(0);
        assertThat(path.isProbing()).isFalse();
        assertThat(path.answered(0, PathAnswer.NOTHING_HEARD)).isFalse();
        assertThat(path.isProbing()).isFalse();
    }

    @Test
    void itAsksAtOnceAndEveryTenthOfASecondUntilItIsConfirmed() {
        known().probe(7);
        assertThat(path.id()).isEqualTo(0x0807060504030201L);
        assertThat(path.isRequestDue(7)).isTrue();
        path.requestSent(7);
        assertThat(path.isRequestDue(7 + STEP - 1)).isFalse();
        assertThat(path.isRequestDue(7 + STEP)).isTrue();
        assertThat(path.answered(8, PathAnswer.CONFIRMED)).isTrue();
        assertThat(path.isProbing()).isFalse();
        assertThat(path.isRequestDue(7 + STEP)).isFalse();
    }

    @Test
    void aChallengeIsAnsweredOnceAndOnlyWhileItAsks() {
        known();
        assertThat(path.answered(0, 5)).isFalse();
        assertThat(path.owesResponse()).isFalse();
        path.probe(0);
        path.requestSent(0);
        assertThat(path.answered(0, 5)).isTrue();
        assertThat(path.owesResponse()).isTrue();
        assertThat(path.takeChallenge()).isEqualTo(5);
        assertThat(path.owesResponse()).isFalse();
        path.answered(0, 6);
        path.answered(0, PathAnswer.CONFIRMED);
        assertThat(path.owesResponse()).isFalse();
    }

    @Test
    void whatComesBeforeItHasAskedAnswersAnEarlierRequest() {
        known().probe(0);
        path.requestSent(0);
        path.probe(1);
        assertThat(path.answered(1, PathAnswer.CONFIRMED)).isFalse();
        assertThat(path.answered(1, 5)).isFalse();
        assertThat(path.isProbing()).isTrue();
        assertThat(path.owesResponse()).isFalse();
        path.requestSent(1);
        assertThat(path.answered(2, PathAnswer.CONFIRMED)).isTrue();
        assertThat(path.isProbing()).isFalse();
    }

    @Test
    void nothingHeardMakesItAskAndDoesNotHurryIt() {
        known();
        assertThat(path.answered(3, PathAnswer.NOTHING_HEARD)).isTrue();
        assertThat(path.isRequestDue(3)).isTrue();
        path.requestSent(3);
        assertThat(path.answered(4, PathAnswer.NOTHING_HEARD)).isTrue();
        assertThat(path.isRequestDue(4)).isFalse();
    }

    @Test
    void aResetIsBelievedOnlyWhileARequestIsOutAndNothingHasOpenedSince() {
        known();
        assertThat(path.isReset(reset(16))).isFalse();
        path.probe(0);
        assertThat(path.isReset(reset(16))).isFalse();
        path.requestSent(0);
        assertThat(path.isReset(reset(16))).isTrue();
        assertThat(path.isReset(reset(17))).isFalse();
        path.opened();
        assertThat(path.isReset(reset(16))).isFalse();
        path.requestSent(STEP);
        assertThat(path.isReset(reset(16))).isTrue();
        path.answered(STEP, PathAnswer.CONFIRMED);
        assertThat(path.isReset(reset(16))).isFalse();
    }
}
