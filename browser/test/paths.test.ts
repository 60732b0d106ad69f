import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { CONFIRMED, NOTHING_HEARD } from "../src/machine/client-path.js";
import { ClientState } from "../src/machine/client-state.js";
import { SURVIVES_MOVES } from "../src/wire/extension-block.js";
import type { OpenedPacket } from "../src/wire/packet-reader.js";
import { PacketReader } from "../src/wire/packet-reader.js";
import { PacketWriter } from "../src/wire/packet-writer.js";
import { ReplayWindow } from "../src/wire/replay-window.js";
import { CLIENT_TYPES, PacketType, SERVER_TYPES } from "../src/wire/wire.js";
import {
    address,
    EMPTY,
    fromServer,
    Guest,
    mint,
    PATH_ID,
    PROTOCOL_ID,
    pathSlot,
    RESET_WORD,
    reset,
    SERVER,
    STRANGER,
    slot,
    u64,
} from "./rig.js";

// docs/extension.md "Paths", the client's side.

const CHALLENGE = 0x0102_0304_0506_0708n;
const PATHS: PacketType[] = [PacketType.PATH_REQUEST, PacketType.PATH_RESPONSE];

/** Connected, with a path id, and well. */
function guest(): Guest {
    const guest = new Guest();
    guest.reachPath();
    return guest;
}

/** The same, and has just sent its first path request. */
function probing(): Guest {
    const it = guest();
    it.networkChanged();
    assert.deepEqual(pathTypes(it.tick()), [PacketType.PATH_REQUEST]);
    return it;
}

function pathTypes(packets: readonly OpenedPacket[]): PacketType[] {
    return packets.map(({ type }) => type).filter((type) => PATHS.includes(type));
}

function answer(guest: Guest, sequence: bigint, word: bigint): void {
    guest.hear(PacketType.PATH_ANSWER, sequence, u64(word));
}

// ---- When it asks

test("a client that hears nothing for half a second asks, at once and then every 100 ms", () => {
    const it = guest();
    it.pass(499.9);
    assert.deepEqual(pathTypes(it.tick()), []);
    assert.equal(it.machine.isProbing, false);
    it.pass(0.1);
    const [request, ...others] = it.tick();
    assert.deepEqual(others, []);
    assert.equal(request?.type, PacketType.PATH_REQUEST);
    assert.equal(request?.pathId, PATH_ID);
    assert.deepEqual(request?.body, new Uint8Array(16));
    assert.ok(it.machine.isProbing);
    it.pass(99);
    assert.deepEqual(it.tick(), []);
    it.pass(1);
    assert.deepEqual(pathTypes(it.tick()), [PacketType.PATH_REQUEST]);
    assert.equal(it.machine.nextTimeout(), it.nowMillis + 100);
});

test("a path request counts as something sent, and payloads go on beside it", () => {
    const it = probing();
    const types: PacketType[] = [];
    for (let i = 0; i < 10; i++) {
        it.pass(50);
        assert.ok(it.send(Uint8Array.of(1)));
        types.push(...it.tick().map(({ type }) => type));
    }
    assert.equal(types.filter((type) => type === PacketType.PATH_REQUEST).length, 5);
    assert.equal(types.filter((type) => type === PacketType.PAYLOAD).length, 10);
    const quiet = probing();
    for (let i = 0; i < 40; i++) {
        quiet.pass(25);
        for (const { type } of quiet.tick()) {
            assert.equal(type, PacketType.PATH_REQUEST);
        }
    }
});

test("whatever the server says keeps a client from asking", () => {
    const it = guest();
    for (let i = 1n; i < 20n; i++) {
        it.pass(499);
        it.hear(PacketType.PAYLOAD, i, Uint8Array.of(1));
        assert.deepEqual(pathTypes(it.tick()), []);
    }
});

