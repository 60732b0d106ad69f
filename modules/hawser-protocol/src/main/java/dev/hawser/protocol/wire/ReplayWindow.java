package dev.hawser.protocol.wire;

/// Which of the last 256 packet sequences were received: drops what comes twice, and what is too
/// old to tell.
///
/// The only class that does arithmetic on unsigned sequences. Half of the sequence space is
/// negative as a Java `long` (the server's global sequence starts at 2^63), so a signed comparison
/// here would be a security bug. Ages are found by subtracting: the form that adds the window size
/// to a peer's number overflows near 2^64.
///
/// Ask before opening a packet, [#advance(long)] only after it has opened: a forged packet must not
/// move the window.
public final class ReplayWindow {
    /// How many sequences are remembered.
    public static final int SIZE = 256;

    private static final long ALL = -1L;

    // Bit (sequence mod 256): the sequences in (mostRecent - 256, mostRecent] have each their own.
    private long received0;
    private long received1;
    private long received2;
    private long received3;
    private long mostRecent;

    /// Creates a fresh window.
    public ReplayWindow() {}

    /// Makes the window fresh: nothing received, most recent sequence 0.
    public void reset() {
        fill(0);
        mostRecent = 0;
    }

    /// Makes a window in which everything up to and including `sequence` counts as received.
    ///
    /// A server slot starts so: what the client sent before it was connected here was meant for no
    /// slot or for another server of the same token, which shares the keys.
    public void resetAfter(long sequence) {
        fill(ALL);
        mostRecent = sequence;
    }

    /// {@return whether the sequence was received or is too old to tell}
    public boolean alreadyReceived(long sequence) {
        if (Long.compareUnsigned(mostRecent, SIZE) >= 0
                && Long.compareUnsigned(sequence, mostRecent - SIZE) <= 0) {
            return true;
        }
        if (Long.compareUnsigned(sequence, mostRecent) > 0) {
            return false;
        }
        return (word((int) sequence) & bit(sequence)) != 0;
    }

    /// {@return the highest sequence that was received, unsigned; 0 when none was}
    public long mostRecent() {
        return mostRecent;
    }

    /// {@return whether a sequence is higher than every one that was received}
    public boolean isNewest(long sequence) {
        return isNewer(sequence, mostRecent);
    }

    /// {@return whether a sequence is higher than another one}
    public static boolean isNewer(long sequence, long other) {
        return Long.compareUnsigned(sequence, other) > 0;
    }

    /// Marks a sequence as received; a newer one moves the window.
    public void advance(long sequence) {
        if (Long.compareUnsigned(sequence, mostRecent) > 0) {
            long step = sequence - mostRecent;
            if (Long.compareUnsigned(step, SIZE) >= 0) {
                fill(0);
            } else {
                for (long skipped = mostRecent + 1; skipped != sequence; skipped++) {
                    setWord((int) skipped, word((int) skipped) & ~bit(skipped));
                }
            }
            mostRecent = sequence;
        }
        setWord((int) sequence, word((int) sequence) | bit(sequence));
    }

    private static long bit(long sequence) {
        return 1L << sequence;
    }

    private void fill(long bits) {
        received0 = bits;
        received1 = bits;
        received2 = bits;
        received3 = bits;
    }

    private long word(int sequence) {
        return switch ((sequence >>> 6) & 3) {
            case 0 -> received0;
            case 1 -> received1;
            case 2 -> received2;
            default -> received3;
        };
    }

    private void setWord(int sequence, long bits) {
        switch ((sequence >>> 6) & 3) {
            case 0 -> received0 = bits;
            case 1 -> received1 = bits;
            case 2 -> received2 = bits;
            default -> received3 = bits;
        }
    }
}
