const GAIN = 1 / 16;

/**
 * How unevenly packets arrive, in the manner of RFC 3550, section 6.4.1.
 *
 * That estimator compares the time between two arrivals with the time between their sending.
 * Packets of the standard carry no time, so an interval is compared with the mean of the earlier
 * ones instead, a lost packet or several counting as so many intervals. Packets that arrive at the
 * same time are one arrival, and those that come late are none.
 */
export class ArrivalJitter {
    #newest: bigint | undefined;
    #lastArrivalMillis = 0;
    #meanMillis: number | undefined;
    #jitterMillis: number | undefined;

    /** Takes note of a packet that has opened and was never received before. */
    arrived(nowMillis: number, sequence: bigint): void {
        if (this.#newest === undefined) {
            this.#newest = sequence;
            this.#lastArrivalMillis = nowMillis;
            return;
        }
        const steps = sequence - this.#newest;
        if (steps <= 0n) {
            return;
        }
        this.#newest = sequence;
        const passedMillis = nowMillis - this.#lastArrivalMillis;
        if (passedMillis <= 0) {
            return;
        }
        this.#lastArrivalMillis = nowMillis;
        this.#add(passedMillis / Number(steps));
    }

    #add(intervalMillis: number): void {
        if (this.#meanMillis === undefined) {
            this.#meanMillis = intervalMillis;
            return;
        }
        const difference = intervalMillis - this.#meanMillis;
        this.#meanMillis += difference * GAIN;
        const jitter = this.#jitterMillis ?? 0;
        this.#jitterMillis = jitter + (Math.abs(difference) - jitter) * GAIN;
    }

    /** Forgets everything: packets come from elsewhere, in a sequence of their own. */
    reset(): void {
        this.#newest = undefined;
        this.#meanMillis = undefined;
        this.#jitterMillis = undefined;
    }

    /** Undefined before the second interval. */
    millis(): number | undefined {
        return this.#jitterMillis;
    }
}
