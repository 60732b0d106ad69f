import assert from "node:assert/strict";
import { test } from "node:test";
import type { HawserClientOptions } from "../src/client/client-options.js";
import type { ConnectionState } from "../src/client/connection-state.js";
import type { HawserClient } from "../src/client/hawser-client.js";
import { type TokenFailure, TokenFetchError } from "../src/token/token-failure.js";
import { readConnectToken, tokenTag } from "../src/wire/connect-token.js";
import { writeReason } from "../src/wire/reason-body.js";
import { PacketType } from "../src/wire/wire.js";
import { pathSlot, reset, type Token } from "./rig.js";
import { type FakeSession, settled, World } from "./world.js";

const WITHIN = 30_000;

function tagOf({ bytes }: Token): string {
    const token = readConnectToken(bytes);
    assert.ok(typeof token === "object");
    return tokenTag(token);
}

function failure(failure: TokenFailure): TokenFetchError {
    return new TokenFetchError(failure);
}

const UNREACHABLE = failure({ kind: "unreachable", endpoint: "https://x", detail: "no network" });

/** A client that is connected and comes back, and the states that it is in from then on. */
async function connected(world: World, options: HawserClientOptions = {}) {
    const client = world.client({ resumeWithinMillis: WITHIN, ...options });
    const connecting = client.connect(world.source({ survivesMoves: true }));
    await world.pass(300);
    assert.equal((await connecting).kind, "connected");
    const states: string[] = [];
    client.onState((state) => states.push(nameOf(state)));
    return { client, states, former: tagOf(world.token) };
}

function nameOf(state: ConnectionState): string {
    switch (state.kind) {
        case "resuming":
            return `resuming ${state.attempt}`;
        case "disconnected":
            return state.reason.kind;
        default:
            return state.kind;
    }
}

function reasonOf({ state }: HawserClient) {
    assert.equal(state.kind, "disconnected");
    return state.reason;
}

function lose(world: World): void {
    world.session.events.ended({ code: 1006, text: "gone" });
}

function goodbyes(session: FakeSession): number {
    return session.types().filter((type) => type === PacketType.DISCONNECT).length;
}

/** When the source was asked, from the loss on. */
function askedAfter(world: World, lostAtMillis: number): number[] {
    return world.asked.map(({ atMillis }) => atMillis - lostAtMillis).filter((at) => at >= 0);
}

// ---- What is a loss

test("a session that ends is gone on with, with the tag of the token before", async () => {
    const world = new World();
    const { client, states, former } = await connected(world);
    client.send(Uint8Array.of(1));
    const before = client.stats();
    lose(world);
    assert.deepEqual(client.state, { kind: "resuming", attempt: 1 });
    assert.equal(client.send(Uint8Array.of(2)), "not-connected");
    await world.pass(300);
    assert.deepEqual(states, ["resuming 1", "connected"]);
    assert.deepEqual(
        world.asked.map((asked) => asked.former),
        [undefined, former],
    );
    assert.equal(world.sessions.length, 2);
    assert.equal(client.send(Uint8Array.of(3)), "sent");
    const after = client.stats();
    assert.equal(after.resumes, 1);
    assert.equal(after.payloadsOut, 2);
    assert.ok(after.packetsOut > before.packetsOut);
    assert.ok(after.bytesIn > before.bytesIn);
});

test("silence is a loss, and so is a server that has forgotten the client", async () => {
    const world = new World();
    const { states } = await connected(world);
    await world.pass(5200);
    assert.deepEqual(states, ["resuming 1", "connected"]);
    world.session.say(PacketType.KEEP_ALIVE, pathSlot(3, 64));
    await settled();
    world.changeNetwork();
    world.session.events.packet(reset());
    await world.pass(300);
    assert.deepEqual(states, ["resuming 1", "connected", "resuming 1", "connected"]);
});

test("each loss is gone on with under the tag of the latest connection", async () => {
    const world = new World();
    const { client, former } = await connected(world);
    lose(world);
    await world.pass(300);
    const second = tagOf(world.token);
    lose(world);
    await world.pass(300);
    assert.deepEqual(
        world.asked.map((asked) => asked.former),
        [undefined, former, second],
    );
    assert.equal(client.stats().resumes, 2);
});

