package dev.hawser.tests.paths;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.machine.ServerConfig;
import dev.hawser.protocol.machine.ServerEvent;
import dev.hawser.protocol.machine.ServerEvent.Cause;
import dev.hawser.protocol.machine.ServerGroup;
import dev.hawser.tests.rig.Host;
import dev.hawser.tests.rig.Peer;
import dev.hawser.tests.rig.RawPacket;
import dev.hawser.tests.rig.Rig;
import dev.hawser.tests.rig.Sent;
import dev.hawser.tests.rig.Token;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Connections that end and go on: slots that are kept for clients that fell silent, and who gets
/// them. docs/extension.md "Resume".
class ResumeTest {
    private static final NetAddress ELSEWHERE = NetAddress.parse("198.51.100.8:50002");
    private static final long KEPT_SECONDS = 20;
    private static final int REPLACED = StatedReason.REPLACED;

    private final Rig rig = new Rig();
    private final ServerGroup group = rig.group();
    private final Host host = rig.host(group, config -> keeping(config).maxClients(2));
    private final Token first = rig.token().statesReasons().mint();
    private final Peer client = rig.peer(first, Rig.CLIENT);

    private static ServerConfig.Builder keeping(ServerConfig.Builder config) {
        return config.keepSlotNanos(KEPT_SECONDS * 1_000_000_000);
    }

    private Token resuming(Token former) {
        return rig.token().statesReasons().resumes(former).mint();
    }

    private void connect(Peer peer, Host host) {
        peer.connectAndConfirmTo(host);
        host.events();
    }

    private void fallSilent() {
        host.idleMillis(5001);
        host.tick();
    }

    private static List<String> names(List<ServerEvent> events) {
        return events.stream().map(event -> event.getClass().getSimpleName()).toList();
    }

    /// What a client is told that asks to come in, with the word in one of two denials.
    private StatedReason denialOf(Peer peer) {
        for (int i = 0; i < 2; i++) {
            List<Sent> sent = host.receive(peer.address(), peer.request());
            assertThat(sent).hasSize(1);
            var opened = sent.getFirst().openedByClient(peer.token());
            assertThat(opened.type()).isEqualTo(RawPacket.DENIED);
            if (opened.body().length > 0) {
                int code = (opened.body()[0] & 0xff) | (opened.body()[1] & 0xff) << 8;
                return StatedReason.of(code, "");
            }
        }
        return StatedReason.NONE;
    }

    // ---- Kept slots

    @Test
    void theSlotOfAClientThatFellSilentIsKeptForIt() {
        connect(client, host);
        fallSilent();
        assertThat(host.events()).containsExactly(new ServerEvent.Suspended(0, 1, 5, 0));
        assertThat(host.machine().isConnected(0)).isFalse();
        assertThat(host.machine().isSuspended(0)).isTrue();
        assertThat(host.machine().connectedClients()).isZero();
        assertThat(host.machine().suspendedClients()).isOne();
        assertThat(host.send(0, new byte[] {1})).isEmpty();
        host.receive(Rig.CLIENT, client.payload(9, (byte) 1));
        assertThat(host.lastPayload()).isNull();
    }

    @Test
    void whoComesBackInTimeHasItsSlotAgain() {
        rig.peer(rig.token().clientId(7).mint(), NetAddress.parse("192.0.2.7:7")).connectTo(host);
        connect(client, host);
        fallSilent();
        host.events();
        Peer again = rig.peer(resuming(first), ELSEWHERE);
        again.connectTo(host);
        assertThat(host.events())
                .containsExactly(
                        new ServerEvent.Resumed(
                                1,
                                1,
                                ELSEWHERE,
                                again.token().claims().userData(),
                                again.token().shown()));
        assertThat(host.machine().isConnected(1)).isTrue();
        assertThat(host.machine().suspendedClients()).isZero();
        host.receive(ELSEWHERE, again.payload(3, (byte) 5));
        assertThat(host.lastPayload()).containsExactly(5);
    }

    @Test
    void whenTheTimeIsOverTheConnectionHasEnded() {
        connect(client, host);
        fallSilent();
        host.events();
        host.idleMillis(KEPT_SECONDS * 1000 - 1000);
        host.tick();
        assertThat(host.events()).isEmpty();
        host.idleMillis(1001);
        host.tick();
        assertThat(host.events())
                .containsExactly(
                        new ServerEvent.Disconnected(
                                0, 1, Cause.TIMED_OUT, StatedReason.NONE, 5, 0));
        assertThat(host.machine().suspendedClients()).isZero();
    }

