import { type Drop, DropCounters } from "../drop.js";
import { isNoReason, NO_REASON, type StatedReason } from "../stated-reason.js";
import { type NetAddress, sameNumbers } from "../wire/address.js";
import {
    type ConnectToken,
    connectionRequest,
    eraseKeys,
    readConnectToken,
} from "../wire/connect-token.js";
import { readU32 } from "../wire/little-endian.js";
import { type OpenedPacket, PacketReader } from "../wire/packet-reader.js";
import { PacketWriter } from "../wire/packet-writer.js";
import { readReason, writeReason } from "../wire/reason-body.js";
import { ReplayWindow } from "../wire/replay-window.js";
import {
    CLIENT_TYPES,
    DISCONNECT_PACKETS,
    KEEP_ALIVE_BODY_BYTES,
    PAYLOAD_BYTES_MAX,
    PacketType,
    SEND_INTERVAL_MILLIS,
} from "../wire/wire.js";
import { ClientState } from "./client-state.js";
import { ConnectionMeter } from "./connection-meter.js";
import { HandshakeTimer } from "./handshake-timer.js";
import { LookTimer } from "./look-timer.js";

/** Where packets go. Must not call back into the machine. A packet is an array of its own. */
export type PacketSink = (packet: Uint8Array) => void;

/** The last number is never used: after it the sequence would start again under the same key. */
const SEQUENCE_END = 0xffff_ffff_ffff_ffffn;

const EMPTY = new Uint8Array(0);
const ZEROS = new Uint8Array(KEEP_ALIVE_BODY_BYTES);

/** What is true only while a token is in use. */
class Attempt {
    readonly request: Uint8Array;
    readonly reader: PacketReader;
    readonly writer: PacketWriter;
    readonly window = new ReplayWindow();
    readonly handshake = new HandshakeTimer();
    readonly looks: LookTimer;
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
        this.request = connectionRequest(token);
        this.reader = new PacketReader(token.protocolId, CLIENT_TYPES);
        this.writer = new PacketWriter(token.protocolId);
        this.timeoutMillis =
            token.timeoutSeconds > 0 ? token.timeoutSeconds * 1000 : Number.POSITIVE_INFINITY;
        this.lifetimeSeconds = token.expireTimestamp - token.createTimestamp;
        this.sequence = firstSequence;
        this.looks = new LookTimer(startMillis);
        this.silentSinceMillis = startMillis;
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
        this.handshake.reset();
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
}

/**
 * A netcode client as a deterministic machine: packets and time in, packets out. The twin of
 * `ClientMachine` in the Java module `hawser-protocol`; both follow docs/protocol.md "Client", and
 * the same table of transitions.
 *
 * Methods are of four kinds: `handle…` takes what came in, a plain verb is a command,
 * {@link ClientMachine.nextTimeout} asks what is due, a noun looks. Methods with a sink may send;
 * packets are pushed into it before the call returns.
 *
 * `nowMillis` is a monotonic time that never decreases from call to call. Nothing that comes from
 * the network throws.
 */
export class ClientMachine {
    readonly #drops: DropCounters;
    readonly #firstSequence: bigint;
    #state: ClientState = ClientState.DISCONNECTED;
    #statedReason = NO_REASON;
    #attempt: Attempt | undefined;
    #meter = new ConnectionMeter();
    #hasUsedUpSequence = false;
    #pausedMillis = 0;

    /** @param firstSequence other than 0 in tests of its end only */
    constructor(drops: DropCounters = new DropCounters(), firstSequence = 0n) {
        this.#drops = drops;
        this.#firstSequence = firstSequence;
    }

    // ---- What comes in

    /**
     * Takes one packet.
     *
     * @param from which server of the token it came from
     * @param packet not changed
     * @returns the payload, where it was one for the application
     */
    handlePacket(nowMillis: number, from: NetAddress, packet: Uint8Array): Uint8Array | undefined {
        const attempt = this.#attempt;
        if (attempt === undefined) {
            this.#drops.add("wrong-state");
            return undefined;
        }
        if (!sameNumbers(attempt.server, from)) {
            this.#drops.add("wrong-address");
            return undefined;
        }
        const token = attempt.token;
        const opened = attempt.reader.read(
            packet,
            token.serverToClientKey,
            attempt.window,
            token.statesReasons,
        );
        if (typeof opened === "string") {
            this.#drops.add(opened satisfies Drop);
            return undefined;
        }
        measure(nowMillis, attempt, opened, packet.length);
        if (!this.#heeds(attempt, opened)) {
            this.#drops.add("wrong-state");
            return undefined;
        }
        attempt.silentSinceMillis = nowMillis;
        return opened.type === PacketType.PAYLOAD ? opened.body : undefined;
    }

