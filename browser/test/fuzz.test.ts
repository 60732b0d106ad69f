import assert from "node:assert/strict";
import { test } from "node:test";
import { ClientState } from "../src/machine/client-state.js";
import { parseAddress, printAddress } from "../src/wire/address.js";
import { readConnectToken } from "../src/wire/connect-token.js";
import { fromHex } from "../src/wire/little-endian.js";
import { PacketType } from "../src/wire/wire.js";
import { fromServer, GLOBAL, Guest, pathSlot, Random, reset, SERVER, u64 } from "./rig.js";
import { vectors } from "./vectors.js";

/** The same cases each time; `FUZZ_SEED=…` looks elsewhere. */
const SEED = Number(process.env.FUZZ_SEED ?? 1);

function mutated(random: Random, bytes: Uint8Array): Uint8Array {
    let copy = bytes.slice();
    switch (random.below(4)) {
        case 0:
            copy = copy.slice(0, random.below(copy.length + 1));
            break;
        case 1: {
            const longer = new Uint8Array(copy.length + random.below(40));
            longer.set(copy);
            copy = longer;
            break;
        }
        default:
            for (let i = random.below(4); i >= 0 && copy.length > 0; i--) {
                copy[random.below(copy.length)] = random.below(256);
            }
    }
    return copy;
}

test("no bytes make the reader of tokens throw, and what it reads it reads whole", () => {
    const random = new Random(SEED);
    let readable = 0;
    for (let i = 0; i < 20_000; i++) {
        const vector = vectors.connectTokens[random.below(8)];
        assert.ok(vector);
        const bytes =
            i % 10 === 0
                ? random.bytes(random.below(2100))
                : mutated(random, fromHex(vector.token));
        const token = readConnectToken(bytes);
        if (typeof token === "string") {
            assert.ok(token.length > 10);
        } else {
            readable++;
            assert.ok(token.servers.length >= 1 && token.servers.length <= 32);
            assert.equal(token.serverToClientKey.length, 32);
            assert.equal(token.sealedPrivate.length, 1024);
        }
    }
    assert.ok(readable > 1000, `seed ${SEED}: only ${readable} could be read`);
});

test("no packet makes the machine throw, and none that is not the server's changes it", () => {
    const random = new Random(SEED);
    const guest = new Guest();
    guest.reachPath({ statesReasons: true });
    guest.networkChanged();
    guest.tick();
    const authentic = [
        fromServer(guest.token, PacketType.PAYLOAD, 5n, new Uint8Array(100)),
        fromServer(guest.token, PacketType.KEEP_ALIVE, 6n, new Uint8Array(8)),
        fromServer(guest.token, PacketType.DISCONNECT, 7n, new Uint8Array(0)),
        fromServer(guest.token, PacketType.CONNECTION_CHALLENGE, GLOBAL, new Uint8Array(308)),
        fromServer(guest.token, PacketType.KEEP_ALIVE, 8n, pathSlot(2, 16)),
        fromServer(guest.token, PacketType.PATH_ANSWER, 9n, u64(0n)),
        fromServer(guest.token, PacketType.PING, 10n, new Uint8Array(24)),
        reset(),
    ];
    const before = guest.machine.meter.packetsIn;
    let isSame = 0;
    for (let i = 0; i < 20_000; i++) {
        const whole = authentic[random.below(authentic.length)];
        assert.ok(whole);
        const packet = i % 4 === 0 ? random.bytes(random.below(1300)) : mutated(random, whole);
        if (authentic.some((it) => Buffer.compare(it, packet) === 0)) {
            isSame++;
            continue;
        }
        assert.equal(guest.receive(packet, SERVER), undefined);
    }
    assert.ok(isSame < 5000);
    assert.equal(guest.machine.meter.packetsIn, before, `seed ${SEED}`);
    assert.equal(guest.machine.state, ClientState.CONNECTED);
    assert.ok(guest.machine.isProbing);
    assert.deepEqual(guest.hear(PacketType.PAYLOAD, 5n, Uint8Array.of(1)), Uint8Array.of(1));
});

test("no text makes the reader of addresses throw, and what it reads it prints and reads again", () => {
    const random = new Random(SEED);
    const pieces = [
        "1",
        "0",
        "255",
        "ffff",
        ":",
        "::",
        ".",
        "[",
        "]",
        "]:",
        "80",
        "65536",
        "g",
        " ",
    ];
    let readable = 0;
    for (let i = 0; i < 50_000; i++) {
        let text = "";
        for (let n = random.below(12); n >= 0; n--) {
            text += pieces[random.below(pieces.length)];
        }
        const parsed = parseAddress(text);
        if (parsed !== undefined) {
            readable++;
            assert.deepEqual(parseAddress(printAddress(parsed)), parsed, text);
        }
    }
    assert.ok(readable > 50, `seed ${SEED}: only ${readable} could be read`);
});