test("a page that stood still asks as soon as it runs again, unless something waits for it", () => {
    const it = guest();
    it.pass(60_000);
    assert.deepEqual(pathTypes(it.tick()), [PacketType.PATH_REQUEST]);
    assert.equal(it.machine.state, ClientState.CONNECTED);
    const heard = guest();
    heard.pass(60_000);
    heard.hear(PacketType.PAYLOAD, 1n, Uint8Array.of(1));
    assert.deepEqual(pathTypes(heard.tick()), []);
});

test("an application that knows of a changed network is believed at once", () => {
    const it = guest();
    assert.deepEqual(it.tick(), []);
    it.networkChanged();
    assert.ok(it.machine.isProbing);
    assert.ok(it.machine.nextTimeout() <= it.nowMillis);
    assert.deepEqual(pathTypes(it.tick()), [PacketType.PATH_REQUEST]);
});

test("a server that hears nothing is answered with a request, and heard itself", () => {
    const it = guest();
    it.pass(400);
    answer(it, 1n, NOTHING_HEARD);
    assert.deepEqual(pathTypes(it.tick()), [PacketType.PATH_REQUEST]);
    it.pass(50);
    answer(it, 2n, NOTHING_HEARD);
    assert.deepEqual(pathTypes(it.tick()), []);
    it.pass(4900);
    it.tick();
    assert.equal(it.machine.state, ClientState.CONNECTED);
    assert.deepEqual(it.drops.counts(), {});
});

test("a client without a path id never asks", () => {
    const another = new Guest();
    another.reachConnected(mint({ survivesMoves: true }));
    another.networkChanged();
    answer(another, 1n, NOTHING_HEARD);
    another.pass(4000);
    assert.deepEqual(pathTypes(another.tick()), []);
    assert.deepEqual(another.drops.counts(), { "wrong-state": 1 });

    const plain = new Guest();
    plain.reachConnected();
    plain.networkChanged();
    plain.pass(4000);
    assert.deepEqual(pathTypes(plain.tick()), []);
    const idle = new Guest();
    idle.networkChanged();
    assert.equal(idle.machine.isProbing, false);
});

test("nor does one that is not connected yet", () => {
    const it = new Guest();
    it.connect(mint({ survivesMoves: true }));
    it.tick();
    it.hearChallenge();
    it.networkChanged();
    it.hear(PacketType.PATH_ANSWER, 1n, u64(NOTHING_HEARD));
    it.pass(600);
    assert.deepEqual(
        it.tick().map(({ type }) => type),
        [PacketType.CONNECTION_RESPONSE],
    );
    assert.deepEqual(it.drops.counts(), { "wrong-state": 1 });
});

test("path id and reset word stay those of the first keep-alive that has them", () => {
    const it = guest();
    it.hear(PacketType.KEEP_ALIVE, 1n, slot(2, 16));
    it.hear(PacketType.KEEP_ALIVE, 2n, pathSlot(2, 16, 99n));
    it.networkChanged();
    assert.equal(it.tick()[0]?.pathId, PATH_ID);
});

test("the next server of a token gives a path id of its own", () => {
    const it = new Guest();
    const second = address("203.0.113.6:40000");
    it.connect(mint({ survivesMoves: true, servers: [SERVER, second] }));
    it.tick();
    it.hearChallenge();
    it.machine.handlePathLost(it.nowMillis);
    assert.deepEqual(it.machine.server, second);
    it.tick();
    it.hearChallenge();
    it.hear(PacketType.KEEP_ALIVE, 0n, pathSlot(0, 1, 7n));
    it.networkChanged();
    assert.equal(it.tick().find(({ type }) => type === PacketType.PATH_REQUEST)?.pathId, 7n);
});

// ---- What the server answers

test("what comes before it has asked answers an earlier request", () => {
    const it = probing();
    it.networkChanged();
    answer(it, 1n, CONFIRMED);
    answer(it, 2n, CHALLENGE);
    assert.ok(it.machine.isProbing);
    assert.deepEqual(it.drops.counts(), { "wrong-state": 2 });
    assert.deepEqual(pathTypes(it.tick()), [PacketType.PATH_REQUEST]);
    answer(it, 3n, CONFIRMED);
    assert.equal(it.machine.isProbing, false);
});

