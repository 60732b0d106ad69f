import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { seal } from "../src/crypto/packet-cipher.js";
import { ClientState } from "../src/machine/client-state.js";
import { NO_REASON } from "../src/stated-reason.js";
import type { NetAddress } from "../src/wire/address.js";
import { associatedData, PREFIX_OFFSET } from "../src/wire/associated-data.js";
import { readConnectToken } from "../src/wire/connect-token.js";
import { readReason, writeReason } from "../src/wire/reason-body.js";
import { PacketType } from "../src/wire/wire.js";
import {
    address,
    EMPTY,
    EXTENSION_BLOCK,
    fromServer,
    GLOBAL,
    Guest,
    mint,
    PROTOCOL_ID,
    SERVER,
    slot,
    UNIX_SECONDS,
} from "./rig.js";

const SECOND = address("203.0.113.6:40000");
const THIRD = address("[2001:db8::7]:40000");
const FULL = { code: 1, retryAfterSeconds: 20, text: "full" };

function connected(): Guest {
    const guest = new Guest();
    guest.reachConnected();
    return guest;
}

function dialling(...servers: NetAddress[]): Guest {
    const guest = new Guest();
    guest.connect(mint({ servers }));
    guest.tick();
    return guest;
}

function typesOf(packets: readonly { type: PacketType }[]): PacketType[] {
    return packets.map(({ type }) => type);
}

// ---- What is sent when

test("the first request goes out at once and then every update after 100 ms", () => {
    const guest = new Guest();
    guest.connect();
    assert.equal(guest.tick().length, 1);
    guest.pass(100);
    assert.equal(guest.tick().length, 0);
    guest.pass(0.001);
    assert.equal(guest.tick().length, 1);
});

test("a request has 1078 bytes", () => {
    const guest = new Guest();
    guest.connect();
    guest.machine.handleTimeout(guest.nowMillis, (packet) => assert.equal(packet.length, 1078));
    assert.equal(guest.machine.meter.bytesOut, 1078);
});

test("the first response waits out the interval of the request and has sequence 1", () => {
    const guest = dialling(SERVER);
    guest.pass(30);
    guest.hearChallenge();
    assert.equal(guest.machine.state, ClientState.SENDING_CONNECTION_RESPONSE);
    assert.deepEqual(guest.tick(), []);
    guest.pass(71);
    const [response] = guest.tick();
    assert.equal(response?.type, PacketType.CONNECTION_RESPONSE);
    assert.equal(response?.sequence, 1n);
    assert.deepEqual(response?.body, new Uint8Array(308).fill(9));
});

test("keep-alives of a client carry eight zeros, and any packet puts off the next", () => {
    const guest = connected();
    guest.pass(80);
    assert.ok(guest.send(Uint8Array.of(1, 2)));
    assert.deepEqual(typesOf(guest.sent()), [PacketType.PAYLOAD]);
    guest.pass(100);
    assert.deepEqual(guest.tick(), []);
    guest.pass(1);
    const [keepAlive] = guest.tick();
    assert.equal(keepAlive?.type, PacketType.KEEP_ALIVE);
    assert.deepEqual(keepAlive?.body, new Uint8Array(8));
});

test("payloads are sent only while connected, have 1 to 1200 bytes and stay as they are", () => {
    const guest = dialling(SERVER);
    assert.equal(guest.send(Uint8Array.of(1)), false);
    guest.hearSlot();
    const payload = new Uint8Array(1200).fill(5);
    assert.ok(guest.send(payload));
    assert.deepEqual(guest.sent().at(-1)?.body, new Uint8Array(1200).fill(5));
    assert.deepEqual(payload, new Uint8Array(1200).fill(5));
    assert.throws(() => guest.send(EMPTY), RangeError);
    assert.throws(() => guest.send(new Uint8Array(1201)), /1 to 1200 bytes.*1201/);
});

