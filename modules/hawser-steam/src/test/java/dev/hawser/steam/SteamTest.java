package dev.hawser.steam;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.ConnectionState;
import dev.hawser.DisconnectReason;
import dev.hawser.Refusal;
import dev.hawser.steam.LoopbackNetwork.Connection;
import java.util.Optional;
import java.util.logging.Logger;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/// What tests over the loopback double share: players, the rig, and that nothing is left over.
abstract class SteamTest {
    static final long ANN = 0x0110_0001_0000_0010L;
    static final long BEN = 0x0110_0001_0000_0020L;
    static final long CID = 0x0110_0001_0000_0030L;

    private static final Logger LOG = Logger.getLogger("dev.hawser");

    final SteamRig rig = new SteamRig();
    private int listeners;

    @BeforeEach
    void begin() {
        LOG.setUseParentHandlers(false);
        listeners = StatusCallbacks.listeners();
    }

    @AfterEach
    void end() {
        LOG.setUseParentHandlers(true);
        rig.close();
        assertThat(rig.network.connections()).as("connections that nobody closed").isZero();
        assertThat(rig.network.listenSockets()).isZero();
        assertThat(rig.serverSteam.pollGroups()).isZero();
        assertThat(MessagePool.live()).as("messages that nobody released").isZero();
        assertThat(MessagePool.failures()).as("messages released twice").isZero();
        assertThat(LoopbackSteam.failures()).as("calls that failed").isZero();
        assertThat(StatusCallbacks.listeners()).isEqualTo(listeners);
    }

    // ---- Short forms

    final Connection clientEnd(long id) {
        return rig.network.connectionsOf(rig.steam(id)).getLast();
    }

    final Connection serverEnd() {
        return rig.network.connectionsOf(rig.serverSteam).getFirst();
    }

    static Optional<Refusal> refusal(SteamClient client) {
        return client.state()
                        instanceof ConnectionState.Disconnected(DisconnectReason.Denied denied)
                ? denied.refusal()
                : Optional.empty();
    }

    static Offset<Double> offset() {
        return Offset.offset(0.001);
    }
}