test("a challenge is answered once, from where it came, in the next update", () => {
    const it = probing();
    answer(it, 1n, CHALLENGE);
    assert.ok(it.machine.nextTimeout() <= it.nowMillis);
    const [response, ...others] = it.tick();
    assert.deepEqual(others, []);
    assert.equal(response?.type, PacketType.PATH_RESPONSE);
    assert.equal(response?.pathId, PATH_ID);
    assert.deepEqual(response?.body, Uint8Array.of(...u64(CHALLENGE), ...new Uint8Array(8)));
    assert.deepEqual(it.tick(), []);
    it.pass(100);
    assert.deepEqual(pathTypes(it.tick()), [PacketType.PATH_REQUEST]);
});

test("of several challenges in one update the last is answered", () => {
    const it = probing();
    for (let i = 1n; i < 50n; i++) {
        answer(it, i, CHALLENGE + i);
    }
    const sent = it.tick();
    assert.equal(sent.length, 1);
    assert.deepEqual(sent[0]?.body.subarray(0, 8), u64(CHALLENGE + 49n));
});

test("what the server confirms is asked no more, until it is silent again", () => {
    const it = probing();
    answer(it, 1n, CHALLENGE);
    answer(it, 2n, CONFIRMED);
    assert.equal(it.machine.isProbing, false);
    assert.deepEqual(pathTypes(it.tick()), []);
    it.pass(499);
    assert.deepEqual(pathTypes(it.tick()), []);
    it.pass(1);
    assert.deepEqual(pathTypes(it.tick()), [PacketType.PATH_REQUEST]);
});

test("nothing else that the server says ends the asking", () => {
    const it = probing();
    for (let i = 1n; i < 10n; i++) {
        it.pass(100);
        it.hear(PacketType.PAYLOAD, i, Uint8Array.of(1));
        assert.deepEqual(pathTypes(it.tick()), [PacketType.PATH_REQUEST]);
    }
});

test("a client that asks in vain times out as ever", () => {
    const it = probing();
    it.idle(5000);
    it.tick();
    assert.equal(it.machine.state, ClientState.CONNECTED);
    it.pass(1);
    it.tick();
    assert.equal(it.machine.state, ClientState.CONNECTION_TIMED_OUT);
    assert.equal(it.machine.isForgotten, false);
});

test("the last packet number is never used for a path or a ping", () => {
    for (const prepare of [
        (it: Guest) => it.networkChanged(),
        (it: Guest) => it.hear(PacketType.PING, 2n, new Uint8Array(24)),
        (it: Guest) => answer(it, 2n, CHALLENGE),
    ]) {
        const it = new Guest(2n ** 64n - 4n);
        it.reachPath();
        it.networkChanged();
        assert.equal(it.tick()[0]?.sequence, 2n ** 64n - 3n);
        assert.ok(it.send(Uint8Array.of(1)));
        it.sent();
        prepare(it);
        assert.deepEqual(it.tick(), []);
        assert.equal(it.machine.state, ClientState.DISCONNECTED);
        assert.ok(it.machine.hasUsedUpSequence);
    }
});

// ---- What is dropped

test("copies of path answers are dropped, and answered with nothing", () => {
    const it = probing();
    const challenge = fromServer(it.token, PacketType.PATH_ANSWER, 5n, u64(CHALLENGE));
    it.receive(challenge);
    it.tick();
    for (let i = 0; i < 20; i++) {
        it.receive(challenge);
    }
    assert.deepEqual(it.tick(), []);
    assert.deepEqual(it.drops.counts(), { "already-received": 20 });
});

test("a challenge or confirmation that comes late means nothing", () => {
    const it = guest();
    answer(it, 1n, CHALLENGE);
    answer(it, 2n, CONFIRMED);
    assert.deepEqual(it.tick(), []);
    assert.deepEqual(it.drops.counts(), { "wrong-state": 2 });
    assert.equal(it.machine.isProbing, false);
});

