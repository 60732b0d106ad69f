import { DropCounters } from "../drop.js";
import { ClientMachine } from "../machine/client-machine.js";
import { ClientState } from "../machine/client-state.js";
import { checkReason, NO_REASON, type StatedReason } from "../stated-reason.js";
import { type CheckedAnswer, checkAnswer, type TokenAnswer } from "../token/token-answer.js";
import type { TokenFailure } from "../token/token-failure.js";
import type { TokenSource } from "../token/token-service.js";
import { type DialSettings, dial } from "../transport/dial.js";
import type { SessionEnd, TransportKind } from "../transport/transport.js";
import { type NetAddress, printAddress, sameNumbers } from "../wire/address.js";
import { tokenTag } from "../wire/connect-token.js";
import { PACKET_OVERHEAD_BYTES_MAX, PAYLOAD_BYTES_MAX } from "../wire/wire.js";
import type { HawserClientOptions } from "./client-options.js";
import {
    type Attempt,
    type Connect,
    endedWhileConnecting,
    newAttempt,
    type Path,
    tokenFailure,
} from "./connect.js";
import { type ClientStats, type ConnectionState, isSame } from "./connection-state.js";
import { DeadlineAlarm } from "./deadline-alarm.js";
import { type DisconnectReason, disconnectReason, notResumed } from "./disconnect-reason.js";
import { reasonOf, unanswered } from "./ended.js";
import { Listeners } from "./listeners.js";
import { PayloadInbox } from "./payload-inbox.js";
import { browserPlatform, type Platform } from "./platform.js";
import { checkWithin, isFinal, Resumption } from "./resumption.js";
import { TrafficCounts } from "./traffic-counts.js";
import { useToken } from "./used-tokens.js";

type ConnectingStep = Extract<ConnectionState, { kind: "connecting" }>["step"];

/** What became of a payload that was to be sent. */
export type SendResult =
    /** Handed to the browser, as a datagram or as a WebSocket message. */
    | "sent"
    /** Handed to the browser on a stream of its own, since it does not fit a datagram. */
    | "sent-on-stream"
    | "not-connected"
    /** The network takes less than the game sends, so this payload was dropped, and counted. */
    | "dropped";