test("disconnecting sends ten packets, in every active state", () => {
    for (const prepare of [
        (guest: Guest) => guest.sent(),
        (guest: Guest) => guest.hearChallenge(),
        (guest: Guest) => guest.hearSlot(),
    ]) {
        const guest = dialling(SERVER);
        prepare(guest);
        guest.sent();
        guest.disconnect();
        const sent = guest.sent();
        assert.deepEqual(typesOf(sent), new Array(10).fill(PacketType.DISCONNECT));
        assert.equal(new Set(sent.map(({ sequence }) => sequence)).size, 10);
        assert.equal(guest.machine.state, ClientState.DISCONNECTED);
        guest.disconnect();
        assert.deepEqual(guest.sent(), []);
    }
});

test("connecting while active disconnects first, also with a token that cannot be read", () => {
    for (const token of [mint().bytes, new Uint8Array(3)]) {
        const guest = connected();
        const sent: Uint8Array[] = [];
        const problem = guest.machine.connect(guest.nowMillis, token, (packet) => {
            sent.push(packet);
        });
        assert.equal(sent.length, 10);
        assert.equal(problem === undefined, token.length === 2048);
        assert.equal(
            guest.machine.state,
            problem === undefined
                ? ClientState.SENDING_CONNECTION_REQUEST
                : ClientState.INVALID_CONNECT_TOKEN,
        );
    }
});

// ---- Silence and the order of one update

test("silence ends a connection, and not before the timeout has passed", () => {
    const guest = connected();
    guest.pass(2000);
    guest.hear(PacketType.PAYLOAD, 1n, Uint8Array.of(1));
    guest.tick();
    guest.idle(5000);
    guest.tick();
    assert.equal(guest.machine.state, ClientState.CONNECTED);
    guest.pass(0.001);
    guest.tick();
    assert.equal(guest.machine.state, ClientState.CONNECTION_TIMED_OUT);
});

test("a replayed packet does not keep a connection", () => {
    const guest = connected();
    const packet = fromServer(guest.token, PacketType.PAYLOAD, 1n, Uint8Array.of(1));
    assert.deepEqual(guest.receive(packet), Uint8Array.of(1));
    guest.idle(4000);
    assert.equal(guest.receive(packet), undefined);
    assert.equal(guest.drops.count("already-received"), 1);
    guest.idle(1001);
    guest.tick();
    assert.equal(guest.machine.state, ClientState.CONNECTION_TIMED_OUT);
});

for (const timeoutSeconds of [0, -1, -(2 ** 31)]) {
    test(`with a timeout of ${timeoutSeconds} s silence ends nothing`, () => {
        const guest = new Guest();
        guest.connect(mint({ timeoutSeconds, expire: 2n ** 64n - 1n }));
        guest.pass(1e9);
        guest.tick();
        assert.equal(guest.machine.state, ClientState.SENDING_CONNECTION_REQUEST);
        guest.hearSlot();
        guest.pass(1e9);
        guest.tick();
        assert.equal(guest.machine.state, ClientState.CONNECTED);
    });
}

test("later challenges are ignored and do not count as hearing from the server", () => {
    const guest = dialling(SERVER);
    guest.hearChallenge();
    guest.idle(3000);
    guest.hearChallenge(GLOBAL + 1n, new Uint8Array(308).fill(8));
    assert.equal(guest.drops.count("wrong-state"), 1);
    assert.deepEqual(guest.tick()[0]?.body, new Uint8Array(308).fill(9));
    guest.idle(2001);
    guest.tick();
    assert.equal(guest.machine.state, ClientState.CONNECTION_RESPONSE_TIMED_OUT);
});

test("a keep-alive connects the client, and later ones do not move it", () => {
    const guest = connected();
    assert.equal(guest.machine.clientIndex, 2);
    assert.equal(guest.machine.maxClients, 16);
    guest.hear(PacketType.KEEP_ALIVE, 1n, slot(3, 99));
    assert.equal(guest.machine.clientIndex, 2);
});

test("one update sends before it heeds a denial, and heeds it before the timeout", () => {
    const guest = dialling(SERVER);
    guest.hear(PacketType.CONNECTION_DENIED, GLOBAL);
    assert.equal(guest.machine.state, ClientState.SENDING_CONNECTION_REQUEST);
    assert.equal(guest.machine.nextTimeout(), guest.nowMillis);
    guest.pass(5001);
    assert.deepEqual(typesOf(guest.tick()), [PacketType.CONNECTION_REQUEST]);
    assert.equal(guest.machine.state, ClientState.CONNECTION_DENIED);
});

