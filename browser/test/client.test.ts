import assert from "node:assert/strict";
import { test } from "node:test";
import type { ConnectionState } from "../src/client/connection-state.js";
import type { HawserClient } from "../src/client/hawser-client.js";
import { TokenFetchError } from "../src/token/token-failure.js";
import { PacketType } from "../src/wire/wire.js";
import { address, SERVER } from "./rig.js";
import { type Opening, settled, World } from "./world.js";

const SECOND = address("203.0.113.6:40000");

function stateNames(client: HawserClient): string[] {
    const names: string[] = [];
    client.onState((state) => {
        names.push(
            state.kind === "connecting"
                ? state.step
                : state.kind === "disconnected"
                  ? state.reason.kind
                  : state.kind,
        );
    });
    return names;
}

function reasonOf(state: ConnectionState) {
    assert.equal(state.kind, "disconnected");
    return state.reason;
}

async function connected(world: World, client = world.client()): Promise<HawserClient> {
    const connecting = client.connect(world.answer());
    await world.pass(300);
    assert.equal((await connecting).kind, "connected");
    return client;
}

/** What a connect comes to that meets these openings. */
async function outcome(
    world: World,
    webTransport: Opening,
    webSocket: Opening,
    passMillis = 12_000,
) {
    world.openings = { "web-transport": webTransport, "web-socket": webSocket };
    const connecting = world.client().connect(world.answer());
    await world.pass(passMillis);
    return connecting;
}

// ---- Connecting

test("a client goes through its states and is connected", async () => {
    const world = new World();
    const client = world.client();
    const names = stateNames(client);
    assert.equal(reasonOf(client.state).kind, "never-connected");
    const connecting = client.connect(world.answer());
    assert.deepEqual(names, ["fetching-token"]);
    await world.pass(300);
    assert.deepEqual(await connecting, {
        kind: "connected",
        transport: "web-transport",
        server: "203.0.113.5:40000",
        clientId: 2n ** 64n - 1n,
        clientIndex: 3,
        maxClients: 64,
    });
    assert.deepEqual(names, [
        "fetching-token",
        "opening-session",
        "requesting",
        "responding",
        "connected",
    ]);
    assert.deepEqual(world.opened, ["https://play.example.org:7000/hawser"]);
});

test("payloads go out in the call and come in as they arrive", async () => {
    const world = new World();
    const client = await connected(world);
    const heard: Uint8Array[] = [];
    const stop = client.onPacket((payload) => heard.push(payload));
    const before = world.session.received.length;
    assert.equal(client.send(Uint8Array.of(1, 2, 3)), "sent");
    assert.equal(world.session.received.length, before + 1);
    await settled();
    assert.deepEqual(heard, [Uint8Array.of(1, 2, 3)]);
    stop();
    client.send(Uint8Array.of(4));
    await settled();
    assert.equal(heard.length, 1);
    const stats = client.stats();
    assert.equal(stats.payloadsIn, 2);
    assert.equal(stats.payloadsOut, 2);
    assert.equal(stats.transport, "web-transport");
    assert.equal(stats.roundTripMillis, 0);
    assert.deepEqual(stats.drops, {});
});

test("payloads wait for update() where the game wants it, and the oldest make room", async () => {
    const world = new World();
    const client = await connected(
        world,
        world.client({ deliver: "in-update", payloadsWaitingMax: 2 }),
    );
    const heard: number[] = [];
    client.onPacket(([first]) => heard.push(first ?? -1));
    for (const value of [1, 2, 3]) {
        client.send(Uint8Array.of(value));
    }
    await settled();
    assert.deepEqual(heard, []);
    client.update();
    assert.deepEqual(heard, [2, 3]);
    assert.equal(client.stats().drops["queue-full"], 1);
});

test("each listener has a payload of its own, in a buffer that holds nothing else", async () => {
    const world = new World();
    const client = await connected(world);
    const kept: Uint8Array[] = [];
    const heard: string[] = [];
    for (let listener = 0; listener < 3; listener++) {
        client.onPacket((payload) => {
            heard.push(String(payload));
            kept.push(payload);
            assert.equal(payload.byteOffset, 0);
            assert.equal(payload.buffer.byteLength, payload.length);
            payload.fill(0xff);
            new Uint8Array(payload.buffer).fill(0xee);
        });
    }
    client.send(Uint8Array.of(1, 2, 3));
    client.send(Uint8Array.of(4, 5));
    await settled();
    assert.deepEqual(heard, ["1,2,3", "1,2,3", "1,2,3", "4,5", "4,5", "4,5"]);
    for (const payload of kept) {
        // As by postMessage with a transfer list.
        structuredClone(payload.buffer, { transfer: [payload.buffer as ArrayBuffer] });
    }
    client.send(Uint8Array.of(6));
    await settled();
    assert.equal(heard.at(-1), "6");
});

