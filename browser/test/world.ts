import type { HawserClientOptions } from "../src/client/client-options.js";
import { HawserClient } from "../src/client/hawser-client.js";
import type { Platform } from "../src/client/platform.js";
import type { StatedReason } from "../src/stated-reason.js";
import type { TokenAnswer } from "../src/token/token-answer.js";
import type { TokenSource } from "../src/token/token-service.js";
import type {
    OpenRequest,
    Transport,
    TransportEvents,
    TransportFailure,
    TransportKind,
} from "../src/transport/transport.js";
import { printAddress } from "../src/wire/address.js";
import { writeReason } from "../src/wire/reason-body.js";
import { PacketType } from "../src/wire/wire.js";
import {
    EMPTY,
    fromServer,
    GLOBAL,
    mint,
    openedByServer,
    SERVER,
    slot,
    type Token,
    type TokenWish,
} from "./rig.js";

/** Lets everything that waits for nothing but its turn have it. */
export function settled(): Promise<void> {
    return new Promise((done) => setImmediate(done));
}

export type ServerMood = "answers" | "silent" | "denies" | "silent after the challenge";

/**
 * What stands at the other end of a session: it speaks netcode under one token, and echoes. The
 * session itself is a fake, since Node has no WebTransport.
 */
export class FakeSession implements Transport {
    readonly received: Uint8Array[] = [];
    closedWith: { code: number; text: string } | undefined;
    isFull = false;
    datagramBytes = 1300;
    #sequence = 0n;
    #global = GLOBAL;

    constructor(
        readonly kind: TransportKind,
        readonly url: string,
        readonly token: Token,
        readonly mood: ServerMood,
        readonly events: TransportEvents,
    ) {}

    datagramBytesMax(): number {
        return this.datagramBytes;
    }

    send(packet: Uint8Array): "datagram" | "stream" | "full" {
        if (this.isFull) {
            return "full";
        }
        this.received.push(packet);
        this.#answer(openedByServer(this.token, packet));
        return packet.length > this.datagramBytes ? "stream" : "datagram";
    }

    close(code: number, text: string): void {
        this.closedWith = { code, text };
    }

    say(type: PacketType, body: Uint8Array): void {
        const isGlobal = type <= PacketType.CONNECTION_CHALLENGE;
        const sequence = isGlobal ? this.#global++ : this.#sequence++;
        const packet = fromServer(this.token, type, sequence, body);
        queueMicrotask(() => this.events.packet(packet));
    }

    types(): PacketType[] {
        return this.received.map((packet) => openedByServer(this.token, packet).type);
    }

    #answer({ type, body }: { type: PacketType; body: Uint8Array }): void {
        if (this.mood === "silent") {
            return;
        }
        if (this.mood === "denies") {
            this.say(PacketType.CONNECTION_DENIED, EMPTY);
        } else if (type === PacketType.CONNECTION_REQUEST) {
            this.say(PacketType.CONNECTION_CHALLENGE, new Uint8Array(308));
        } else if (this.mood === "silent after the challenge") {
            return;
        } else if (type === PacketType.CONNECTION_RESPONSE) {
            this.say(PacketType.KEEP_ALIVE, slot(3, 64));
        } else if (type === PacketType.PAYLOAD) {
            this.say(PacketType.PAYLOAD, body);
        }
    }

    disconnect(reason: StatedReason): void {
        this.say(PacketType.DISCONNECT, writeReason(reason));
    }
}

/** What happens when a session is to be opened. */
export type Opening = ServerMood | TransportFailure["problem"] | "never";

/** A browser in which time passes when the test says so. */
export class World implements Platform {
    now = 5000;
    readonly sessions: FakeSession[] = [];
    readonly opened: string[] = [];
    readonly reported: unknown[] = [];
    openings: Record<TransportKind, Opening> = {
        "web-transport": "answers",
        "web-socket": "answers",
    };
    /** Of one URL, before those. */
    readonly openingsOf = new Map<string, Opening>();
    token: Token = mint({ statesReasons: true });
    #alarms = new Map<object, { at: number; ring: () => void }>();
    #pageHide = new Set<() => void>();
    #networkChange = new Set<() => void>();

    readonly open = {
        "web-transport": (request: OpenRequest, events: TransportEvents) =>
            this.#open("web-transport", request, events),
        "web-socket": (request: OpenRequest, events: TransportEvents) =>
            this.#open("web-socket", request, events),
    };

