/** With more requests than this, a second and a half has passed and answers are missing. */
const REQUESTS_MAX = 16;

/**
 * The round trip between requests and the challenges that answer them, where it can be told
 * without guessing.
 *
 * A server answers each request with a packet of its own, and does not say which request it
 * answers. When as many answers have come as requests went out, none was lost, and the n-th answer
 * is taken for that to the n-th request; the smallest difference is the round trip. While answers
 * are missing there is no telling.
 */
export class HandshakeTimer {
    #sentMillis: number[] = [];
    #challenges = 0;
    #newestChallenge = 0n;
    #smallestMillis = Number.POSITIVE_INFINITY;

    /** Starts anew with another server. */
    reset(): void {
        this.#sentMillis = [];
        this.#challenges = 0;
        this.#smallestMillis = Number.POSITIVE_INFINITY;
    }

    requestSent(nowMillis: number): void {
        // One more than can be judged, so that too many are known for too many.
        if (this.#sentMillis.length <= REQUESTS_MAX) {
            this.#sentMillis.push(nowMillis);
        }
    }

    /**
     * Takes note of a challenge that has opened.
     *
     * @param sequence of the packet, which grows with every answer of a server; one that does not
     *   is a copy or was overtaken
     * @returns the round trip, with the one challenge that completes the answers
     */
    challengeReceived(nowMillis: number, sequence: bigint): number | undefined {
        const sentMillis = this.#sentMillis[this.#challenges];
        const isOld = this.#challenges > 0 && sequence <= this.#newestChallenge;
        if (isOld || sentMillis === undefined || this.#sentMillis.length > REQUESTS_MAX) {
            return undefined;
        }
        this.#smallestMillis = Math.min(this.#smallestMillis, nowMillis - sentMillis);
        this.#newestChallenge = sequence;
        this.#challenges++;
        return this.#challenges === this.#sentMillis.length ? this.#smallestMillis : undefined;
    }
}
