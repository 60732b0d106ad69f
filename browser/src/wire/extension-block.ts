import { byteAt, readU16 } from "./little-endian.js";

/** The flag of a token under which denied and disconnect packets may state reasons. */
export const STATES_REASONS = 1;
/** The flag of a token whose connection survives a changed address. */
export const SURVIVES_MOVES = 2;

/** The flag of a token that goes on with the connection of a former one, whose tag follows. */
const RESUMES = 4;

const MAGIC = 0x48 | (0x58 << 8);
const VERSION = 1;
const BYTES_MIN = 6;
const BYTES_MAX = 64;
/** A block with the tag of a former token. */
const RESUMING_BYTES = 22;

/**
 * What Hawser says in the zero padding of a connect token, where every other implementation sees
 * padding: `"HX" · version u8 = 1 · length u8 · flags u16`. `length` counts the whole block.
 *
 * @returns the flags of the block at `offset`; 0 where there is none, or one that is malformed in
 *   any way
 */
export function readExtensions(bytes: Uint8Array, offset: number): number {
    const room = bytes.length - offset;
    if (room < BYTES_MIN || readU16(bytes, offset) !== MAGIC) {
        return 0;
    }
    const length = byteAt(bytes, offset + 3);
    const isWellFormed =
        byteAt(bytes, offset + 2) === VERSION &&
        length >= BYTES_MIN &&
        length <= Math.min(BYTES_MAX, room);
    if (!isWellFormed) {
        return 0;
    }
    const flags = readU16(bytes, offset + 4);
    return length < RESUMING_BYTES ? flags & ~RESUMES : flags;
}
