import { DropCounters } from "../drop.js";
import { ClientMachine } from "../machine/client-machine.js";
import { ClientState } from "../machine/client-state.js";
import { checkReason, NO_REASON, type StatedReason } from "../stated-reason.js";
import {
    BadAnswerError,
    type CheckedAnswer,
    checkAnswer,
    type TokenAnswer,
} from "../token/token-answer.js";
import { type TokenFailure, TokenFetchError } from "../token/token-failure.js";
import type { TokenSource } from "../token/token-service.js";
import { type DialSettings, dial } from "../transport/dial.js";
import {
    messageOf,
    type SessionEnd,
    type Transport,
    type TransportFailure,
    type TransportKind,
} from "../transport/transport.js";
import { type NetAddress, printAddress, sameNumbers } from "../wire/address.js";
import { type ConnectToken, tokenTag } from "../wire/connect-token.js";
import { PACKET_OVERHEAD_BYTES_MAX, PAYLOAD_BYTES_MAX } from "../wire/wire.js";
import type { Alarm } from "./alarm.js";
import type { ClientStats, ConnectionState } from "./connection-state.js";
import { type DisconnectReason, disconnectReason } from "./disconnect-reason.js";
import { reasonOf } from "./ended.js";
import { Listeners } from "./listeners.js";
import { type DeliveryOptions, PayloadInbox } from "./payload-inbox.js";
import { browserPlatform, type Platform } from "./platform.js";
import { useToken } from "./used-tokens.js";

export interface HawserClientOptions extends DeliveryOptions {
    /**
     * Which transports are used, in the order in which they are tried: WebTransport, then
     * WebSocket, unless said otherwise. One alone forces it.
     */
    readonly transports?: readonly TransportKind[];
    /**
     * How long a transport has to open a session before the next is tried beside it: 3000 ms unless
     * said otherwise. It goes on, and whichever stands first is taken.
     */
    readonly openTimeoutMillis?: number;
}

/** What became of a payload that was to be sent. */
export type SendResult =
    /** Handed to the browser, as a datagram or as a WebSocket message. */
    | "sent"
    /** Handed to the browser on a stream of its own, since it does not fit a datagram. */
    | "sent-on-stream"
    | "not-connected"
    /** The network takes less than the game sends, so this payload was dropped, and counted. */
    | "dropped";

/** A session with one server of the token, or the attempt at one. */
interface Path {
    readonly index: number;
    readonly server: NetAddress;
    transport: Transport | undefined;
}

/** What is true during one connect and the connection that it leads to. */
interface Connect {
    readonly giveUp: AbortController;
    readonly finished: (state: ConnectionState) => void;
    readonly alarm: Alarm;
    readonly stopWatchingPage: () => void;
    readonly stopWatchingNetwork: () => void;
    readonly failures: TransportFailure[];
    answer: CheckedAnswer | undefined;
    token: ConnectToken | undefined;
    path: Path | undefined;
    /** How many servers were asked: their session stood, and did not end before they answered. */
    serversAsked: number;
    /** How the session of a connection ended. */
    sessionEnd: (SessionEnd & { readonly transport: TransportKind }) | undefined;
}

const OPEN_TIMEOUT_MILLIS = 3000;
/** Beyond 2^31 ms the browser's timers ring at once; ringing too early does no harm. */
const ALARM_MILLIS_MAX = 60_000;

/**
 * A client of a Hawser game server, in the browser.
 *
 * It keeps its connection alive by itself, also in a tab in the background as far as the browser
 * lets it. Nothing here blocks; what a listener throws is reported and disturbs nothing.
 *
 * ```ts
 * const client = new HawserClient();
 * client.onPacket((payload) => game.apply(payload));
 * const state = await client.connect(tokenService({ endpoint, credential }));
 * if (state.kind === "connected") client.send(bytes);
 * ```
 */
