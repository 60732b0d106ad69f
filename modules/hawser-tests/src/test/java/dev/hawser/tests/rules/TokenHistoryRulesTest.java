package dev.hawser.tests.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.Drop;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.machine.ServerConfig;
import dev.hawser.tests.rig.Host;
import dev.hawser.tests.rig.Peer;
import dev.hawser.tests.rig.Rig;
import dev.hawser.tests.rig.Token;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// docs/protocol.md "Hardening" 3: the history forgets by expiry, and the lifetime limits.
class TokenHistoryRulesTest {
    private final Rig rig = new Rig();

    private Drop dropOf(Host host, Token token, NetAddress from) {
        host.receive(from, token.request());
        return host.lastDrop();
    }

    private Drop dropOf(Host host, Token token) {
        return dropOf(host, token, Rig.CLIENT);
    }

    private Token expiringAt(long unixSeconds) {
        return rig.token().expires(unixSeconds).mint();
    }

    // ---- The history

    @Test
    void anEntryIsKeptUntilItsTokenHasExpired() {
        Host host = rig.host();
        rig.peer(expiringAt(Rig.EPOCH + 10), Rig.CLIENT).challengeOf(host);
        rig.passSeconds(9);
        rig.peer(rig.token(2), Rig.CLIENT.withPort(2)).challengeOf(host);
        assertThat(host.machine().rememberedTokens()).isEqualTo(2);
        rig.passSeconds(1);

        rig.peer(rig.token(3), Rig.CLIENT.withPort(3)).challengeOf(host);

        assertThat(host.machine().rememberedTokens()).isEqualTo(2);
    }

    @Test
    void aFullHistoryRefusesNewTokensRatherThanForgetOldOnes() {
        Host host = rig.host(config -> config.tokenHistoryMax(3));
        Peer[] peers = new Peer[3];
        for (int i = 0; i < 3; i++) {
            peers[i] = rig.peer(rig.token(i), Rig.CLIENT.withPort(i));
            peers[i].connectAndConfirmTo(host);
            host.receive(peers[i].address(), peers[i].disconnect(9));
        }

        for (int i = 0; i < 5; i++) {
            assertThat(dropOf(host, rig.token(100 + i))).isEqualTo(Drop.TOKEN_HISTORY_FULL);
        }

        assertThat(host.machine().drops().count(Drop.TOKEN_HISTORY_FULL)).isEqualTo(5);
        for (Peer peer : peers) {
            assertThat(dropOf(host, peer.token(), peer.address())).isEqualTo(Drop.TOKEN_CONSUMED);
        }
    }

    @Test
    void aFullHistoryServesTheTokensThatItKnows() {
        Host host = rig.host(config -> config.tokenHistoryMax(1));
        Peer peer = rig.peer();
        peer.challengeOf(host);

        peer.connectTo(host);

        assertThat(host.machine().connectedClients()).isEqualTo(1);
    }

    @Test
    void aFullHistoryHasRoomAgainWhenATokenHasExpired() {
        Host host = rig.host(config -> config.tokenHistoryMax(2));
        rig.peer(expiringAt(Rig.EPOCH + 20), Rig.CLIENT.withPort(1)).challengeOf(host);
        rig.peer(expiringAt(Rig.EPOCH + 10), Rig.CLIENT.withPort(2)).challengeOf(host);
        rig.passSeconds(9);
        assertThat(dropOf(host, rig.token(1))).isEqualTo(Drop.TOKEN_HISTORY_FULL);
        rig.passSeconds(1);

        assertThat(dropOf(host, rig.token(1))).isEqualTo(Drop.NONE);
        assertThat(dropOf(host, rig.token(2))).isEqualTo(Drop.TOKEN_HISTORY_FULL);
    }

    @Test
    void tokensThatNeverExpireAreNeverForgotten() {
        Host host = rig.host(config -> config.maxConnectTokenLifetimeSeconds(0).tokenHistoryMax(2));
        rig.peer(expiringAt(-1), Rig.CLIENT.withPort(1)).challengeOf(host);
        rig.peer(expiringAt(Long.MIN_VALUE), Rig.CLIENT.withPort(2)).challengeOf(host);
        rig.setUnixSeconds(Long.MAX_VALUE - 1);

        assertThat(dropOf(host, expiringAt(-1))).isEqualTo(Drop.TOKEN_HISTORY_FULL);
    }

