package dev.hawser.tests.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.Drop;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.UserData;
import dev.hawser.protocol.machine.ServerEvent;
import dev.hawser.tests.rig.Host;
import dev.hawser.tests.rig.Peer;
import dev.hawser.tests.rig.RawPacket;
import dev.hawser.tests.rig.Rig;
import dev.hawser.tests.rig.Sent;
import java.util.List;
import org.junit.jupiter.api.Test;

/// docs/protocol.md "Admission": the application admits or refuses, at once or later.
class AdmissionTest {
    private static final NetAddress SECOND_CLIENT = NetAddress.parse("198.51.100.8:50002");

    private final Rig rig = new Rig();
    private final Host asking = rig.host(config -> config.asksAdmission(true));

    private ServerEvent.Requested requested(Host server) {
        List<ServerEvent> events = server.events();
        assertThat(events).singleElement().isInstanceOf(ServerEvent.Requested.class);
        return (ServerEvent.Requested) events.getFirst();
    }

    @Test
    void theApplicationIsAskedOnceAClientHasProvedItself() {
        Peer peer = rig.peer(rig.token().clientId(9).userData("name").mint(), Rig.CLIENT);
        Sent challenge = peer.challengeOf(asking);
        assertThat(asking.events()).isEmpty();

        assertThat(asking.receive(Rig.CLIENT, peer.response(1, challenge))).isEmpty();

        ServerEvent.Requested event = requested(asking);
        assertThat(event.clientId()).isEqualTo(9);
        assertThat(event.address()).isEqualTo(Rig.CLIENT);
        assertThat(event.userData()).isEqualTo(UserData.ofText("name"));
        asking.receive(Rig.CLIENT, peer.response(2, challenge));
        assertThat(asking.events()).isEmpty();
        assertThat(asking.machine().connectedClients()).isZero();
    }

    @Test
    void anAnswerAtOnceTakesTheSlotAtOnce() {
        Peer peer = rig.peer();
        asking.receive(Rig.CLIENT, peer.response(1, peer.challengeOf(asking)));

        assertThat(asking.admit(requested(asking).entry()))
                .extracting(Sent::type)
                .containsExactly(RawPacket.KEEP_ALIVE);
        assertThat(asking.machine().connectedClients()).isEqualTo(1);
    }

    @Test
    void aLaterAnswerIsOnlyNotedAndTheNextResponseTakesTheSlot() {
        Peer peer = rig.peer();
        Sent challenge = peer.challengeOf(asking);
        asking.receive(Rig.CLIENT, peer.response(1, challenge));
        long entry = requested(asking).entry();
        rig.passMillis(1);

        assertThat(asking.admit(entry)).isEmpty();
        assertThat(asking.machine().connectedClients()).isZero();
        assertThat(asking.receive(Rig.CLIENT, peer.response(2, challenge)))
                .extracting(Sent::type)
                .containsExactly(RawPacket.KEEP_ALIVE);
        assertThat(asking.machine().connectedClients()).isEqualTo(1);
    }

    @Test
    void theNextResponseMakesEveryCheckAgain() {
        Peer peer = rig.peer();
        Sent challenge = peer.challengeOf(asking);
        asking.receive(Rig.CLIENT, peer.response(1, challenge));
        asking.machine().admit(rig.nanos() + 1, requested(asking).entry(), asking.sink());
        Peer same = rig.peer(rig.token(1), SECOND_CLIENT);
        asking.receive(SECOND_CLIENT, same.response(1, same.challengeOf(asking)));
        asking.admit(requested(asking).entry());
        assertThat(asking.machine().connectedClients()).isEqualTo(1);

        asking.receive(Rig.CLIENT, peer.response(2, challenge));

        assertThat(asking.lastDrop()).isEqualTo(Drop.CLIENT_ID_CONNECTED);
        assertThat(asking.machine().connectedClients()).isEqualTo(1);
    }

    @Test
    void anAdmittedClientIsDeniedWhileNoSlotIsFree() {
        Host small = rig.host(config -> config.asksAdmission(true).maxClients(1));
        Peer first = rig.peer();
        Sent challenge = first.challengeOf(small);
        small.receive(Rig.CLIENT, first.response(1, challenge));
        small.machine().admit(rig.nanos() + 1, requested(small).entry(), small.sink());
        Peer second = rig.peer(rig.token(2), SECOND_CLIENT);
        small.receive(SECOND_CLIENT, second.response(1, second.challengeOf(small)));
        small.admit(requested(small).entry());

        assertThat(small.receive(Rig.CLIENT, first.response(2, challenge)))
                .extracting(Sent::type)
                .containsExactly(RawPacket.DENIED);
    }

