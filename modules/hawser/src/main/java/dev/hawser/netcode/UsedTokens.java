package dev.hawser.netcode;

import dev.hawser.protocol.TokenTag;
import dev.hawser.protocol.UnixTime;
import java.util.HashSet;
import java.util.PriorityQueue;
import java.util.Set;

/// The connect tokens that this process has connected with. Any thread may use it.
///
/// Bounded: when it is full it forgets the one that expires first, which servers refuse the
/// soonest. No clock says when a token has expired, since clients may have different ones.
final class UsedTokens {
    static final int TOKENS_MAX = 65_536;

    /// Shared by all clients, since the packet sequence of each starts at 0.
    static final UsedTokens OF_PROCESS = new UsedTokens(TOKENS_MAX);

    private record Entry(TokenTag tag, long expireTimestamp) implements Comparable<Entry> {
        @Override
        public int compareTo(Entry other) {
            return UnixTime.compare(expireTimestamp, other.expireTimestamp);
        }
    }

    private final int tokensMax;
    private final Set<TokenTag> tags = new HashSet<>();
    private final PriorityQueue<Entry> byExpiry = new PriorityQueue<>();

    UsedTokens(int tokensMax) {
        this.tokensMax = tokensMax;
    }

    /// {@return whether this token is used for the first time}
    ///
    /// @param expireTimestamp unsigned; [UnixTime#NEVER] is kept longest
    synchronized boolean claim(TokenTag tag, long expireTimestamp) {
        if (!tags.add(tag)) {
            return false;
        }
        byExpiry.add(new Entry(tag, expireTimestamp));
        if (byExpiry.size() > tokensMax) {
            tags.remove(byExpiry.remove().tag());
        }
        return true;
    }
}