    @Test
    void aClientThatCannotComeBackKeepsNoSlot() {
        connect(rig.peer(), host);
        fallSilent();
        assertThat(names(host.events())).containsExactly("Disconnected");
    }

    @Test
    void aKeptSlotIsNobodyElsesThoughTheServerIsFull() {
        connect(client, host);
        fallSilent();
        rig.peer(rig.token().clientId(7).mint(), NetAddress.parse("192.0.2.7:7")).connectTo(host);
        Peer third = rig.peer(rig.token().clientId(8).statesReasons().mint(), ELSEWHERE);
        assertThat(denialOf(third).code()).isEqualTo(StatedReason.SERVER_FULL);
        host.events();
        rig.peer(resuming(first), ELSEWHERE).connectTo(host);
        assertThat(names(host.events())).containsExactly("Resumed");
    }

    @Test
    void aKeptSlotIsGivenUpByTheApplication() {
        connect(client, host);
        fallSilent();
        host.events();
        assertThat(host.disconnect(0, StatedReason.of(1000, "enough"))).isEmpty();
        assertThat(names(host.events())).containsExactly("Disconnected");
        assertThat(denialOf(rig.peer(resuming(first), ELSEWHERE)).code()).isEqualTo(1000);
    }

    @Test
    void whoComesWithAPlainTokenIsSomebodyNew() {
        connect(client, host);
        fallSilent();
        host.events();
        rig.peer(rig.token().mint(), ELSEWHERE).connectTo(host);
        assertThat(names(host.events())).containsExactly("Disconnected", "Connected");
        assertThat(host.machine().suspendedClients()).isZero();
    }

    // ---- Resuming

    @Test
    void whatTheServerHasNotNoticedYetGoesOnAllTheSame() {
        connect(client, host);
        Peer again = rig.peer(resuming(first), ELSEWHERE);
        again.connectTo(host);
        assertThat(names(host.events())).containsExactly("Resumed");
        host.receive(Rig.CLIENT, client.payload(9, (byte) 1));
        assertThat(host.lastPayload()).isNull();
        host.receive(ELSEWHERE, again.payload(3, (byte) 5));
        assertThat(host.lastPayload()).containsExactly(5);
        assertThat(host.machine().connectedClients()).isOne();
    }

    @Test
    void whoResumesWhatNobodyKnowsIsSomebodyNew() {
        rig.peer(resuming(first), ELSEWHERE).connectTo(host);
        assertThat(names(host.events())).containsExactly("Connected");
    }

    @Test
    void aTagIsGoodOnceItsClientKnowsThatItIsConnected() {
        connect(client, host);
        Peer second = rig.peer(resuming(first), ELSEWHERE);
        second.connectTo(host);
        // Its keep-alive was lost: it still names the first token.
        Peer third = rig.peer(resuming(first), Rig.STRANGER);
        third.connectAndConfirmTo(host);
        assertThat(names(host.events())).containsExactly("Resumed", "Resumed");
        assertThat(denialOf(rig.peer(resuming(first), ELSEWHERE)).code()).isEqualTo(REPLACED);
        assertThat(denialOf(rig.peer(resuming(second.token()), ELSEWHERE)).code())
                .isEqualTo(REPLACED);
        rig.peer(resuming(third.token()), ELSEWHERE).connectTo(host);
        assertThat(names(host.events())).containsExactly("Resumed");
    }

    @Test
    void whoWakesDoesNotDisplaceWhatReplacedIt() {
        connect(client, host);
        fallSilent();
        Peer phone = rig.peer(rig.token().statesReasons().mint(), ELSEWHERE);
        connect(phone, host);
        Peer laptop = rig.peer(resuming(first), Rig.CLIENT);
        assertThat(denialOf(laptop).code()).isEqualTo(REPLACED);
        assertThat(host.events()).isEmpty();
        host.receive(ELSEWHERE, phone.payload(5, (byte) 5));
        assertThat(host.lastPayload()).containsExactly(5);
    }