    @Test
    void aRefusedEntryAnswersEachResponseDeniedUntilItDies() {
        Peer peer = rig.peer();
        Sent challenge = peer.challengeOf(asking);
        asking.receive(Rig.CLIENT, peer.response(1, challenge));
        long entry = requested(asking).entry();

        assertThat(asking.refuse(entry, StatedReason.NONE))
                .extracting(Sent::type)
                .containsExactly(RawPacket.DENIED);
        for (int i = 2; i < 5; i++) {
            rig.passMillis(100);
            assertThat(asking.receive(Rig.CLIENT, peer.response(i, challenge)))
                    .extracting(Sent::type)
                    .containsExactly(RawPacket.DENIED);
        }
        assertThat(asking.events()).isEmpty();
        rig.passSeconds(5);
        asking.tick();
        assertThat(asking.machine().pendingConnections()).isZero();
    }

    @Test
    void aLaterRefusalIsToldToTheNextResponse() {
        Peer peer = rig.peer();
        Sent challenge = peer.challengeOf(asking);
        asking.receive(Rig.CLIENT, peer.response(1, challenge));
        long entry = requested(asking).entry();
        rig.passMillis(1);

        assertThat(asking.refuse(entry, StatedReason.NONE)).isEmpty();
        assertThat(asking.receive(Rig.CLIENT, peer.response(2, challenge)))
                .extracting(Sent::type)
                .containsExactly(RawPacket.DENIED);
    }

    @Test
    void theFirstAnswerCounts() {
        Peer peer = rig.peer();
        Sent challenge = peer.challengeOf(asking);
        asking.receive(Rig.CLIENT, peer.response(1, challenge));
        long entry = requested(asking).entry();
        rig.passMillis(1);
        asking.refuse(entry, StatedReason.NONE);
        asking.admit(entry);

        assertThat(asking.receive(Rig.CLIENT, peer.response(2, challenge)))
                .extracting(Sent::type)
                .containsExactly(RawPacket.DENIED);
    }

    @Test
    void theWaitIsAtMostHalfOfTheTimeout() {
        Peer peer = rig.peer();
        Sent challenge = peer.challengeOf(asking);
        asking.receive(Rig.CLIENT, peer.response(1, challenge));
        long entry = requested(asking).entry();

        rig.passMillis(2500);
        assertThat(asking.receive(Rig.CLIENT, peer.response(2, challenge))).isEmpty();
        rig.passNanos(1);
        assertThat(asking.receive(Rig.CLIENT, peer.response(3, challenge)))
                .extracting(Sent::type)
                .containsExactly(RawPacket.DENIED);

        asking.admit(entry);
        assertThat(asking.receive(Rig.CLIENT, peer.response(4, challenge)))
                .extracting(Sent::type)
                .containsExactly(RawPacket.DENIED);
    }

    @Test
    void anAnswerThatComesAfterHalfOfTheTimeoutIsTooLate() {
        Peer peer = rig.peer();
        Sent challenge = peer.challengeOf(asking);
        asking.receive(Rig.CLIENT, peer.response(1, challenge));
        long entry = requested(asking).entry();
        rig.passMillis(2501);

        asking.admit(entry);

        assertThat(asking.receive(Rig.CLIENT, peer.response(2, challenge)))
                .extracting(Sent::type)
                .containsExactly(RawPacket.DENIED);
    }

    @Test
    void withoutATimeoutTheApplicationMayTakeItsTime() {
        Peer peer = rig.peer(rig.token().timeoutSeconds(0).mint(), Rig.CLIENT);
        Sent challenge = peer.challengeOf(asking);
        asking.receive(Rig.CLIENT, peer.response(1, challenge));
        long entry = requested(asking).entry();
        rig.passSeconds(29);
        asking.receive(Rig.CLIENT, peer.response(2, challenge));
        rig.passSeconds(29);
        asking.tick();

        asking.admit(entry);

        assertThat(asking.receive(Rig.CLIENT, peer.response(3, challenge)))
                .extracting(Sent::type)
                .containsExactly(RawPacket.KEEP_ALIVE);
    }

    @Test
    void anAnswerToAnEntryThatIsGoneDoesNothing() {
        Peer first = rig.peer();
        asking.receive(Rig.CLIENT, first.response(1, first.challengeOf(asking)));
        long entry = requested(asking).entry();
        rig.passSeconds(5);
        asking.tick();
        // The same place, used again.
        Peer second = rig.peer(rig.token(2), Rig.CLIENT);
        Sent challenge = second.challengeOf(asking);
        asking.receive(Rig.CLIENT, second.response(1, challenge));

        assertThat(asking.admit(entry)).isEmpty();
        assertThat(asking.refuse(entry, StatedReason.NONE)).isEmpty();

        assertThat(asking.machine().connectedClients()).isZero();
        assertThat(asking.admit(requested(asking).entry())).hasSize(1);
        for (long stale : new long[] {entry, -1, Long.MAX_VALUE, Long.MIN_VALUE, 0}) {
            assertThat(asking.admit(stale)).isEmpty();
        }
    }
}
