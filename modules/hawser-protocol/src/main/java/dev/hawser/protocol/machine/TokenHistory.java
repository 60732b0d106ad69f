package dev.hawser.protocol.machine;

import dev.hawser.protocol.Drop;
import dev.hawser.protocol.PeerAddress;
import dev.hawser.protocol.UnixTime;
import dev.hawser.protocol.token.TokenRequest;

/// The connect tokens that the servers of a group have seen and not forgotten: one token leads to
/// one connection.
///
/// A token is known by its tag, the last 16 bytes of its sealed private part, which nobody can
/// choose without the private key, and by the place of the server in its list. That is the domain
/// within which packet sequences could meet: the servers of a token number their packets by their
/// places. A token is remembered with the address it came from, and the member it came to, until it
/// has expired: when the history is full of tokens that have not, a new one is refused rather than
/// an old one made usable again. What was forgotten stays refused, whatever becomes of the clock:
/// so tokens of a clock that was ahead, which nobody accepts any more, can make room.
///
/// Slots are counted, and a token knows how many had been taken when it was first seen, at whatever
/// place of its list: which of the two came first says whether it may take over a slot.
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

    /// The lower half of how many slots had been taken when the token was first seen: one is not
    /// remembered while four billion are.
    private final int[] slotsBefore;

    private final int[] free;
    private int freeCount;
    private long slots;
    private boolean isShared;
    private long clockMovedBySeconds;

    /// Whether tokens may be here that were good by a clock which has been set back since.
    private boolean wasSetBack;

    /// The longest lifetime that a server of the group accepts.
    private long lifetimeSecondsMax;

    private final ForgottenExpiries forgotten = new ForgottenExpiries();

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
        slotsBefore = new int[capacity];
        free = new int[capacity];
        for (int i = 0; i < capacity; i++) {
            free[i] = capacity - 1 - i;
        }
        freeCount = capacity;
    }

    int size() {
        return expiries.size();
    }

    /// Servers at different places of a token use it together from here on.
    void share() {
        isShared = true;
    }

    /// A server of the group accepts tokens that live so long, 0 for any.
    void acceptLifetime(long secondsMax) {
        long longest = secondsMax == 0 ? Long.MAX_VALUE : secondsMax;
        lifetimeSecondsMax = Math.max(lifetimeSecondsMax, longest);
    }

    // ---- Forgetting

    /// Takes note of how far the clock has been moved in all, because it was wrong.
    void handleClockMoved(long movedBySeconds) {
        if (movedBySeconds != clockMovedBySeconds) {
            wasSetBack |= movedBySeconds < clockMovedBySeconds;
            clockMovedBySeconds = movedBySeconds;
            forgotten.endSpan();
        }
    }

    /// {@return whether a token that expires then may have been used, and forgotten since}
    boolean mayHaveForgotten(long expireTimestamp) {
        return forgotten.mayInclude(expireTimestamp);
    }

    /// {@return when the last one expires of those that were forgotten; 0 where none was}
    long latestForgotten() {
        return forgotten.latestOr(0);
    }

    // ---- Slots and tokens, which came first

    /// Counts a slot that is taken.
    ///
    /// @return its number
    long takeSlot() {
        slots++;
        return slots;
    }

    /// {@return how many slots had been taken when this token was first seen, which for one that is
    /// new is all of them}
    long slotsBefore(long tagHigh, long tagLow, int serverIndex) {
        int entry = entryOf(tagHigh, tagLow, serverIndex);
        if (entry != NONE) {
            return slotsBefore(entry);
        }
        long fewest = slots;
        for (int place = 0; isShared && place < TokenRequest.SERVERS_MAX; place++) {
            entry = entryOf(tagHigh, tagLow, place);
            if (entry != NONE) {
                fewest = Math.min(fewest, slotsBefore(entry));
            }
        }
        return fewest;
    }

    private long slotsBefore(int entry) {
        return slots - Integer.toUnsignedLong((int) slots - slotsBefore[entry]);
    }

    // ---- Tokens

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
        if (freeCount == 0 && wasSetBack) {
            forgetOutliving(nowUnixSeconds);
        }
        if (freeCount == 0) {
            return Drop.TOKEN_HISTORY_FULL;
        }
        long before = slotsBefore(tagHigh, tagLow, serverIndex);
        entry = free[--freeCount];
        slotsBefore[entry] = (int) before;
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
            forget(expiries.soonestId(), expiries.soonestDeadline());
        }
    }

    /// Forgets the tokens of a clock that was ahead: they outlive every limit by now, and are
    /// refused for good once they are forgotten. All of them at once, since no new ones of their
    /// kind come.
    private void forgetOutliving(long nowUnixSeconds) {
        wasSetBack = false;
        long latest = UnixTime.plusClamped(nowUnixSeconds, lifetimeSecondsMax);
        for (int entry = 0; entry < flags.length; entry++) {
            long expires = expiries.deadlineOr(entry, nowUnixSeconds);
            if (UnixTime.isAfter(expires, latest)) {
                forget(entry, expires);
            }
        }
        // What expires by and by from here on is of other times.
        forgotten.endSpan();
    }

    private void forget(int entry, long expires) {
        forgotten.add(expires);
        expiries.cancel(entry);
        entryOfTag.remove(tagHighs[entry], tagLows[entry], serverIndexes[entry]);
        free[freeCount++] = entry;
    }

    /// Timestamps are unsigned; one in the upper half never comes.
    private static long asDeadline(long expireTimestamp) {
        return expireTimestamp < 0 ? Long.MAX_VALUE : expireTimestamp;
    }
}
