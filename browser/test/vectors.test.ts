import assert from "node:assert/strict";
import { test } from "node:test";
import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";
import { open, seal } from "../src/crypto/packet-cipher.js";
import { DropCounters } from "../src/drop.js";
import { ClientMachine } from "../src/machine/client-machine.js";
import { NO_REASON } from "../src/stated-reason.js";
import { parseAddress, printAddress } from "../src/wire/address.js";
import {
    type ConnectToken,
    connectionRequest,
    readConnectToken,
} from "../src/wire/connect-token.js";
import { fromHex, readI32, readU64, toHex, writeU32, writeU64 } from "../src/wire/little-endian.js";
import { type OpenedPacket, PacketReader } from "../src/wire/packet-reader.js";
import { PacketWriter } from "../src/wire/packet-writer.js";
import { ReplayWindow } from "../src/wire/replay-window.js";
import { CLIENT_TYPES, PacketType, SERVER_TYPES, VERSION } from "../src/wire/wire.js";
import { address, EMPTY, sealPrivate, writeServers } from "./rig.js";
import { type ConnectTokenVector, type PacketVector, vectors } from "./vectors.js";

const TYPES: Record<PacketVector["type"], PacketType> = {
    denied: PacketType.CONNECTION_DENIED,
    challenge: PacketType.CONNECTION_CHALLENGE,
    response: PacketType.CONNECTION_RESPONSE,
    keepAlive: PacketType.KEEP_ALIVE,
    payload: PacketType.PAYLOAD,
    disconnect: PacketType.DISCONNECT,
};

test("the vectors are all there", () => {
    assert.equal(vectors.connectTokens.length, 8);
    assert.equal(vectors.challengeTokens.length, 10);
    assert.equal(vectors.packets.length, 144);
    assert.equal(vectors.readVerdicts.length, 320);
    assert.equal(vectors.replayWindows.length, 6);
    assert.equal(vectors.addresses.length, 34);
    assert.equal(vectors.session.packets.length, 74);
});

function readable(bytes: Uint8Array): ConnectToken {
    const token = readConnectToken(bytes);
    assert.ok(typeof token !== "string", `the token cannot be read: ${token}`);
    return token;
}

function checkPublicPart(vector: ConnectTokenVector): ConnectToken {
    const token = readable(fromHex(vector.token));
    assert.equal(token.protocolId, BigInt(vector.protocolId));
    assert.equal(token.createTimestamp, BigInt(vector.createTimestamp));
    assert.equal(token.expireTimestamp, BigInt(vector.expireTimestamp));
    assert.equal(toHex(token.nonce), vector.nonce);
    assert.equal(toHex(token.sealedPrivate), vector.privateEncrypted);
    assert.equal(token.timeoutSeconds, vector.timeoutSeconds);
    assert.deepEqual(token.servers.map(printAddress), vector.publicAddresses);
    assert.equal(toHex(token.clientToServerKey), vector.clientToServerKey);
    assert.equal(toHex(token.serverToClientKey), vector.serverToClientKey);
    assert.equal(token.statesReasons, false);
    return token;
}

/** What a backend does, here to show that tokens are read as they are made. */
function checkPrivatePart(vector: ConnectTokenVector, token: ConnectToken): void {
    const plain = new Uint8Array(1008);
    writeU64(plain, 0, BigInt(vector.clientId));
    writeU32(plain, 8, vector.timeoutSeconds);
    const at = writeServers(plain, 12, vector.internalAddresses.map(address));
    plain.set(token.clientToServerKey, at);
    plain.set(token.serverToClientKey, at + 32);
    plain.set(fromHex(vector.userData), at + 64);
    assert.equal(toHex(plain), vector.privatePlain);
    assert.equal(readI32(plain, 8), vector.timeoutSeconds);

    const key = fromHex(vector.privateKey);
    const sealed = sealPrivate(key, token.nonce, token.protocolId, token.expireTimestamp, plain);
    assert.equal(toHex(sealed), vector.privateEncrypted);
    const authenticated = new Uint8Array(29);
    authenticated.set(VERSION);
    writeU64(authenticated, 13, token.protocolId);
    writeU64(authenticated, 21, token.expireTimestamp);
    const opened = xchacha20poly1305(key, token.nonce, authenticated).decrypt(token.sealedPrivate);
    assert.equal(toHex(opened), vector.privatePlain);
}

test("every connect token is read, and its private part is what was sealed", () => {
    for (const vector of vectors.connectTokens) {
        checkPrivatePart(vector, checkPublicPart(vector));
    }
});