test("forged answers are dropped, whoever seems to send them", () => {
    const it = probing();
    const forged = mint({ survivesMoves: true });
    for (const word of [CHALLENGE, CONFIRMED, NOTHING_HEARD]) {
        it.receive(fromServer(forged, PacketType.PATH_ANSWER, 9n, u64(word)));
        it.receive(fromServer(it.token, PacketType.PATH_ANSWER, 9n, u64(word)), STRANGER);
    }
    assert.deepEqual(it.tick(), []);
    assert.ok(it.machine.isProbing);
    assert.deepEqual(it.drops.counts(), { "not-authentic": 3, "wrong-address": 3 });
});

test("path answers, pings, long keep-alives and resets exist under their token only", () => {
    const plain = new Guest();
    plain.reachConnected(mint({ statesReasons: true }));
    answer(plain, 1n, NOTHING_HEARD);
    plain.hear(PacketType.PING, 2n, new Uint8Array(24));
    plain.hear(PacketType.KEEP_ALIVE, 3n, pathSlot(2, 16));
    plain.receive(reset());
    assert.deepEqual(plain.drops.counts(), {
        "wrong-type": 2,
        "wrong-size": 1,
        "wrong-state": 1,
    });
    plain.pass(600);
    assert.deepEqual(pathTypes(plain.tick()), []);
});

test("a client reads no path requests and responses, and a server no path answers", () => {
    const it = probing();
    it.hear(PacketType.PATH_REQUEST, 1n, new Uint8Array(16));
    it.hear(PacketType.PATH_RESPONSE, 2n, new Uint8Array(16));
    assert.deepEqual(it.drops.counts(), { "wrong-type": 2 });
    const key = it.token.serverToClientKey;
    const packet = fromServer(it.token, PacketType.PATH_ANSWER, 9n, u64(CHALLENGE));
    const server = new PacketReader(PROTOCOL_ID, SERVER_TYPES);
    assert.equal(server.read(packet, key, new ReplayWindow(), SURVIVES_MOVES), "wrong-type");
});

test("a packet of another length than its type's is dropped unopened", () => {
    const it = probing();
    for (const bytes of [0, 7, 9, 16]) {
        it.hear(PacketType.PATH_ANSWER, 9n, new Uint8Array(bytes));
    }
    for (const bytes of [9, 16, 31, 33]) {
        it.hear(PacketType.KEEP_ALIVE, 9n, new Uint8Array(bytes));
    }
    assert.deepEqual(it.drops.counts(), { "wrong-size": 8 });
});

test("a long keep-alive is a server's: its own reader takes the standard's alone", () => {
    const { token } = probing();
    const packet = fromServer(token, PacketType.KEEP_ALIVE, 9n, pathSlot(1, 2));
    for (const [types, isRead] of [
        [CLIENT_TYPES, true],
        [SERVER_TYPES, false],
    ] as const) {
        const opened = new PacketReader(PROTOCOL_ID, types).read(
            packet,
            token.serverToClientKey,
            new ReplayWindow(),
            SURVIVES_MOVES,
        );
        assert.equal(opened !== "wrong-size", isRead);
    }
});

test("the path id of a request is authenticated", () => {
    const it = probing();
    it.pass(100);
    it.machine.handleTimeout(it.nowMillis, (packet) => {
        assert.ok(packet.length >= 42 && packet.length <= 49);
        const reader = new PacketReader(PROTOCOL_ID, SERVER_TYPES);
        const read = (bytes: Uint8Array) =>
            reader.read(bytes, it.token.clientToServerKey, new ReplayWindow(), SURVIVES_MOVES);
        assert.notEqual(typeof read(packet), "string");
        for (let at = 1; at <= 8; at++) {
            const changed = packet.slice();
            changed[at] = (changed[at] ?? 0) ^ 1;
            assert.equal(read(changed), "not-authentic");
        }
    });
    const writer = new PacketWriter(PROTOCOL_ID);
    const key = it.token.clientToServerKey;
    const longest = writer.write(7, 2n ** 64n - 2n, key, new Uint8Array(16), PATH_ID);
    assert.equal(longest.length, 49);
});

