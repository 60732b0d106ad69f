/**
 * Why a packet that came in was dropped, or one that was to go out. What comes from the network
 * never throws and is never logged; it is counted.
 */
export type Drop =
    /** No packet of its type has this length, or no transport carries one. */
    | "wrong-size"
    /** A type that does not exist or that a client never receives. */
    | "wrong-type"
    /** A prefix that announces no sequence bytes or more than eight. */
    | "wrong-prefix"
    /** Received before, or older than 256 sequences. */
    | "already-received"
    /** The packet does not open under the key of its connection. */
    | "not-authentic"
    /** From another server than the one that is dialled. */
    | "wrong-address"
    /** A packet that means nothing in the present state. */
    | "wrong-state"
    /** A text message on a WebSocket. */
    | "not-binary"
    /** More streams at once than a server has reason to open, or one that failed half way. */
    | "stream-limit"
    /** The payload was authentic, and the queue for the application was full. */
    | "queue-full"
    /** To be sent, and the browser had too much waiting already. */
    | "transport-full"
    /** Handed to the browser, which said later that it could not send it. */
    | "not-written";

/** How often each happened; what never did is left out. */
export type DropCounts = Readonly<Partial<Record<Drop, number>>>;

export class DropCounters {
    readonly #counts: Partial<Record<Drop, number>> = {};

    add(drop: Drop): void {
        this.#counts[drop] = (this.#counts[drop] ?? 0) + 1;
    }

    count(drop: Drop): number {
        return this.#counts[drop] ?? 0;
    }

    /** A copy. */
    counts(): DropCounts {
        return { ...this.#counts };
    }
}