test("what is sent is neither changed nor kept", async () => {
    const world = new World();
    const client = await connected(world);
    const heard: string[] = [];
    client.onPacket((payload) => heard.push(String(payload)));
    const buffer = Uint8Array.of(9, 1, 2, 3, 9);
    const payload = buffer.subarray(1, 4);
    client.send(payload);
    assert.deepEqual(buffer, Uint8Array.of(9, 1, 2, 3, 9));
    buffer.fill(0);
    await settled();
    assert.deepEqual(heard, ["1,2,3"]);
});

test("after disconnect() in a listener no other payload is delivered", async () => {
    for (const deliver of ["in-update", "on-arrival"] as const) {
        const world = new World();
        const client = await connected(world, world.client({ deliver }));
        const heard: number[] = [];
        client.onPacket(([first]) => {
            heard.push(first ?? -1);
            client.disconnect();
        });
        for (const value of [1, 2, 3]) {
            client.send(Uint8Array.of(value));
        }
        await settled();
        client.update();
        client.update();
        await settled();
        assert.deepEqual(heard, [1], deliver);
        assert.equal(reasonOf(client.state).kind, "client-left");
    }
});

test("a listener that connects anew hears nothing of the last connection", async () => {
    const world = new World();
    const client = await connected(world, world.client({ deliver: "in-update" }));
    const heard: number[] = [];
    client.onPacket(([first]) => {
        heard.push(first ?? -1);
        void client.connect(world.answer());
    });
    client.send(Uint8Array.of(1));
    client.send(Uint8Array.of(2));
    await settled();
    client.update();
    await world.pass(300);
    client.update();
    assert.deepEqual(heard, [1]);
    assert.equal(client.state.kind, "connected");
});

test("a listener that is taken away by another is not told", async () => {
    const world = new World();
    const client = await connected(world);
    const heard: string[] = [];
    client.onPacket(() => {
        heard.push("first");
        stop();
    });
    const stop = client.onPacket(() => heard.push("second"));
    client.send(Uint8Array.of(1));
    await settled();
    assert.deepEqual(heard, ["first"]);
});

test("a page that takes no frames keeps a second of 600 payloads, and hears of its kick", async () => {
    const world = new World();
    const client = await connected(world, world.client({ deliver: "in-update" }));
    const names = stateNames(client);
    const heard: number[] = [];
    client.onPacket((payload) => heard.push((payload[0] ?? 0) * 256 + (payload[1] ?? 0)));
    for (let i = 0; i < 2000; i++) {
        world.session.say(PacketType.PAYLOAD, Uint8Array.of(i >>> 8, i & 0xff));
    }
    world.session.disconnect({ code: 1001, retryAfterSeconds: 0, text: "out" });
    await settled();
    assert.deepEqual(names, ["server-ended"], "at once");
    client.update();
    assert.equal(heard.length, 1024, "the newest");
    assert.equal(heard.at(-1), 1999);
    assert.equal(client.stats().drops["queue-full"], 2000 - 1024);
});

test("a connection is kept alive by alarms alone, every 100 ms", async () => {
    const world = new World();
    await connected(world);
    const before = world.session.received.length;
    for (let i = 0; i < 100; i++) {
        world.session.say(PacketType.KEEP_ALIVE, new Uint8Array(8));
        await world.pass(100);
    }
    const sent = world.session.types().slice(before);
    assert.ok(sent.length >= 95 && sent.length <= 100, `${sent.length}`);
    assert.deepEqual(new Set(sent), new Set([PacketType.KEEP_ALIVE]));
});

test("what does not fit a datagram goes on a stream, and is counted", async () => {
    const world = new World();
    const client = await connected(world);
    world.session.datagramBytes = 1211;
    assert.equal(client.maxPayloadBytes, 1200);
    assert.equal(client.maxDatagramPayloadBytes, 1186);
    assert.equal(client.send(new Uint8Array(1186)), "sent");
    assert.equal(client.send(new Uint8Array(1200)), "sent-on-stream");
    assert.equal(client.stats().packetsOutOnStreams, 1);
    assert.throws(() => client.send(new Uint8Array(1201)), RangeError);
    world.session.isFull = true;
    assert.equal(client.send(Uint8Array.of(1)), "dropped");
    assert.equal(client.stats().drops["transport-full"], 1);
});

// ---- Which way