export class HawserClient {
    readonly #platform: Platform;
    readonly #settings: DialSettings;
    readonly #drops = new DropCounters();
    readonly #machine = new ClientMachine(this.#drops);
    readonly #stateListeners: Listeners<ConnectionState>;
    readonly #inbox: PayloadInbox;
    #state: ConnectionState = {
        kind: "disconnected",
        reason: disconnectReason({ kind: "never-connected" }),
    };
    #connect: Connect | undefined;
    #alarmAtMillis = Number.POSITIVE_INFINITY;
    #lastTransport: TransportKind | undefined;
    #payloadsOut = 0;
    #packetsOutOnStreams = 0;

    /** @param platform the browser; another one in tests */
    constructor(options: HawserClientOptions = {}, platform: Platform = browserPlatform()) {
        this.#platform = platform;
        this.#settings = {
            transports: options.transports ?? ["web-transport", "web-socket"],
            openTimeoutMillis: options.openTimeoutMillis ?? OPEN_TIMEOUT_MILLIS,
            open: platform.open,
        };
        const report = (thrown: unknown): void => platform.report(thrown);
        this.#stateListeners = new Listeners(report);
        this.#inbox = new PayloadInbox(options, this.#drops, report);
    }

    // ---- Commands

    /**
     * Connects with a new connect token. A connection, or an attempt at one, ends first.
     *
     * @param source where the token comes from, for example `tokenService(…)`; or an answer of the
     *   service that is there already
     * @returns the state that this connect led to, connected or disconnected with its reason. It is
     *   never rejected.
     */
    connect(source: TokenSource | TokenAnswer): Promise<ConnectionState> {
        // Without telling that it ended: who connects again on that would do so in here.
        this.#leave(NO_REASON);
        return new Promise((finished) => {
            const connect: Connect = {
                giveUp: new AbortController(),
                finished,
                alarm: this.#platform.newAlarm(() => this.#ring()),
                stopWatchingPage: this.#platform.onPageHide(() => this.disconnect()),
                stopWatchingNetwork: this.#platform.onNetworkChange(() => this.networkChanged()),
                failures: [],
                answer: undefined,
                token: undefined,
                path: undefined,
                serversAsked: 0,
                sessionEnd: undefined,
            };
            this.#connect = connect;
            this.#inbox.reset();
            this.#payloadsOut = 0;
            this.#packetsOutOnStreams = 0;
            void this.#begin(connect, source);
            this.#enter({ kind: "connecting", step: "fetching-token" });
        });
    }

    /**
     * Ends the connection, or the attempt at one. When neither exists, the state stays, and with it
     * why it ended. Payloads that wait are dropped: after this call, also in a listener, no other one
     * is delivered.
     *
     * @param reason told to the server; codes from 1000 on are the game's
     * @throws RangeError when a number of the reason does not fit 16 bits
     */
    disconnect(reason: Partial<StatedReason> = NO_REASON): void {
        const stated = { ...NO_REASON, ...reason };
        checkReason(stated);
        this.#inbox.drop();
        const left = this.#leave(stated);
        if (left !== undefined) {
            this.#enter(left);
        }
    }

    /**
     * Sends a payload, before it returns. Payloads may be lost and may overtake each other.
     *
     * @param payload 1 to `maxPayloadBytes` bytes; not changed and not kept
     * @throws RangeError when it is empty or larger
     */
    send(payload: Uint8Array): SendResult {
        const results: SendResult[] = [];
        this.#machine.send(this.#platform.nowMillis(), payload, (packet) => {
            results.push(this.#transmit(packet));
        });
        const [result = "not-connected"] = results;
        if (result === "sent" || result === "sent-on-stream") {
            this.#payloadsOut++;
        }
        return result;
    }

    /**
     * Does what is due, and hands over the payloads that wait (`deliver: "in-update"`). For games
     * with a loop of their own, best once a frame (`requestAnimationFrame(() => client.update())`);
     * needed only for the payloads.
     */
    update(): void {
        this.#tick();
        this.#inbox.deliverWaiting();
    }

    /**
     * The network has changed: another Wi-Fi, mobile instead of Wi-Fi. The client calls this by
     * itself where the browser tells; a game that knows more, for example in a shell of its own,
     * may call it too, as often as it likes.
     *
     * The server is then asked at once, not after half a second of silence, whether it still hears
     * this client, where it gave the connection a path id. Over WebTransport and WebSocket Hawser's
     * servers give none: there the session has its own ways to survive a change, and this does
     * nothing.
     */
    networkChanged(): void {
        this.#machine.networkChanged(this.#platform.nowMillis());
        this.#tick();
    }

    /** Adds a round trip that the game has measured, from sending a payload to its echo. */
    reportRoundTrip(millis: number): void {
        if (!(millis >= 0)) {
            throw new RangeError(
                `a round trip of ${millis} ms, but it must be 0 or more: take both times from one` +
                    " clock that never goes back",
            );
        }
        this.#machine.meter.reportRoundTrip(millis);
    }

    // ---- Looks

    get state(): ConnectionState {
        return this.#state;
    }

    /**
     * Tells each payload, in an array and a buffer of its own, which belong to the listener: it may
     * keep them, change them or hand them on. Returns what ends that.
     */
    onPacket(listener: (payload: Uint8Array) => void): () => void {
        return this.#inbox.listeners.add(listener);
    }

    /** Tells each new state. Returns what ends that. */
    onState(listener: (state: ConnectionState) => void): () => void {
        return this.#stateListeners.add(listener);
    }

    /** The largest payload, whatever the transport: what fits no datagram goes on a stream. */
    get maxPayloadBytes(): number {
        return PAYLOAD_BYTES_MAX;
    }

    /**
     * The largest payload that fits a datagram at the moment, whatever its packet number. Larger
     * ones are delivered later when a packet is lost on the way, never dropped by the network.
     */
    get maxDatagramPayloadBytes(): number {
        const packetBytes = this.#connect?.path?.transport?.datagramBytesMax() ?? 0;
        return Math.max(0, Math.min(PAYLOAD_BYTES_MAX, packetBytes - PACKET_OVERHEAD_BYTES_MAX));
    }

    stats(): ClientStats {
        const meter = this.#machine.meter;
        return {
            transport: this.#lastTransport,
            packetsIn: meter.packetsIn,
            bytesIn: meter.bytesIn,
            packetsOut: meter.packetsOut,
            bytesOut: meter.bytesOut,
            packetsOutOnStreams: this.#packetsOutOnStreams,
            payloadsIn: this.#inbox.delivered,
            payloadsOut: this.#payloadsOut,
            inboundLoss: meter.inboundLoss(),
            outboundLoss: meter.outboundLoss(),
            roundTripMillis: meter.roundTripMillis(),
            jitterMillis: meter.jitterMillis(),
            drops: this.#drops.counts(),
        };
    }

    // ---- The token

    async #begin(connect: Connect, source: TokenSource | TokenAnswer): Promise<void> {
        // Whoever hears of the first state may give up already.
        await undefined;
        let answer: CheckedAnswer;
        try {
            const signal = connect.giveUp.signal;
            answer = checkAnswer(typeof source === "function" ? await source(signal) : source);
        } catch (thrown) {
            const failure = tokenFailure(thrown);
            this.#fail(connect, disconnectReason({ kind: "token-fetch-failed", failure }));
            return;
        }
        if (this.#connect !== connect) {
            return;
        }
        if (typeof answer.token === "string") {
            const detail = answer.token;
            this.#fail(connect, disconnectReason({ kind: "token-invalid", detail }));
        } else if (!useToken(tokenTag(answer.token))) {
            this.#fail(connect, disconnectReason({ kind: "token-reused" }));
        } else {
            connect.answer = answer;
            connect.token = answer.token;
            this.#machine.connect(this.#platform.nowMillis(), answer.tokenBytes, this.#sink);
            this.#settle(connect);
        }
    }

    #fail(connect: Connect, reason: DisconnectReason): void {
        if (this.#connect === connect) {
            this.#enter(this.#end(connect, reason, NO_REASON));
        }
    }

    // ---- The session

    /** Opens a session with the server that the machine dials. */
    async #openPath(connect: Connect, index: number): Promise<void> {
        const server = connect.token?.servers[index] as NetAddress;
        const path: Path = { index, server, transport: undefined };
        connect.path = path;
        const ways = connect.answer?.web.find((entry) => sameNumbers(entry.server, server))?.ways;
        const transport = await dial(
            ways ?? {},
            connect.answer?.certificateHashes ?? [],
            this.#settings,
            connect.giveUp.signal,
            {
                packet: (packet) => this.#received(connect, path, packet),
                dropped: (drop) => this.#drops.add(drop),
                ended: (end) => this.#sessionEnded(connect, path, end),
            },
            (failure) => void connect.failures.push(failure),
        );
        if (connect.path !== path) {
            transport?.close(0, "");
        } else if (transport !== undefined) {
            path.transport = transport;
            connect.serversAsked++;
            this.#lastTransport = transport.kind;
            this.#machine.handlePathOpened(this.#platform.nowMillis());
            this.#tick();
        } else {
            this.#machine.handlePathLost(this.#platform.nowMillis());
            this.#settle(connect);
        }
    }

    #received(connect: Connect, path: Path, packet: Uint8Array): void {
        if (connect.path !== path) {
            return;
        }
        const nowMillis = this.#platform.nowMillis();
        const payload = this.#machine.handlePacket(nowMillis, path.server, packet);
        // A denial or a disconnect is acted on at once.
        if (this.#machine.nextTimeout() <= nowMillis) {
            this.#machine.handleTimeout(nowMillis, this.#sink);
        }
        this.#settle(connect);
        if (payload !== undefined && this.#connect === connect) {
            this.#inbox.take(payload);
        }
    }

    #sessionEnded(connect: Connect, path: Path, end: SessionEnd): void {
        if (connect.path !== path) {
            return;
        }
        const nowMillis = this.#platform.nowMillis();
        // A denial or a disconnect that came in says more than the end of the session.
        this.#machine.handleTimeout(nowMillis, () => {});
        if (this.#machine.serverIndex === path.index) {
            if (this.#machine.state === ClientState.CONNECTED) {
                const transport = path.transport?.kind ?? "web-transport";
                connect.sessionEnd = { ...end, transport };
            } else {
                connect.serversAsked--;
                connect.failures.push(endedWhileConnecting(path.transport, end));
            }
            this.#machine.handlePathLost(nowMillis);
        }
        this.#settle(connect);
    }

    readonly #sink = (packet: Uint8Array): void => void this.#transmit(packet);

    #transmit(packet: Uint8Array): SendResult {
        switch (this.#connect?.path?.transport?.send(packet)) {
            case "datagram":
                return "sent";
            case "stream":
                this.#packetsOutOnStreams++;
                return "sent-on-stream";
            default:
                this.#drops.add("transport-full");
                return "dropped";
        }
    }

    // ---- Time

    #ring(): void {
        this.#alarmAtMillis = Number.POSITIVE_INFINITY;
        this.#tick();
    }

    /** While a session is being opened nothing is due: the time for that is its own. */
    #tick(): void {
        const connect = this.#connect;
        if (connect?.path?.transport !== undefined) {
            this.#machine.handleTimeout(this.#platform.nowMillis(), this.#sink);
            this.#settle(connect);
        }
    }

    /** An alarm that is set already rings soon enough: most deadlines only move later. */
    #schedule(alarm: Alarm): void {
        const atMillis = this.#machine.nextTimeout();
        if (atMillis < this.#alarmAtMillis) {
            this.#alarmAtMillis = atMillis;
            // A deadline has come when it has passed.
            const delayMillis = Math.floor(atMillis - this.#platform.nowMillis()) + 1;
            alarm.set(Math.min(Math.max(1, delayMillis), ALARM_MILLIS_MAX));
        }
    }

    // ---- From the machine to the outside

    /** Follows the machine: to the next server, into the next state, to the end. */
    #settle(connect: Connect): void {
        const index = this.#machine.serverIndex;
        if (index === undefined) {
            const ended = this.#end(connect, reasonOf(this.#machine, connect), NO_REASON);
            this.#enter(ended);
            return;
        }
        if (connect.path?.index !== index) {
            connect.path?.transport?.close(0, "");
            void this.#openPath(connect, index);
        }
        if (connect.path?.transport === undefined) {
            this.#enter({ kind: "connecting", step: "opening-session" });
            return;
        }
        this.#schedule(connect.alarm);
        switch (this.#machine.state) {
            case ClientState.SENDING_CONNECTION_REQUEST:
                this.#enter({ kind: "connecting", step: "requesting" });
                break;
            case ClientState.SENDING_CONNECTION_RESPONSE:
                this.#enter({ kind: "connecting", step: "responding" });
                break;
            default: {
                const connected: ConnectionState = {
                    kind: "connected",
                    transport: connect.path.transport.kind,
                    server: printAddress(connect.path.server),
                    clientId: connect.answer?.clientId,
                    clientIndex: this.#machine.clientIndex,
                    maxClients: this.#machine.maxClients,
                };
                this.#enter(connected);
                connect.finished(connected);
            }
        }
    }

    #enter(state: ConnectionState): void {
        const isSame =
            state.kind === this.#state.kind &&
            (state.kind === "connected" ||
                (state.kind === "connecting" &&
                    this.#state.kind === "connecting" &&
                    state.step === this.#state.step));
        if (!isSame) {
            this.#state = state;
            this.#stateListeners.tell(state);
        }
    }

    #leave(stated: StatedReason): ConnectionState | undefined {
        const connect = this.#connect;
        if (connect === undefined) {
            return undefined;
        }
        this.#machine.disconnect(this.#platform.nowMillis(), stated, this.#sink);
        return this.#end(connect, disconnectReason({ kind: "client-left", stated }), stated);
    }

    /** Gives up what a connect holds. The state that it led to is still to be told. */
    #end(connect: Connect, reason: DisconnectReason, stated: StatedReason): ConnectionState {
        const ended: ConnectionState = { kind: "disconnected", reason };
        const transport = connect.path?.transport;
        this.#connect = undefined;
        this.#alarmAtMillis = Number.POSITIVE_INFINITY;
        connect.path = undefined;
        connect.giveUp.abort();
        connect.alarm.close();
        connect.stopWatchingPage();
        connect.stopWatchingNetwork();
        transport?.close(stated.code, stated.text);
        connect.finished(ended);
        return ended;
    }
}

function tokenFailure(thrown: unknown): TokenFailure {
    if (thrown instanceof TokenFetchError) {
        return thrown.failure;
    }
    const detail = messageOf(thrown);
    return thrown instanceof BadAnswerError
        ? { kind: "unexpected-answer", detail }
        : { kind: "source-failed", detail };
}

function endedWhileConnecting(
    transport: Transport | undefined,
    { code, text }: SessionEnd,
): TransportFailure {
    return {
        transport: transport?.kind ?? "web-transport",
        url: transport?.url ?? "",
        problem: "ended",
        message: `code ${code}${text === "" ? "" : `: ${text}`}`,
    };
}
