// The messages of the arena, as the server writes and reads them: big-endian, the type first.

/**
 * @typedef {{id: number, wayIn: number, score: number,
 *     x: number, y: number, velocityX: number, velocityY: number}} Dot
 * @typedef {{sequence: number, you: number, inputSequence: number, inputsReceived: number,
 *     starX: number, starY: number, dots: Dot[]}} Snapshot
 */

/** The side of the arena, in its units; 64 of them to one on the wire. */
export const SIDE = 1000;
const SCALE = 64;

export const RADIUS = 20;
export const STAR_RADIUS = 14;
export const SNAPSHOTS_PER_SECOND = 30;
export const NAME_LENGTH_MAX = 16;

/** By their numbers on the wire. */
export const WAYS_IN = Object.freeze(["Local", "UDP", "WebTransport", "WebSocket"]);

const INPUT = 1;
const PING = 2;
const HELLO = 3;
const SNAPSHOT = 1;
const ROSTER = 2;
const PONG = 3;

const HEAD_BYTES = 20;
const DOT_BYTES = 13;

/**
 * @param {number} sequence
 * @param {{x: number, y: number}} direction each from -1 to 1
 * @param {{x: number, y: number} | undefined} target a place to go to instead
 * @returns {Uint8Array}
 */
export function writeInput(sequence, direction, target) {
    const view = new DataView(new ArrayBuffer(12));
    view.setUint8(0, INPUT);
    view.setUint32(1, sequence);
    view.setInt8(5, Math.round(direction.x * 127));
    view.setInt8(6, Math.round(direction.y * 127));
    view.setUint8(7, target ? 1 : 0);
    view.setUint16(8, place(target?.x ?? 0));
    view.setUint16(10, place(target?.y ?? 0));
    return new Uint8Array(view.buffer);
}

/** @param {number} stamp comes back as it is */
export function writePing(stamp) {
    const view = new DataView(new ArrayBuffer(5));
    view.setUint8(0, PING);
    view.setUint32(1, stamp);
    return new Uint8Array(view.buffer);
}

/** @param {string} name */
export function writeHello(name) {
    const text = new TextEncoder().encode(name);
    const message = new Uint8Array(1 + text.length);
    message[0] = HELLO;
    message.set(text, 1);
    return message;
}

/**
 * @param {Uint8Array} message
 * @returns {{snapshot: Snapshot} | {roster: Map<number, string>} | {pong: number} | undefined}
 *     what it says; undefined when it is nothing of ours
 */
export function read(message) {
    const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
    switch (message[0]) {
        case SNAPSHOT: {
            const snapshot = readSnapshot(view);
            return snapshot && { snapshot };
        }
        case ROSTER:
            return { roster: readRoster(message) };
        case PONG:
            return view.byteLength === 5 ? { pong: view.getUint32(1) } : undefined;
        default:
            return undefined;
    }
}

/** @param {DataView} view */
function readSnapshot(view) {
    const count = view.byteLength < HEAD_BYTES ? 0 : view.getUint8(19);
    if (view.byteLength !== HEAD_BYTES + count * DOT_BYTES) {
        return undefined;
    }
    const dots = [];
    for (let i = 0; i < count; i++) {
        const at = HEAD_BYTES + i * DOT_BYTES;
        dots.push({
            id: view.getUint16(at),
            wayIn: view.getUint8(at + 2) & 3,
            score: view.getUint16(at + 3),
            x: view.getUint16(at + 5) / SCALE,
            y: view.getUint16(at + 7) / SCALE,
            velocityX: view.getInt16(at + 9) / SCALE,
            velocityY: view.getInt16(at + 11) / SCALE,
        });
    }
    return {
        sequence: view.getUint32(1),
        you: view.getUint16(5),
        inputSequence: view.getUint32(7),
        inputsReceived: view.getUint32(11),
        starX: view.getUint16(15) / SCALE,
        starY: view.getUint16(17) / SCALE,
        dots,
    };
}

/** @param {Uint8Array} message */
function readRoster(message) {
    /** @type {Map<number, string>} */
    const names = new Map();
    const decoder = new TextDecoder();
    let at = 1;
    while (at + 3 <= message.length) {
        const id = (message[at] << 8) | message[at + 1];
        const end = at + 3 + message[at + 2];
        names.set(id, decoder.decode(message.subarray(at + 3, end)));
        at = end;
    }
    return names;
}

/** @param {number} value */
function place(value) {
    return Math.min(Math.max(Math.round(value * SCALE), 0), 0xffff);
}
