/** How many sequences are remembered. */
const SIZE = 256;

const SIZE_BIG = BigInt(SIZE);
const PLACE_MASK = BigInt(SIZE - 1);

/**
 * Which of the last 256 packet sequences were received: drops what comes twice, and what is too
 * old to tell.
 *
 * Ask before opening a packet, {@link ReplayWindow.advance} only after it has opened: a forged
 * packet must not move the window.
 */
export class ReplayWindow {
    // One flag for each place (sequence mod 256).
    readonly #received = new Uint8Array(SIZE);
    #mostRecent = 0n;

    /** Makes the window fresh: nothing received, most recent sequence 0. */
    reset(): void {
        this.#received.fill(0);
        this.#mostRecent = 0n;
    }

    /** The highest sequence that was received; 0 in a fresh window. */
    get mostRecent(): bigint {
        return this.#mostRecent;
    }

    /** Whether the sequence was received or is too old to tell. */
    alreadyReceived(sequence: bigint): boolean {
        if (this.#mostRecent >= SIZE_BIG && sequence <= this.#mostRecent - SIZE_BIG) {
            return true;
        }
        return sequence <= this.#mostRecent && this.#received[place(sequence)] === 1;
    }

    /** Marks a sequence as received; a newer one moves the window. */
    advance(sequence: bigint): void {
        const step = sequence - this.#mostRecent;
        if (step >= SIZE_BIG) {
            this.#received.fill(0);
        } else {
            for (let skipped = 1n; skipped < step; skipped++) {
                this.#received[place(this.#mostRecent + skipped)] = 0;
            }
        }
        if (step > 0n) {
            this.#mostRecent = sequence;
        }
        this.#received[place(sequence)] = 1;
    }
}

function place(sequence: bigint): number {
    return Number(sequence & PLACE_MASK);
}
