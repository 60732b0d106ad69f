import { type NetAddress, readServers } from "./address.js";
import { readExtensions, STATES_REASONS, SURVIVES_MOVES } from "./extension-block.js";
import { equalBytes, readI32, readU64, toHex, writeU64 } from "./little-endian.js";
import {
    CONNECT_TOKEN_BYTES,
    CONNECT_TOKEN_NONCE_BYTES,
    KEY_BYTES,
    PRIVATE_TOKEN_BYTES,
    REQUEST_BYTES,
    TAG_BYTES,
    VERSION,
} from "./wire.js";

const PROTOCOL_ID_OFFSET = VERSION.length;
const CREATE_OFFSET = PROTOCOL_ID_OFFSET + 8;
const EXPIRE_OFFSET = CREATE_OFFSET + 8;
const NONCE_OFFSET = EXPIRE_OFFSET + 8;
const PRIVATE_OFFSET = NONCE_OFFSET + CONNECT_TOKEN_NONCE_BYTES;
const TIMEOUT_OFFSET = PRIVATE_OFFSET + PRIVATE_TOKEN_BYTES;
const SERVERS_OFFSET = TIMEOUT_OFFSET + 4;

/**
 * A connect token as its client reads it: all but the sealed private part.
 *
 * `VERSION · protocolId u64 · createTimestamp u64 · expireTimestamp u64 · nonce[24] ·
 * sealedPrivate[1024] · timeoutSeconds i32 · count u32 · count × address · clientToServerKey[32] ·
 * serverToClientKey[32]`, zero-padded to 2048 bytes.
 */
export interface ConnectToken {
    readonly protocolId: bigint;
    /** Unix seconds. */
    readonly createTimestamp: bigint;
    /** Unix seconds, never before it was made; 2^64 - 1 for a token that never expires. */
    readonly expireTimestamp: bigint;
    readonly nonce: Uint8Array;
    readonly sealedPrivate: Uint8Array;
    /** How long a side may hear nothing; zero or negative: for ever. */
    readonly timeoutSeconds: number;
    /** The servers to dial, 1 to 32, in this order. */
    readonly servers: readonly NetAddress[];
    readonly clientToServerKey: Uint8Array;
    readonly serverToClientKey: Uint8Array;
    /** Whether both sides may state reasons in denied and disconnect packets. */
    readonly statesReasons: boolean;
    /** Whether the connection survives a changed address, and both sides send pings. */
    readonly survivesMoves: boolean;
    /** The flags of the extension block, 0 where there is none. */
    readonly extensions: number;
}

/**
 * Reads a connect token, checking what the standard checks: length, version, that it was not
 * created after it expires, count and types of the addresses.
 *
 * @param bytes not kept and not changed
 * @returns the token, with copies of what it read; or what is wrong with it
 */
export function readConnectToken(bytes: Uint8Array): ConnectToken | string {
    if (bytes.length !== CONNECT_TOKEN_BYTES) {
        return `it has ${bytes.length} bytes, but a connect token has ${CONNECT_TOKEN_BYTES}`;
    }
    if (!equalBytes(bytes.subarray(0, VERSION.length), VERSION)) {
        return (
            "its version is not NETCODE 1.02: it is no connect token, or one of another version of" +
            " netcode"
        );
    }
    const createTimestamp = readU64(bytes, CREATE_OFFSET);
    const expireTimestamp = readU64(bytes, EXPIRE_OFFSET);
    if (createTimestamp > expireTimestamp) {
        return (
            `its createTimestamp ${createTimestamp} is after its expireTimestamp` +
            ` ${expireTimestamp}`
        );
    }
    const list = readServers(bytes, SERVERS_OFFSET);
    if (typeof list === "string") {
        return list;
    }
    const keysEnd = list.end + 2 * KEY_BYTES;
    const extensions = readExtensions(bytes, keysEnd);
    return {
        protocolId: readU64(bytes, PROTOCOL_ID_OFFSET),
        createTimestamp,
        expireTimestamp,
        nonce: bytes.slice(NONCE_OFFSET, PRIVATE_OFFSET),
        sealedPrivate: bytes.slice(PRIVATE_OFFSET, TIMEOUT_OFFSET),
        timeoutSeconds: readI32(bytes, TIMEOUT_OFFSET),
        servers: list.servers,
        clientToServerKey: bytes.slice(list.end, list.end + KEY_BYTES),
        serverToClientKey: bytes.slice(list.end + KEY_BYTES, keysEnd),
        statesReasons: (extensions & STATES_REASONS) !== 0,
        survivesMoves: (extensions & SURVIVES_MOVES) !== 0,
        extensions,
    };
}

/** By what tokens are told apart: the tag of the private part, in hex digits. */
export function tokenTag(token: ConnectToken): string {
    return toHex(token.sealedPrivate.subarray(PRIVATE_TOKEN_BYTES - TAG_BYTES));
}

/** Overwrites the keys with zeros. */
export function eraseKeys(token: ConnectToken): void {
    token.clientToServerKey.fill(0);
    token.serverToClientKey.fill(0);
}

/**
 * The request that a token makes, the only packet that is never sealed: `00 · VERSION ·
 * protocolId u64 · expireTimestamp u64 · nonce[24] · sealedPrivate[1024]`.
 */
export function connectionRequest(token: ConnectToken): Uint8Array {
    const packet = new Uint8Array(REQUEST_BYTES);
    let at = 1;
    packet.set(VERSION, at);
    at += VERSION.length;
    writeU64(packet, at, token.protocolId);
    writeU64(packet, at + 8, token.expireTimestamp);
    at += 16;
    packet.set(token.nonce, at);
    packet.set(token.sealedPrivate, at + CONNECT_TOKEN_NONCE_BYTES);
    return packet;
}
