import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { DropCounters } from "../src/drop.js";
import { ClientMachine } from "../src/machine/client-machine.js";
import { PingClock } from "../src/machine/ping-clock.js";
import { readConnectToken } from "../src/wire/connect-token.js";
import { readExtensions } from "../src/wire/extension-block.js";
import { fromHex, toHex, writeU32, writeU64 } from "../src/wire/little-endian.js";
import { PacketReader } from "../src/wire/packet-reader.js";
import { PacketWriter } from "../src/wire/packet-writer.js";
import { writePing } from "../src/wire/ping-body.js";
import { writeReason } from "../src/wire/reason-body.js";
import { ReplayWindow } from "../src/wire/replay-window.js";
import { CLIENT_TYPES, PacketType, SERVER_TYPES } from "../src/wire/wire.js";

// docs/extension.md "Vectors": what the Java machines do, which this one must do too.

/** Beside those of the standard: they exist once. */
const FILE = new URL(
    "../../../../modules/hawser-testkit/src/main/resources/dev/hawser/testkit/vectors/hawser-extension-1.json",
    import.meta.url,
);

interface PacketVector {
    type: keyof typeof TYPES;
    extensions: number;
    protocolId: string;
    key: string;
    sequence: string;
    bytes: string;
    pathId?: string;
    code?: number;
    retryAfterSeconds?: number;
    text?: string;
    clientIndex?: number;
    maxClients?: number;
    resetWord?: string;
    answer?: string;
    challenge?: string;
    sentMicros?: number;
    echoMicros?: number;
    heldMicros?: number;
    receivedCount?: number;
    receivedSequence?: string;
}

interface VerdictVector extends PacketVector {
    reader: "client" | "server";
    mutation: string;
    received: string[];
    verdict: string;
    body: string;
}

interface PingStep {
    micros: string;
    body: string;
    receivedCount?: number;
    receivedSequence?: string;
    sequence?: string;
    roundTripMicros?: number;
    outboundLoss?: number;
}

interface Session {
    token: string;
    startMillis: number;
    endMillis: number;
    stepMillis: number;
    actions: { time: number; networkChanged?: true; toServer?: string; toClient?: string }[];
    packets: { from: "client" | "server"; time: number; arrives?: number; bytes: string }[];
    clientStates: { time: number; state: number; isProbing: boolean; isForgotten: boolean }[];
}

const vectors: {
    version: string;
    extensionBlocks: { bytes: string; flags: number }[];
    packets: PacketVector[];
    readVerdicts: VerdictVector[];
    pings: PingStep[][];
    session: Session;
} = JSON.parse(readFileSync(FILE, "utf8"));

const TYPES = {
    denied: PacketType.CONNECTION_DENIED,
    disconnect: PacketType.DISCONNECT,
    keepAlive: PacketType.KEEP_ALIVE,
    pathRequest: PacketType.PATH_REQUEST,
    pathAnswer: PacketType.PATH_ANSWER,
    pathResponse: PacketType.PATH_RESPONSE,
    ping: PacketType.PING,
    reset: PacketType.RESET,
} as const;

test("the vectors are all there", () => {
    assert.equal(vectors.version, "HAWSER EXTENSION 1");
    assert.ok(vectors.extensionBlocks.length >= 20);
    assert.ok(vectors.packets.length >= 64);
    assert.ok(vectors.readVerdicts.length >= 500);
    assert.ok(vectors.pings.length >= 3);
    assert.ok(vectors.session.packets.length >= 200);
});

test("extension blocks are read", () => {
    for (const { bytes, flags } of vectors.extensionBlocks) {
        assert.equal(readExtensions(fromHex(bytes), 0), flags, bytes);
    }
});

/** Of a field that the type has. */
function given<T>(value: T | undefined): T {
    assert.notEqual(value, undefined);
    return value as T;
}

function bodyOf(vector: PacketVector): Uint8Array {
    switch (vector.type) {
        case "denied":
        case "disconnect":
            return writeReason({
                code: given(vector.code),
                retryAfterSeconds: given(vector.retryAfterSeconds),
                text: given(vector.text),
            });
        case "keepAlive": {
            const body = new Uint8Array(32);
            writeU32(body, 0, given(vector.clientIndex));
            writeU32(body, 4, given(vector.maxClients));
            writeU64(body, 8, BigInt(given(vector.pathId)));
            body.set(fromHex(given(vector.resetWord)), 16);
            return body;
        }
        case "pathAnswer":
            return words(8, given(vector.answer));
        case "pathRequest":
            return new Uint8Array(16);
        case "pathResponse":
            return words(16, given(vector.challenge));
        default:
            return writePing({
                sentMicros: given(vector.sentMicros),
                echoMicros: given(vector.echoMicros),
                heldMicros: given(vector.heldMicros),
                receivedCount: given(vector.receivedCount),
                receivedSequence: BigInt(given(vector.receivedSequence)),
            });
    }
}

function words(length: number, first: string): Uint8Array {
    const body = new Uint8Array(length);
    writeU64(body, 0, BigInt(first));
    return body;
}

function pathIdOf(vector: PacketVector): { pathId?: bigint } {
    return vector.type === "pathRequest" || vector.type === "pathResponse"
        ? { pathId: BigInt(given(vector.pathId)) }
        : {};
}

