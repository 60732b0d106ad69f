import { readU32, readU64, writeU32, writeU64 } from "./little-endian.js";
import { PING_BODY_BYTES } from "./wire.js";

/** In place of a time held: there is nothing to echo yet. */
export const NOTHING_TO_ECHO = 0xffff_ffff;

/** What a ping says. Times are microseconds modulo 2^32, of the clock of the side that is named. */
export interface Ping {
    /** When this ping was sent, by its sender's clock. */
    readonly sentMicros: number;
    /** The `sentMicros` of the newest ping that its sender has received; 0 before the first. */
    readonly echoMicros: number;
    /** For how long its sender had that; {@link NOTHING_TO_ECHO} before the first. */
    readonly heldMicros: number;
    /** How many packets its sender has received, modulo 2^32. */
    readonly receivedCount: number;
    /** The highest number of those. */
    readonly receivedSequence: bigint;
}

export function writePing(ping: Ping): Uint8Array {
    const body = new Uint8Array(PING_BODY_BYTES);
    writeU32(body, 0, ping.sentMicros);
    writeU32(body, 4, ping.echoMicros);
    writeU32(body, 8, ping.heldMicros);
    writeU32(body, 12, ping.receivedCount);
    writeU64(body, 16, ping.receivedSequence);
    return body;
}

export function readPing(body: Uint8Array): Ping {
    return {
        sentMicros: readU32(body, 0),
        echoMicros: readU32(body, 4),
        heldMicros: readU32(body, 8),
        receivedCount: readU32(body, 12),
        receivedSequence: readU64(body, 16),
    };
}
