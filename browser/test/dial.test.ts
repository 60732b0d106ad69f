import assert from "node:assert/strict";
import { test } from "node:test";
import { dial } from "../src/transport/dial.js";
import {
    isTransport,
    type OpenRequest,
    type Transport,
    type TransportEvents,
    type TransportFailure,
    type TransportKind,
} from "../src/transport/transport.js";
import { settled } from "./world.js";

const WAYS = { webTransport: "https://play.example.org/x", webSocket: "wss://play.example.org/x" };
const PATIENCE_MILLIS = 60_000;
const DEAF: TransportEvents = { packet() {}, dropped() {}, ended() {} };

/** One attempt, which ends as the test says. */
class Attempt {
    closed = 0;
    readonly settle: (result: Transport | TransportFailure) => void;
    readonly result: Promise<Transport | TransportFailure>;

    constructor(
        readonly kind: TransportKind,
        readonly request: OpenRequest,
    ) {
        let settle: (result: Transport | TransportFailure) => void = () => {};
        this.result = new Promise((done) => {
            settle = done;
        });
        this.settle = settle;
    }

    stand(): Transport {
        const transport: Transport = {
            kind: this.kind,
            url: this.request.url,
            datagramBytesMax: () => 1200,
            send: () => "datagram",
            close: () => void this.closed++,
        };
        this.settle(transport);
        return transport;
    }

    fail(): void {
        const { kind: transport, request } = this;
        this.settle({ transport, url: request.url, problem: "failed", message: "" });
    }
}

/** @param patienceMillis 1 for who has none, an hour for who waits */
function dialling(patienceMillis: number, ways = WAYS) {
    const attempts: Attempt[] = [];
    const failures: TransportFailure[] = [];
    const giveUp = new AbortController();
    const open = (kind: TransportKind) => (request: OpenRequest) => {
        const attempt = new Attempt(kind, request);
        attempts.push(attempt);
        return attempt.result;
    };
    const settings = {
        transports: ["web-transport", "web-socket"] as const,
        openTimeoutMillis: HOUR,
        headStartMillis: patienceMillis,
        open: { "web-transport": open("web-transport"), "web-socket": open("web-socket") },
    };
    const result = dial(ways, [], settings, giveUp.signal, DEAF, (failure) =>
        failures.push(failure),
    );
    const nth = async (count: number): Promise<Attempt> => {
        const end = Date.now() + PATIENCE_MILLIS;
        while (attempts.length < count) {
            assert.ok(Date.now() < end, `attempt ${count} is never begun`);
            await new Promise((done) => setTimeout(done, 1));
        }
        return attempts[count - 1] as Attempt;
    };
    return { attempts, failures, giveUp, result, nth };
}

const HOUR = 3_600_000;

test("the first way is taken alone where it stands in time", async () => {
    const { attempts, result, nth } = dialling(HOUR);
    const transport = (await nth(1)).stand();
    assert.equal(await result, transport);
    assert.equal(attempts.length, 1);
});

test("a slow one goes on beside the next, and whichever stands first is taken", async () => {
    const slow = dialling(1);
    const [one, two] = [await slow.nth(1), await slow.nth(2)];
    assert.deepEqual([one.kind, two.kind], ["web-transport", "web-socket"]);
    assert.equal(one.request.signal.aborted, false);
    const transport = one.stand();
    assert.equal(await slow.result, transport);
    assert.equal(two.request.signal.aborted, true);
    // It came about all the same.
    two.stand();
    await settled();
    assert.deepEqual([one.closed, two.closed], [0, 1]);

    const other = dialling(1);
    const socket = (await other.nth(2)).stand();
    assert.equal(await other.result, socket);
    (await other.nth(1)).stand();
    await settled();
    assert.equal((await other.nth(1)).closed, 1);
    assert.deepEqual(other.failures, []);
});

test("a slow one is waited for also when the next has failed", async () => {
    const { result, nth, failures } = dialling(1);
    (await nth(2)).fail();
    await settled();
    const transport = (await nth(1)).stand();
    assert.equal(await result, transport);
    assert.deepEqual(
        failures.map((failure) => failure.transport),
        ["web-socket"],
    );
});

test("a WebTransport has longer than what Chromium makes it wait", async () => {
    const { giveUp, nth } = dialling(3000);
    assert.ok((await nth(1)).request.timeoutMillis >= 20_000);
    giveUp.abort();
});

test("what fails is followed at once, and nothing is left when all have failed", async () => {
    const { attempts, result, nth, failures } = dialling(HOUR);
    (await nth(1)).fail();
    (await nth(2)).fail();
    assert.equal(await result, undefined);
    assert.equal(attempts.length, 2);
    assert.equal(failures.length, 2);
});

test("who gives up gets nothing, and what stands later is closed", async () => {
    const { giveUp, result, nth } = dialling(HOUR);
    const attempt = await nth(1);
    giveUp.abort();
    assert.equal(await result, undefined);
    assert.equal(attempt.request.signal.aborted, true);
    attempt.stand();
    await settled();
    assert.equal(attempt.closed, 1);
    assert.ok(isTransport(await attempt.result));
});

test("without a way there is nothing to wait for", async () => {
    const { result } = dialling(HOUR, {} as typeof WAYS);
    assert.equal(await result, undefined);
});