test("every packet is written and read byte for byte", () => {
    let read = 0;
    for (const vector of vectors.packets) {
        if (vector.type === "reset") {
            assert.equal(vector.bytes, `0b${vector.resetWord}`);
            continue;
        }
        const type = TYPES[vector.type];
        const protocolId = BigInt(vector.protocolId);
        const sequence = BigInt(vector.sequence);
        const key = fromHex(vector.key);
        const body = bodyOf(vector);
        const named = pathIdOf(vector);
        const packet = new PacketWriter(protocolId).write(type, sequence, key, body, named.pathId);
        assert.equal(toHex(packet), vector.bytes);
        for (const types of [CLIENT_TYPES, SERVER_TYPES]) {
            const isRead =
                (types & (1 << type)) !== 0 && (body.length !== 32 || types === CLIENT_TYPES);
            if (isRead || type !== PacketType.KEEP_ALIVE) {
                const reader = new PacketReader(protocolId, types);
                const opened = reader.read(packet, key, new ReplayWindow(), vector.extensions);
                assert.deepEqual(
                    opened,
                    isRead ? { type, sequence, body, ...named } : "wrong-type",
                );
                read += isRead ? 1 : 0;
            }
        }
    }
    // Of nine packets for each sequence two are read by both sides.
    assert.equal(read, (9 + 2) * 7);
});

test("readers accept and drop what Java's do, for the same reason", () => {
    for (const [at, vector] of vectors.readVerdicts.entries()) {
        const types = vector.reader === "client" ? CLIENT_TYPES : SERVER_TYPES;
        const reader = new PacketReader(BigInt(vector.protocolId), types);
        const window = new ReplayWindow();
        for (const sequence of vector.received) {
            window.advance(BigInt(sequence));
        }
        const { key, bytes, extensions } = vector;
        const opened = reader.read(fromHex(bytes), fromHex(key), window, extensions);
        const expected =
            vector.verdict === "NONE"
                ? {
                      type: TYPES[vector.type],
                      sequence: BigInt(vector.sequence),
                      body: fromHex(vector.body),
                      ...pathIdOf(vector),
                  }
                : vector.verdict.toLowerCase().replaceAll("_", "-");
        assert.deepEqual(opened, expected, `verdict ${at}: ${vector.mutation}`);
    }
});

test("pings say and tell the same", () => {
    for (const run of vectors.pings) {
        const clock = new PingClock();
        for (const [at, step] of run.entries()) {
            const nowMillis = Number(step.micros) / 1000;
            if (step.receivedCount !== undefined) {
                const sequence = BigInt(given(step.receivedSequence));
                const body = clock.write(nowMillis, step.receivedCount, sequence);
                assert.equal(toHex(body), step.body, `step ${at}`);
                continue;
            }
            const sequence = BigInt(given(step.sequence));
            const roundTrip = clock.received(nowMillis, sequence, fromHex(step.body));
            const expected =
                step.roundTripMicros === undefined ? undefined : step.roundTripMicros / 1000;
            assert.equal(roundTrip, expected, `step ${at}`);
            assert.equal(clock.outboundLoss(), step.outboundLoss, `step ${at}`);
        }
    }
});

test("a whole connection that survives is the same, packet by packet", () => {
    const { session } = vectors;
    const token = readConnectToken(fromHex(session.token));
    assert.ok(typeof token !== "string" && token.survivesMoves && token.statesReasons);
    const server = given(token.servers[0]);
    const drops = new DropCounters();
    const machine = new ClientMachine(drops);
    const sent: string[] = [];
    const payloads: string[] = [];
    const states: Session["clientStates"] = [];
    let now = session.startMillis;
    const sink = (packet: Uint8Array): void => void sent.push(`${now} ${toHex(packet)}`);
    machine.connect(now, fromHex(session.token), sink);
    for (; now <= session.endMillis; now += session.stepMillis) {
        for (const { from, arrives, bytes } of session.packets) {
            if (from === "server" && arrives === now) {
                const payload = machine.handlePacket(now, server, fromHex(bytes));
                payloads.push(...(payload ? [toHex(payload)] : []));
            }
        }
        machine.handleTimeout(now, sink);
        const { state, isProbing, isForgotten } = machine;
        const last = states.at(-1);
        if (last?.state !== state || last.isProbing !== isProbing || isForgotten) {
            states.push({ time: now, state, isProbing, isForgotten });
        }
        for (const action of session.actions) {
            if (action.time !== now) {
                continue;
            }
            if (action.networkChanged) {
                machine.networkChanged(now);
            }
            if (action.toServer !== undefined) {
                assert.ok(machine.send(now, fromHex(action.toServer), sink));
            }
        }
    }
    const fromClient = session.packets.filter(({ from }) => from === "client");
    assert.deepEqual(
        sent,
        fromClient.map(({ time, bytes }) => `${time} ${bytes}`),
    );
    assert.deepEqual(states, session.clientStates);
    const said = session.actions.flatMap(({ toClient }) => toClient ?? []);
    assert.ok(payloads.length > 30);
    assert.deepEqual(
        payloads,
        said.filter((payload) => payloads.includes(payload)),
    );
    assert.equal(machine.meter.roundTripMillis(), 40);
});
