import { type NetAddress, parseAddress, sameNumbers } from "../wire/address.js";
import { type ConnectToken, readConnectToken } from "../wire/connect-token.js";
import { fromHex } from "../wire/little-endian.js";
import { CONNECT_TOKEN_BYTES } from "../wire/wire.js";

/** How a browser reaches one server of a token. */
export interface WebServer {
    /** The server as the token lists it, for example `203.0.113.5:7777`. */
    readonly server: string;
    /** `https://…` */
    readonly webTransport?: string | undefined;
    /** `wss://…`, or `ws://…` on loopback. */
    readonly webSocket?: string | undefined;
}

/**
 * What the token service answers (`POST /v1/connect-token`), as JSON. A game that has its own way
 * to fetch tokens hands on the same members; of these only `token` and `web` are needed.
 */
export interface TokenAnswer {
    /** The 2048 bytes of the connect token in base64, or as they are. */
    readonly token: string | Uint8Array;
    readonly web: readonly WebServer[];
    /** SHA-256 of the certificates that WebTransport is to accept, in 64 hex digits each. */
    readonly webTransportCertificateHashes?: readonly string[] | undefined;
    /** Up to 20 decimal digits. */
    readonly clientId?: string | undefined;
    readonly protocolId?: string | undefined;
    readonly servers?: readonly string[] | undefined;
}

/** An answer that was checked. */
export interface CheckedAnswer {
    readonly tokenBytes: Uint8Array;
    /** What stands in the token; a text that says what is wrong where it cannot be read. */
    readonly token: ConnectToken | string;
    readonly clientId: bigint | undefined;
    readonly web: readonly { readonly server: NetAddress; readonly ways: WebServer }[];
    readonly certificateHashes: readonly Uint8Array<ArrayBuffer>[];
}

/** What came is not what a token service says. The message says what is wrong with it. */
export class BadAnswerError extends Error {
    override readonly name: string = "BadAnswerError";
}

const SERVERS_MAX = 32;
const HASHES_MAX = 4 * SERVERS_MAX;

/**
 * Checks an answer: the browser dials what stands in it, so what is odd about it is said before.
 *
 * @throws BadAnswerError when it is no such answer, or contradicts its own token
 */
export function checkAnswer(answer: unknown): CheckedAnswer {
    if (typeof answer !== "object" || answer === null) {
        throw new BadAnswerError("it is no JSON object");
    }
    const members = answer as Record<string, unknown>;
    const tokenBytes = readToken(members.token);
    const token = readConnectToken(tokenBytes);
    const checked: CheckedAnswer = {
        tokenBytes,
        token,
        clientId: readUnsigned64(members.clientId, "clientId"),
        web: readList(members.web ?? [], "web", SERVERS_MAX).map(readWebServer),
        certificateHashes: readList(
            members.webTransportCertificateHashes ?? [],
            "webTransportCertificateHashes",
            HASHES_MAX,
        ).map(readHash),
    };
    if (typeof token !== "string") {
        checkAgreesWithToken(members, token);
    }
    return checked;
}

function readToken(token: unknown): Uint8Array {
    if (token instanceof Uint8Array) {
        return token;
    }
    if (typeof token !== "string") {
        throw new BadAnswerError("its token is missing");
    }
    let binary: string;
    try {
        binary = atob(token);
    } catch {
        throw new BadAnswerError("its token is not base64");
    }
    if (binary.length !== CONNECT_TOKEN_BYTES) {
        throw new BadAnswerError(
            `its token has ${binary.length} bytes, and a connect token has ${CONNECT_TOKEN_BYTES}`,
        );
    }
    return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

function readUnsigned64(value: unknown, name: string): bigint | undefined {
    if (value === undefined) {
        return undefined;
    }
    if (typeof value !== "string" || !/^[0-9]{1,20}$/.test(value) || BigInt(value) >= 1n << 64n) {
        throw new BadAnswerError(`its ${name} is no unsigned number of 64 bits, as a string`);
    }
    return BigInt(value);
}

function readList(value: unknown, name: string, lengthMax: number): unknown[] {
    if (!Array.isArray(value) || value.length > lengthMax) {
        throw new BadAnswerError(`its ${name} is no list of at most ${lengthMax}`);
    }
    return value;
}

function readWebServer(value: unknown, at: number): CheckedAnswer["web"][number] {
    const members = (typeof value === "object" && value !== null ? value : {}) as Record<
        string,
        unknown
    >;
    const server = typeof members.server === "string" ? parseAddress(members.server) : undefined;
    if (server === undefined) {
        throw new BadAnswerError(`its web[${at}].server is no address`);
    }
    const ways = {
        server: members.server as string,
        webTransport: readUrl(members.webTransport, `web[${at}].webTransport`, ["https:"]),
        webSocket: readUrl(members.webSocket, `web[${at}].webSocket`, ["wss:", "ws:"]),
    };
    return { server, ways };
}

function readUrl(value: unknown, name: string, schemes: readonly string[]): string | undefined {
    if (value === undefined || value === null) {
        return undefined;
    }
    if (typeof value !== "string" || !URL.canParse(value)) {
        throw new BadAnswerError(`its ${name} is no URL`);
    }
    if (!schemes.includes(new URL(value).protocol)) {
        throw new BadAnswerError(`its ${name} begins with none of ${schemes.join(", ")}`);
    }
    return value;
}

function readHash(value: unknown, at: number): Uint8Array<ArrayBuffer> {
    if (typeof value !== "string" || !/^[0-9a-fA-F]{64}$/.test(value)) {
        throw new BadAnswerError(
            `its webTransportCertificateHashes[${at}] is no SHA-256 in 64 hex digits`,
        );
    }
    return fromHex(value);
}

/** Whoever reads the answer and whoever dials must mean the same. */
function checkAgreesWithToken(members: Record<string, unknown>, token: ConnectToken): void {
    const protocolId = readUnsigned64(members.protocolId, "protocolId");
    if (protocolId !== undefined && protocolId !== token.protocolId) {
        throw new BadAnswerError("its protocolId is not what its token says");
    }
    if (members.servers === undefined) {
        return;
    }
    const servers = readList(members.servers, "servers", SERVERS_MAX).map((server) =>
        typeof server === "string" ? parseAddress(server) : undefined,
    );
    const areSame =
        servers.length === token.servers.length &&
        token.servers.every((server, at) => {
            const said = servers[at];
            return said !== undefined && sameNumbers(server, said);
        });
    if (!areSame) {
        throw new BadAnswerError("its servers is not what its token says");
    }
}