test("who leaves, is sent away or is replaced does not come back", async () => {
    for (const [code, kind] of [
        [1000, "server-ended"],
        [4, "server-stopped"],
        [3, "replaced"],
    ] as const) {
        const world = new World();
        const { client, states } = await connected(world);
        world.session.disconnect({ code, retryAfterSeconds: 0, text: "" });
        await world.pass(5000);
        assert.deepEqual(states, [kind]);
        assert.equal(world.asked.length, 1);
        client.disconnect();
    }
    const world = new World();
    const { client, states } = await connected(world);
    client.disconnect();
    await world.pass(5000);
    assert.deepEqual(states, ["client-left"]);
});

test("a client that is not told to, or has but one token, does not come back", async () => {
    const world = new World();
    const plain = world.client();
    const first = plain.connect(world.source());
    await world.pass(300);
    await first;
    lose(world);
    assert.equal(reasonOf(plain).kind, "transport-closed");

    const client = world.client({ resumeWithinMillis: WITHIN });
    const second = client.connect(world.answer());
    await world.pass(300);
    await second;
    lose(world);
    assert.equal(reasonOf(client).kind, "transport-closed");
    assert.equal(world.alarms, 0);
});

test("a connect that never led to a connection is not resumed", async () => {
    const world = new World();
    world.answers.push(UNREACHABLE);
    const client = world.client({ resumeWithinMillis: WITHIN });
    const state = await client.connect(world.source());
    assert.equal(nameOf(state), "token-fetch-failed");
    world.openings = { "web-transport": "failed", "web-socket": "failed" };
    assert.equal(nameOf(await client.connect(world.source())), "transport-failed");
    assert.equal(world.asked.length, 2);
});

test("the time must make sense", () => {
    for (const millis of [0, 999, 86_400_001, Number.NaN, Number.POSITIVE_INFINITY]) {
        assert.throws(() => new World().client({ resumeWithinMillis: millis }), RangeError);
    }
    new World().client({ resumeWithinMillis: 1000 });
    new World().client({ resumeWithinMillis: 86_400_000 });
});

// ---- Dials

test("a server that answers nothing is given a second, no goodbye, and another token", async () => {
    const world = new World();
    const { client, states, former } = await connected(world);
    world.openings["web-transport"] = "silent";
    lose(world);
    await world.pass(950);
    assert.deepEqual(states, ["resuming 1"]);
    const silent = world.session;
    await world.pass(100);
    assert.deepEqual(states, ["resuming 1", "resuming 2"]);
    assert.deepEqual(silent.closedWith, { code: 0, text: "" });
    assert.equal(goodbyes(silent), 0);
    assert.deepEqual(client.stats().drops, {});
    world.openings["web-transport"] = "answers";
    await world.pass(1300);
    assert.deepEqual(states, ["resuming 1", "resuming 2", "resuming 3", "connected"]);
    assert.ok(world.asked.slice(1).every((asked) => asked.former === former));
});

test("after ten attempts a dial has five seconds", async () => {
    const world = new World();
    const { states } = await connected(world, { resumeWithinMillis: 60_000 });
    world.openings["web-transport"] = "silent";
    const lostAt = world.now;
    lose(world);
    await world.pass(25_000);
    const at = askedAfter(world, lostAt);
    assert.equal(at.length, 13);
    assert.ok((at[10] as number) < 10_100, `${at}`);
    assert.ok((at[11] as number) >= 15_000, `${at}`);
    assert.equal(states.at(-1), "resuming 13");
});

test("a session that does not stand is given three seconds", async () => {
    const world = new World();
    const { states } = await connected(world);
    world.openings = { "web-transport": "never", "web-socket": "never" };
    lose(world);
    await world.pass(2900);
    assert.deepEqual(states, ["resuming 1"]);
    await world.pass(200);
    assert.deepEqual(states, ["resuming 1", "resuming 2"]);
});