test("one update expires the token before it heeds a denial", () => {
    const guest = new Guest();
    guest.connect(mint({ expire: UNIX_SECONDS + 1n }));
    guest.pass(1000);
    guest.hear(PacketType.CONNECTION_DENIED, GLOBAL);
    guest.tick();
    assert.equal(guest.machine.state, ClientState.CONNECT_TOKEN_EXPIRED);
});

// ---- Pauses

test("the time for the first answer counts from the first request", () => {
    const guest = new Guest();
    guest.connect(mint({ servers: [SERVER, SECOND] }));
    guest.pass(6000);
    assert.deepEqual(typesOf(guest.tick()), [PacketType.CONNECTION_REQUEST]);
    guest.idle(5000);
    guest.tick();
    assert.equal(guest.machine.serverIndex, 0);
    guest.pass(0.001);
    guest.tick();
    assert.equal(guest.machine.serverIndex, 1);
    assert.equal(guest.machine.pausedMillis, 0);
});

for (const [state, reach, ending] of [
    ["a request", () => {}, ClientState.CONNECTION_REQUEST_TIMED_OUT],
    [
        "a response",
        (guest: Guest) => guest.hearChallenge(),
        ClientState.CONNECTION_RESPONSE_TIMED_OUT,
    ],
    ["a connection", (guest: Guest) => guest.hearSlot(), ClientState.CONNECTION_TIMED_OUT],
] as const) {
    test(`of a pause during ${state} a second counts as silence`, () => {
        const guest = dialling(SERVER);
        reach(guest);
        guest.pass(20_000);
        guest.tick();
        const stateAfter = guest.machine.state;
        assert.ok(stateAfter > 0);
        guest.idle(4000);
        guest.tick();
        assert.equal(guest.machine.state, stateAfter);
        guest.pass(0.001);
        guest.tick();
        assert.equal(guest.machine.state, ending);
        assert.equal(guest.machine.pausedMillis, 20_000);
    });
}

test("a page that stands still each time still gives up, and its deadlines lie ahead", () => {
    const guest = connected();
    for (let i = 0; i < 5; i++) {
        guest.pass(3000);
        guest.tick();
        assert.equal(guest.machine.state, ClientState.CONNECTED);
        assert.ok(guest.machine.nextTimeout() >= guest.nowMillis);
    }
    guest.pass(3000);
    guest.tick();
    assert.equal(guest.machine.state, ClientState.CONNECTION_TIMED_OUT);
});

test("a pause before the latest packet is not to blame, nor one of an earlier connection", () => {
    const guest = connected();
    guest.pass(20_000);
    guest.tick();
    guest.pass(50);
    guest.hear(PacketType.KEEP_ALIVE, 1n, slot(2, 16));
    guest.idle(5001);
    guest.tick();
    assert.equal(guest.machine.state, ClientState.CONNECTION_TIMED_OUT);
    assert.equal(guest.machine.pausedMillis, 0);
});

// ---- Kicked before it knows that it is connected

test("a disconnect while the response is sent ends the attempt with its reason", () => {
    const guest = new Guest();
    guest.connect(mint({ servers: [SERVER, SECOND], statesReasons: true }));
    guest.tick();
    guest.hearChallenge();
    const banned = { code: 5, retryAfterSeconds: 0, text: "you are banned" };
    guest.hear(PacketType.DISCONNECT, 1n, writeReason(banned));
    guest.hear(PacketType.DISCONNECT, 2n);
    assert.equal(guest.machine.nextTimeout(), guest.nowMillis);
    guest.tick();
    assert.equal(guest.machine.state, ClientState.DISCONNECTED);
    assert.deepEqual(guest.machine.statedReason, banned);
    assert.equal(guest.machine.server, undefined);
});