test("every challenge token seals and opens", () => {
    for (const vector of vectors.challengeTokens) {
        const plain = new Uint8Array(284);
        writeU64(plain, 0, BigInt(vector.clientId));
        plain.set(fromHex(vector.userData), 8);
        const key = fromHex(vector.key);
        const sequence = BigInt(vector.sequence);
        assert.equal(toHex(seal(key, sequence, EMPTY, plain)), vector.encrypted);

        const opened = open(key, sequence, EMPTY, fromHex(vector.encrypted));
        assert.ok(opened);
        assert.equal(readU64(opened, 0), BigInt(vector.clientId));
        assert.equal(toHex(opened.subarray(8, 264)), vector.userData);
    }
});

function bodyOf(vector: PacketVector): Uint8Array {
    switch (vector.type) {
        case "challenge":
        case "response": {
            const body = new Uint8Array(308);
            writeU64(body, 0, BigInt(vector.challengeSequence ?? "none"));
            body.set(fromHex(vector.challengeToken ?? ""), 8);
            return body;
        }
        case "keepAlive": {
            const body = new Uint8Array(8);
            writeU32(body, 0, vector.clientIndex ?? Number.NaN);
            writeU32(body, 4, vector.maxClients ?? Number.NaN);
            return body;
        }
        case "payload":
            return fromHex(vector.payload ?? "");
        default:
            return EMPTY;
    }
}

test("every packet is written and read byte for byte", () => {
    let read = 0;
    for (const vector of vectors.packets) {
        const type = TYPES[vector.type];
        const protocolId = BigInt(vector.protocolId);
        const sequence = BigInt(vector.sequence);
        const key = fromHex(vector.key);
        const body = bodyOf(vector);
        const packet = new PacketWriter(protocolId).write(type, sequence, key, body);
        assert.equal(toHex(packet), vector.bytes);

        for (const types of [CLIENT_TYPES, SERVER_TYPES]) {
            const reader = new PacketReader(protocolId, types);
            const opened = reader.read(packet, key, new ReplayWindow(), 0);
            if ((types & (1 << type)) === 0) {
                assert.equal(opened, "wrong-type");
            } else {
                assert.deepEqual(opened, { type, sequence, body });
                read++;
            }
        }
    }
    assert.equal(read, 216);
});

test("readers accept and drop what those of the reference do", () => {
    let forClients = 0;
    for (const [at, vector] of vectors.readVerdicts.entries()) {
        const types = vector.reader === "client" ? CLIENT_TYPES : SERVER_TYPES;
        const reader = new PacketReader(BigInt(vector.protocolId), types);
        const packet = fromHex(vector.bytes);
        const opened = reader.read(packet, fromHex(vector.key), new ReplayWindow(), 0);
        const what = `verdict ${at}, ${vector.mutation}: ${JSON.stringify(opened, shown)}`;
        assert.equal(typeof opened !== "string", vector.accepted, what);
        if (typeof opened !== "string") {
            assert.equal(opened.type, TYPES[vector.type ?? "denied"]);
            assert.equal(opened.sequence, BigInt(vector.sequence ?? "none"));
        }
        forClients += vector.reader === "client" ? 1 : 0;
    }
    assert.ok(forClients > 100);
});

function shown(_key: string, value: unknown): unknown {
    return typeof value === "bigint" ? value.toString() : value;
}

test("replay windows remember what those of the reference do", () => {
    for (const run of vectors.replayWindows) {
        const window = new ReplayWindow();
        for (const [step, [text, alreadyReceived]] of run.entries()) {
            const sequence = BigInt(text);
            const isReceived = window.alreadyReceived(sequence);
            assert.equal(isReceived, alreadyReceived, `step ${step}, sequence ${text}`);
            if (!isReceived) {
                window.advance(sequence);
            }
        }
    }
});

test("addresses are read and printed as the reference does", () => {
    for (const vector of vectors.addresses) {
        const parsed = parseAddress(vector.text);
        assert.equal(parsed !== undefined, vector.parsed, `'${vector.text}'`);
        if (parsed !== undefined) {
            const printed = printAddress(parsed);
            assert.equal(printed, vector.canonical);
            assert.deepEqual(parseAddress(printed), parsed);
        }
    }
});

// ---- The recorded session

interface Recorded {
    readonly isFromClient: boolean;
    readonly millis: number;
    readonly bytes: Uint8Array;
    readonly packet: OpenedPacket;
}

