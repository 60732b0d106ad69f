/**
 * What two looks that follow each other count for at most, as silence: what a side that looks once a
 * second takes.
 */
export const SILENCE_MILLIS_MAX = 1000;

/**
 * Tells a page that stood still from one that hears nothing: a tab that was frozen, a thread that was
 * held up. Time in which nobody looked is no silence.
 */
export class LookTimer {
    #lookedAtMillis: number;
    #pauseMillis = 0;
    #pauseEndMillis = 0;

    constructor(nowMillis: number) {
        this.#lookedAtMillis = nowMillis;
    }

    /** Begins anew: somebody looks, and there was no pause. */
    start(nowMillis: number): void {
        this.#lookedAtMillis = nowMillis;
        this.#pauseMillis = 0;
    }

    /** Takes note that somebody looks; returns how much of the time since then was no silence. */
    look(nowMillis: number): number {
        const sinceLookMillis = nowMillis - this.#lookedAtMillis;
        this.#lookedAtMillis = nowMillis;
        if (sinceLookMillis <= SILENCE_MILLIS_MAX) {
            return 0;
        }
        this.#pauseMillis = sinceLookMillis;
        this.#pauseEndMillis = nowMillis;
        return sinceLookMillis - SILENCE_MILLIS_MAX;
    }

    /** How long the latest pause was, if it ended in a silence that began then; else 0. */
    pauseIn(silentSinceMillis: number): number {
        return silentSinceMillis <= this.#pauseEndMillis ? this.#pauseMillis : 0;
    }
}