test("a disconnect before the challenge is ignored", () => {
    const guest = dialling(SERVER);
    guest.hear(PacketType.DISCONNECT, 0n);
    guest.tick();
    assert.equal(guest.drops.count("wrong-state"), 1);
    assert.equal(guest.machine.state, ClientState.SENDING_CONNECTION_REQUEST);
});

// ---- Several servers

test("a denial dials the next server and ends after the last", () => {
    const guest = dialling(SERVER, SECOND, THIRD);
    for (const next of [SECOND, THIRD]) {
        guest.hear(PacketType.CONNECTION_DENIED, GLOBAL);
        guest.tick();
        assert.equal(guest.machine.state, ClientState.SENDING_CONNECTION_REQUEST);
        assert.deepEqual(guest.machine.server, next);
    }
    guest.hear(PacketType.CONNECTION_DENIED, GLOBAL);
    guest.tick();
    assert.equal(guest.machine.state, ClientState.CONNECTION_DENIED);
    assert.equal(guest.machine.server, undefined);
});

test("silence dials the next server, which has the whole timeout", () => {
    const guest = dialling(SERVER, SECOND);
    guest.idle(5001);
    guest.tick();
    assert.equal(guest.machine.serverIndex, 1);
    assert.deepEqual(typesOf(guest.tick()), [PacketType.CONNECTION_REQUEST]);
    guest.idle(5000);
    guest.tick();
    assert.equal(guest.machine.state, ClientState.SENDING_CONNECTION_REQUEST);
    guest.pass(1);
    guest.tick();
    assert.equal(guest.machine.state, ClientState.CONNECTION_REQUEST_TIMED_OUT);
});

test("packets from the server that was given up do not count", () => {
    const guest = dialling(SERVER, SECOND);
    guest.idle(5001);
    guest.tick();
    guest.receive(
        fromServer(guest.token, PacketType.CONNECTION_CHALLENGE, GLOBAL, new Uint8Array(308)),
    );
    assert.equal(guest.drops.count("wrong-address"), 1);
    assert.equal(guest.machine.state, ClientState.SENDING_CONNECTION_REQUEST);
});

test("the next server has a fresh replay window, and the send sequence keeps growing", () => {
    const guest = dialling(SERVER, SECOND);
    guest.hearChallenge();
    guest.hear(PacketType.PAYLOAD, 7n, Uint8Array.of(1));
    guest.idle(4900);
    guest.tick();
    guest.pass(101);
    const last = guest.tick()[0]?.sequence ?? 0n;
    assert.equal(guest.machine.serverIndex, 1);
    guest.tick();
    guest.hearChallenge();
    guest.pass(101);
    assert.equal(guest.tick()[0]?.sequence, last + 2n);
    guest.hear(PacketType.KEEP_ALIVE, 7n, slot(0, 4));
    assert.equal(guest.machine.state, ClientState.CONNECTED);
});

test("the expiry counts from the whole connect, and ends without a further server", () => {
    const guest = new Guest();
    guest.connect(mint({ servers: [SERVER, SECOND, THIRD], expire: UNIX_SECONDS + 8n }));
    guest.tick();
    guest.idle(5001);
    guest.tick();
    guest.tick();
    guest.idle(2998);
    guest.tick();
    assert.equal(guest.machine.state, ClientState.SENDING_CONNECTION_REQUEST);
    assert.equal(guest.machine.nextTimeout(), 1000 + 8000);
    guest.pass(1);
    guest.tick();
    assert.equal(guest.machine.state, ClientState.CONNECT_TOKEN_EXPIRED);
});

test("a token that has expired does not end a connection", () => {
    const guest = connected();
    for (let i = 1n; i < 20n; i++) {
        guest.pass(4000);
        guest.hear(PacketType.KEEP_ALIVE, i, slot(2, 16));
        guest.tick();
    }
    assert.equal(guest.machine.state, ClientState.CONNECTED);
});

