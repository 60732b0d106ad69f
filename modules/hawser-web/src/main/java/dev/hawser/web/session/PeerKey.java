package dev.hawser.web.session;

import dev.hawser.protocol.PeerAddress;
import org.jspecify.annotations.Nullable;

/// An address as the key of a map. Its numbers stay as they are while it is in one.
public final class PeerKey {
    public final PeerAddress address;

    public PeerKey(PeerAddress address) {
        this.address = address;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PeerKey that && address.sameAs(that.address);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * Long.hashCode(address.high()) + Long.hashCode(address.low()))
                + address.port();
    }
}
