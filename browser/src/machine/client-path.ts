import { equalInConstantTime, readU64 } from "../wire/little-endian.js";
import {
    KEEP_ALIVE_BODY_BYTES,
    PATH_ID_BYTES,
    PATH_REQUEST_INTERVAL_MILLIS,
    PATH_SILENCE_MILLIS,
} from "../wire/wire.js";

/** A path answer that confirms: the address that the request came from is the connection's. */
export const CONFIRMED = 0n;
/**
 * A path answer of a server that hears nothing of the client: the way back may be whole while the
 * way there is not. Every other answer is a challenge.
 */
export const NOTHING_HEARD = 0xffff_ffff_ffff_ffffn;

/**
 * What a client knows of its path, and when it asks the server for it.
 *
 * A client that hears nothing for half a second, is told that nothing of it is heard, or knows that
 * its network has changed, sends path requests until the server confirms one: it *probes*. Without
 * a path id, which only a server gives that knows what to do with it, it never does.
 */
export class ClientPath {
    #id: bigint | undefined;
    #resetWord: Uint8Array | undefined;
    #isProbing = false;
    #requestDueMillis = 0;
    /**
     * Whether a request of the present probe has gone out: until then what comes answers an earlier
     * one, which may have left from another address.
     */
    #hasAsked = false;
    /** Whether a request of the present probe has gone out, and nothing has opened since. */
    #isUnanswered = false;
    #challenge: bigint | undefined;

    /** Takes id and reset word from a keep-alive; they stay the same for the whole connection. */
    learn(keepAlive: Uint8Array): void {
        this.#id = readU64(keepAlive, KEEP_ALIVE_BODY_BYTES);
        this.#resetWord = keepAlive.slice(KEEP_ALIVE_BODY_BYTES + PATH_ID_BYTES);
    }

    /** Undefined where the server has given none. */
    get id(): bigint | undefined {
        return this.#id;
    }

    /** Whether this client asks the server for its path. */
    get isProbing(): boolean {
        return this.#isProbing;
    }

    /** Begins to ask, at once. */
    probe(nowMillis: number): void {
        if (this.#id !== undefined) {
            this.#isProbing = true;
            this.#hasAsked = false;
            this.#isUnanswered = false;
            this.#requestDueMillis = nowMillis;
        }
    }

    isRequestDue(nowMillis: number): boolean {
        return this.#isProbing && this.#requestDueMillis <= nowMillis;
    }

    requestSent(nowMillis: number): void {
        this.#hasAsked = true;
        this.#isUnanswered = true;
        this.#requestDueMillis = nowMillis + PATH_REQUEST_INTERVAL_MILLIS;
    }

    /** Takes note of a packet that has opened: the server has this connection. */
    opened(): void {
        this.#isUnanswered = false;
    }

    /** Takes a path answer; false when it means nothing in the present state. */
    answered(nowMillis: number, body: Uint8Array): boolean {
        const answer = readU64(body, 0);
        if (answer === NOTHING_HEARD) {
            if (!this.#isProbing) {
                this.probe(nowMillis);
            }
            return this.#id !== undefined;
        }
        if (!this.#isProbing || !this.#hasAsked) {
            return false;
        }
        if (answer === CONFIRMED) {
            this.#isProbing = false;
            this.#challenge = undefined;
        } else {
            this.#challenge = answer;
        }
        return true;
    }

    get owesResponse(): boolean {
        return this.#challenge !== undefined;
    }

    /** The challenge that a response goes out for, once. */
    takeChallenge(): bigint {
        const challenge = this.#challenge ?? CONFIRMED;
        this.#challenge = undefined;
        return challenge;
    }

    /**
     * Whether the server says that it no longer has this connection, and this client believes it:
     * while it probes, and only as long as nothing shows that the server has it.
     *
     * @param packet a whole reset packet
     */
    isReset(packet: Uint8Array): boolean {
        return (
            this.#isProbing &&
            this.#isUnanswered &&
            this.#resetWord !== undefined &&
            equalInConstantTime(packet.subarray(1), this.#resetWord)
        );
    }

    /** When something is due, in a silence that began then. */
    nextTimeout(silentSinceMillis: number): number {
        if (this.#id === undefined) {
            return Number.POSITIVE_INFINITY;
        }
        if (this.#challenge !== undefined) {
            return silentSinceMillis;
        }
        return this.#isProbing ? this.#requestDueMillis : silentSinceMillis + PATH_SILENCE_MILLIS;
    }

    /** Forgets everything, and overwrites the reset word with zeros. */
    erase(): void {
        this.#resetWord?.fill(0);
        this.#resetWord = undefined;
        this.#id = undefined;
        this.#isProbing = false;
        this.#challenge = undefined;
    }
}
