import { EXPECTED_MIN, HALF } from "./loss-window.js";

interface Report {
    readonly count: number;
    readonly sequence: bigint;
}

/**
 * How many of this side's latest packets did not arrive, told from two reports of the other side:
 * of how many numbers so many packets arrived between them.
 *
 * The older of the two moves on so that between 128 and some more than 256 numbers lie between
 * them, unless this side sends more than that from one report to the next. A report that claims
 * nonsense makes a nonsensical share, and one from 0 to 1.
 */
export class OutboundLoss {
    #base: Report | undefined;
    #middle: Report | undefined;
    #share: number | undefined;

    /**
     * @param count of the packets that arrived, modulo 2^32
     * @param sequence the highest number among them
     */
    reported(count: number, sequence: bigint): void {
        const report = { count, sequence };
        if (this.#base === undefined || this.#middle === undefined) {
            this.#base = report;
            this.#middle = report;
            return;
        }
        const sent = difference(sequence, this.#base.sequence);
        if (sent >= EXPECTED_MIN) {
            const arrived = (count - this.#base.count) >>> 0;
            this.#share = Math.min(Math.max(0, 1 - arrived / Number(sent)), 1);
        }
        if (difference(sequence, this.#middle.sequence) >= HALF) {
            this.#base = this.#middle;
            this.#middle = report;
        }
    }

    reset(): void {
        this.#base = undefined;
        this.#middle = undefined;
        this.#share = undefined;
    }

    /** 0 to 1; undefined while too little was reported. */
    share(): number | undefined {
        return this.#share;
    }
}

/** Signed: a report that goes back is no jump ahead by nearly 2^64. */
function difference(sequence: bigint, earlier: bigint): bigint {
    return BigInt.asIntN(64, sequence - earlier);
}