    @Test
    void timeThatStepsBackDoesNotBringAForgottenTokenBackToLife() {
        Host host = rig.host();
        Peer peer = rig.peer(expiringAt(Rig.EPOCH + 10), Rig.CLIENT);
        peer.connectAndConfirmTo(host);
        host.receive(Rig.CLIENT, peer.disconnect(9));
        rig.passSeconds(10);
        // Makes the history look for what has expired.
        rig.peer(rig.token(2), Rig.STRANGER).challengeOf(host);

        rig.setUnixSeconds(Rig.EPOCH + 5);

        assertThat(dropOf(host, peer.token())).isEqualTo(Drop.TOKEN_FORGOTTEN);
        assertThat(dropOf(host, expiringAt(Rig.EPOCH + 9))).isEqualTo(Drop.NONE);
        assertThat(host.machine().latestForgottenExpiry()).isEqualTo(Rig.EPOCH + 10);
    }

    // ---- A clock that is wrong, and is set right

    /// Started with a clock that is wrong by so much.
    private Host startedWrongBy(long seconds, UnaryOperator<ServerConfig.Builder> changes) {
        rig.stepWallClock(seconds);
        return rig.startCorrected(changes);
    }

    @Test
    void aServerWhoseClockWasAheadAtItsStartTakesTokensOnceItIsRight() {
        Host host = startedWrongBy(3600, config -> config);
        rig.passSeconds(5);
        assertThat(dropOf(host, rig.token().mint())).isEqualTo(Drop.TOKEN_EXPIRED);
        rig.stepWallClock(-3600);
        assertThat(dropOf(host, rig.token().mint())).isEqualTo(Drop.TOKEN_EXPIRED);

        rig.passSeconds(3);

        assertThat(dropOf(host, rig.token().mint())).isEqualTo(Drop.NONE);
    }

    @ParameterizedTest
    @ValueSource(longs = {-3600, 3600})
    void theStartMovesWithTheCorrection(long wrongBySeconds) {
        Token before = rig.token().mint();
        rig.passSeconds(1);
        Host host = startedWrongBy(wrongBySeconds, config -> config);
        rig.stepWallClock(-wrongBySeconds);
        dropOf(host, before);
        rig.passSeconds(3);

        assertThat(dropOf(host, before)).isEqualTo(Drop.TOKEN_OLDER_THAN_START);
        assertThat(dropOf(host, rig.token().mint())).isEqualTo(Drop.NONE);
    }

    @ParameterizedTest
    @ValueSource(longs = {-3600, 3600})
    void aClockThatIsWrongForATickChangesNothing(long wrongBySeconds) {
        Host host = rig.startCorrected(config -> config);
        rig.passSeconds(2);
        Peer peer = rig.peer(rig.token().mint(), Rig.CLIENT);
        peer.connectAndConfirmTo(host);
        rig.stepWallClock(wrongBySeconds);
        assertThat(dropOf(host, rig.token(2), Rig.CLIENT.withPort(2))).isEqualTo(Drop.NONE);
        rig.stepWallClock(-wrongBySeconds);

        assertThat(dropOf(host, rig.token(3), Rig.CLIENT.withPort(3))).isEqualTo(Drop.NONE);
        assertThat(host.machine().latestForgottenExpiry()).isZero();
    }

    @Test
    void anHourAheadCostsTheTokensThatWereForgottenInItAndNoOthers() {
        Host host = startedWrongBy(3600, config -> config);
        // The backend shares the machine, and is an hour ahead too.
        Token used = expiringAt(rig.wallSeconds() + 30);
        Peer peer = rig.peer(used, Rig.CLIENT);
        peer.connectAndConfirmTo(host);
        host.receive(Rig.CLIENT, peer.disconnect(9));
        rig.passSeconds(31);
        rig.peer(expiringAt(rig.wallSeconds() + 30), Rig.STRANGER).challengeOf(host);
        rig.stepWallClock(-3600);
        dropOf(host, rig.token().mint());
        rig.passSeconds(3);

        assertThat(dropOf(host, rig.token().mint())).isEqualTo(Drop.NONE);

        rig.setUnixSeconds(used.claims().expireTimestamp() - 5);
        dropOf(host, used);
        rig.passMillis(3000);
        assertThat(dropOf(host, used)).isEqualTo(Drop.TOKEN_FORGOTTEN);
    }

    @Test
    void aHistoryThatWasFilledByAClockThatWasAheadTakesNewTokensOnceItIsRight() {
        Host host = startedWrongBy(3600, config -> config.tokenHistoryMax(2));
        Token[] used = new Token[2];
        for (int i = 0; i < 2; i++) {
            used[i] = expiringAt(rig.wallSeconds() + 30);
            NetAddress address = Rig.CLIENT.withPort(10 + i);
            Peer peer = rig.peer(used[i], address);
            peer.connectAndConfirmTo(host);
            host.receive(address, peer.disconnect(9));
        }
        rig.stepWallClock(-3600);
        dropOf(host, rig.token().mint());
        rig.passSeconds(3);

        assertThat(dropOf(host, rig.token().mint())).isEqualTo(Drop.NONE);

        // Not now, and not when their hour has come.
        rig.setUnixSeconds(used[0].claims().expireTimestamp() - 5);
        dropOf(host, used[0]);
        rig.passMillis(3000);
        for (Token token : used) {
            assertThat(dropOf(host, token)).isEqualTo(Drop.TOKEN_FORGOTTEN);
        }
    }