test("WebSocket takes over where WebTransport does not come about", async () => {
    for (const problem of ["unsupported", "failed", "timed-out", "refused-by-browser"] as const) {
        const world = new World();
        const state = await outcome(world, problem, "answers", 300);
        assert.equal(state.kind === "connected" && state.transport, "web-socket", problem);
        assert.equal(world.opened.length, 2);
    }
});

test("one transport alone can be had, and the other is not tried", async () => {
    const world = new World();
    const client = world.client({ transports: ["web-socket"] });
    const connecting = client.connect(world.answer());
    await world.pass(300);
    const state = await connecting;
    assert.equal(state.kind === "connected" && state.transport, "web-socket");
    assert.deepEqual(world.opened, ["wss://play.example.org:7000/hawser"]);
});

test("a way that a server does not have is not tried", async () => {
    const world = new World();
    const web = [{ server: "203.0.113.5:40000", webSocket: "wss://play.example.org/hawser" }];
    const connecting = world.client().connect(world.answer({}, { web }));
    await world.pass(300);
    assert.equal((await connecting).kind, "connected");
    assert.deepEqual(world.opened, ["wss://play.example.org/hawser"]);
});

test("time that a session takes to open is not taken from the server", async () => {
    const world = new World();
    let open = (): void => {};
    const opening = new Promise<void>((done) => {
        open = done;
    });
    const original = world.open["web-transport"];
    world.open["web-transport"] = async (request, events) => {
        await opening;
        return original(request, events);
    };
    const connecting = world.client().connect(world.answer());
    await world.pass(20_000);
    open();
    await world.pass(300);
    assert.equal((await connecting).kind, "connected");
});

test("the token's next server is dialled when a server cannot be reached or says nothing", async () => {
    for (const first of ["failed", "silent", "denies"] as const) {
        const world = new World();
        world.openingsOf.set("https://play.example.org:7000/hawser", first);
        world.openingsOf.set("wss://play.example.org:7000/hawser", "failed");
        const connecting = world.client().connect(world.answer({ servers: [SERVER, SECOND] }));
        await world.pass(5500);
        const state = await connecting;
        assert.equal(state.kind === "connected" && state.server, "203.0.113.6:40000", first);
        if (first !== "failed") {
            assert.deepEqual(world.sessions[0]?.closedWith, { code: 0, text: "" });
        }
    }
});

// ---- How it ends

test("a session that no way opens ends as transport-failed, and says both causes", async () => {
    const world = new World();
    world.openings = { "web-transport": "failed", "web-socket": "failed" };
    const hashes = { webTransportCertificateHashes: ["ab".repeat(32)] };
    const reason = reasonOf(await world.client().connect(world.answer({}, hashes)));
    assert.equal(reason.kind, "transport-failed");
    assert.deepEqual(
        reason.kind === "transport-failed" && reason.failures.map((it) => it.transport),
        ["web-transport", "web-socket"],
    );
    assert.match(reason.explanation, /WebTransport to https:\S+ failed \("Opening failed"\)/);
    assert.match(reason.explanation, /hashes are not those .* nothing listens/);
    assert.equal(world.alarms, 0);
});

test("a token without a way for browsers ends as transport-failed, and says what to do", async () => {
    const world = new World();
    const reason = reasonOf(await world.client().connect(world.answer({}, { web: [] })));
    assert.equal(reason.kind, "transport-failed");
    assert.match(reason.explanation, /no address for browsers.*announce/);
});

test("a server that stays silent ends as request-timed-out, and names the causes", async () => {
    const reason = reasonOf(await outcome(new World(), "silent", "answers"));
    assert.equal(reason.kind, "request-timed-out");
    for (const cause of [/spent/, /expired/, /wrong address/, /unreachable/, /for 5 s/]) {
        assert.match(reason.explanation, cause);
    }
});

test("a server that falls silent after its challenge ends as response-timed-out", async () => {
    const reason = reasonOf(await outcome(new World(), "silent after the challenge", "answers"));
    assert.equal(reason.kind, "response-timed-out");
});

test("a denial ends at once", async () => {
    const reason = reasonOf(await outcome(new World(), "denies", "answers", 1));
    assert.equal(reason.kind, "denied");
});

test("a token that expires on the way ends as token-expired", async () => {
    const world = new World();
    world.openings["web-transport"] = "silent";
    const answer = world.answer({ create: 10n, expire: 12n });
    const connecting = world.client().connect(answer);
    await world.pass(2100);
    const reason = reasonOf(await connecting);
    assert.equal(reason.kind === "token-expired" && reason.lifetimeSeconds, 2n);
});

