import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";
import { DropCounters } from "../src/drop.js";
import { ClientMachine } from "../src/machine/client-machine.js";
import { NO_REASON, type StatedReason } from "../src/stated-reason.js";
import { type NetAddress, parseAddress } from "../src/wire/address.js";
import { STATES_REASONS, SURVIVES_MOVES } from "../src/wire/extension-block.js";
import { writeU16, writeU32, writeU64 } from "../src/wire/little-endian.js";
import { type OpenedPacket, PacketReader } from "../src/wire/packet-reader.js";
import { PacketWriter } from "../src/wire/packet-writer.js";
import { ReplayWindow } from "../src/wire/replay-window.js";
import { PacketType, SERVER_TYPES, VERSION } from "../src/wire/wire.js";

export const PROTOCOL_ID = 0x1122334455667788n;
export const UNIX_SECONDS = 1_800_000_000n;
/** Where a server's global sequence may start. */
export const GLOBAL = 1n << 63n;
export const EMPTY = new Uint8Array(0);

export function address(text: string): NetAddress {
    const parsed = parseAddress(text);
    if (parsed === undefined) {
        throw new Error(`not an address: ${text}`);
    }
    return parsed;
}

export const SERVER = address("203.0.113.5:40000");
export const STRANGER = address("203.0.113.99:40000");

/** Random numbers that come again: a test prints its seed when it fails. */
export class Random {
    #state: number;

    constructor(seed: number) {
        this.#state = seed >>> 0;
    }

    /** 0 to bound - 1. */
    below(bound: number): number {
        // A step of mulberry32.
        this.#state = (this.#state + 0x6d2b79f5) >>> 0;
        let mixed = this.#state;
        mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
        mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
        return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * bound);
    }

    bytes(length: number): Uint8Array {
        return Uint8Array.from({ length }, () => this.below(256));
    }
}

const random = new Random(7);

// ---- Tokens

export interface TokenWish {
    servers?: readonly NetAddress[];
    create?: bigint;
    expire?: bigint;
    timeoutSeconds?: number;
    statesReasons?: boolean;
    survivesMoves?: boolean;
}

export interface Token {
    readonly bytes: Uint8Array;
    readonly clientToServerKey: Uint8Array;
    readonly serverToClientKey: Uint8Array;
}

/** A token as a mint makes it, valid for 30 s, with a timeout of 5 s. */
export function mint(wish: TokenWish = {}): Token {
    const servers = wish.servers ?? [SERVER];
    const create = wish.create ?? UNIX_SECONDS;
    const expire = wish.expire ?? create + 30n;
    const timeoutSeconds = wish.timeoutSeconds ?? 5;
    const clientToServerKey = random.bytes(32);
    const serverToClientKey = random.bytes(32);
    const nonce = random.bytes(24);

    const plain = new Uint8Array(1008);
    writeU64(plain, 0, 7n);
    writeU32(plain, 8, timeoutSeconds);
    let at = writeServers(plain, 12, servers);
    plain.set(clientToServerKey, at);
    plain.set(serverToClientKey, at + 32);
    at += 64 + 256;
    const block = extensionBlock(wish);
    plain.set(block, at);

    const bytes = new Uint8Array(2048);
    bytes.set(VERSION);
    writeU64(bytes, 13, PROTOCOL_ID);
    writeU64(bytes, 21, create);
    writeU64(bytes, 29, expire);
    bytes.set(nonce, 37);
    bytes.set(sealPrivate(random.bytes(32), nonce, PROTOCOL_ID, expire, plain), 61);
    writeU32(bytes, 1085, timeoutSeconds);
    at = writeServers(bytes, 1089, servers);
    bytes.set(clientToServerKey, at);
    bytes.set(serverToClientKey, at + 32);
    bytes.set(block, at + 64);
    return { bytes, clientToServerKey, serverToClientKey };
}

function extensionBlock({ statesReasons, survivesMoves }: TokenWish): Uint8Array {
    const flags = (statesReasons ? STATES_REASONS : 0) | (survivesMoves ? SURVIVES_MOVES : 0);
    return flags === 0 ? EMPTY : Uint8Array.of(0x48, 0x58, 1, 6, flags, 0);
}

/** That of a token that states reasons. */
export const EXTENSION_BLOCK = Uint8Array.of(0x48, 0x58, 1, 6, 1, 0);

export function sealPrivate(
    privateKey: Uint8Array,
    nonce: Uint8Array,
    protocolId: bigint,
    expire: bigint,
    plain: Uint8Array,
): Uint8Array {
    const authenticated = new Uint8Array(VERSION.length + 16);
    authenticated.set(VERSION);
    writeU64(authenticated, VERSION.length, protocolId);
    writeU64(authenticated, VERSION.length + 8, expire);
    return xchacha20poly1305(privateKey, nonce, authenticated).encrypt(plain);
}

export function writeServers(
    target: Uint8Array,
    offset: number,
    servers: readonly NetAddress[],
): number {
    writeU32(target, offset, servers.length);
    let at = offset + 4;
    for (const { groups, port, isIpv4 } of servers) {
        target[at++] = isIpv4 ? 1 : 2;
        for (const group of isIpv4 ? groups.slice(-2) : groups) {
            // The octets of IPv4 stand in written order.
            writeU16(target, at, isIpv4 ? (group >>> 8) | ((group & 0xff) << 8) : group);
            at += 2;
        }
        writeU16(target, at, port);
        at += 2;
    }
    return at;
}