test("a server that is not there, or ends each session, is not asked for in a hurry", async () => {
    for (const mood of ["not there", "ends"] as const) {
        const world = new World();
        const { client } = await connected(world);
        const lostAt = world.now;
        if (mood === "not there") {
            world.openings = { "web-transport": "failed", "web-socket": "failed" };
        } else {
            world.openings["web-transport"] = "silent";
        }
        lose(world);
        for (let i = 0; i < 280; i++) {
            await world.pass(100);
            if (mood === "ends" && world.session.closedWith === undefined) {
                world.session.events.ended({ code: 1008, text: "no" });
            }
        }
        const at = askedAfter(world, lostAt);
        assert.ok(at.length > 5 && at.length < 20, `${mood}: ${at}`);
        await world.pass(3000);
        const reason = reasonOf(client);
        assert.equal(reason.kind, "transport-closed");
        assert.match(reason.explanation, /code 1006: gone/);
        assert.match(reason.explanation, /tried to go on with it, \d+ times, and could not\./);
        assert.match(reason.explanation, /The latest attempt: /);
    }
});

test("where WebTransport is gone it goes on over WebSocket", async () => {
    const world = new World();
    const { client, states } = await connected(world);
    world.openings["web-transport"] = "failed";
    lose(world);
    await world.pass(300);
    assert.deepEqual(states, ["resuming 1", "connected"]);
    assert.equal(client.state.kind === "connected" && client.state.transport, "web-socket");
    assert.equal(client.stats().transport, "web-socket");
});

test("a WebTransport that says nothing has half a second before the WebSocket", async () => {
    const world = new World();
    // An hour where no connection was lost.
    const { client } = await connected(world, { openTimeoutMillis: 3_600_000 });
    world.openings["web-transport"] = "never";
    const startMillis = performance.now();
    lose(world);
    while (client.state.kind !== "connected") {
        assert.ok(performance.now() - startMillis < 600_000, "for ten minutes");
        await new Promise((done) => setTimeout(done, 5));
        if (world.sessions.length > 1) {
            await world.pass(200);
        }
    }
    assert.ok(performance.now() - startMillis > 400);
    assert.equal(client.stats().transport, "web-socket");
});

// ---- Answers

test("a denial with a reason is final, one without is not", async () => {
    const world = new World();
    const { client, states } = await connected(world);
    world.openings["web-transport"] = "denies";
    lose(world);
    await world.pass(2000);
    assert.equal(client.state.kind, "resuming");
    assert.ok(states.length >= 3);

    world.openings["web-transport"] = "silent";
    await world.pass(1500);
    const stated = { code: 3, retryAfterSeconds: 0, text: "the same player connected again" };
    world.session.say(PacketType.CONNECTION_DENIED, writeReason(stated));
    await world.pass(100);
    const reason = reasonOf(client);
    assert.equal(reason.kind, "denied");
    assert.equal("stated" in reason && reason.stated.code, 3);
    assert.equal(reason.playerMessage, "You have connected from somewhere else.");
    assert.match(reason.explanation, /denied the connection: the same player connected again/);
    assert.equal(world.alarms, 0);
});

test("an end by the server, heard in an attempt, is final", async () => {
    const world = new World();
    const { states } = await connected(world);
    world.openings["web-transport"] = "silent after the challenge";
    lose(world);
    await world.pass(300);
    world.session.disconnect({ code: 1000, retryAfterSeconds: 0, text: "kicked" });
    await world.pass(5000);
    assert.deepEqual(states, ["resuming 1", "server-ended"]);
});

test("waits for a token grow, and each is a part of its limit", async () => {
    for (const [share, expected] of [
        [0, [0, 125, 375, 875, 1875, 3875]],
        [1, [0, 250, 750, 1750, 3750, 7750]],
    ] as const) {
        const world = new World();
        world.randomShare = share;
        await connected(world);
        const lostAt = world.now;
        world.answers.push(...Array(6).fill(UNREACHABLE));
        lose(world);
        await world.pass(8000);
        const at = askedAfter(world, lostAt);
        expected.forEach((millis, i) => {
            const near = at[i] as number;
            assert.ok(near >= millis && near <= millis + 10, `${at} where ${expected}`);
        });
    }
});

