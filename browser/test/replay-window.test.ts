import assert from "node:assert/strict";
import { test } from "node:test";
import { ReplayWindow } from "../src/wire/replay-window.js";
import { Random } from "./rig.js";

const END = 2n ** 64n - 1n;

/** The rule of the standard, without its economy. */
class Model {
    readonly #received = new Set<bigint>();
    mostRecent = 0n;

    alreadyReceived(sequence: bigint): boolean {
        const isTooOld = this.mostRecent >= 256n && sequence <= this.mostRecent - 256n;
        return isTooOld || this.#received.has(sequence);
    }

    advance(sequence: bigint): void {
        this.#received.add(sequence);
        if (sequence > this.mostRecent) {
            this.mostRecent = sequence;
        }
    }
}

for (const [name, start] of [
    ["0", 0n],
    ["2^53", 2n ** 53n],
    ["2^63", 2n ** 63n - 500n],
    ["2^64", END - 3000n],
] as const) {
    test(`the window remembers what the rule says, near ${name}`, () => {
        const random = new Random(3);
        const window = new ReplayWindow();
        const model = new Model();
        let received = 0;
        window.advance(start);
        model.advance(start);
        for (let i = 0; i < 5000; i++) {
            // Mostly a little ahead or behind, and now and then a leap about as long as the window.
            const step = BigInt(random.below(i % 20 === 0 ? 300 : 8));
            const back = BigInt(random.below(270));
            const wanted = i % 3 === 0 ? model.mostRecent + step : model.mostRecent - back;
            const sequence = wanted < 0n ? 0n : wanted > END ? END : wanted;
            const isReceived = window.alreadyReceived(sequence);
            assert.equal(isReceived, model.alreadyReceived(sequence), `step ${i}, ${sequence}`);
            if (!isReceived) {
                window.advance(sequence);
                model.advance(sequence);
                received++;
            }
        }
        assert.ok(received > 500, `${received}`);
    });
}
