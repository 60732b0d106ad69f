package dev.hawser.web.session;

import dev.hawser.protocol.PeerAddress;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;

/// How many of something each place in the network has. A place is an IPv4 address, or an IPv6 /64;
/// and since whoever has a /48 has 65,536 of these, it may have [#PER_SITE] times as many in all.
public final class Shares {
    /// A /48 is one customer, or a house of them.
    public static final int PER_SITE = 4;

    private static final int NETWORK_BITS = 64;
    private static final int SITE_BITS = 48;
    private static final long SITE_MASK = -1L << (NETWORK_BITS - SITE_BITS);

    private final Map<PeerKey, Integer> counts = new HashMap<>();

    /// {@return whether there may be one more from there}
    ///
    /// @param max how many an IPv4 address or IPv6 /64 may have
    public boolean hasRoom(InetAddress remote, int max) {
        return count(network(remote)) < max
                && !(remote instanceof Inet6Address && count(site(remote)) >= PER_SITE * max);
    }

    private int count(PeerKey place) {
        return counts.getOrDefault(place, 0);
    }

    public void add(InetAddress remote) {
        counts.merge(network(remote), 1, Integer::sum);
        if (remote instanceof Inet6Address) {
            counts.merge(site(remote), 1, Integer::sum);
        }
    }

    public void remove(InetAddress remote) {
        countDown(network(remote));
        if (remote instanceof Inet6Address) {
            countDown(site(remote));
        }
    }

    private void countDown(PeerKey place) {
        counts.computeIfPresent(place, (_, count) -> count == 1 ? null : count - 1);
    }

    public void clear() {
        counts.clear();
    }

    /// Places of both sizes are keys of one map: what would be the port tells them apart.
    private static PeerKey network(InetAddress remote) {
        PeerAddress place = Addresses.peer(remote, NETWORK_BITS);
        if (!place.isIpv4()) {
            place.set(place.high(), 0, NETWORK_BITS);
        }
        return new PeerKey(place);
    }

    private static PeerKey site(InetAddress remote) {
        PeerAddress place = Addresses.peer(remote, SITE_BITS);
        place.set(place.high() & SITE_MASK, 0, SITE_BITS);
        return new PeerKey(place);
    }
}