    @Test
    void theTagOfSomebodyElseIsWorthNothing() {
        connect(client, host);
        fallSilent();
        host.events();
        Token thief = rig.token().clientId(2).statesReasons().resumes(first).mint();
        rig.peer(thief, ELSEWHERE).connectTo(host);
        assertThat(names(host.events())).containsExactly("Connected");
        assertThat(host.machine().isSuspended(0)).isTrue();
        assertThat(host.machine().clientId(1)).isEqualTo(2);
    }

    @Test
    void whoWasSentAwayIsToldWhyForAMinute() {
        connect(client, host);
        host.disconnect(0, StatedReason.of(1001, "cheating"));
        host.events();
        assertThat(denialOf(rig.peer(resuming(first), ELSEWHERE)).code()).isEqualTo(1001);
        host.idleMillis(60_001);
        Token late = rig.token().statesReasons().resumes(first).mint();
        rig.peer(late, ELSEWHERE).connectTo(host);
        assertThat(names(host.events())).containsExactly("Connected");
    }

    @Test
    void whoWasSentAwayBeforeItKnewThatItHadResumedIsToldToo() {
        connect(client, host);
        rig.peer(resuming(first), ELSEWHERE).connectTo(host);
        host.disconnect(0, StatedReason.of(1001, "cheating"));
        assertThat(denialOf(rig.peer(resuming(first), Rig.CLIENT)).code()).isEqualTo(1001);
    }

    @Test
    void nobodyElseLearnsWhySomebodyWasSentAway() {
        connect(client, host);
        host.disconnect(0, StatedReason.of(1001, "cheating"));
        host.events();
        Token thief = rig.token().clientId(2).statesReasons().resumes(first).mint();
        rig.peer(thief, ELSEWHERE).connectTo(host);
        assertThat(names(host.events())).containsExactly("Connected");
    }

    @Test
    void whoLeftIsSomebodyNew() {
        connect(client, host);
        host.receive(Rig.CLIENT, client.disconnect(9));
        assertThat(names(host.events())).containsExactly("Disconnected");
        rig.peer(resuming(first), ELSEWHERE).connectTo(host);
        assertThat(names(host.events())).containsExactly("Connected");
    }

    @Test
    void nobodyIsAskedAgainWhoResumes() {
        Host asking = rig.host(config -> keeping(config).asksAdmission(true));
        Peer peer = rig.peer(first, Rig.CLIENT);
        Sent challenge = peer.challengeOf(asking);
        asking.receive(Rig.CLIENT, peer.response(1, challenge));
        asking.admit(((ServerEvent.Requested) asking.events().getFirst()).entry());
        assertThat(names(asking.events())).containsExactly("Connected");
        rig.peer(resuming(first), ELSEWHERE).connectTo(asking);
        assertThat(names(asking.events())).containsExactly("Resumed");
    }

    // ---- A server that drains

    @Test
    void aServerThatDrainsKeepsNobody() {
        connect(client, host);
        Peer second = rig.peer(rig.token().clientId(2).statesReasons().mint(), Rig.STRANGER);
        connect(second, host);
        fallSilentBut(second);
        assertThat(names(host.events())).containsExactly("Suspended");
        host.machine().drain(rig.nanos(), StatedReason.of(StatedReason.DRAINING, "an update"));
        assertThat(host.events())
                .containsExactly(
                        new ServerEvent.Disconnected(
                                0, 1, Cause.TIMED_OUT, StatedReason.NONE, 5, 0));
        assertThat(denialOf(rig.peer(resuming(first), ELSEWHERE)).code())
                .isEqualTo(StatedReason.DRAINING);
        fallSilent();
        assertThat(names(host.events())).containsExactly("Disconnected");
    }

    private void fallSilentBut(Peer talking) {
        for (int i = 0; i < 6; i++) {
            host.idleMillis(1000);
            host.receive(talking.address(), talking.keepAlive(10 + i));
            host.tick();
        }
    }

    // ---- Another member

    @Test
    void itGoesOnAtAnotherMemberWhichTheFirstThenLeaves() {
        connect(client, host);
        fallSilent();
        host.events();
        Host other = rig.host(group, config -> keeping(config));
        rig.peer(resuming(first), ELSEWHERE).connectTo(other);
        assertThat(names(other.events())).containsExactly("Resumed");
        host.machine().abandon(0);
        assertThat(host.events()).isEmpty();
        assertThat(host.machine().suspendedClients()).isZero();
        assertThat(other.machine().connectedClients()).isOne();
    }
}
