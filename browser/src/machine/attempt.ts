import type { Drop } from "../drop.js";
import type { NetAddress } from "../wire/address.js";
import { type ConnectToken, connectionRequest } from "../wire/connect-token.js";
import { writeU64 } from "../wire/little-endian.js";
import { type OpenedPacket, PacketReader } from "../wire/packet-reader.js";
import { PacketWriter } from "../wire/packet-writer.js";
import { ReplayWindow } from "../wire/replay-window.js";
import {
    CLIENT_TYPES,
    PATH_BODY_BYTES,
    PATH_SILENCE_MILLIS,
    PacketType,
    PING_INTERVAL_MILLIS,
} from "../wire/wire.js";
import { ClientPath } from "./client-path.js";
import type { ConnectionMeter } from "./connection-meter.js";
import { HandshakeTimer } from "./handshake-timer.js";
import { LookTimer } from "./look-timer.js";

/** Where packets go. Must not call back into the machine. A packet is an array of its own. */
export type PacketSink = (packet: Uint8Array) => void;

/** The last number is never used: after it the sequence would start again under the same key. */
const SEQUENCE_END = 0xffff_ffff_ffff_ffffn;

const EMPTY = new Uint8Array(0);

/** What is true only while a token is in use. */
export class Attempt {
    readonly #request: Uint8Array;
    readonly #reader: PacketReader;
    readonly #writer: PacketWriter;
    readonly window = new ReplayWindow();
    readonly #handshake = new HandshakeTimer();
    readonly looks: LookTimer;
    readonly path = new ClientPath();
    /** A ping of the server waits for its answer, which goes out no sooner than this. */
    owesPing = false;
    #pingDueMillis: number;
    /** Infinite for no timeout. */
    readonly timeoutMillis: number;
    readonly lifetimeSeconds: bigint;
    serverIndex = 0;
    /** Grows over all servers of the token, since the keys stay the same. */
    sequence: bigint;
    lastSentMillis = Number.NEGATIVE_INFINITY;
    /** Since when nothing was heard while somebody listened. */
    silentSinceMillis: number;
    /** Whether a request went to the present server: until then nobody can answer. */
    hasRequested = false;
    challenge: Uint8Array = EMPTY;
    isDenied = false;
    isDisconnected = false;
    clientIndex = 0;
    maxClients = 0;

    constructor(
        readonly token: ConnectToken,
        readonly meter: ConnectionMeter,
        readonly startMillis: number,
        firstSequence: bigint,
    ) {
        this.#request = connectionRequest(token);
        this.#reader = new PacketReader(token.protocolId, CLIENT_TYPES);
        this.#writer = new PacketWriter(token.protocolId);
        this.timeoutMillis =
            token.timeoutSeconds > 0 ? token.timeoutSeconds * 1000 : Number.POSITIVE_INFINITY;
        this.lifetimeSeconds = token.expireTimestamp - token.createTimestamp;
        this.sequence = firstSequence;
        this.looks = new LookTimer(startMillis);
        this.silentSinceMillis = startMillis;
        this.#pingDueMillis = startMillis;
    }

    get server(): NetAddress {
        return this.token.servers[this.serverIndex] as NetAddress;
    }

    /** Starts over with the next server of the token; false when there is none. */
    dialNext(nowMillis: number): boolean {
        if (this.serverIndex + 1 >= this.token.servers.length) {
            return false;
        }
        this.serverIndex++;
        this.window.reset();
        this.meter.startPath();
        this.#handshake.reset();
        this.isDenied = false;
        this.hasRequested = false;
        this.silentSinceMillis = nowMillis;
        // The first request is due at once.
        this.lastSentMillis = Number.NEGATIVE_INFINITY;
        return true;
    }

    /** Time in which nobody looked is no silence. */
    look(nowMillis: number): void {
        const laterMillis = this.silentSinceMillis + this.looks.look(nowMillis);
        this.silentSinceMillis = Math.min(nowMillis, laterMillis);
    }

    hasExpired(nowMillis: number): boolean {
        return Math.floor((nowMillis - this.startMillis) / 1000) >= this.lifetimeSeconds;
    }