test("who is told when to come back does not come sooner, and not all come at once", async () => {
    for (const told of [
        { kind: "too-many-requests", retryAfterSeconds: 10, said: "" },
        { kind: "no-server", retryAfterSeconds: 10, said: "" },
        { kind: "service-failed", status: 502, retryAfterSeconds: 10, said: "" },
    ] as const) {
        for (const [share, expected] of [
            [0, 12_500],
            [1, 15_000],
        ] as const) {
            const world = new World();
            world.randomShare = share;
            const { states } = await connected(world);
            const lostAt = world.now;
            world.answers.push(failure(told));
            lose(world);
            await world.pass(10_000);
            // Another network does not make it welcome sooner.
            world.changeNetwork();
            await settled();
            assert.equal(world.asked.length, 2, told.kind);
            await world.pass(6000);
            assert.deepEqual(states, ["resuming 1", "resuming 2", "connected"]);
            const [, again = 0] = askedAfter(world, lostAt);
            assert.ok(again >= expected && again <= expected + 10, `${told.kind}: ${again}`);
        }
    }
});

test("what all are told after the same wait is spread by a second, and by five at most", async () => {
    for (const [retryAfterSeconds, expected] of [
        [1, 1750],
        [20, 25_000],
        // What only a source of the game's own can say.
        [-1000, 250],
        [Number.NaN, 250],
        [Number.NEGATIVE_INFINITY, 250],
    ] as const) {
        const world = new World();
        world.randomShare = 1;
        await connected(world);
        const lostAt = world.now;
        world.answers.push(failure({ kind: "no-server", retryAfterSeconds, said: "" }));
        lose(world);
        await world.pass(WITHIN - 1000);
        const [, again = 0] = askedAfter(world, lostAt);
        assert.ok(again >= expected && again <= expected + 10, `${retryAfterSeconds}: ${again}`);
    }
});

test("a page that wakes comes no sooner than it was told", async () => {
    const world = new World();
    const { states } = await connected(world);
    world.answers.push(failure({ kind: "no-server", retryAfterSeconds: 3600, said: "" }));
    lose(world);
    await settled();
    await world.freeze(1_800_000);
    await world.pass(6000);
    assert.equal(world.asked.length, 2);
    assert.deepEqual(states, ["resuming 1", "transport-closed"]);

    const late = new World();
    const { states: after } = await connected(late);
    late.answers.push(failure({ kind: "no-server", retryAfterSeconds: 3600, said: "" }));
    lose(late);
    await settled();
    await late.freeze(3_700_000);
    await late.pass(300);
    assert.deepEqual(after, ["resuming 1", "resuming 2", "connected"]);
});

/** Has no text, and throws when it is asked for it. */
const UNSPEAKABLE: unknown = Object.create(null);

/** An error whose message cannot be had. */
const MUTE = new Error();
Object.defineProperty(MUTE, "message", {
    get() {
        throw new Error("no message");
    },
});

test("a source that throws, at once and whatever it throws, has failed and is asked again", async () => {
    for (const thrown of [new Error("broken"), "a text", undefined, UNSPEAKABLE, MUTE]) {
        const world = new World();
        const client = world.client({ resumeWithinMillis: WITHIN });
        const good = world.source();
        let isBroken = true;
        let calls = 0;
        const source = (signal: AbortSignal, former?: string) => {
            calls++;
            if (isBroken) {
                throw thrown;
            }
            return good(signal, former);
        };
        // A first connect ends.
        const first = await client.connect(source);
        assert.equal(nameOf(first), "token-fetch-failed");
        assert.equal(world.alarms, 0);

        isBroken = false;
        const connecting = client.connect(source);
        await world.pass(300);
        assert.equal((await connecting).kind, "connected");
        isBroken = true;
        lose(world);
        await world.pass(1000);
        client.update();
        assert.equal(client.state.kind, "resuming");
        assert.ok(calls >= 4, `${calls}`);
        isBroken = false;
        await world.pass(3000);
        assert.equal(client.state.kind, "connected");

        isBroken = true;
        lose(world);
        await world.pass(WITHIN + 10);
        const reason = reasonOf(client);
        assert.equal(reason.kind, "transport-closed");
        assert.match(reason.explanation, /The latest attempt: /);
        assert.equal(world.alarms, 0);
    }
});

