package dev.hawser.tests.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.Drop;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.machine.ServerEvent;
import dev.hawser.tests.rig.Host;
import dev.hawser.tests.rig.Peer;
import dev.hawser.tests.rig.RawPacket;
import dev.hawser.tests.rig.Rig;
import dev.hawser.tests.rig.Sent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// docs/protocol.md "Hardening" 1: one connection per token.
class OneConnectionPerTokenTest {
    private static final NetAddress SECOND_CLIENT = NetAddress.parse("198.51.100.8:50002");

    private final Rig rig = new Rig();
    private final Host host = rig.host();
    private final Peer peer = rig.peer();

    private Drop dropOfRequestFrom(NetAddress address) {
        assertThat(host.receive(address, peer.request())).isEmpty();
        return host.lastDrop();
    }

    /// How a connection may end.
    private enum End {
        CLIENT,
        SERVER,
        TIMEOUT
    }

    private void bringAbout(End end) {
        switch (end) {
            case CLIENT -> host.receive(Rig.CLIENT, peer.disconnect(9));
            case SERVER -> host.disconnect(0, StatedReason.NONE);
            case TIMEOUT -> {
                rig.passSeconds(5);
                host.tick();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(End.class)
    void aTokenThatLedToAConnectionIsConsumedHoweverItEnded(End end) {
        peer.connectAndConfirmTo(host);
        bringAbout(end);
        assertThat(host.machine().connectedClients()).isZero();

        assertThat(dropOfRequestFrom(Rig.CLIENT)).isEqualTo(Drop.TOKEN_CONSUMED);
        assertThat(dropOfRequestFrom(SECOND_CLIENT)).isEqualTo(Drop.TOKEN_CONSUMED);
        assertThat(host.machine().pendingConnections()).isZero();
    }

    @Test
    void aTokenIsConsumedEvenIfTheClientNeverConfirmed() {
        peer.connectTo(host);
        host.disconnect(0, StatedReason.NONE);

        assertThat(dropOfRequestFrom(Rig.CLIENT)).isEqualTo(Drop.TOKEN_CONSUMED);
    }

    @Test
    void aConsumedTokenStaysSoUntilItHasExpired() {
        peer.connectAndConfirmTo(host);
        host.receive(Rig.CLIENT, peer.disconnect(9));

        rig.passSeconds(Rig.LIFETIME_SECONDS - 1);
        assertThat(dropOfRequestFrom(Rig.CLIENT)).isEqualTo(Drop.TOKEN_CONSUMED);
        rig.passSeconds(1);
        assertThat(dropOfRequestFrom(Rig.CLIENT)).isEqualTo(Drop.TOKEN_EXPIRED);
    }

    @Test
    void anotherTokenOfTheSameClientIsGood() {
        peer.connectAndConfirmTo(host);
        host.receive(Rig.CLIENT, peer.disconnect(9));

        rig.peer(rig.token(1), Rig.CLIENT).connectTo(host);

        assertThat(host.machine().connectedClients()).isEqualTo(1);
    }

    @Test
    void whileTheFirstConnectIsInProgressRepeatsFromTheSameAddressAreServed() {
        for (int i = 0; i < 5; i++) {
            peer.challengeOf(host);
            rig.passMillis(100);
        }

        assertThat(host.machine().pendingConnections()).isEqualTo(1);
        assertThat(host.machine().rememberedTokens()).isEqualTo(1);
    }

    @Test
    void whileTheFirstConnectIsInProgressOtherAddressesAreNotServed() {
        peer.challengeOf(host);

        assertThat(dropOfRequestFrom(SECOND_CLIENT)).isEqualTo(Drop.TOKEN_FROM_OTHER_ADDRESS);
        assertThat(dropOfRequestFrom(Rig.CLIENT.withPort(1)))
                .isEqualTo(Drop.TOKEN_FROM_OTHER_ADDRESS);
    }

    @Test
    void aTokenThatLedToNothingMayTryAgainFromItsAddress() {
        peer.challengeOf(host);
        rig.passSeconds(5);
        host.tick();
        assertThat(host.machine().pendingConnections()).isZero();

        assertThat(dropOfRequestFrom(SECOND_CLIENT)).isEqualTo(Drop.TOKEN_FROM_OTHER_ADDRESS);
        peer.connectTo(host);

        assertThat(host.machine().connectedClients()).isEqualTo(1);
    }

    @Test
    void aRefusedTokenIsNotConsumed() {
        Host asking = rig.host(config -> config.asksAdmission(true));
        Sent challenge = peer.challengeOf(asking);
        asking.receive(Rig.CLIENT, peer.response(1, challenge));
        ServerEvent.Requested event = (ServerEvent.Requested) asking.events().getFirst();
        asking.refuse(event.entry(), StatedReason.NONE);
        rig.passSeconds(5);
        asking.tick();

        assertThat(asking.receive(Rig.CLIENT, peer.request()))
                .extracting(Sent::type)
                .containsExactly(RawPacket.CHALLENGE);
    }
}
