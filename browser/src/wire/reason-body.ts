import { NO_REASON, type StatedReason } from "../stated-reason.js";
import { readU16, writeU16 } from "./little-endian.js";
import { decodePrintable, encodeCut } from "./utf8.js";
import { REASON_BODY_BYTES_MAX, REASON_BODY_BYTES_MIN } from "./wire.js";

/**
 * The body of a denied or disconnect packet that states a reason: `code u16 ·
 * retryAfterSeconds u16 · 0..124 bytes of UTF-8`.
 */
export function writeReason(reason: StatedReason): Uint8Array {
    const text = encodeCut(reason.text, REASON_BODY_BYTES_MAX - REASON_BODY_BYTES_MIN);
    const body = new Uint8Array(REASON_BODY_BYTES_MIN + text.length);
    writeU16(body, 0, reason.code);
    writeU16(body, 2, reason.retryAfterSeconds);
    body.set(text, REASON_BODY_BYTES_MIN);
    return body;
}

/** What a body says; an empty one says nothing. */
export function readReason(body: Uint8Array): StatedReason {
    if (body.length < REASON_BODY_BYTES_MIN) {
        return NO_REASON;
    }
    return {
        code: readU16(body, 0),
        retryAfterSeconds: readU16(body, 2),
        text: decodePrintable(body.subarray(REASON_BODY_BYTES_MIN)),
    };
}