test("a wait beyond the time to come back ends with that time", async () => {
    const world = new World();
    const { client } = await connected(world);
    world.answers.push(failure({ kind: "no-server", retryAfterSeconds: 999_999, said: "" }));
    const lostAt = world.now;
    lose(world);
    await world.pass(WITHIN + 10);
    const reason = reasonOf(client);
    assert.equal(reason.kind, "transport-closed");
    assert.match(reason.explanation, /tried to go on with it, once, and could not\./);
    assert.match(reason.explanation, /no game server to offer/);
    assert.equal(askedAfter(world, lostAt).length, 1);
    assert.equal(world.alarms, 0);
    assert.equal(world.listensForPageHide, false);
    assert.equal(world.listensForNetworkChange, false);
});

test("a service that will not, or is none, ends it", async () => {
    const hostile: readonly (Error | object)[] = [
        failure({ kind: "forbidden", said: "banned" }),
        failure({ kind: "not-authenticated", said: "" }),
        failure({ kind: "request-refused", status: 400, said: "" }),
        { token: undefined },
        { token: "AAAA" },
        { token: 7 },
        { web: "everywhere" },
        { web: [{ server: "203.0.113.5:40000", webSocket: "javascript:alert(1)" }] },
        { protocolId: "1" },
    ];
    for (const answer of hostile) {
        const world = new World();
        const { states } = await connected(world);
        world.answers.push(answer);
        lose(world);
        await world.pass(10_000);
        assert.deepEqual(states, ["resuming 1", "token-fetch-failed"]);
        assert.equal(world.asked.length, 2);
    }
});

test("a token that cannot be read, or was used, ends it", async () => {
    for (const [token, kind] of [
        [new Uint8Array(9), "token-invalid"],
        ["former", "token-reused"],
    ] as const) {
        const world = new World();
        const { states } = await connected(world);
        world.answers.push({ token: token === "former" ? world.token.bytes : token });
        lose(world);
        await world.pass(1000);
        assert.deepEqual(states, ["resuming 1", kind]);
    }
});

test("a token that expires at once costs no more than another", async () => {
    const world = new World();
    const client = world.client({ resumeWithinMillis: WITHIN });
    let lifetime = 30n;
    const create = 1_800_000_000n;
    let asked = 0;
    const connecting = client.connect(async () => {
        asked++;
        return world.answer({ create, expire: create + lifetime });
    });
    await world.pass(300);
    assert.equal((await connecting).kind, "connected");
    lifetime = 0n;
    lose(world);
    await world.pass(9000);
    assert.equal(client.state.kind, "resuming");
    assert.ok(asked > 5 && asked < 20, `${asked}`);
});

// ---- A server that drains

test("who is sent on waits a random part of what the server said, and comes back", async () => {
    const world = new World();
    world.randomShare = 0.25;
    const { states, former } = await connected(world);
    const lostAt = world.now;
    world.session.disconnect({ code: 9, retryAfterSeconds: 8, text: "" });
    await settled();
    assert.deepEqual(states, ["resuming 1"]);
    world.changeNetwork();
    await world.pass(5000);
    assert.deepEqual(states, ["resuming 1", "connected"]);
    const [asked = 0] = askedAfter(world, lostAt);
    assert.ok(asked >= 2000 && asked <= 2010, `${asked}`);
    assert.equal(world.asked.at(-1)?.former, former);
});

test("a server that drains sends newcomers on, and those who resume", async () => {
    const draining = writeReason({ code: 8, retryAfterSeconds: 4, text: "" });
    for (const kind of ["newcomer", "resumes"] as const) {
        const world = new World();
        const client = world.client({ resumeWithinMillis: WITHIN });
        const connecting = client.connect(world.source());
        if (kind === "newcomer") {
            world.openings["web-transport"] = "silent";
        } else {
            await world.pass(300);
            world.openings["web-transport"] = "silent";
            lose(world);
        }
        await world.pass(200);
        world.session.say(PacketType.CONNECTION_DENIED, draining);
        await world.pass(100);
        assert.deepEqual(client.state, { kind: "resuming", attempt: 1 });
        world.openings["web-transport"] = "answers";
        await world.pass(1500);
        assert.equal(client.state.kind, "resuming");
        await world.pass(1000);
        assert.equal((await connecting).kind, "connected");
        assert.equal(client.state.kind, "connected");
        assert.equal(client.stats().resumes, kind === "newcomer" ? 0 : 1);
    }
});

