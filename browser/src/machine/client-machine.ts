import { type Drop, DropCounters } from "../drop.js";
import { isNoReason, NO_REASON, type StatedReason } from "../stated-reason.js";
import { type NetAddress, sameNumbers } from "../wire/address.js";
import { eraseKeys, readConnectToken } from "../wire/connect-token.js";
import { readU32 } from "../wire/little-endian.js";
import type { OpenedPacket } from "../wire/packet-reader.js";
import { readReason, writeReason } from "../wire/reason-body.js";
import {
    DISCONNECT_PACKETS,
    isReset,
    KEEP_ALIVE_BODY_BYTES,
    PATH_KEEP_ALIVE_BODY_BYTES,
    PAYLOAD_BYTES_MAX,
    PacketType,
    SEND_INTERVAL_MILLIS,
} from "../wire/wire.js";
import { Attempt, type PacketSink } from "./attempt.js";
import { ClientState } from "./client-state.js";
import { ConnectionMeter } from "./connection-meter.js";

export type { PacketSink } from "./attempt.js";

const EMPTY = new Uint8Array(0);
const ZEROS = new Uint8Array(KEEP_ALIVE_BODY_BYTES);

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
    #isForgotten = false;
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
        if (isReset(packet)) {
            this.#handleReset(attempt, packet);
            return undefined;
        }
        const opened = attempt.open(nowMillis, packet);
        if (typeof opened === "string") {
            this.#drops.add(opened satisfies Drop);
            return undefined;
        }
        if (!this.#heeds(nowMillis, attempt, opened)) {
            this.#drops.add("wrong-state");
            return undefined;
        }
        attempt.silentSinceMillis = nowMillis;
        return opened.type === PacketType.PAYLOAD ? opened.body : undefined;
    }

    /** Acts on an authentic packet; false when it means nothing in the present state. */
    #heeds(nowMillis: number, attempt: Attempt, { type, sequence, body }: OpenedPacket): boolean {
        switch (type) {
            case PacketType.CONNECTION_REQUEST:
            case PacketType.CONNECTION_RESPONSE:
            case PacketType.PATH_REQUEST:
            case PacketType.PATH_RESPONSE:
            case PacketType.RESET:
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
                if (this.#state !== ClientState.CONNECTED) {
                    return false;
                }
                if (body.length === PATH_KEEP_ALIVE_BODY_BYTES && attempt.path.id === undefined) {
                    attempt.path.learn(body);
                }
                return true;
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
            case PacketType.PATH_ANSWER:
                return (
                    this.#state === ClientState.CONNECTED && attempt.path.answered(nowMillis, body)
                );
            case PacketType.PING:
                if (this.#state !== ClientState.CONNECTED) {
                    return false;
                }
                attempt.meter.pingReceived(nowMillis, sequence, body);
                attempt.owesPing = true;
                return true;
        }
    }

    /** The server no longer has this connection, if this is its word and nothing speaks against it. */
    #handleReset(attempt: Attempt, packet: Uint8Array): void {
        if (!attempt.path.isProbing) {
            this.#drops.add("wrong-state");
        } else if (!attempt.path.isReset(packet)) {
            this.#drops.add("not-authentic");
        } else {
            this.#isForgotten = true;
            this.#notePause(attempt);
            this.#end(ClientState.DISCONNECTED);
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
        if (this.#state === ClientState.CONNECTED && !attempt.sendPathAndPing(nowMillis, out)) {
            this.#endUsedUp();
            return;
        }
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
            this.#notePause(attempt);
            this.handlePathLost(nowMillis);
        }
    }

    /** A silence is over: whether this page stood still in it may be why the server gave up. */
    #notePause(attempt: Attempt): void {
        const pauseMillis = attempt.looks.pauseIn(attempt.silentSinceMillis);
        this.#pausedMillis = Math.max(this.#pausedMillis, pauseMillis);
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
        this.#isForgotten = false;
        this.#pausedMillis = 0;
        this.#meter = new ConnectionMeter();
        const read = readConnectToken(token);
        if (typeof read === "string") {
            this.#state = ClientState.INVALID_CONNECT_TOKEN;
            return read;
        }
        if (read.survivesMoves) {
            this.#meter.startPings();
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
        for (let i = 0; i < DISCONNECT_PACKETS && attempt.hasSequenceLeft; i++) {
            // The second half is empty, for a server that does not understand the first.
            const body = i < DISCONNECT_PACKETS / 2 ? stated : EMPTY;
            attempt.sealAndEmit(nowMillis, PacketType.DISCONNECT, body, out);
        }
        this.#statedReason = reason;
        this.#end(ClientState.DISCONNECTED);
    }

    /** Ends the connection, or the attempt at one, without a word to the server. */
    abandon(): void {
        if (this.#attempt !== undefined) {
            this.#end(ClientState.DISCONNECTED);
        }
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
            !attempt.hasSequenceLeft
        ) {
            return false;
        }
        attempt.sealAndEmit(nowMillis, PacketType.PAYLOAD, payload, out);
        return true;
    }

    /**
     * The application knows that the network has changed: the server is asked for the path at once,
     * not after half a second of silence. Does nothing while not connected, and where the server
     * has given no path id.
     */
    networkChanged(nowMillis: number): void {
        if (this.#state === ClientState.CONNECTED) {
            this.#attempt?.path.probe(nowMillis);
        }
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
            attempt.pathOrPingDueMillis(),
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

    /** Whether the last connection ended because the server said that it no longer has it. */
    get isForgotten(): boolean {
        return this.#isForgotten;
    }

    /** Whether it asks the server for its path at the moment. */
    get isProbing(): boolean {
        return this.#attempt?.path.isProbing ?? false;
    }

    /**
     * How long this page stood still at most, in a silence that ended in a timeout, or with the word
     * that the server no longer has the connection, since the last connect; 0 where it was never
     * more than a second, or no silence has ended so.
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
            this.#attempt.path.erase();
            this.#attempt = undefined;
        }
        this.#state = ending;
    }

    #endUsedUp(): void {
        this.#hasUsedUpSequence = true;
        this.#end(ClientState.DISCONNECTED);
    }

    // ---- What goes out

    #sendDue(nowMillis: number, attempt: Attempt, out: PacketSink): boolean {
        if (!attempt.hasSequenceLeft) {
            this.#endUsedUp();
            return false;
        }
        switch (this.#state) {
            case ClientState.SENDING_CONNECTION_REQUEST:
                attempt.sendRequest(nowMillis, out);
                break;
            case ClientState.SENDING_CONNECTION_RESPONSE:
                attempt.sealAndEmit(
                    nowMillis,
                    PacketType.CONNECTION_RESPONSE,
                    attempt.challenge,
                    out,
                );
                break;
            default:
                attempt.sealAndEmit(nowMillis, PacketType.KEEP_ALIVE, ZEROS, out);
        }
        return true;
    }
}