// ---- Reset

test("a client that asks and hears nothing believes a reset, and ends", () => {
    const it = probing();
    it.receive(reset());
    assert.equal(it.machine.state, ClientState.DISCONNECTED);
    assert.ok(it.machine.isForgotten);
    assert.deepEqual(it.drops.counts(), {});
    it.connect(mint({ survivesMoves: true }));
    assert.equal(it.machine.isForgotten, false);
});

test("resets for a connection that is well are dropped, also the right ones", () => {
    const it = guest();
    it.receive(reset());
    it.pass(499);
    it.receive(reset());
    it.networkChanged();
    it.receive(reset());
    assert.deepEqual(it.drops.counts(), { "wrong-state": 2, "not-authentic": 1 });
    it.tick();
    assert.equal(it.machine.state, ClientState.CONNECTED);
});

test("what opens after the request shows that the server has the connection", () => {
    const it = probing();
    it.hear(PacketType.PAYLOAD, 1n, Uint8Array.of(1));
    it.receive(reset());
    assert.deepEqual(it.drops.counts(), { "not-authentic": 1 });
    it.tick();
    assert.equal(it.machine.state, ClientState.CONNECTED);
    // A former server's last packet may be late: the next request asks anew.
    it.pass(100);
    it.tick();
    it.receive(reset());
    it.tick();
    assert.ok(it.machine.isForgotten);
});

test("a network that changes again is asked about anew before a reset counts", () => {
    const it = probing();
    it.networkChanged();
    it.receive(reset());
    assert.deepEqual(it.drops.counts(), { "not-authentic": 1 });
    it.tick();
    it.receive(reset());
    assert.ok(it.machine.isForgotten);
});

test("a reset after the confirmation is dropped", () => {
    const it = probing();
    answer(it, 1n, CONFIRMED);
    it.receive(reset());
    assert.deepEqual(it.drops.counts(), { "wrong-state": 1 });
});

test("a reset with another word, of another length or from elsewhere is dropped", () => {
    const it = probing();
    for (let at = 0; at < 16; at++) {
        const word = RESET_WORD.slice();
        word[at] = (word[at] ?? 0) ^ 0x80;
        it.receive(reset(word));
    }
    it.receive(reset(RESET_WORD.slice(1)));
    it.receive(reset(Uint8Array.of(...RESET_WORD, 0)));
    it.receive(Uint8Array.of(PacketType.RESET));
    it.receive(reset(), STRANGER);
    it.receive(Uint8Array.of(0x1b, ...RESET_WORD, 0));
    assert.deepEqual(it.drops.counts(), {
        "not-authentic": 16,
        "wrong-size": 2,
        "wrong-address": 1,
        "wrong-type": 2,
    });
    it.tick();
    assert.equal(it.machine.state, ClientState.CONNECTED);
});

test("a reset before the connection exists is dropped", () => {
    const it = new Guest();
    it.connect(mint({ survivesMoves: true }));
    it.tick();
    it.receive(reset(new Uint8Array(16)));
    it.hearChallenge();
    it.receive(reset(new Uint8Array(16)));
    assert.deepEqual(it.drops.counts(), { "wrong-state": 2 });
});

test("what the server said before counts more than a reset", () => {
    const it = probing();
    it.hear(PacketType.DISCONNECT, 1n, EMPTY);
    it.receive(reset());
    it.tick();
    assert.equal(it.machine.state, ClientState.DISCONNECTED);
    assert.equal(it.machine.isForgotten, false);
});

test("the reset word is erased with the keys", () => {
    const it = guest();
    const erased: number[] = [];
    const original = Uint8Array.prototype.fill;
    const fill = mock.method(
        Uint8Array.prototype,
        "fill",
        function (this: Uint8Array, value: number) {
            erased.push(...(value === 0 ? [this.length] : []));
            return original.call(this, value);
        },
    );
    it.machine.handlePathLost(it.nowMillis);
    fill.mock.restore();
    assert.deepEqual(erased.sort(), [16, 32, 32]);
});
