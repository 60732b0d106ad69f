import type * as Hawser from "../src/index.js";

/**
 * What runs in the browser: a client of the built bundle, and what a scenario can do with it. The
 * server at the other end echoes payloads.
 */

const BUNDLE = "/hawser-client.min.js";
const { HawserClient, tokenService }: typeof Hawser = await import(BUNDLE);

let client = new HawserClient();
let states: unknown[] = [];
let waiting: ((payload: Uint8Array) => void)[] = [];

/** Numbers of 64 bits travel as strings. */
function plain(value: unknown): unknown {
    return JSON.parse(
        JSON.stringify(value, (_key, member: unknown) =>
            typeof member === "bigint" ? member.toString() : member,
        ),
    );
}

function sleep(millis: number): Promise<void> {
    return new Promise((done) => setTimeout(done, millis));
}

/** Begins with its number where there is room, and every other byte follows from that. */
function numbered(number: number, bytes: number): Uint8Array {
    const payload = Uint8Array.from({ length: bytes }, (_, at) => (number * 31 + at) & 0xff);
    if (bytes >= 4) {
        new DataView(payload.buffer).setUint32(0, number);
    }
    return payload;
}

function isNumbered(payload: Uint8Array, number: number): boolean {
    const expected = numbered(number, payload.length);
    return payload.every((byte, at) => byte === expected[at]);
}

function percentile(sorted: readonly number[], share: number): number | null {
    return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? null;
}

const actions = {
    /** Connects a new client; `answer` as the token service gives it, or `service` to ask it. */
    async connect(wish: {
        answer?: Hawser.TokenAnswer;
        service?: { endpoint: string; credential: string };
        options?: Hawser.HawserClientOptions;
    }) {
        client.disconnect();
        client = new HawserClient(wish.options);
        states = [];
        waiting = [];
        client.onState((state) => states.push(plain({ ...state, atMillis: performance.now() })));
        client.onPacket((payload) => {
            for (const listener of waiting) {
                listener(payload);
            }
        });
        const source = wish.service ? tokenService(wish.service) : wish.answer;
        return source ? client.connect(source) : { kind: "nothing to connect with" };
    },

    /**
     * Sends numbered payloads of 4 bytes or more at a rate, and counts what comes back, whole and
     * how late.
     */
    async traffic(wish: { seconds: number; perSecond: number; bytes: number }) {
        const sentAt = new Map<number, number>();
        const delays: number[] = [];
        const results: Record<string, number> = {};
        let damaged = 0;
        const listener = (payload: Uint8Array): void => {
            const number = new DataView(payload.buffer, payload.byteOffset).getUint32(0);
            const sent = sentAt.get(number);
            const isWhole = payload.length === wish.bytes && isNumbered(payload, number);
            if (sent === undefined || !isWhole) {
                damaged++;
            } else {
                sentAt.delete(number);
                delays.push(performance.now() - sent);
            }
        };
        waiting.push(listener);
        const start = performance.now();
        const total = Math.round(wish.seconds * wish.perSecond);
        for (let number = 0; number < total; ) {
            const due = Math.min(
                total,
                Math.ceil(((performance.now() - start) / 1000) * wish.perSecond),
            );
            for (; number < due; number++) {
                sentAt.set(number, performance.now());
                const result = client.send(numbered(number, wish.bytes));
                results[result] = (results[result] ?? 0) + 1;
            }
            await sleep(2);
        }
        for (let i = 0; i < 100 && sentAt.size > 0; i++) {
            await sleep(10);
        }
        waiting = waiting.filter((other) => other !== listener);
        delays.sort((one, other) => one - other);
        return {
            sent: total,
            received: delays.length,
            damaged,
            results,
            p50Millis: percentile(delays, 0.5),
            p99Millis: percentile(delays, 0.99),
        };
    },

    /** Sends one payload of this size, and says whether it came back whole. */
    async payload({ bytes }: { bytes: number }) {
        let isBack = false;
        const listener = (payload: Uint8Array): void => {
            isBack ||= payload.length === bytes && isNumbered(payload, 77);
        };
        waiting.push(listener);
        let result: string;
        try {
            result = client.send(numbered(77, bytes));
        } catch (thrown) {
            result = String(thrown);
        }
        for (let i = 0; i < 100 && !isBack; i++) {
            await sleep(10);
        }
        waiting = waiting.filter((other) => other !== listener);
        return { result, isBack };
    },

    /** Waits until the client is in a state of this kind, and gives it. */
    async until({ kind, millis }: { kind: string; millis: number }) {
        for (const end = performance.now() + millis; performance.now() < end; await sleep(5)) {
            if (client.state.kind === kind) {
                break;
            }
        }
        return client.state;
    },

    async disconnect(reason: Partial<Hawser.StatedReason> = {}) {
        client.disconnect(reason);
        return client.state;
    },

    /** Sends until the browser takes no more, and leaves in the same turn. */
    async leaveUnderLoad(wish: { bytes: number; reason: Partial<Hawser.StatedReason> }) {
        let sent = 0;
        while (sent < 100_000 && client.send(numbered(sent, wish.bytes)) !== "dropped") {
            sent++;
        }
        client.disconnect(wish.reason);
        return { sent };
    },

    async look() {
        return {
            state: client.state,
            states,
            stats: client.stats(),
            maxDatagramPayloadBytes: client.maxDatagramPayloadBytes,
            isHidden: document.hidden,
        };
    },
};

export type Action = keyof typeof actions;

Object.assign(globalThis, {
    act: async (action: Action, wish: never) => plain(await actions[action](wish)),
});
document.body.append("ready");
