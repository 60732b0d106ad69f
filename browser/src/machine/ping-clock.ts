import { NOTHING_TO_ECHO, readPing, writePing } from "../wire/ping-body.js";
import { OutboundLoss } from "./outbound-loss.js";

/** What is above it is no round trip: an echo of a ping that was never sent. */
const ROUND_TRIP_MICROS_MAX = 60_000_000;

/** Of the newest ping of the other side. */
interface Heard {
    readonly sequence: bigint;
    readonly sentMicros: number;
    readonly atMillis: number;
}

/**
 * What one side of a connection tells the other in pings, and learns from them: the round trip
 * without the time in which a ping was held, and how many of its own packets have arrived.
 */
export class PingClock {
    readonly #loss = new OutboundLoss();
    #heard: Heard | undefined;
    #hasSent = false;

    /**
     * The body of a ping.
     *
     * @param receivedCount how many packets arrived, modulo 2^32
     * @param receivedSequence the highest number among those that opened
     */
    write(nowMillis: number, receivedCount: number, receivedSequence: bigint): Uint8Array {
        this.#hasSent = true;
        return writePing({
            sentMicros: micros(nowMillis),
            echoMicros: this.#heard?.sentMicros ?? 0,
            heldMicros: this.#heldMicros(nowMillis),
            receivedCount,
            receivedSequence,
        });
    }

    #heldMicros(nowMillis: number): number {
        if (this.#heard === undefined) {
            return NOTHING_TO_ECHO;
        }
        const heldMicros = Math.floor((nowMillis - this.#heard.atMillis) * 1000);
        return heldMicros <= ROUND_TRIP_MICROS_MAX ? heldMicros : NOTHING_TO_ECHO;
    }

    /**
     * Takes the ping of the other side, which has opened under this number.
     *
     * @returns the round trip, where it can be told
     */
    received(nowMillis: number, sequence: bigint, body: Uint8Array): number | undefined {
        if (this.#heard !== undefined && sequence <= this.#heard.sequence) {
            return undefined; // overtaken by a newer one
        }
        const ping = readPing(body);
        this.#heard = { sequence, sentMicros: ping.sentMicros, atMillis: nowMillis };
        this.#loss.reported(ping.receivedCount, ping.receivedSequence);
        if (!this.#hasSent || ping.heldMicros === NOTHING_TO_ECHO) {
            return undefined;
        }
        const roundTripMicros = (micros(nowMillis) - ping.echoMicros - ping.heldMicros) >>> 0;
        return roundTripMicros <= ROUND_TRIP_MICROS_MAX ? roundTripMicros / 1000 : undefined;
    }

    /** Forgets everything: another server is dialled. */
    reset(): void {
        this.#heard = undefined;
        this.#hasSent = false;
        this.#loss.reset();
    }

    /**
     * The share of this side's latest packets that did not arrive, as the other side reports it;
     * undefined while too little was reported.
     */
    outboundLoss(): number | undefined {
        return this.#loss.share();
    }
}

/** Modulo 2^32. */
function micros(millis: number): number {
    return Math.floor(millis * 1000) >>> 0;
}
