import type { Alarm } from "./alarm.js";
import type { Platform } from "./platform.js";

/** Beyond 2^31 ms the browser's timers ring at once; ringing too early does no harm. */
const DELAY_MILLIS_MAX = 60_000;

/** An alarm for the earliest of the times that it is told, which it forgets when it rings. */
export class DeadlineAlarm {
    readonly #platform: Platform;
    readonly #alarm: Alarm;
    #atMillis = Number.POSITIVE_INFINITY;

    constructor(platform: Platform, ring: () => void) {
        this.#platform = platform;
        this.#alarm = platform.newAlarm(() => {
            this.#atMillis = Number.POSITIVE_INFINITY;
            ring();
        });
    }

    /**
     * Rings when that time has passed, or before. An alarm that is set already rings soon enough:
     * most deadlines only move later.
     *
     * @param atMillis infinite for never
     */
    ringBy(atMillis: number): void {
        if (atMillis < this.#atMillis) {
            this.#atMillis = atMillis;
            const delayMillis = Math.floor(atMillis - this.#platform.nowMillis()) + 1;
            this.#alarm.set(Math.min(Math.max(1, delayMillis), DELAY_MILLIS_MAX));
        }
    }

    close(): void {
        this.#alarm.close();
    }
}
