// Dots that move smoothly, though the server says thirty times a second where they are, and not
// every time.

import { SNAPSHOTS_PER_SECOND } from "./wire.js";

/** @typedef {import("./wire.js").Snapshot} Snapshot */
/** @typedef {import("./wire.js").Dot} Dot */

const INTERVAL = 1000 / SNAPSHOTS_PER_SECOND;

/** The picture is so many milliseconds behind the newest snapshot, at least and at most. */
const DELAY_MIN = 1.5 * INTERVAL;
const DELAY_MAX = 400;

/** For so long a dot goes on as it went when nothing is heard. */
const GUESS_MAX = 200;

/** Two pictures that are further apart are no movement but a jump. */
const JUMP = 150;

/** Time in the picture may run so much faster and slower, to get where it should be unnoticed. */
const HASTE = 0.1;
const DRAG = 0.2;

/** From so many milliseconds on it jumps. */
const OFF_MAX = 500;

const KEPT = 32;

/** What was told, and from it what was at any moment shortly before. */
export class Interpolation {
    /** @type {Snapshot[]} by sequence */
    #snapshots = [];

    /** The time of this page at which snapshot 0 would have come, had it come at its best. */
    #origin = Infinity;

    /** The time of this page at which snapshot 0 would have been drawn, and when that was reckoned. */
    #offset = Infinity;
    #reckonedAt = 0;

    /** How late snapshots come beyond that, in milliseconds: rises at once, falls slowly. */
    #lateness = 0;

    /**
     * @param {Snapshot} snapshot
     * @param {number} now
     */
    add(snapshot, now) {
        const newest = this.#snapshots.at(-1);
        if (newest && Math.abs(newest.sequence - snapshot.sequence) > 300) {
            this.clear();
        }
        const origin = now - snapshot.sequence * INTERVAL;
        // The clocks drift, and a link that got slower is the normal one after a while.
        this.#origin = Math.min(origin, this.#origin + 0.05);
        this.#lateness = Math.max(origin - this.#origin, this.#lateness * 0.99);
        const index = this.#snapshots.findLastIndex((one) => one.sequence <= snapshot.sequence);
        if (this.#snapshots[index]?.sequence !== snapshot.sequence) {
            this.#snapshots.splice(index + 1, 0, snapshot);
        }
        if (this.#snapshots.length > KEPT) {
            this.#snapshots.shift();
        }
    }

    clear() {
        this.#snapshots = [];
        this.#origin = Infinity;
        this.#offset = Infinity;
        this.#lateness = 0;
    }

    /**
     * @param {number} now
     * @returns {Snapshot | undefined} the arena as it is to be drawn; undefined before anything was
     *     heard
     */
    at(now) {
        const newest = this.#snapshots.at(-1);
        if (!newest) {
            return undefined;
        }
        this.#reckon(now);
        const sequence = (now - this.#offset) / INTERVAL;
        const index = this.#snapshots.findLastIndex((one) => one.sequence <= sequence);
        const before = this.#snapshots[Math.max(index, 0)];
        const after = this.#snapshots[index + 1];
        if (index < 0) {
            return before;
        }
        if (!after) {
            return goneOn(before, Math.min((sequence - before.sequence) * INTERVAL, GUESS_MAX));
        }
        return between(before, after, sequence);
    }

    #reckon(now) {
        const delay = Math.min(Math.max(this.#lateness + INTERVAL, DELAY_MIN), DELAY_MAX);
        const off = this.#origin + delay - this.#offset;
        const elapsed = now - this.#reckonedAt;
        this.#reckonedAt = now;
        if (Math.abs(off) > OFF_MAX) {
            this.#offset = this.#origin + delay;
        } else {
            this.#offset += Math.min(Math.max(off, -HASTE * elapsed), DRAG * elapsed);
        }
    }
}

/**
 * @param {Snapshot} snapshot
 * @param {number} millis
 * @returns {Snapshot}
 */
function goneOn(snapshot, millis) {
    const dots = snapshot.dots.map((dot) => ({
        ...dot,
        x: dot.x + (dot.velocityX * millis) / 1000,
        y: dot.y + (dot.velocityY * millis) / 1000,
    }));
    return { ...snapshot, dots };
}

/**
 * @param {Snapshot} before
 * @param {Snapshot} after
 * @param {number} sequence
 * @returns {Snapshot}
 */
function between(before, after, sequence) {
    const share = (sequence - before.sequence) / (after.sequence - before.sequence);
    const seconds = ((after.sequence - before.sequence) * INTERVAL) / 1000;
    const later = new Map(after.dots.map((dot) => [dot.id, dot]));
    const dots = before.dots.map((dot) => {
        const next = later.get(dot.id);
        if (!next || Math.hypot(next.x - dot.x, next.y - dot.y) > JUMP) {
            return dot;
        }
        return {
            ...dot,
            x: hermite(dot.x, dot.velocityX * seconds, next.x, next.velocityX * seconds, share),
            y: hermite(dot.y, dot.velocityY * seconds, next.y, next.velocityY * seconds, share),
        };
    });
    return { ...before, dots };
}

/** The cubic curve through two places at two speeds. */
function hermite(from, fromSpeed, to, toSpeed, t) {
    const t2 = t * t;
    const t3 = t2 * t;
    return (
        (2 * t3 - 3 * t2 + 1) * from +
        (t3 - 2 * t2 + t) * fromSpeed +
        (3 * t2 - 2 * t3) * to +
        (t3 - t2) * toSpeed
    );
}