test("a way that is lost dials the next server, or ends what was there", () => {
    const guest = dialling(SERVER, SECOND);
    guest.machine.handlePathLost(guest.nowMillis);
    assert.deepEqual(guest.machine.server, SECOND);
    guest.pass(60_000 / 4);
    guest.machine.handlePathOpened(guest.nowMillis);
    assert.deepEqual(typesOf(guest.tick()), [PacketType.CONNECTION_REQUEST]);
    assert.equal(guest.machine.state, ClientState.SENDING_CONNECTION_REQUEST);
    guest.hearChallenge();
    guest.machine.handlePathLost(guest.nowMillis);
    assert.equal(guest.machine.state, ClientState.CONNECTION_RESPONSE_TIMED_OUT);
    const present = connected();
    present.machine.handlePathLost(present.nowMillis);
    assert.equal(present.machine.state, ClientState.CONNECTION_TIMED_OUT);
});

// ---- docs/protocol.md "Extension block", docs/protocol.md "Hardening"

test("a denial states its reason, under a token with the extension block alone", () => {
    const guest = new Guest();
    guest.connect(mint({ statesReasons: true }));
    guest.tick();
    guest.hear(PacketType.CONNECTION_DENIED, GLOBAL, writeReason(FULL));
    guest.hear(PacketType.CONNECTION_DENIED, GLOBAL + 1n);
    guest.tick();
    assert.deepEqual(guest.machine.statedReason, FULL);

    const silent = dialling(SERVER);
    silent.hear(PacketType.CONNECTION_DENIED, GLOBAL, writeReason(FULL));
    assert.equal(silent.drops.count("wrong-size"), 1);
    silent.hear(PacketType.CONNECTION_DENIED, GLOBAL);
    silent.tick();
    assert.deepEqual(silent.machine.statedReason, NO_REASON);
});

test("the replay window is asked before it is known whether reasons may be stated", () => {
    const guest = connected();
    guest.hear(PacketType.PAYLOAD, 5n, Uint8Array.of(1));
    guest.hear(PacketType.DISCONNECT, 5n, writeReason(FULL));
    assert.deepEqual(guest.drops.counts(), { "already-received": 1 });
    guest.hear(PacketType.DISCONNECT, 6n, writeReason(FULL));
    assert.equal(guest.drops.count("wrong-size"), 1);
});

test("of ten disconnect packets the first five state the reason", () => {
    const guest = new Guest();
    guest.reachConnected(mint({ statesReasons: true }));
    guest.disconnect(FULL);
    const said = guest.sent().map(({ body }) => readReason(body));
    assert.deepEqual(said, [...new Array(5).fill(FULL), ...new Array(5).fill(NO_REASON)]);
    assert.deepEqual(guest.machine.statedReason, FULL);

    const silent = connected();
    silent.disconnect(FULL);
    assert.deepEqual(new Set(silent.sent().map(({ body }) => body.length)), new Set([0]));
});

test("a reason's text is cut between characters, and controls are left out", () => {
    const long = readReason(writeReason({ ...FULL, text: "é".repeat(100) }));
    assert.equal(long.text, "é".repeat(62));
    assert.equal(writeReason({ ...FULL, text: "a".repeat(200) }).length, 128);
    const odd = readReason(writeReason({ ...FULL, text: "a\u0000b\u202ec\u2028d\u200be" }));
    assert.equal(odd.text, "abcde");
    assert.equal(readReason(Uint8Array.of(1, 0, 0, 0, 0xff, 0x41)).text, "\ufffdA");
});

test("the last packet number is never used, and the connection ends before it", () => {
    const guest = new Guest(2n ** 64n - 3n);
    guest.reachConnected();
    assert.ok(guest.send(Uint8Array.of(1)));
    assert.equal(guest.sent()[0]?.sequence, 2n ** 64n - 2n);
    assert.equal(guest.send(Uint8Array.of(1)), false);
    guest.pass(101);
    assert.deepEqual(guest.tick(), []);
    assert.equal(guest.machine.state, ClientState.DISCONNECTED);
    assert.ok(guest.machine.hasUsedUpSequence);
});

test("packets near the end of the sequence space are read", () => {
    const guest = connected();
    for (const sequence of [2n ** 63n, 2n ** 64n - 2n, 2n ** 64n - 1n]) {
        assert.deepEqual(
            guest.hear(PacketType.PAYLOAD, sequence, Uint8Array.of(1)),
            Uint8Array.of(1),
        );
    }
    assert.equal(guest.hear(PacketType.PAYLOAD, 5n, Uint8Array.of(1)), undefined);
    assert.equal(guest.drops.count("already-received"), 1);
});

