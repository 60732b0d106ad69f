package dev.hawser.tests.fleet;

import static dev.hawser.tests.fleet.FleetWorld.reasonOf;
import static dev.hawser.tests.fleet.FleetWorld.refusalOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.DisconnectReason;
import dev.hawser.Refusal;
import dev.hawser.netcode.NetcodeClient;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.token.ConnectToken;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Game servers and a token service together: what the fleet promises to a player.
class GamesOfAFleetTest {
    private FleetWorld world;
    private FleetWorld.Game a;
    private FleetWorld.Game b;

    @BeforeEach
    void begin() throws IOException {
        world = new FleetWorld();
        a = world.game("a");
        b = world.game("b");
    }

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void aTokenIsGoodOnceInTheWholeFleet() throws IOException {
        ConnectToken token = world.token(1, a, b);
        NetcodeClient first = world.dial(token);
        world.driveUntil(first::isConnected);
        assertThat(a.server.connectedClients()).hasSize(1);
        // The first server stays silent to the copy, which then dials the second.
        FleetWorld.Copyist copy = world.copy(token);
        world.driveUntil(() -> !copy.isActive());
        assertThat(copy.refusal()).isEqualTo(new Refusal.TokenUsed());
        assertThat(first.isConnected()).isTrue();
        assertThat(b.server.connectedClients()).isEmpty();
        assertThat(world.where(1)).isEqualTo("a");
    }

    @Test
    void aPlayerIsAtOneServerAndTheFormerOneIsToldSo() {
        NetcodeClient atA = world.connect(1, a);
        NetcodeClient atB = world.connect(1, b);
        world.driveUntil(() -> reasonOf(atA) != null);
        assertThat(reasonOf(atA)).isEqualTo(new DisconnectReason.Replaced());
        assertThat(atB.isConnected()).isTrue();
        assertThat(world.where(1)).isEqualTo("b");
        world.leave(atB);
        world.driveUntil(() -> world.where(1).isEmpty());
    }

    @Test
    void whoComesBackToAKeptSlotIsPresentThereAndHisNewTokenIsUsedUp() {
        NetcodeClient player = world.connect(1, a);
        String before = world.presence(1);
        world.freeze(player);
        world.driveUntil(() -> a.server.stats().suspendedClients() == 1);
        assertThat(world.presence(1)).isEqualTo(before);
        long marked = world.store.stats().marks();
        world.thaw(player);
        world.driveUntil(player::isConnected);
        world.driveUntil(() -> world.store.stats().marks() == marked + 1);
        assertThat(world.presence(1)).isEqualTo(before);
        assertThat(a.server.stats().suspendedClients()).isZero();
    }

    @Test
    void whoTookOverElsewhereIsNotDisplacedByADeviceThatWakes() {
        NetcodeClient sleeps = world.connect(1, a);
        world.freeze(sleeps);
        world.driveUntil(() -> a.server.stats().suspendedClients() == 1);
        NetcodeClient plays = world.connect(1, b);
        world.driveUntil(() -> a.server.stats().suspendedClients() == 0);
        world.thaw(sleeps);
        world.driveUntil(() -> reasonOf(sleeps) != null);
        assertThat(plays.isConnected()).isTrue();
        assertThat(world.where(1)).isEqualTo("b");
    }

    @Test
    void aBanEndsTheConnectionAndLetsNobodyIn() {
        NetcodeClient banned = world.connect(1, a);
        NetcodeClient other = world.connect(2, a);
        world.operate("PUT", "bans/1", "{\"why\": \"cheating\"}");
        NetcodeClient again = world.dial(1, b);
        world.driveUntil(() -> reasonOf(again) != null && reasonOf(banned) != null);
        assertThat(reasonOf(banned))
                .isEqualTo(
                        new DisconnectReason.ServerEnded(
                                StatedReason.of(StatedReason.BANNED, "cheating")));
        assertThat(refusalOf(again)).isEqualTo(new Refusal.Banned("cheating", 0));
        assertThat(other.isConnected()).isTrue();
        world.driveUntil(() -> world.where(1).isEmpty());
        world.operate("DELETE", "bans/1", "");
        world.connect(1, b);
    }

    @Test
    void aKickEndsTheConnectionWithTheOperatorsWords() {
        NetcodeClient kicked = world.connect(1, a);
        world.operate("POST", "players/1/kick", "{\"text\": \"have a break\"}");
        world.driveUntil(() -> reasonOf(kicked) != null);
        assertThat(reasonOf(kicked))
                .isEqualTo(
                        new DisconnectReason.ServerEnded(
                                StatedReason.of(StatedReason.KICKED, "have a break")));
        world.connect(1, a);
    }

    @Test
    void aDrainSendsNewcomersAwayAndThenThoseWhoAreLeft() {
        NetcodeClient player = world.connect(1, a);
        world.operate(
                "POST", "servers/a/drain", "{\"withinSeconds\": 20, \"text\": \"an update\"}");
        world.driveUntil(a.server::isDraining);
        assertThat(player.isConnected()).isTrue();
        assertThat(world.where(1)).isEqualTo("a");
        world.driveUntil(() -> a.server.connectedClients().isEmpty());
        world.driveUntil(() -> world.where(1).isEmpty());
        world.connect(2, b);
    }

    @Test
    void nobodyWhoIsConnectedNoticesThatTheServiceIsKilled() throws IOException {
        NetcodeClient here = world.connect(1, a);
        world.killService();
        NetcodeClient late = world.dial(2, a);
        world.driveUntil(() -> reasonOf(late) != null);
        assertThat(refusalOf(late)).isInstanceOf(Refusal.Internal.class);
        assertThat(late.isConnected()).isFalse();
        assertThat(here.isConnected()).isTrue();
        world.restartService();
        world.driveUntil(() -> world.where(1).equals("a"));
        late.connect();
        world.driveUntil(late::isConnected);
        assertThat(here.isConnected()).isTrue();
        // What it has forgotten it was told again: it knows where to take over from.
        NetcodeClient elsewhere = world.connect(1, b);
        world.driveUntil(() -> reasonOf(here) != null);
        assertThat(reasonOf(here)).isEqualTo(new DisconnectReason.Replaced());
        assertThat(elsewhere.isConnected()).isTrue();
    }
}