// ---- The server's side of packets

export const PATH_ID = 0x8877665544332211n;
export const RESET_WORD = Uint8Array.from({ length: 16 }, (_, at) => at + 1);

/** The body of a keep-alive to a client that may move. */
export function pathSlot(clientIndex: number, maxClients: number, pathId = PATH_ID): Uint8Array {
    const body = new Uint8Array(32);
    body.set(slot(clientIndex, maxClients));
    writeU64(body, 8, pathId);
    body.set(RESET_WORD, 16);
    return body;
}

/** The body of a path answer. */
export function u64(value: bigint): Uint8Array {
    const body = new Uint8Array(8);
    writeU64(body, 0, value);
    return body;
}

export function reset(word = RESET_WORD): Uint8Array {
    return Uint8Array.of(PacketType.RESET, ...word);
}

export function slot(clientIndex: number, maxClients: number): Uint8Array {
    const body = new Uint8Array(8);
    writeU32(body, 0, clientIndex);
    writeU32(body, 4, maxClients);
    return body;
}

export function fromServer(
    token: Token,
    type: PacketType,
    sequence: bigint,
    body: Uint8Array,
): Uint8Array {
    return new PacketWriter(PROTOCOL_ID).write(type, sequence, token.serverToClientKey, body);
}

/** A packet of a client as a server reads it; a request counts as one with an empty body. */
export function openedByServer(token: Token, packet: Uint8Array): OpenedPacket {
    if (packet[0] === 0) {
        return { type: PacketType.CONNECTION_REQUEST, sequence: 0n, body: EMPTY };
    }
    const opened = new PacketReader(PROTOCOL_ID, SERVER_TYPES).read(
        packet,
        token.clientToServerKey,
        new ReplayWindow(),
        STATES_REASONS | SURVIVES_MOVES,
    );
    if (typeof opened === "string") {
        throw new Error(`the client sent what no server reads: ${opened}`);
    }
    return opened;
}

// ---- A client under test

const UPDATE_MILLIS_MAX = 500;

/** A machine, its clock, and a server that says what the test wants. */
export class Guest {
    readonly drops = new DropCounters();
    readonly machine: ClientMachine;
    nowMillis = 1000;
    token: Token = mint();
    #sent: Uint8Array[] = [];
    readonly #sink = (packet: Uint8Array): void => void this.#sent.push(packet);

    constructor(firstSequence?: bigint) {
        this.machine = new ClientMachine(this.drops, firstSequence);
    }

    connect(token: Token = mint()): void {
        this.token = token;
        this.machine.connect(this.nowMillis, token.bytes, this.#sink);
    }

    /** Everything sent since it was asked last, as a server reads it. */
    sent(): OpenedPacket[] {
        const sent = this.#sent.map((packet) => openedByServer(this.token, packet));
        this.#sent = [];
        return sent;
    }

    sentBytes(): Uint8Array[] {
        const sent = this.#sent;
        this.#sent = [];
        return sent;
    }

    tick(): OpenedPacket[] {
        this.machine.handleTimeout(this.nowMillis, this.#sink);
        return this.sent();
    }

    pass(millis: number): void {
        this.nowMillis += millis;
    }

    /** Time passes with updates in which nothing is heard; the one at its end is the test's. */
    idle(millis: number): void {
        let left = millis;
        for (; left > UPDATE_MILLIS_MAX; left -= UPDATE_MILLIS_MAX) {
            this.pass(UPDATE_MILLIS_MAX);
            this.tick();
        }
        this.pass(left);
    }

    receive(packet: Uint8Array, from: NetAddress = SERVER): Uint8Array | undefined {
        return this.machine.handlePacket(this.nowMillis, from, packet);
    }

    hear(type: PacketType, sequence: bigint, body: Uint8Array = EMPTY): Uint8Array | undefined {
        const from = this.machine.server ?? SERVER;
        return this.receive(fromServer(this.token, type, sequence, body), from);
    }

    hearChallenge(sequence = GLOBAL, body = new Uint8Array(308).fill(9)): void {
        this.hear(PacketType.CONNECTION_CHALLENGE, sequence, body);
    }

    /** All that makes it connected, in slot 2 of 16. */
    hearSlot(): void {
        this.hearChallenge();
        this.hear(PacketType.KEEP_ALIVE, 0n, slot(2, 16));
    }

    /** Connected under a token that survives moves, to a server that gave a path id. */
    reachPath(wish: TokenWish = {}): void {
        this.connect(mint({ survivesMoves: true, ...wish }));
        this.tick();
        this.hearChallenge();
        this.hear(PacketType.KEEP_ALIVE, 0n, pathSlot(2, 16));
        this.tick();
        this.sent();
    }

    reachConnected(token?: Token): void {
        this.connect(token);
        this.tick();
        this.hearSlot();
        this.sent();
    }

    send(payload: Uint8Array): boolean {
        return this.machine.send(this.nowMillis, payload, this.#sink);
    }

    networkChanged(): void {
        this.machine.networkChanged(this.nowMillis);
    }

    disconnect(reason: StatedReason = NO_REASON): void {
        this.machine.disconnect(this.nowMillis, reason, this.#sink);
    }
}