    /** Beyond 2^53 seconds this rounds, far later than anybody waits. */
    expiresAtMillis(): number {
        return this.startMillis + Number(this.lifetimeSeconds) * 1000;
    }

    get hasSequenceLeft(): boolean {
        return this.sequence < SEQUENCE_END;
    }

    // ---- What comes in

    /** Opens a packet. Whatever has opened is measured, even what means nothing in this state. */
    open(nowMillis: number, packet: Uint8Array): OpenedPacket | Drop {
        const { serverToClientKey, extensions } = this.token;
        const opened = this.#reader.read(packet, serverToClientKey, this.window, extensions);
        if (typeof opened !== "string") {
            this.path.opened();
            this.#measure(nowMillis, opened, packet.length);
        }
        return opened;
    }

    #measure(nowMillis: number, { type, sequence }: OpenedPacket, bytes: number): void {
        if (type >= PacketType.KEEP_ALIVE) {
            this.meter.received(bytes, nowMillis, sequence);
            return;
        }
        this.meter.received(bytes);
        if (type === PacketType.CONNECTION_CHALLENGE) {
            const roundTrip = this.#handshake.challengeReceived(nowMillis, sequence);
            if (roundTrip !== undefined) {
                this.meter.reportRoundTrip(roundTrip);
            }
        }
    }

    // ---- What goes out

    /** A request takes a number although it carries none. */
    sendRequest(nowMillis: number, out: PacketSink): void {
        this.sequence++;
        if (!this.hasRequested) {
            this.hasRequested = true;
            this.silentSinceMillis = nowMillis;
            this.looks.start(nowMillis);
        }
        this.#handshake.requestSent(nowMillis);
        this.#emit(nowMillis, this.#request, out);
    }

    /**
     * What a connection needs besides: the answer to a challenge, a path request, the answer to a
     * ping.
     *
     * @returns false when the packet numbers are used up
     */
    sendPathAndPing(nowMillis: number, out: PacketSink): boolean {
        const { path } = this;
        if (!path.isProbing && nowMillis - this.silentSinceMillis >= PATH_SILENCE_MILLIS) {
            path.probe(nowMillis);
        }
        if (path.owesResponse) {
            if (!this.hasSequenceLeft) {
                return false;
            }
            this.#sendPath(nowMillis, PacketType.PATH_RESPONSE, path.takeChallenge(), out);
        }
        if (path.isRequestDue(nowMillis)) {
            if (!this.hasSequenceLeft) {
                return false;
            }
            this.#sendPath(nowMillis, PacketType.PATH_REQUEST, 0n, out);
            path.requestSent(nowMillis);
        }
        if (this.owesPing && this.#pingDueMillis <= nowMillis) {
            if (!this.hasSequenceLeft) {
                return false;
            }
            this.owesPing = false;
            this.#pingDueMillis = nowMillis + PING_INTERVAL_MILLIS;
            const body = this.meter.ping(nowMillis, this.window.mostRecent);
            this.sealAndEmit(nowMillis, PacketType.PING, body ?? EMPTY, out);
        }
        return true;
    }

    #sendPath(nowMillis: number, type: PacketType, answer: bigint, out: PacketSink): void {
        const body = new Uint8Array(PATH_BODY_BYTES);
        writeU64(body, 0, answer);
        this.sealAndEmit(nowMillis, type, body, out, this.path.id);
    }

    pathOrPingDueMillis(): number {
        return Math.min(
            this.path.nextTimeout(this.silentSinceMillis),
            this.owesPing ? this.#pingDueMillis : Number.POSITIVE_INFINITY,
        );
    }

    sealAndEmit(
        nowMillis: number,
        type: PacketType,
        body: Uint8Array,
        out: PacketSink,
        pathId?: bigint,
    ): void {
        const sequence = this.sequence++;
        const key = this.token.clientToServerKey;
        this.#emit(nowMillis, this.#writer.write(type, sequence, key, body, pathId), out);
    }

    #emit(nowMillis: number, packet: Uint8Array, out: PacketSink): void {
        this.lastSentMillis = nowMillis;
        this.meter.sent(packet.length);
        out(packet);
    }
}
