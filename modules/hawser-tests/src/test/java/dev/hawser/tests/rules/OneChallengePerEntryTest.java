package dev.hawser.tests.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.Drop;
import dev.hawser.tests.rig.Host;
import dev.hawser.tests.rig.Peer;
import dev.hawser.tests.rig.RawPacket;
import dev.hawser.tests.rig.Rig;
import dev.hawser.tests.rig.Sent;
import org.junit.jupiter.api.Test;

/// docs/protocol.md "Hardening" 2: one challenge per pending entry.
class OneChallengePerEntryTest {
    private final Rig rig = new Rig();
    private final Host host = rig.host();
    private final Peer peer = rig.peer();

    @Test
    void repeatedRequestsGetTheSameChallengeUnderAFreshGlobalSequence() {
        RawPacket first = peer.challengeOf(host).openedByClient(peer.token());
        for (int i = 1; i < 5; i++) {
            rig.passMillis(100);
            RawPacket again = peer.challengeOf(host).openedByClient(peer.token());

            assertThat(again.body()).isEqualTo(first.body());
            assertThat(again.sequence()).isEqualTo(first.sequence() + i);
        }
    }

    @Test
    void whicheverOfTheRepeatedChallengesIsAnsweredItCounts() {
        Sent first = peer.challengeOf(host);
        rig.passMillis(300);
        peer.challengeOf(host);
        peer.challengeOf(host);

        assertThat(host.receive(Rig.CLIENT, peer.response(4, first)))
                .extracting(Sent::type)
                .containsExactly(RawPacket.KEEP_ALIVE);
    }

    @Test
    void eachTokenHasAChallengeOfItsOwn() {
        Peer second = rig.peer(rig.token(1), Rig.CLIENT);
        byte[] first = peer.challengeOf(host).openedByClient(peer.token()).body();
        byte[] other = second.challengeOf(host).openedByClient(second.token()).body();

        assertThat(other).isNotEqualTo(first);
        assertThat(other[0]).isEqualTo((byte) 1);
    }

    @Test
    void theChallengeOfAnEntryThatDiedDoesNotCountForItsSuccessor() {
        Sent old = peer.challengeOf(host);
        rig.passSeconds(5);
        host.tick();
        Sent fresh = peer.challengeOf(host);
        assertThat(fresh.openedByClient(peer.token()).body())
                .isNotEqualTo(old.openedByClient(peer.token()).body());

        assertThat(host.receive(Rig.CLIENT, peer.response(1, old))).isEmpty();
        assertThat(host.lastDrop()).isEqualTo(Drop.CHALLENGE_NOT_AUTHENTIC);
        assertThat(host.receive(Rig.CLIENT, peer.response(2, fresh))).hasSize(1);
    }

    @Test
    void aChallengeWithItsSequenceWrittenDifferentlyDoesNotCount() {
        byte[] body = peer.challengeOf(host).openedByClient(peer.token()).body();
        body[0] = 1;

        host.receive(Rig.CLIENT, peer.responseOf(1, body));

        assertThat(host.lastDrop()).isEqualTo(Drop.CHALLENGE_NOT_AUTHENTIC);
    }
}