test("a forged packet does not move the replay window", () => {
    const guest = connected();
    const forged = fromServer(mint(), PacketType.PAYLOAD, 2n ** 40n, Uint8Array.of(1));
    assert.equal(guest.receive(forged), undefined);
    assert.deepEqual(guest.hear(PacketType.PAYLOAD, 1n, Uint8Array.of(1)), Uint8Array.of(1));
});

test("keys are erased when the attempt has ended, and nothing opens any more", () => {
    const guest = connected();
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
    guest.machine.handlePathLost(guest.nowMillis);
    fill.mock.restore();
    assert.deepEqual(erased, [32, 32]);
    const packet = fromServer(guest.token, PacketType.PAYLOAD, 1n, Uint8Array.of(1));
    assert.equal(guest.receive(packet), undefined);
    assert.equal(guest.drops.count("wrong-state"), 1);
});

test("a prefix that announces no sequence bytes, or more than eight, is dropped unopened", () => {
    const guest = connected();
    for (const sequenceBytes of [0, 9, 15]) {
        const prefix = (sequenceBytes << 4) | PacketType.PAYLOAD;
        const authenticated = associatedData(PROTOCOL_ID);
        authenticated[PREFIX_OFFSET] = prefix;
        const body = Uint8Array.of(1, 2, 3);
        const sealed = seal(guest.token.serverToClientKey, 0n, authenticated, body);
        const packet = new Uint8Array(1 + sequenceBytes + sealed.length);
        packet[0] = prefix;
        packet.set(sealed, 1 + sequenceBytes);
        assert.equal(guest.receive(packet), undefined);
    }
    assert.deepEqual(guest.drops.counts(), { "wrong-prefix": 3 });
});

test("an extension block that is malformed in any way counts as none", () => {
    const { bytes } = mint({ statesReasons: true });
    const at = Buffer.from(bytes).indexOf(Buffer.from(EXTENSION_BLOCK));
    for (const [offset, value, states] of [
        [0, 0x48, true],
        [0, 0x49, false],
        [1, 0x59, false],
        [2, 2, false],
        [3, 5, false],
        [3, 64, true],
        [3, 65, false],
        [4, 3, true],
        [4, 2, false],
        [4, 0, false],
    ] as const) {
        const changed = bytes.slice();
        changed[at + offset] = value;
        const token = readConnectToken(changed);
        assert.ok(typeof token !== "string");
        assert.equal(token.statesReasons, states, `byte ${offset} is ${value}`);
        assert.equal(token.survivesMoves, offset === 4 && value >= 2, `byte ${offset} is ${value}`);
    }
});

// ---- Measured

test("the round trip is that from request to challenge, where every request was answered", () => {
    const guest = dialling(SERVER);
    guest.pass(40);
    guest.hearChallenge();
    assert.equal(guest.machine.meter.roundTripMillis(), 40);

    const unsure = dialling(SERVER);
    unsure.pass(101);
    unsure.tick();
    unsure.pass(10);
    unsure.hearChallenge();
    assert.equal(unsure.machine.meter.roundTripMillis(), undefined);
    unsure.pass(20);
    unsure.hearChallenge(GLOBAL + 1n);
    assert.equal(unsure.machine.meter.roundTripMillis(), 30);
});

test("loss is the share of numbers that did not arrive", () => {
    const guest = connected();
    for (let i = 1n; i <= 20n; i++) {
        guest.hear(PacketType.PAYLOAD, i, Uint8Array.of(1));
    }
    assert.equal(guest.machine.meter.inboundLoss(), undefined);
    for (let i = 21n; i < 400n; i++) {
        if (i % 10n !== 0n) {
            guest.hear(PacketType.PAYLOAD, i, Uint8Array.of(1));
        }
    }
    const loss = guest.machine.meter.inboundLoss() ?? 0;
    assert.ok(Math.abs(loss - 0.1) < 0.02, `${loss}`);
});
