import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { waitPatiently } from "../src/patience.js";

/** Timers that ring when the test says so, however late that is. */
function overdueTimers(run: (ringNext: () => number) => void): void {
    const timers: { ring: () => void; millis: number }[] = [];
    const replaced = mock.method(globalThis, "setTimeout", ((ring: () => void, millis: number) => {
        timers.push({ ring, millis });
        return timers.length;
    }) as unknown as typeof setTimeout);
    try {
        run(() => {
            const next = timers.shift();
            assert.ok(next);
            next.ring();
            return next.millis;
        });
    } finally {
        replaced.mock.restore();
    }
}

test("a timer that is overdue uses up one piece of the wait, and not all of it", () => {
    overdueTimers((ringNext) => {
        const ring = mock.fn();
        waitPatiently(3000, ring);
        // The page was held up for ten seconds: the first piece is over, and what came is read now.
        assert.equal(ringNext(), 1000);
        assert.equal(ring.mock.callCount(), 0);
        assert.equal(ringNext(), 1000);
        assert.equal(ring.mock.callCount(), 0);
        assert.equal(ringNext(), 1000);
        assert.equal(ring.mock.callCount(), 1);
    });
});

test("a short wait is one piece, and the last piece is what is left", () => {
    overdueTimers((ringNext) => {
        const ring = mock.fn();
        waitPatiently(10, ring);
        assert.equal(ringNext(), 10);
        assert.equal(ring.mock.callCount(), 1);
        waitPatiently(1250, ring);
        assert.equal(ringNext(), 1000);
        assert.equal(ringNext(), 250);
        assert.equal(ring.mock.callCount(), 2);
    });
});

test("a wait that was ended does not ring", () => {
    mock.timers.enable({ apis: ["setTimeout"] });
    try {
        const ring = mock.fn();
        const stop = waitPatiently(1500, ring);
        mock.timers.tick(1000);
        stop();
        mock.timers.tick(5000);
        assert.equal(ring.mock.callCount(), 0);
    } finally {
        mock.timers.reset();
    }
});