    nowMillis(): number {
        return this.now;
    }

    newAlarm(ring: () => void) {
        const key = {};
        return {
            set: (delay: number) => void this.#alarms.set(key, { at: this.now + delay, ring }),
            clear: () => void this.#alarms.delete(key),
            close: () => void this.#alarms.delete(key),
        };
    }

    onPageHide(listener: () => void): () => void {
        this.#pageHide.add(listener);
        return () => void this.#pageHide.delete(listener);
    }

    onNetworkChange(listener: () => void): () => void {
        this.#networkChange.add(listener);
        return () => void this.#networkChange.delete(listener);
    }

    changeNetwork(): void {
        for (const listener of this.#networkChange) {
            listener();
        }
    }

    get listensForNetworkChange(): boolean {
        return this.#networkChange.size > 0;
    }

    /** What the source was asked for, in order. */
    readonly asked: { former: string | undefined; atMillis: number; signal: AbortSignal }[] = [];
    /** What the source says next, in place of or over an answer. */
    readonly answers: (Error | "never" | object)[] = [];
    /** What the jitter of a client is made of. */
    randomShare = 0.5;

    random(): number {
        return this.randomShare;
    }

    report(thrown: unknown): void {
        this.reported.push(thrown);
    }

    hidePage(): void {
        for (const listener of this.#pageHide) {
            listener();
        }
    }

    get listensForPageHide(): boolean {
        return this.#pageHide.size > 0;
    }

    get alarms(): number {
        return this.#alarms.size;
    }

    client(options?: HawserClientOptions): HawserClient {
        return new HawserClient(options, this);
    }

    /** A new token and the answer that it came with. */
    answer(wish: TokenWish = {}, members: Partial<TokenAnswer> = {}): TokenAnswer {
        this.token = mint({ statesReasons: true, ...wish });
        return {
            token: Buffer.from(this.token.bytes).toString("base64"),
            clientId: "18446744073709551615",
            web: (wish.servers ?? [SERVER]).map((server, at) => ({
                server: printAddress(server),
                webTransport: `https://play.example.org:${7000 + at}/hawser`,
                webSocket: `wss://play.example.org:${7000 + at}/hawser`,
            })),
            ...members,
        };
    }

    /** Hands out a new answer each time, and notes what it was asked for. */
    source(wish: TokenWish = {}): TokenSource {
        return async (signal, former) => {
            this.asked.push({ former, atMillis: this.now, signal });
            const said = this.answers.shift() ?? {};
            if (said === "never") {
                return new Promise(() => {});
            }
            if (said instanceof Error) {
                throw said;
            }
            return { ...this.answer(wish), ...said } as TokenAnswer;
        };
    }

    /** Time passes, and every alarm rings when it is its time. */
    async pass(millis: number): Promise<void> {
        const end = this.now + millis;
        await settled();
        for (;;) {
            const next = [...this.#alarms].sort(([, one], [, other]) => one.at - other.at)[0];
            if (next === undefined || next[1].at > end) {
                break;
            }
            this.#alarms.delete(next[0]);
            this.now = Math.max(this.now, next[1].at);
            next[1].ring();
            await settled();
        }
        this.now = end;
    }

    /** The page stands still: no alarm rings meanwhile, and all that are due do at its end. */
    async freeze(millis: number): Promise<void> {
        this.now += millis;
        await this.pass(0);
    }

    get session(): FakeSession {
        const session = this.sessions.at(-1);
        if (session === undefined) {
            throw new Error("no session was opened");
        }
        return session;
    }

    async #open(
        kind: TransportKind,
        { url, signal }: OpenRequest,
        events: TransportEvents,
    ): Promise<Transport | TransportFailure> {
        this.opened.push(url);
        const opening = this.openingsOf.get(url) ?? this.openings[kind];
        await undefined;
        switch (opening) {
            case "never":
                await new Promise((done) => signal.addEventListener("abort", done));
                return { transport: kind, url, problem: "ended", message: "" };
            case "answers":
            case "silent":
            case "denies":
            case "silent after the challenge": {
                const session = new FakeSession(kind, url, this.token, opening, events);
                this.sessions.push(session);
                return session;
            }
            default:
                return { transport: kind, url, problem: opening, message: "Opening failed." };
        }
    }
}