    // ---- The lifetime limits

    @Test
    void aTokenThatCouldHaveBeenMintedBeforeTheStartIsRefused() {
        Host host = rig.start(config -> config);

        assertThat(dropOf(host, expiringAt(Rig.EPOCH + 1))).isEqualTo(Drop.TOKEN_OLDER_THAN_START);
        assertThat(dropOf(host, expiringAt(Rig.EPOCH + 29))).isEqualTo(Drop.TOKEN_OLDER_THAN_START);
        assertThat(dropOf(host, expiringAt(Rig.EPOCH + 30))).isEqualTo(Drop.NONE);
    }

    @Test
    void theStartMattersHoweverLateARequestComes() {
        Host host = rig.start(config -> config);
        Token token = expiringAt(Rig.EPOCH + 29);
        rig.passSeconds(28);

        assertThat(dropOf(host, token)).isEqualTo(Drop.TOKEN_OLDER_THAN_START);
    }

    @Test
    void aTokenThatOutlivesTheLimitIsRefused() {
        Host host = rig.host();

        assertThat(dropOf(host, expiringAt(Rig.EPOCH + 31))).isEqualTo(Drop.TOKEN_OUTLIVES_LIMIT);
        assertThat(dropOf(host, expiringAt(-1))).isEqualTo(Drop.TOKEN_OUTLIVES_LIMIT);
        assertThat(dropOf(host, expiringAt(Rig.EPOCH + 30))).isEqualTo(Drop.NONE);
    }

    @Test
    void aTokenThatOutlivesTheLimitIsTakenOnceItDoesNotAnyMore() {
        Host host = rig.host();
        Token token = expiringAt(Rig.EPOCH + 40);
        rig.passSeconds(9);
        assertThat(dropOf(host, token)).isEqualTo(Drop.TOKEN_OUTLIVES_LIMIT);
        rig.passSeconds(1);

        assertThat(dropOf(host, token)).isEqualTo(Drop.NONE);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 30, 300, 3600, Integer.MAX_VALUE})
    void theLimitIsASetting(int seconds) {
        Host host = rig.start(config -> config.maxConnectTokenLifetimeSeconds(seconds));

        assertThat(dropOf(host, expiringAt(Rig.EPOCH + seconds - 1)))
                .isIn(Drop.TOKEN_OLDER_THAN_START, Drop.TOKEN_EXPIRED);
        assertThat(dropOf(host, expiringAt(Rig.EPOCH + seconds + 1)))
                .isEqualTo(Drop.TOKEN_OUTLIVES_LIMIT);
        assertThat(dropOf(host, expiringAt(Rig.EPOCH + seconds))).isEqualTo(Drop.NONE);
    }

    @Test
    void withTheLimitOffAnyTokenThatHasNotExpiredIsTaken() {
        Host host = rig.start(config -> config.maxConnectTokenLifetimeSeconds(0));

        assertThat(dropOf(host, expiringAt(Rig.EPOCH + 1), Rig.CLIENT.withPort(1)))
                .isEqualTo(Drop.NONE);
        assertThat(dropOf(host, expiringAt(-1), Rig.CLIENT.withPort(2))).isEqualTo(Drop.NONE);
        assertThat(dropOf(host, expiringAt(Rig.EPOCH), Rig.CLIENT.withPort(3)))
                .isEqualTo(Drop.TOKEN_EXPIRED);
    }

    @Test
    void aMintThatIsAheadByTheDifferenceOfTheSettingsIsTolerated() {
        Host host = rig.host(config -> config.maxConnectTokenLifetimeSeconds(40));

        // Lives 30 s on the mint's clock, which is 10 s ahead of the server's; then 11 s.
        assertThat(dropOf(host, expiringAt(Rig.EPOCH + 10 + 30))).isEqualTo(Drop.NONE);
        assertThat(dropOf(host, expiringAt(Rig.EPOCH + 11 + 30)))
                .isEqualTo(Drop.TOKEN_OUTLIVES_LIMIT);
    }

    @Test
    void afterAStartFreshTokensAreRefusedForTheDifferenceOfTheSettings() {
        Host host = rig.start(config -> config.maxConnectTokenLifetimeSeconds(40));

        assertThat(dropOf(host, rig.token().mint())).isEqualTo(Drop.TOKEN_OLDER_THAN_START);
        rig.passSeconds(9);
        assertThat(dropOf(host, rig.token().mint())).isEqualTo(Drop.TOKEN_OLDER_THAN_START);
        rig.passSeconds(1);
        assertThat(dropOf(host, rig.token().mint())).isEqualTo(Drop.NONE);
    }
}
