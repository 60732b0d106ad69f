import assert from "node:assert/strict";
import { afterEach, mock, test } from "node:test";
import { workerAlarm } from "../src/client/alarm.js";

// Node's workers are other ones: a fake that runs the same source on the same messages.

class FakeWorker {
    static last: FakeWorker | undefined;
    static refuses = false;
    onmessage: ((event: { data: unknown }) => void) | null = null;
    onerror: ((event: object) => void) | null = null;
    readonly posted: number[] = [];
    isTerminated = false;

    constructor(readonly url: string) {
        if (FakeWorker.refuses) {
            throw new Error("refused by the content security policy");
        }
        FakeWorker.last = this;
    }

    postMessage(data: number): void {
        this.posted.push(data);
    }

    terminate(): void {
        this.isTerminated = true;
    }
}

Object.assign(globalThis, { Worker: FakeWorker });

afterEach(() => {
    mock.timers.reset();
    FakeWorker.refuses = false;
});

test("once the worker runs, it is the worker that rings", () => {
    mock.timers.enable({ apis: ["setTimeout"] });
    let rings = 0;
    const alarm = workerAlarm(() => rings++);
    const worker = FakeWorker.last;
    worker?.onmessage?.({ data: 1 });
    alarm.set(100);
    mock.timers.tick(1000);
    assert.equal(rings, 0);
    assert.deepEqual(worker?.posted, [100]);
    worker?.onmessage?.({ data: 100 + 0 });
    assert.equal(rings, 1);
    alarm.clear();
    assert.equal(worker?.posted.at(-1), -1);
    alarm.close();
    assert.ok(worker?.isTerminated);
});

test("until the worker runs, and where it may not, the page's timers ring", () => {
    for (const refuses of [false, true]) {
        FakeWorker.refuses = refuses;
        mock.timers.enable({ apis: ["setTimeout"] });
        let rings = 0;
        const alarm = workerAlarm(() => rings++);
        alarm.set(50);
        alarm.set(100);
        mock.timers.tick(99);
        assert.equal(rings, 0);
        mock.timers.tick(1);
        assert.equal(rings, 1);
        alarm.set(100);
        alarm.close();
        mock.timers.tick(1000);
        assert.equal(rings, 1);
        mock.timers.reset();
    }
});

test("a worker that fails rings at once, and leaves it to the page's timers", () => {
    mock.timers.enable({ apis: ["setTimeout"] });
    let rings = 0;
    const alarm = workerAlarm(() => rings++);
    FakeWorker.last?.onmessage?.({ data: 1 });
    alarm.set(100);
    FakeWorker.last?.onerror?.({});
    assert.equal(rings, 1);
    alarm.set(100);
    mock.timers.tick(100);
    assert.equal(rings, 2);
});
