package dev.hawser.protocol.machine;

import dev.hawser.protocol.Drop;
import dev.hawser.protocol.PeerAddress;

/// The connect tokens that the servers of a group have seen and not forgotten: one token leads to
/// one connection.
///
/// A token is known by its tag, the last 16 bytes of its sealed private part, which nobody can
/// choose without the private key, and by the place of the server in its list. That is the domain
/// within which packet sequences could meet: the servers of a token number their packets by their
/// places. A token is remembered with the address it came from, and the member it came to, until it
/// has expired: when the history is full of tokens that have not, a new one is refused rather than
/// an old one made usable again.
final class TokenHistory {
    static final int NONE = KeyedMap.NONE;

    private final KeyedMap entryOfTag;
    private final DeadlineHeap expiries;
    private final long[] tagHighs;
    private final long[] tagLows;
    private final byte[] serverIndexes;
    private final int[] members;
    private final long[] addressHighs;
    private final long[] addressLows;
    private final char[] ports;
    private final byte[] flags;
    private final int[] free;
    private int freeCount;

    private static final byte CONSUMED = 1;
    private static final byte SPOKE_LAST = 2;

    TokenHistory(int capacity, long hashKey0, long hashKey1) {
        entryOfTag = new KeyedMap(capacity, hashKey0, hashKey1);
        expiries = new DeadlineHeap(capacity);
        tagHighs = new long[capacity];
        tagLows = new long[capacity];
        serverIndexes = new byte[capacity];
        members = new int[capacity];
        addressHighs = new long[capacity];
        addressLows = new long[capacity];
        ports = new char[capacity];
        flags = new byte[capacity];
        free = new int[capacity];
        for (int i = 0; i < capacity; i++) {
            free[i] = capacity - 1 - i;
        }
        freeCount = capacity;
    }

    int size() {
        return expiries.size();
    }

    /// Says whether a token may be used from an address, and remembers it when it is new.
    ///
    /// @param serverIndex the place of the server in the token
    /// @param member the number of the server in its group
    /// @return [Drop#NONE] when it may; [#entryOf] then knows it
    Drop admit(
            long tagHigh,
            long tagLow,
            int serverIndex,
            PeerAddress from,
            int member,
            long expireTimestamp,
            long nowUnixSeconds) {
        int entry = entryOf(tagHigh, tagLow, serverIndex);
        if (entry != NONE) {
            if ((flags[entry] & CONSUMED) != 0) {
                return Drop.TOKEN_CONSUMED;
            }
            boolean isSamePath =
                    addressHighs[entry] == from.high()
                            && addressLows[entry] == from.low()
                            && ports[entry] == from.port()
                            && members[entry] == member;
            return isSamePath ? Drop.NONE : Drop.TOKEN_FROM_OTHER_ADDRESS;
        }
        forgetExpired(nowUnixSeconds);
        if (freeCount == 0) {
            return Drop.TOKEN_HISTORY_FULL;
        }
        entry = free[--freeCount];
        tagHighs[entry] = tagHigh;
        tagLows[entry] = tagLow;
        serverIndexes[entry] = (byte) serverIndex;
        members[entry] = member;
        addressHighs[entry] = from.high();
        addressLows[entry] = from.low();
        ports[entry] = (char) from.port();
        flags[entry] = 0;
        entryOfTag.put(tagHigh, tagLow, serverIndex, entry);
        expiries.schedule(entry, asDeadline(expireTimestamp));
        return Drop.NONE;
    }

    /// {@return the entry of a token that was admitted, or [#NONE]}
    int entryOf(long tagHigh, long tagLow, int serverIndex) {
        return entryOfTag.get(tagHigh, tagLow, serverIndex);
    }

    /// Marks a token as having led to a connection.
    void consume(long tagHigh, long tagLow, int serverIndex) {
        int entry = entryOf(tagHigh, tagLow, serverIndex);
        if (entry != NONE) {
            flags[entry] |= CONSUMED;
        }
    }

    /// {@return whether the next denied packet under this token carries the reason: every other
    /// does, since a client that does not understand it only reads the empty ones}
    boolean takesTurnToSpeak(long tagHigh, long tagLow, int serverIndex) {
        int entry = entryOf(tagHigh, tagLow, serverIndex);
        if (entry == NONE) {
            return false;
        }
        flags[entry] ^= SPOKE_LAST;
        return (flags[entry] & SPOKE_LAST) != 0;
    }

    private void forgetExpired(long nowUnixSeconds) {
        while (!expiries.isEmpty() && expiries.soonestDeadline() <= nowUnixSeconds) {
            int entry = expiries.soonestId();
            expiries.cancel(entry);
            entryOfTag.remove(tagHighs[entry], tagLows[entry], serverIndexes[entry]);
            free[freeCount++] = entry;
        }
    }

    /// Timestamps are unsigned; one in the upper half never comes.
    private static long asDeadline(long expireTimestamp) {
        return expireTimestamp < 0 ? Long.MAX_VALUE : expireTimestamp;
    }
}