function openRecorded(token: ConnectToken, isFromClient: boolean, bytes: Uint8Array): OpenedPacket {
    if (isFromClient && bytes[0] === 0) {
        return { type: PacketType.CONNECTION_REQUEST, sequence: 0n, body: bytes };
    }
    const reader = new PacketReader(token.protocolId, isFromClient ? SERVER_TYPES : CLIENT_TYPES);
    const key = isFromClient ? token.clientToServerKey : token.serverToClientKey;
    const packet = reader.read(bytes, key, new ReplayWindow(), 0);
    assert.ok(typeof packet !== "string", `a recorded packet does not open: ${packet}`);
    return packet;
}

/** What is repeated while an answer is on its way counts once, and keep-alives not at all. */
function kinds(packets: readonly OpenedPacket[]): string[] {
    const kinds: string[] = [];
    let last: PacketType | undefined;
    for (const { type, body } of packets) {
        const isRepeat =
            type === last && type !== PacketType.PAYLOAD && type !== PacketType.DISCONNECT;
        if (type !== PacketType.KEEP_ALIVE && !isRepeat) {
            kinds.push(`${type} ${toHex(body)}`);
            last = type;
        }
    }
    return kinds;
}

/** The recording's times carry floating-point steps; to the microsecond they mean the same. */
function millisOf(seconds: number): number {
    return Math.round(seconds * 1e6) / 1e3;
}

test("the recorded session is played to the machine, which goes through its states", () => {
    const session = vectors.session;
    const tokenBytes = fromHex(session.token);
    const token = readable(tokenBytes);
    const server = token.servers[0];
    assert.ok(server);
    const packets = session.packets.map(({ from, time, bytes }): Recorded => {
        const isFromClient = from === "client";
        return {
            isFromClient,
            millis: millisOf(time),
            bytes: fromHex(bytes),
            packet: openRecorded(token, isFromClient, fromHex(bytes)),
        };
    });
    const states = session.clientStates.map(({ time, state }) => ({
        millis: millisOf(time),
        state,
    }));
    const moments = [...new Set([...packets, ...states].map(({ millis }) => millis))];
    moments.sort((one, other) => one - other);
    moments.push((moments.at(-1) ?? 0) + 1);

    const drops = new DropCounters();
    const machine = new ClientMachine(drops);
    const sent: Uint8Array[] = [];
    const sink = (packet: Uint8Array): void => void sent.push(packet);
    const payloads: string[] = [];
    machine.connect(moments[0] ?? 0, tokenBytes, sink);
    let arrived = 0;
    let hasLeft = false;
    for (const now of moments) {
        const seen = new Set<number>([machine.state]);
        for (; (packets[arrived]?.millis ?? now) < now; arrived++) {
            const recorded = packets[arrived];
            if (recorded && !recorded.isFromClient) {
                const payload = machine.handlePacket(now, server, recorded.bytes);
                payloads.push(...(payload ? [toHex(payload)] : []));
                seen.add(machine.state);
            }
        }
        machine.handleTimeout(now, sink);
        seen.add(machine.state);
        for (const { state } of states.filter(({ millis }) => millis === now)) {
            assert.ok(seen.has(state), `at ${now} ms: ${[...seen]}, but should be ${state}`);
        }
        for (const { packet } of packets.filter((it) => it.isFromClient && it.millis === now)) {
            if (packet.type === PacketType.PAYLOAD) {
                assert.ok(machine.send(now, packet.body, sink));
            } else if (packet.type === PacketType.DISCONNECT && !hasLeft) {
                hasLeft = true;
                machine.disconnect(now, NO_REASON, sink);
            }
        }
    }

    const fromClient = packets.filter((it) => it.isFromClient).map((it) => it.packet);
    const answered = sent.map((bytes) => openRecorded(token, true, bytes));
    assert.deepEqual(kinds(answered), kinds(fromClient));
    assert.deepEqual(answered[0]?.body, connectionRequest(token));
    const payloadsRecorded = packets
        .filter((it) => !it.isFromClient && it.packet.type === PacketType.PAYLOAD)
        .map((it) => toHex(it.packet.body));
    assert.ok(payloadsRecorded.length > 0);
    assert.deepEqual(payloads, payloadsRecorded);
    assert.equal(machine.state, states.at(-1)?.state);
    const { "wrong-state": afterMovingOn = 0, ...others } = drops.counts();
    assert.deepEqual(others, {});
    assert.ok(afterMovingOn <= 12, `${afterMovingOn} packets came in a state that ignores them`);
});
