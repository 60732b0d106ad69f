package dev.hawser.linux;

import dev.hawser.protocol.PeerAddress;
import java.util.concurrent.ThreadLocalRandom;

/// Which network interface the link-local peers (`fe80::/10`) are at: Linux sends to none without,
/// and a [PeerAddress] does not hold it.
///
/// Each address has one place, from a hash with a random seed; two that share it drive each other
/// out, and the loser is looked for at the interface of the latest such peer, which is the right
/// one wherever there is only one.
final class LinkLocalScopes {
    private static final int PLACES = 64;
    private static final long LINK_LOCAL_PREFIX = 0xfe80L << 48;
    private static final long LINK_LOCAL_MASK = 0xffc0L << 48;

    private final long multiplier = ThreadLocalRandom.current().nextLong() | 1;
    private final long[] lows = new long[PLACES];
    private final int[] scopes = new int[PLACES];
    private int latest;

    /// Remembers where a peer is, when it is link-local.
    void note(PeerAddress peer, int scope) {
        if (isLinkLocal(peer)) {
            int place = place(peer);
            lows[place] = peer.low();
            scopes[place] = scope;
            latest = scope;
        }
    }

    /// {@return the number of the interface where a peer is; 0 for one that is not link-local}
    int of(PeerAddress peer) {
        if (!isLinkLocal(peer)) {
            return 0;
        }
        int place = place(peer);
        return lows[place] == peer.low() ? scopes[place] : latest;
    }

    private static boolean isLinkLocal(PeerAddress peer) {
        return (peer.high() & LINK_LOCAL_MASK) == LINK_LOCAL_PREFIX;
    }

    private int place(PeerAddress peer) {
        return (int) ((peer.low() * multiplier) >>> 58);
    }
}