const OPEN_TIMEOUT_MILLIS = 3000;
/** Who has lost a connection does not wait long for a way that may be gone. */
const RESUMING_HEAD_START_MILLIS = 500;

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
    readonly #resumingSettings: DialSettings;
    readonly #resumeWithinMillis: number | undefined;
    readonly #drops = new DropCounters();
    readonly #machine = new ClientMachine(this.#drops);
    readonly #stateListeners: Listeners<ConnectionState>;
    readonly #inbox: PayloadInbox;
    #state: ConnectionState = {
        kind: "disconnected",
        reason: disconnectReason({ kind: "never-connected" }),
    };
    #connect: Connect | undefined;
    #lastTransport: TransportKind | undefined;
    #counts = new TrafficCounts();

    /**
     * @param platform the browser; another one in tests
     * @throws RangeError when `resumeWithinMillis` is out of its range
     */
    constructor(options: HawserClientOptions = {}, platform: Platform = browserPlatform()) {
        this.#platform = platform;
        this.#resumeWithinMillis = checkWithin(options.resumeWithinMillis);
        const openTimeoutMillis = options.openTimeoutMillis ?? OPEN_TIMEOUT_MILLIS;
        this.#settings = {
            transports: options.transports ?? ["web-transport", "web-socket"],
            openTimeoutMillis,
            headStartMillis: openTimeoutMillis,
            open: platform.open,
        };
        this.#resumingSettings = {
            ...this.#settings,
            headStartMillis: Math.min(openTimeoutMillis, RESUMING_HEAD_START_MILLIS),
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
                source,
                finished,
                alarm: new DeadlineAlarm(this.#platform, () => this.#tick()),
                stopWatchingPage: this.#platform.onPageHide(() => this.disconnect()),
                stopWatchingNetwork: this.#platform.onNetworkChange(() => this.networkChanged()),
                resumption: new Resumption(this.#resumeWithinMillis, () => this.#platform.random()),
                attempt: newAttempt(),
                connectedTag: undefined,
                latestFailure: "",
            };
            this.#connect = connect;
            this.#inbox.reset();
            this.#counts = new TrafficCounts();
            void this.#begin(connect, connect.attempt);
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
            this.#counts.payloadsOut++;
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
     * servers give none: there the session has its own ways to survive a change.
     *
     * A client that tries to go on with a lost connection (`resumeWithinMillis`) tries at once.
     */
    networkChanged(): void {
        const nowMillis = this.#platform.nowMillis();
        this.#machine.networkChanged(nowMillis);
        const connect = this.#connect;
        if (connect?.resumption.networkChanged(nowMillis)) {
            this.#dropAttempt(connect);
        }
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
        const packetBytes = this.#connect?.attempt.path?.transport?.datagramBytesMax() ?? 0;
        return Math.max(0, Math.min(PAYLOAD_BYTES_MAX, packetBytes - PACKET_OVERHEAD_BYTES_MAX));
    }

    stats(): ClientStats {
        return {
            transport: this.#lastTransport,
            ...this.#counts.with(this.#machine.meter),
            payloadsIn: this.#inbox.delivered,
            drops: this.#drops.counts(),
        };
    }

    // ---- The token

    async #begin(connect: Connect, attempt: Attempt): Promise<void> {
        // Whoever hears of the first state may give up already.
        await undefined;
        const { source, resumption } = connect;
        let answer: CheckedAnswer;
        try {
            const { signal } = attempt.giveUp;
            answer = checkAnswer(
                typeof source === "function" ? await source(signal, resumption.former) : source,
            );
        } catch (thrown) {
            if (this.#isPresent(connect, attempt)) {
                this.#failFetch(connect, tokenFailure(thrown));
            }
            return;
        }
        if (!this.#isPresent(connect, attempt)) {
            return;
        }
        const nowMillis = this.#platform.nowMillis();
        if (typeof answer.token === "string") {
            const detail = answer.token;
            this.#fail(connect, disconnectReason({ kind: "token-invalid", detail }));
        } else if (!useToken(tokenTag(answer.token))) {
            this.#fail(connect, disconnectReason({ kind: "token-reused" }));
        } else {
            attempt.answer = answer;
            attempt.token = answer.token;
            attempt.tag = tokenTag(answer.token);
            if (resumption.isActive) {
                this.#counts.add(this.#machine.meter);
            }
            resumption.dialBegins(nowMillis);
            this.#machine.connect(nowMillis, answer.tokenBytes, this.#sink);
            this.#settle(connect);
        }
    }

    /** Whether it is still what this client tries. */
    #isPresent(connect: Connect, attempt: Attempt): boolean {
        return this.#connect === connect && connect.attempt === attempt;
    }

    #failFetch(connect: Connect, failure: TokenFailure): void {
        const reason = disconnectReason({ kind: "token-fetch-failed", failure });
        if (connect.resumption.fetchFailed(this.#platform.nowMillis(), failure)) {
            connect.latestFailure = reason.explanation;
            this.#resume(connect);
        } else {
            this.#fail(connect, reason);
        }
    }

    #fail(connect: Connect, reason: DisconnectReason): void {
        this.#enter(this.#end(connect, reason, NO_REASON));
    }

    // ---- The session

    /** Opens a session with the server that the machine dials. */
    async #openPath(connect: Connect, attempt: Attempt, index: number): Promise<void> {
        const server = attempt.token?.servers[index] as NetAddress;
        const path: Path = { index, server, transport: undefined };
        attempt.path = path;
        const ways = attempt.answer?.web.find((entry) => sameNumbers(entry.server, server))?.ways;
        const transport = await dial(
            ways ?? {},
            attempt.answer?.certificateHashes ?? [],
            connect.resumption.isActive ? this.#resumingSettings : this.#settings,
            attempt.giveUp.signal,
            {
                packet: (packet) => this.#received(connect, path, packet),
                dropped: (drop) => this.#drops.add(drop),
                ended: (end) => this.#sessionEnded(connect, path, end),
            },
            (failure) => void attempt.failures.push(failure),
        );
        const nowMillis = this.#platform.nowMillis();
        if (!this.#isPresent(connect, attempt) || attempt.path !== path) {
            transport?.close(0, "");
        } else if (transport !== undefined) {
            path.transport = transport;
            attempt.serversAsked++;
            this.#lastTransport = transport.kind;
            connect.resumption.sessionStands(nowMillis);
            this.#machine.handlePathOpened(nowMillis);
            this.#tick();
        } else {
            this.#machine.handlePathLost(nowMillis);
            this.#settle(connect);
        }
    }

    #received(connect: Connect, path: Path, packet: Uint8Array): void {
        if (connect.attempt.path !== path) {
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
        const { attempt } = connect;
        if (attempt.path !== path) {
            return;
        }
        const nowMillis = this.#platform.nowMillis();
        // A denial or a disconnect that came in says more than the end of the session.
        this.#machine.handleTimeout(nowMillis, () => {});
        if (this.#machine.serverIndex === path.index) {
            if (this.#machine.state === ClientState.CONNECTED) {
                const transport = path.transport?.kind ?? "web-transport";
                attempt.sessionEnd = { ...end, transport };
            } else {
                attempt.serversAsked--;
                attempt.failures.push(endedWhileConnecting(path.transport, end));
            }
            this.#machine.handlePathLost(nowMillis);
        }
        this.#settle(connect);
    }

    readonly #sink = (packet: Uint8Array): void => void this.#transmit(packet);

    #transmit(packet: Uint8Array): SendResult {
        switch (this.#connect?.attempt.path?.transport?.send(packet)) {
            case "datagram":
                return "sent";
            case "stream":
                this.#counts.packetsOutOnStreams++;
                return "sent-on-stream";
            default:
                this.#drops.add("transport-full");
                return "dropped";
        }
    }

    // ---- Time

    /** While a session is being opened, the machine waits: the time for that is its own. */
    #tick(): void {
        const connect = this.#connect;
        if (connect?.attempt.path?.transport !== undefined) {
            this.#machine.handleTimeout(this.#platform.nowMillis(), this.#sink);
            this.#settle(connect);
        }
        if (connect !== undefined && this.#connect === connect) {
            this.#resume(connect);
        }
    }

    #schedule({ alarm, attempt, resumption }: Connect): void {
        alarm.ringBy(
            Math.min(
                attempt.path?.transport === undefined
                    ? Number.POSITIVE_INFINITY
                    : this.#machine.nextTimeout(),
                resumption.nextTimeout(),
            ),
        );
    }

    // ---- Going on with a connection that was lost

    /** The connection, or the attempt at one, has ended by itself. */
    #ended(connect: Connect): void {
        const { resumption, attempt } = connect;
        const nowMillis = this.#platform.nowMillis();
        const reason = reasonOf(this.#machine, attempt);
        if (!resumption.isActive) {
            const canComeBack = typeof connect.source === "function";
            if (!canComeBack || !resumption.begin(nowMillis, reason, connect.connectedTag)) {
                this.#fail(connect, reason);
                return;
            }
            connect.latestFailure = "";
        } else if (isFinal(reason)) {
            this.#fail(connect, reason);
            return;
        } else {
            connect.latestFailure = reason.explanation;
            resumption.dialFailed(nowMillis, reason);
        }
        this.#dropAttempt(connect);
        this.#resume(connect);
        if (this.#connect === connect) {
            // Also where the first attempt waits for its time.
            this.#enter(this.#connecting(connect, "fetching-token"));
        }
    }

    /**
     * Gives up a token and what was dialled with it. Without a goodbye: a server that has given the
     * slot back, and was not heard, would free it.
     */
    #dropAttempt(connect: Connect): void {
        const { giveUp, path } = connect.attempt;
        connect.attempt = newAttempt();
        this.#machine.abandon();
        giveUp.abort();
        path?.transport?.close(0, "");
    }

    /** Goes on with a connection that was lost, as far as something is due. */
    #resume(connect: Connect): void {
        const { resumption } = connect;
        if (!resumption.isActive) {
            return;
        }
        const nowMillis = this.#platform.nowMillis();
        resumption.look(nowMillis);
        if (resumption.isDialOver(nowMillis)) {
            connect.latestFailure = unanswered(connect.attempt);
            this.#dropAttempt(connect);
            resumption.dialFailed(nowMillis);
        }
        if (resumption.isOver(nowMillis)) {
            const { attempts } = resumption;
            this.#dropAttempt(connect);
            const lost = resumption.end() as DisconnectReason;
            this.#fail(connect, notResumed(lost, attempts, connect.latestFailure));
            return;
        }
        if (resumption.isAttemptDue(nowMillis)) {
            resumption.attemptBegins(nowMillis);
            connect.attempt = newAttempt();
            void this.#begin(connect, connect.attempt);
            this.#enter(this.#connecting(connect, "fetching-token"));
        }
        if (this.#connect === connect) {
            this.#schedule(connect);
        }
    }

    #connecting({ resumption }: Connect, step: ConnectingStep): ConnectionState {
        return resumption.isActive
            ? { kind: "resuming", attempt: Math.max(1, resumption.attempts) }
            : { kind: "connecting", step };
    }

    // ---- From the machine to the outside

    /** Follows the machine: to the next server, into the next state, to the end. */
    #settle(connect: Connect): void {
        const { attempt } = connect;
        const index = this.#machine.serverIndex;
        if (index === undefined) {
            this.#ended(connect);
            return;
        }
        if (attempt.path?.index !== index) {
            attempt.path?.transport?.close(0, "");
            void this.#openPath(connect, attempt, index);
        }
        this.#schedule(connect);
        if (attempt.path?.transport === undefined) {
            this.#enter(this.#connecting(connect, "opening-session"));
            return;
        }
        switch (this.#machine.state) {
            case ClientState.SENDING_CONNECTION_REQUEST:
                this.#enter(this.#connecting(connect, "requesting"));
                break;
            case ClientState.SENDING_CONNECTION_RESPONSE:
                this.#enter(this.#connecting(connect, "responding"));
                break;
            default: {
                if (connect.resumption.end() !== undefined && connect.connectedTag !== undefined) {
                    this.#counts.resumes++;
                }
                connect.connectedTag = attempt.tag;
                const connected: ConnectionState = {
                    kind: "connected",
                    transport: attempt.path.transport.kind,
                    server: printAddress(attempt.path.server),
                    clientId: attempt.answer?.clientId,
                    clientIndex: this.#machine.clientIndex,
                    maxClients: this.#machine.maxClients,
                };
                this.#enter(connected);
                connect.finished(connected);
            }
        }
    }

    #enter(state: ConnectionState): void {
        if (!isSame(state, this.#state)) {
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
        const { attempt } = connect;
        const transport = attempt.path?.transport;
        this.#connect = undefined;
        attempt.path = undefined;
        attempt.giveUp.abort();
        connect.alarm.close();
        connect.stopWatchingPage();
        connect.stopWatchingNetwork();
        transport?.close(stated.code, stated.text);
        connect.finished(ended);
        return ended;
    }
}