test("a page that stood still for longer than the timeout hears out its server", async () => {
    const world = new World();
    const client = await connected(world);
    world.now += 8000;
    await world.pass(100);
    assert.equal(client.state.kind, "connected");
    world.session.say(PacketType.KEEP_ALIVE, new Uint8Array(8));
    await world.pass(4900);
    assert.equal(client.state.kind, "connected");
});

test("where a page that stood still is the cause, the reason names it", async () => {
    const world = new World();
    const client = await connected(world);
    world.now += 8000;
    await world.pass(5000);
    const reason = reasonOf(client.state);
    assert.ok(reason.kind === "timed-out" && reason.pausedMillis >= 8000);
    assert.match(reason.explanation, /stood still for 8\.\d s/);
    assert.match(reason.playerMessage, /asleep/);
});

test("a short pause is not to blame for a server that has fallen silent", async () => {
    const world = new World();
    const client = await connected(world);
    world.now += 2400;
    await world.pass(5000);
    const reason = reasonOf(client.state);
    assert.ok(reason.kind === "timed-out" && reason.pausedMillis === 0);
    assert.doesNotMatch(reason.explanation, /stood still/);
});

test("a page that stands still while it is answered gets in", async () => {
    const world = new World();
    const client = world.client();
    const connecting = client.connect(world.answer());
    await settled();
    world.now += 8000;
    await world.pass(500);
    assert.equal((await connecting).kind, "connected");
});

test("a kick right after the connect is heard, though the keep-alive before it was lost", async () => {
    const world = new World();
    world.openings["web-transport"] = "silent after the challenge";
    const client = world.client();
    const connecting = client.connect(world.answer());
    await world.pass(150);
    assert.equal(client.state.kind === "connecting" && client.state.step, "responding");
    world.session.disconnect({ code: 1001, retryAfterSeconds: 0, text: "you are banned" });
    await world.pass(50);
    const reason = reasonOf(await connecting);
    assert.equal(reason.kind, "server-ended");
    assert.match(reason.explanation, /you are banned \(code 1001\)/);
});

test("silence ends a connection as timed-out", async () => {
    const world = new World();
    const client = await connected(world);
    await world.pass(5200);
    assert.equal(reasonOf(client.state).kind, "timed-out");
    assert.ok(world.session.closedWith);
});

test("the server's disconnect ends at once, with what it said, and the session is closed", async () => {
    for (const [code, kind] of [
        [1000, "server-ended"],
        [4, "server-stopped"],
        [3, "replaced"],
        [9, "moved"],
        [8, "moved"],
    ] as const) {
        const world = new World();
        const client = await connected(world);
        world.session.disconnect({ code, retryAfterSeconds: 9, text: "bye" });
        await settled();
        const reason = reasonOf(client.state);
        assert.equal(reason.kind, kind);
        assert.equal("stated" in reason && reason.stated.text, "bye");
        assert.ok(world.session.closedWith);
        assert.equal(world.alarms, 0);
        assert.equal(world.listensForPageHide, false);
    }
});

test("the disconnect that came before the session's end says why", async () => {
    const world = new World();
    const client = await connected(world);
    world.session.disconnect({ code: 1001, retryAfterSeconds: 0, text: "kicked" });
    queueMicrotask(() => world.session.events.ended({ code: 0, text: "closed" }));
    await settled();
    assert.equal(reasonOf(client.state).kind, "server-ended");
});

test("a session that ends without a word ends as transport-closed, with code and text", async () => {
    const world = new World();
    const client = await connected(world);
    world.session.events.ended({ code: 1001, text: "going away" });
    const reason = reasonOf(client.state);
    assert.deepEqual(reason.kind === "transport-closed" && [reason.code, reason.text], [
        1001,
        "going away",
    ]);
});

test("a session that ends while connecting is a transport that failed", async () => {
    const world = new World();
    world.openings["web-transport"] = "silent";
    const connecting = world.client().connect(world.answer());
    await world.pass(10);
    world.session.events.ended({ code: 1008, text: "origin not allowed" });
    const reason = reasonOf(await connecting);
    assert.equal(reason.kind, "transport-failed");
    assert.match(reason.explanation, /ended while connecting \("code 1008: origin not allowed"\)/);
});

test("leaving says ten disconnects, closes with the reason, and is told", async () => {
    const world = new World();
    const client = await connected(world);
    const names = stateNames(client);
    client.disconnect({ code: 1234, text: "dinner" });
    assert.equal(world.session.types().filter((type) => type === PacketType.DISCONNECT).length, 10);
    assert.deepEqual(world.session.closedWith, { code: 1234, text: "dinner" });
    assert.deepEqual(names, ["client-left"]);
    assert.match(reasonOf(client.state).explanation, /dinner \(code 1234\)/);
    assert.equal(client.send(Uint8Array.of(1)), "not-connected");
    client.disconnect();
    assert.deepEqual(names, ["client-left"]);
    assert.throws(() => client.disconnect({ code: 65536 }), RangeError);
});

