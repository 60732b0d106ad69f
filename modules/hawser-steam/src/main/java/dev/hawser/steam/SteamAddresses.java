package dev.hawser.steam;

import dev.hawser.protocol.NetAddress;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Addresses of Steam that may be none.
final class SteamAddresses {
    private SteamAddresses() {}

    /// {@return the address, or null where Steam does not know it}
    static @Nullable NetAddress known(NetAddress address) {
        return address.high() == 0 && address.low() == 0 ? null : address;
    }

    /// {@return whether it has no numbers, as that of a socket at every interface}
    ///
    /// @param struct a `SteamNetworkingIPAddr`
    static boolean isUnknown(MemorySegment struct) {
        return known(SteamLayouts.readAddress(struct)) == null;
    }
}