test("a server that cannot take newcomers for a moment is tried again with another token", async () => {
    for (const [code, retryAfterSeconds, isFinal] of [
        [7, 1, false],
        [10, 0, false],
        [7, 0, true],
    ] as const) {
        const world = new World();
        const { client } = await connected(world);
        world.openings["web-transport"] = "silent";
        lose(world);
        await world.pass(200);
        world.session.say(
            PacketType.CONNECTION_DENIED,
            writeReason({ code, retryAfterSeconds, text: "" }),
        );
        world.openings["web-transport"] = "answers";
        await world.pass(5000);
        assert.equal(client.state.kind, isFinal ? "disconnected" : "connected", `${code}`);
    }
});

test("a client that is not told to come back is not sent on", async () => {
    const world = new World();
    const client = world.client();
    const connecting = client.connect(world.source());
    await world.pass(300);
    await connecting;
    world.session.disconnect({ code: 9, retryAfterSeconds: 1, text: "" });
    await world.pass(5000);
    assert.equal(reasonOf(client).kind, "moved");
    assert.equal(world.asked.length, 1);
});

// ---- What comes too late

test("a former session, token and dial say nothing any more", async () => {
    const world = new World();
    const { client, states } = await connected(world);
    const heard: Uint8Array[] = [];
    client.onPacket((payload) => heard.push(payload));
    const former = world.session;
    lose(world);
    former.say(PacketType.PAYLOAD, Uint8Array.of(9));
    former.disconnect({ code: 1000, retryAfterSeconds: 0, text: "late" });
    former.events.ended({ code: 1, text: "again" });
    await world.pass(300);
    assert.deepEqual(heard, []);
    assert.deepEqual(states, ["resuming 1", "connected"]);
});

test("a token that came after its attempt was given up is not used", async () => {
    const world = new World();
    const { states } = await connected(world);
    let give: (value: unknown) => void = () => {};
    const late = new Promise((done) => {
        give = done;
    });
    const client = world.client({ resumeWithinMillis: WITHIN });
    let calls = 0;
    const connecting = client.connect(async () => {
        calls++;
        if (calls === 2) {
            await late;
        }
        return world.answer();
    });
    await world.pass(300);
    await connecting;
    lose(world);
    await world.pass(1500);
    world.changeNetwork();
    await world.pass(300);
    assert.equal(calls, 3);
    assert.equal(client.state.kind, "connected");
    const sessions = world.sessions.length;
    give(undefined);
    await world.pass(100);
    assert.equal(world.sessions.length, sessions);
    assert.equal(client.state.kind, "connected");
    assert.deepEqual(states, []);
});

// ---- Networks and pages

test("another network begins an attempt at once", async () => {
    const world = new World();
    world.randomShare = 1;
    const { states } = await connected(world);
    world.answers.push(...Array(5).fill(UNREACHABLE));
    lose(world);
    await world.pass(5000);
    const count = world.asked.length;
    assert.equal(count, 6);
    world.changeNetwork();
    await world.pass(300);
    assert.equal(world.asked.length, count + 1);
    assert.deepEqual(states.slice(-2), ["resuming 6", "connected"]);
});

test("many changes begin no more than an attempt a second", async () => {
    const world = new World();
    await connected(world);
    world.answers.push(...Array(1000).fill(UNREACHABLE));
    const before = world.asked.length;
    lose(world);
    for (let i = 0; i < 100; i++) {
        world.changeNetwork();
        await world.pass(100);
    }
    assert.ok(world.asked.length - before <= 14, `${world.asked.length - before}`);
});