test("a page that goes away leaves", async () => {
    const world = new World();
    const client = await connected(world);
    world.hidePage();
    assert.equal(reasonOf(client.state).kind, "client-left");
    assert.equal(world.session.types().at(-1), PacketType.DISCONNECT);
});

test("leaving while a session is being opened gives it up", async () => {
    const world = new World();
    world.openings["web-transport"] = "never";
    const client = world.client();
    const connecting = client.connect(world.answer());
    await world.pass(10);
    client.disconnect();
    assert.equal(reasonOf(await connecting).kind, "client-left");
    await settled();
    assert.deepEqual(world.opened, ["https://play.example.org:7000/hawser"]);
});

test("a session that stands after this side has left is closed", async () => {
    const world = new World();
    const client = world.client();
    const connecting = client.connect(world.answer());
    while (world.opened.length === 0) {
        await Promise.resolve();
    }
    client.disconnect();
    await settled();
    assert.equal(reasonOf(await connecting).kind, "client-left");
    assert.deepEqual(world.session.closedWith, { code: 0, text: "" });
    assert.equal(world.session.received.length, 0);
});

// ---- Tokens

test("a token is connected with once in a page", async () => {
    const world = new World();
    const answer = world.answer();
    const client = world.client();
    const first = client.connect(answer);
    await world.pass(300);
    assert.equal((await first).kind, "connected");
    client.disconnect();
    const again = await world.client().connect(answer);
    assert.equal(reasonOf(again).kind, "token-reused");
    assert.equal(world.sessions.length, 1);
});

test("a token that cannot be read ends as token-invalid", async () => {
    const world = new World();
    const reason = reasonOf(await world.client().connect({ token: new Uint8Array(9), web: [] }));
    assert.equal(reason.kind, "token-invalid");
    assert.match(reason.explanation, /9 bytes/);
});

test("a source of tokens that fails ends the connect with its failure", async () => {
    const failure = { kind: "forbidden", said: "banned" } as const;
    const client = new World().client();
    const typed = await client.connect(async () => {
        throw new TokenFetchError(failure);
    });
    const reason = reasonOf(typed);
    assert.deepEqual(reason.kind === "token-fetch-failed" && reason.failure, failure);
    const other = reasonOf(
        await client.connect(async () => {
            throw new Error("out of tokens");
        }),
    );
    assert.match(other.explanation, /out of tokens/);
    const odd = reasonOf(await client.connect(JSON.parse("[]")));
    assert.match(odd.explanation, /its token is missing/);
});

test("leaving while the token is fetched aborts the fetch", async () => {
    const client = new World().client();
    let wasAborted = false;
    const connecting = client.connect((signal) => {
        signal.addEventListener("abort", () => {
            wasAborted = true;
        });
        return new Promise(() => {});
    });
    await settled();
    client.disconnect();
    assert.equal(reasonOf(await connecting).kind, "client-left");
    assert.ok(wasAborted);
});

// ---- Listeners

test("a client connects again from inside the listener that hears of the end", async () => {
    const world = new World();
    const client = await connected(world);
    const names = stateNames(client);
    const stop = client.onState((state) => {
        if (state.kind === "disconnected") {
            void client.connect(world.answer());
        }
    });
    world.session.disconnect({ code: 0, retryAfterSeconds: 0, text: "" });
    await world.pass(300);
    assert.equal(client.state.kind, "connected");
    assert.equal(names[0], "server-ended");
    stop();
});

test("connecting again while connected leaves first, without telling it in between", async () => {
    const world = new World();
    const client = await connected(world);
    const first = world.session;
    const names = stateNames(client);
    const again = client.connect(world.answer());
    assert.equal(first.types().at(-1), PacketType.DISCONNECT);
    await world.pass(300);
    assert.equal((await again).kind, "connected");
    assert.ok(!names.includes("client-left"));
});

test("what a listener throws is reported, and the others are told", async () => {
    const world = new World();
    const client = await connected(world);
    let heard = 0;
    client.onPacket(() => {
        throw new Error("the game's mistake");
    });
    client.onPacket(() => heard++);
    client.send(Uint8Array.of(1));
    await settled();
    assert.equal(heard, 1);
    assert.match(String(world.reported[0]), /the game's mistake/);
    assert.equal(client.state.kind, "connected");
});
