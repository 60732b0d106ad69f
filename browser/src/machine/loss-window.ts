export const HALF = 128;
const HALF_BIG = BigInt(HALF);

/** Below this, one lost packet more or less says too much. */
export const EXPECTED_MIN = 32;

/**
 * How many of the latest packets are missing, told from the gaps in their sequence.
 *
 * Counts over two halves of 128 sequences each: the one that the newest packet is in, and the one
 * before it. A packet that comes late counts as arrived as long as its half is counted.
 */
export class LossWindow {
    #halfStart: bigint | undefined;
    /** Where in its half the newest packet is, 0 to 127. */
    #newestPlace = 0;
    #arrivedInHalf = 0;
    #arrivedInHalfBefore: number | undefined;

    /** Takes note of a packet that has opened and was never received before. */
    arrived(sequence: bigint): void {
        if (this.#halfStart === undefined) {
            this.#halfStart = sequence;
            this.#newestPlace = 0;
            this.#arrivedInHalf = 1;
            return;
        }
        const place = sequence - this.#halfStart;
        if (place >= HALF_BIG) {
            this.#arrivedInHalfBefore = place < 2n * HALF_BIG ? this.#arrivedInHalf : 0;
            this.#halfStart += (place / HALF_BIG) * HALF_BIG;
            this.#newestPlace = Number(place % HALF_BIG);
            this.#arrivedInHalf = 1;
        } else if (place >= 0n) {
            this.#newestPlace = Math.max(this.#newestPlace, Number(place));
            this.#arrivedInHalf++;
        } else if (place >= -HALF_BIG && this.#arrivedInHalfBefore !== undefined) {
            this.#arrivedInHalfBefore++;
        }
    }

    /** Forgets everything: packets come from elsewhere, in a sequence of their own. */
    reset(): void {
        this.#halfStart = undefined;
        this.#newestPlace = 0;
        this.#arrivedInHalf = 0;
        this.#arrivedInHalfBefore = undefined;
    }

    /** The missing share, 0 to 1; undefined while too little was expected. */
    share(): number | undefined {
        let expected = this.#newestPlace + 1;
        let arrived = this.#arrivedInHalf;
        if (this.#arrivedInHalfBefore !== undefined) {
            expected += HALF;
            arrived += this.#arrivedInHalfBefore;
        }
        return expected < EXPECTED_MIN ? undefined : (expected - arrived) / expected;
    }
}