test("a question that hangs on the former network is given up, a young one goes on", async () => {
    const world = new World();
    const { states } = await connected(world);
    world.answers.push("never");
    lose(world);
    await world.pass(900);
    world.changeNetwork();
    await settled();
    assert.equal(world.asked.length, 2);
    assert.equal(world.asked[1]?.signal.aborted, false);
    await world.pass(200);
    world.changeNetwork();
    assert.equal(world.asked[1]?.signal.aborted, true);
    await world.pass(300);
    assert.deepEqual(states, ["resuming 1", "resuming 2", "connected"]);
});

test("a page that goes away gives up, and asks for nothing more", async () => {
    const world = new World();
    const { states } = await connected(world);
    world.answers.push("never");
    lose(world);
    await settled();
    world.hidePage();
    assert.equal(world.asked[1]?.signal.aborted, true);
    await world.pass(60_000);
    assert.deepEqual(states, ["resuming 1", "client-left"]);
    assert.equal(world.asked.length, 2);
    assert.equal(world.alarms, 0);
});

test("a page that was frozen goes on with its connection when it wakes", async () => {
    const world = new World();
    const { states } = await connected(world);
    await world.freeze(3_600_000);
    // It has not listened, and hears nothing for the timeout.
    await world.pass(5300);
    assert.deepEqual(states, ["resuming 1", "connected"]);
});

test("a page that was frozen while it tried tries once more, though the time is over", async () => {
    const world = new World();
    const { states } = await connected(world);
    world.answers.push(UNREACHABLE);
    lose(world);
    await settled();
    await world.freeze(3_600_000);
    await world.pass(300);
    assert.deepEqual(states, ["resuming 1", "resuming 2", "connected"]);

    world.openings["web-transport"] = "silent";
    lose(world);
    await world.pass(500);
    await world.freeze(3_600_000);
    await world.pass(4900);
    assert.match(states.at(-1) ?? "", /^resuming/);
    await world.freeze(3_600_000);
    assert.equal(states.at(-1), "transport-closed");
});

test("a time that is over on time is over", async () => {
    const world = new World();
    const { client } = await connected(world);
    world.openings["web-transport"] = "silent";
    lose(world);
    await world.pass(WITHIN - 10);
    assert.equal(client.state.kind, "resuming");
    await world.pass(20);
    assert.equal(reasonOf(client).kind, "transport-closed");
});

// ---- The game

test("leaving while it is resumed says goodbye where a server may hear it", async () => {
    const world = new World();
    const { client, states } = await connected(world);
    world.openings["web-transport"] = "silent";
    lose(world);
    await world.pass(300);
    client.disconnect({ code: 1234, text: "dinner" });
    assert.equal(goodbyes(world.session), 10);
    assert.deepEqual(world.session.closedWith, { code: 1234, text: "dinner" });
    await world.pass(5000);
    assert.deepEqual(states, ["resuming 1", "client-left"]);
});

test("a listener that hears of it may leave, or connect anew", async () => {
    for (const choice of ["leave", "anew"] as const) {
        const world = new World();
        const { client, states } = await connected(world);
        client.onState((state) => {
            if (state.kind === "resuming") {
                if (choice === "leave") {
                    client.disconnect();
                } else {
                    void client.connect(world.source());
                }
            }
        });
        lose(world);
        await world.pass(500);
        assert.equal(states.at(-1), choice === "leave" ? "client-left" : "connected");
        if (choice === "anew") {
            assert.equal(world.asked.at(-1)?.former, undefined);
            assert.equal(client.stats().resumes, 0);
        }
        const open = world.sessions.filter(({ closedWith }) => closedWith === undefined);
        assert.equal(open.length, choice === "leave" ? 0 : 1);
    }
});

test("payloads that wait for update() are there after it, too", async () => {
    const world = new World();
    const { client } = await connected(world, { deliver: "in-update" });
    const heard: number[] = [];
    client.onPacket(([first]) => heard.push(first ?? -1));
    client.send(Uint8Array.of(1));
    await settled();
    lose(world);
    await world.pass(300);
    client.send(Uint8Array.of(2));
    await settled();
    client.update();
    assert.deepEqual(heard, [1, 2]);
});
