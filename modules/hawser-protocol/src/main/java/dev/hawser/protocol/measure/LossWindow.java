package dev.hawser.protocol.measure;

import dev.hawser.protocol.wire.ReplayWindow;
import java.util.OptionalDouble;

/// How many of the latest packets are missing, told from the gaps in their sequence.
///
/// Counts over two halves of 128 sequences each: the one that the newest packet is in, and the one
/// before it. A packet that comes late counts as arrived as long as its half is counted. Sequences
/// are only ever subtracted, so it makes no difference where they start or that half of them are
/// negative as a `long`.
///
/// Written by one thread; another one sees a share of some recent moment.
public final class LossWindow {
    public static final int HALF = 128;

    /// Below this, one lost packet more or less says too much.
    public static final int EXPECTED_MIN = 32;

    private static final int EXPECTED_SHIFT = 16;
    private static final int ARRIVED_MASK = (1 << EXPECTED_SHIFT) - 1;

    private boolean isOpen;
    private boolean isPaused;

    /// The sequence with which the half of the newest packet begins.
    private long halfStart;

    /// Where in its half the newest packet is, 0 to 127.
    private int newestPlace;

    private int arrivedInHalf;
    private boolean hasHalfBefore;
    private int arrivedInHalfBefore;

    /// What was expected and what has arrived, in one number: another thread must not see one of
    /// them old and the other new. 0 when nothing was measured.
    private int measured;

    /// Takes note of a packet that has opened and was never received before.
    public void arrived(long sequence) {
        if (isPaused) {
            return;
        }
        long place = sequence - halfStart;
        if (!isOpen || place <= -ReplayWindow.SIZE) {
            // The replay window passes nothing that old, so this is a jump ahead by more than half
            // of all sequences.
            begin(sequence);
        } else if (place >= HALF) {
            arrivedInHalfBefore = place < 2 * HALF ? arrivedInHalf : 0;
            hasHalfBefore = true;
            halfStart += place & -HALF;
            newestPlace = (int) place & (HALF - 1);
            arrivedInHalf = 1;
        } else if (place >= 0) {
            newestPlace = Math.max(newestPlace, (int) place);
            arrivedInHalf++;
        } else if (place >= -HALF) {
            arrivedInHalfBefore++;
        } else {
            return; // older than the half before
        }
        measure();
    }

    private void begin(long sequence) {
        isOpen = true;
        halfStart = sequence;
        newestPlace = 0;
        arrivedInHalf = 1;
        hasHalfBefore = false;
    }

    private void measure() {
        int expected = newestPlace + 1;
        int arrived = arrivedInHalf;
        if (hasHalfBefore) {
            expected += HALF;
            arrived += arrivedInHalfBefore;
        }
        if (expected >= EXPECTED_MIN) {
            measured = expected << EXPECTED_SHIFT | arrived;
        }
    }

    /// Stops counting: what is missing from here on was not lost on the way. What was measured
    /// stays.
    public void pause() {
        isPaused = true;
    }

    public boolean isPaused() {
        return isPaused;
    }

    /// Counts again, from the next packet on.
    public void resume() {
        isPaused = false;
        isOpen = false;
    }

    /// Forgets everything: packets come from elsewhere, in a sequence of their own.
    public void reset() {
        isOpen = false;
        measured = 0;
    }

    /// {@return the missing share, 0 to 1; empty while too little was expected}
    public OptionalDouble share() {
        int measured = this.measured;
        if (measured == 0) {
            return OptionalDouble.empty();
        }
        int expected = measured >>> EXPECTED_SHIFT;
        int arrived = measured & ARRIVED_MASK;
        return OptionalDouble.of((expected - arrived) / (double) expected);
    }
}
