package dev.hawser.steam;

import dev.hawser.protocol.NetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The loopback double, for tests in other packages: each Steam is that of one process.
public final class SteamDouble implements AutoCloseable {
    private final LoopbackNetwork network;
    private final List<LoopbackSteam> steams = new ArrayList<>();
    private @Nullable QuietPath quietPath;

    /// @param nanos a clock that never decreases
    public SteamDouble(LongSupplier nanos) {
        network = new LoopbackNetwork(nanos);
    }

    /// {@return the Steam of another process}
    ///
    /// @param steamId of its account
    public SteamApi steam(long steamId) {
        LoopbackSteam steam =
                new LoopbackSteam(
                        network,
                        new SteamIdentity.SteamId(steamId),
                        NetAddress.ipv4(0x0a000001 + steams.size(), 0));
        steams.add(steam);
        return steam.api;
    }

    /// From now on the double allocates nothing for payloads, of the connections that there are;
    /// and nothing else happens to these.
    public void allocateNothing() {
        quietPath = new QuietPath(steams);
    }

    @Override
    public void close() {
        for (LoopbackSteam steam : steams) {
            steam.api.close();
            steam.close();
        }
        int left = network.connections() + MessagePool.live();
        if (quietPath != null) {
            left += quietPath.unreleased();
            quietPath.close();
        }
        if (left > 0) {
            throw new AssertionError(left + " connections and messages are left");
        }
    }
}