    /** Acts on an authentic packet; false when it means nothing in the present state. */
    #heeds(attempt: Attempt, { type, body }: OpenedPacket): boolean {
        switch (type) {
            case PacketType.CONNECTION_REQUEST:
            case PacketType.CONNECTION_RESPONSE:
                return false;
            case PacketType.CONNECTION_DENIED:
                if (!this.#isConnecting()) {
                    return false;
                }
                this.#hearEnd(attempt, body);
                attempt.isDenied = true;
                return true;
            case PacketType.CONNECTION_CHALLENGE:
                if (this.#state !== ClientState.SENDING_CONNECTION_REQUEST) {
                    return false;
                }
                attempt.challenge = body;
                this.#state = ClientState.SENDING_CONNECTION_RESPONSE;
                return true;
            case PacketType.KEEP_ALIVE:
                if (this.#state === ClientState.SENDING_CONNECTION_RESPONSE) {
                    attempt.clientIndex = readU32(body, 0);
                    attempt.maxClients = readU32(body, 4);
                    this.#state = ClientState.CONNECTED;
                }
                return this.#state === ClientState.CONNECTED;
            case PacketType.PAYLOAD:
                return this.#state === ClientState.CONNECTED;
            case PacketType.DISCONNECT:
                // Before its first response a client has no place at this server that could be
                // taken from it. After it the keep-alive that says so may be lost.
                if (
                    this.#state !== ClientState.CONNECTED &&
                    this.#state !== ClientState.SENDING_CONNECTION_RESPONSE
                ) {
                    return false;
                }
                this.#hearEnd(attempt, body);
                attempt.isDisconnected = true;
                return true;
        }
    }

    /** Of a denial and a disconnect, the first word counts. */
    #hearEnd(attempt: Attempt, body: Uint8Array): void {
        if (!attempt.isDenied && !attempt.isDisconnected) {
            this.#statedReason = readReason(body);
        }
    }

    /**
     * Does what is due, in the order of one update of the standard: sends a request, response or
     * keep-alive; then the token's expiry, then a denial or disconnect that came in, then timeouts.
     *
     * Call it once an update after the packets, or when {@link nextTimeout} has come. Of the time
     * between two calls at most a second counts as silence: a page that stood still has not
     * listened. The time for the first answer counts from the first request.
     */
    handleTimeout(nowMillis: number, out: PacketSink): void {
        const attempt = this.#attempt;
        if (attempt === undefined) {
            return;
        }
        attempt.look(nowMillis);
        const isSendDue = nowMillis - attempt.lastSentMillis > SEND_INTERVAL_MILLIS;
        if (isSendDue && !this.#sendDue(nowMillis, attempt, out)) {
            return;
        }
        if (this.#isConnecting() && attempt.hasExpired(nowMillis)) {
            this.#end(ClientState.CONNECT_TOKEN_EXPIRED);
        } else if (attempt.isDisconnected) {
            this.#end(ClientState.DISCONNECTED);
        } else if (attempt.isDenied) {
            this.#dialNextOrEnd(nowMillis, attempt, ClientState.CONNECTION_DENIED);
        } else if (nowMillis - attempt.silentSinceMillis > attempt.timeoutMillis) {
            const pauseMillis = attempt.looks.pauseIn(attempt.silentSinceMillis);
            this.#pausedMillis = Math.max(this.#pausedMillis, pauseMillis);
            this.handlePathLost(nowMillis);
        }
    }

    /**
     * The way to the server that is dialled stands: its timeout counts from here. For transports
     * that need a while to be opened, during which {@link handleTimeout} is not called.
     */
    handlePathOpened(nowMillis: number): void {
        if (this.#attempt !== undefined) {
            this.#attempt.silentSinceMillis = nowMillis;
            this.#attempt.looks.start(nowMillis);
        }
    }

    /** The server cannot be reached, or not any more: the same as when its timeout has passed. */
    handlePathLost(nowMillis: number): void {
        const attempt = this.#attempt;
        if (attempt === undefined) {
            return;
        }
        switch (this.#state) {
            case ClientState.SENDING_CONNECTION_REQUEST:
                this.#dialNextOrEnd(nowMillis, attempt, ClientState.CONNECTION_REQUEST_TIMED_OUT);
                break;
            case ClientState.SENDING_CONNECTION_RESPONSE:
                this.#dialNextOrEnd(nowMillis, attempt, ClientState.CONNECTION_RESPONSE_TIMED_OUT);
                break;
            default:
                this.#end(ClientState.CONNECTION_TIMED_OUT);
        }
    }

    #dialNextOrEnd(nowMillis: number, attempt: Attempt, failure: ClientState): void {
        if (attempt.dialNext(nowMillis)) {
            this.#statedReason = NO_REASON;
            this.#state = ClientState.SENDING_CONNECTION_REQUEST;
        } else {
            this.#end(failure);
        }
    }

    // ---- Commands

    /**
     * Starts connecting to the first server of a token. A connection that is still active is
     * disconnected first.
     *
     * A token is connected with once: the sequence of packets starts at 0 under its keys, and a
     * second connection would use the same nonces again. The caller sees to it.
     *
     * @returns what is wrong with a token that cannot be read, which ends in
     *   `INVALID_CONNECT_TOKEN`
     */
    connect(nowMillis: number, token: Uint8Array, out: PacketSink): string | undefined {
        this.disconnect(nowMillis, NO_REASON, out);
        this.#statedReason = NO_REASON;
        this.#hasUsedUpSequence = false;
        this.#pausedMillis = 0;
        this.#meter = new ConnectionMeter();
        const read = readConnectToken(token);
        if (typeof read === "string") {
            this.#state = ClientState.INVALID_CONNECT_TOKEN;
            return read;
        }
        this.#attempt = new Attempt(read, this.#meter, nowMillis, this.#firstSequence);
        this.#state = ClientState.SENDING_CONNECTION_REQUEST;
        return undefined;
    }

    /**
     * Ends the connection, or the attempt at one: ten disconnect packets, then `DISCONNECTED`.
     * Does nothing when neither exists; the state then stays, and with it why it ended.
     *
     * @param reason told to a server whose token says that it understands reasons
     */
    disconnect(nowMillis: number, reason: StatedReason, out: PacketSink): void {
        const attempt = this.#attempt;
        if (attempt === undefined) {
            return;
        }
        const stated =
            attempt.token.statesReasons && !isNoReason(reason) ? writeReason(reason) : EMPTY;
        for (let i = 0; i < DISCONNECT_PACKETS && attempt.sequence < SEQUENCE_END; i++) {
            // The second half is empty, for a server that does not understand the first.
            const body = i < DISCONNECT_PACKETS / 2 ? stated : EMPTY;
            sealAndEmit(nowMillis, attempt, PacketType.DISCONNECT, body, out);
        }
        this.#statedReason = reason;
        this.#end(ClientState.DISCONNECTED);
    }

    /**
     * Sends a payload to the server.
     *
     * @param payload 1 to 1200 bytes, not changed and not kept
     * @returns whether it was handed to `out`; false when not connected
     * @throws RangeError when the payload is empty or larger than 1200 bytes
     */
    send(nowMillis: number, payload: Uint8Array, out: PacketSink): boolean {
        if (payload.length < 1 || payload.length > PAYLOAD_BYTES_MAX) {
            throw new RangeError(
                `a payload has 1 to ${PAYLOAD_BYTES_MAX} bytes, and this one ${payload.length}:` +
                    " split it, or leave it out",
            );
        }
        const attempt = this.#attempt;
        if (
            attempt === undefined ||
            this.#state !== ClientState.CONNECTED ||
            attempt.sequence === SEQUENCE_END
        ) {
            return false;
        }
        sealAndEmit(nowMillis, attempt, PacketType.PAYLOAD, payload, out);
        return true;
    }

    // ---- What is due

    /** When {@link handleTimeout} has something to do at the earliest; infinite for never. */
    nextTimeout(): number {
        const attempt = this.#attempt;
        if (attempt === undefined) {
            return Number.POSITIVE_INFINITY;
        }
        if (attempt.isDenied || attempt.isDisconnected) {
            return attempt.silentSinceMillis;
        }
        return Math.min(
            attempt.lastSentMillis + SEND_INTERVAL_MILLIS,
            attempt.silentSinceMillis + attempt.timeoutMillis,
            this.#isConnecting() ? attempt.expiresAtMillis() : Number.POSITIVE_INFINITY,
        );
    }

    // ---- Looks

    get state(): ClientState {
        return this.#state;
    }

    /** What the server stated when it denied or ended the connection, or this side on leaving. */
    get statedReason(): StatedReason {
        return this.#statedReason;
    }

    /** Whether the last connection ended because its packet numbers were used up. */
    get hasUsedUpSequence(): boolean {
        return this.#hasUsedUpSequence;
    }

    /**
     * How long this page stood still at most, in a silence that ended in a timeout since the last
     * connect; 0 where it was never more than a second, or no timeout has passed.
     */
    get pausedMillis(): number {
        return this.#pausedMillis;
    }

    /** What was measured of the present or the last connect; a new object for each. */
    get meter(): ConnectionMeter {
        return this.#meter;
    }

    /** Which server of the token is dialled or connected; undefined when none is. */
    get serverIndex(): number | undefined {
        return this.#attempt?.serverIndex;
    }

    /** The server that is dialled or connected; undefined when none is. */
    get server(): NetAddress | undefined {
        return this.#attempt?.server;
    }

    /** The slot this client has at the server; 0 before it is connected. */
    get clientIndex(): number {
        return this.#attempt?.clientIndex ?? 0;
    }

    /** The number of slots of the server; 0 before this client is connected. */
    get maxClients(): number {
        return this.#attempt?.maxClients ?? 0;
    }

    #isConnecting(): boolean {
        return (
            this.#state === ClientState.SENDING_CONNECTION_REQUEST ||
            this.#state === ClientState.SENDING_CONNECTION_RESPONSE
        );
    }

    #end(ending: ClientState): void {
        if (this.#attempt !== undefined) {
            eraseKeys(this.#attempt.token);
            this.#attempt = undefined;
        }
        this.#state = ending;
    }

    // ---- What goes out

    #sendDue(nowMillis: number, attempt: Attempt, out: PacketSink): boolean {
        if (attempt.sequence === SEQUENCE_END) {
            this.#hasUsedUpSequence = true;
            this.#end(ClientState.DISCONNECTED);
            return false;
        }
        switch (this.#state) {
            case ClientState.SENDING_CONNECTION_REQUEST:
                // A request takes a number although it carries none.
                attempt.sequence++;
                if (!attempt.hasRequested) {
                    attempt.hasRequested = true;
                    attempt.silentSinceMillis = nowMillis;
                    attempt.looks.start(nowMillis);
                }
                attempt.handshake.requestSent(nowMillis);
                emit(nowMillis, attempt, attempt.request, out);
                break;
            case ClientState.SENDING_CONNECTION_RESPONSE:
                sealAndEmit(
                    nowMillis,
                    attempt,
                    PacketType.CONNECTION_RESPONSE,
                    attempt.challenge,
                    out,
                );
                break;
            default:
                sealAndEmit(nowMillis, attempt, PacketType.KEEP_ALIVE, ZEROS, out);
        }
        return true;
    }
}

/** Whatever has opened is measured, even what means nothing in the present state. */
function measure(nowMillis: number, attempt: Attempt, packet: OpenedPacket, bytes: number): void {
    if (packet.type >= PacketType.KEEP_ALIVE) {
        attempt.meter.received(bytes, packet.sequence);
        return;
    }
    attempt.meter.received(bytes);
    if (packet.type === PacketType.CONNECTION_CHALLENGE) {
        const roundTrip = attempt.handshake.challengeReceived(nowMillis, packet.sequence);
        if (roundTrip !== undefined) {
            attempt.meter.reportRoundTrip(roundTrip);
        }
    }
}

function sealAndEmit(
    nowMillis: number,
    attempt: Attempt,
    type: PacketType,
    body: Uint8Array,
    out: PacketSink,
): void {
    const sequence = attempt.sequence++;
    const key = attempt.token.clientToServerKey;
    emit(nowMillis, attempt, attempt.writer.write(type, sequence, key, body), out);
}

function emit(nowMillis: number, attempt: Attempt, packet: Uint8Array, out: PacketSink): void {
    attempt.lastSentMillis = nowMillis;
    attempt.meter.sent(packet.length);
    out(packet);
}
