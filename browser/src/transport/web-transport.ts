import { messageOf } from "../message-of.js";
import { cut, printable } from "../wire/utf8.js";
import { DISCONNECT_PACKETS, isDisconnect, PACKET_BYTES_MAX } from "../wire/wire.js";
import {
    MESSAGE_BYTES_MAX,
    type OpenRequest,
    type OpenTransport,
    orGivenUp,
    type SendOutcome,
    type SessionEnd,
    type Transport,
    type TransportEvents,
    type TransportFailure,
} from "./transport.js";

/** Datagrams that the browser has not taken yet; beyond these the network is stuck. */
const WRITES_WAITING_MAX = 256;
/** Datagrams that came while the page was busy; the browser drops the oldest beyond these. */
const READS_WAITING_MAX = 1024;
/** Streams on their way, in each direction. */
const STREAMS_MAX = 64;
/** What every browser begins with at least, where it does not say. */
const DATAGRAM_BYTES_ASSUMED = 1024;
/** How long what was sent before a close may take: a slow path has all that waits before it. */
const GOODBYE_MILLIS_MAX = 1000;
/** How long what was received before an end may take. */
const LINGER_MILLIS = 100;
const REASON_BYTES_MAX = 1024;

/** The part of the browser's `WebTransport` that is used here. */
export interface WebTransportSession {
    readonly ready: Promise<unknown>;
    readonly closed: Promise<{ closeCode?: number; reason?: string } | undefined>;
    readonly datagrams: {
        readonly readable: ReadableStream<Uint8Array>;
        /** Older browsers. */
        readonly writable?: WritableStream<Uint8Array>;
        /** Newer ones. */
        createWritable?(): WritableStream<Uint8Array>;
        readonly maxDatagramSize?: number;
        incomingHighWaterMark?: number;
    };
    readonly incomingUnidirectionalStreams: ReadableStream<ReadableStream<Uint8Array>>;
    createUnidirectionalStream(): Promise<WritableStream<Uint8Array>>;
    close(info?: { closeCode?: number; reason?: string }): void;
}

export type WebTransportConstructor = new (
    url: string,
    options?: {
        serverCertificateHashes?: { algorithm: string; value: Uint8Array<ArrayBuffer> }[];
    },
) => WebTransportSession;

/**
 * Opens sessions with the browser's `WebTransport`; undefined where it has none.
 *
 * One that is being opened is never closed: Chromium counts that as a failure, and each failure of a
 * page makes its next WebTransport wait longer, until the page is reloaded. Whoever gives up leaves
 * it, and who asks for the same next goes on waiting for it.
 */
export function webTransportOpener(Session: WebTransportConstructor | undefined): OpenTransport {
    const left = new Map<string, WebTransportSession>();
    return async (request, events) => {
        const failure = (problem: TransportFailure["problem"], message = ""): TransportFailure => ({
            transport: "web-transport",
            url: request.url,
            problem,
            message,
        });
        if (Session === undefined) {
            return failure("unsupported");
        }
        const key = keyOf(request);
        let session = left.get(key);
        left.delete(key);
        try {
            session ??= construct(Session, request);
        } catch (thrown) {
            return failure("refused-by-browser", messageOf(thrown));
        }
        // Whoever waits for `ready` hears of the failure; here it would only be reported twice.
        session.closed.catch(() => {});
        try {
            const opened = await orGivenUp(session.ready, request);
            if (opened !== "timed-out" && opened !== "aborted") {
                return new WebTransportTransport(session, request.url, events);
            }
            leave(left, key, session);
            return failure(opened === "timed-out" ? "timed-out" : "ended");
        } catch (thrown) {
            closeQuietly(session);
            return failure("failed", messageOf(thrown));
        }
    };
}

/** Where a session leads, and whom it trusts there. */
function keyOf({ url, certificateHashes }: OpenRequest): string {
    return [url, ...certificateHashes.map(String)].join(" ");
}

/** One that nobody waits for when it stands is closed then. */
function leave(
    left: Map<string, WebTransportSession>,
    key: string,
    session: WebTransportSession,
): void {
    left.set(key, session);
    const isStillLeft = (): boolean => left.get(key) === session && left.delete(key);
    session.ready.then(
        () => {
            if (isStillLeft()) {
                closeQuietly(session);
            }
        },
        () => void isStillLeft(),
    );
}

function construct(Session: WebTransportConstructor, request: OpenRequest): WebTransportSession {
    const url = new URL(request.url);
    // By which the server learns that this client reads packets from streams.
    url.searchParams.set("streams", "1");
    if (request.certificateHashes.length === 0) {
        return new Session(url.href);
    }
    return new Session(url.href, {
        serverCertificateHashes: request.certificateHashes.map((value) => ({
            algorithm: "sha-256",
            value,
        })),
    });
}

function closeQuietly(session: WebTransportSession, code = 0, text = ""): void {
    try {
        session.close({ closeCode: code, reason: text });
    } catch {
        // It is closed already.
    }
}

/** Browsers keep as little as one datagram for a page that is late with reading. */
function waitLonger(datagrams: WebTransportSession["datagrams"]): void {
    try {
        datagrams.incomingHighWaterMark = READS_WAITING_MAX;
    } catch {
        // This browser has its own mind.
    }
}

class WebTransportTransport implements Transport {
    readonly kind = "web-transport";
    readonly url: string;
    readonly #session: WebTransportSession;
    readonly #events: TransportEvents;
    readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
    readonly #writes = new Set<Promise<void>>();
    #streamsOut = 0;
    #streamsIn = 0;
    #isClosed = false;

    constructor(session: WebTransportSession, url: string, events: TransportEvents) {
        this.#session = session;
        this.url = url;
        this.#events = events;
        const { datagrams } = session;
        const writable = datagrams.writable ?? datagrams.createWritable?.();
        if (writable === undefined) {
            throw new TypeError("this browser's WebTransport has no way to send datagrams");
        }
        this.#writer = writable.getWriter();
        this.#writer.closed.catch(() => {});
        waitLonger(datagrams);
        const reading = this.#readDatagrams();
        void this.#readStreams();
        session.closed.then(
            (info) => this.#end(reading, { code: info?.closeCode ?? 0, text: info?.reason ?? "" }),
            (thrown: unknown) => this.#end(reading, { code: 0, text: messageOf(thrown) }),
        );
    }

    datagramBytesMax(): number {
        return this.#session.datagrams.maxDatagramSize ?? DATAGRAM_BYTES_ASSUMED;
    }

    send(packet: Uint8Array): SendOutcome {
        // Browsers drop what is too large without a word, and the limit follows the path.
        if (packet.length > this.datagramBytesMax()) {
            return this.#sendOnStream(packet);
        }
        // The end of a connection finds its place behind however many payloads.
        const reserved = isDisconnect(packet) ? DISCONNECT_PACKETS : 0;
        if (this.#writes.size >= WRITES_WAITING_MAX + reserved) {
            return "full";
        }
        this.#track(this.#writer.write(packet));
        return "datagram";
    }

    #sendOnStream(packet: Uint8Array): SendOutcome {
        if (this.#streamsOut >= STREAMS_MAX) {
            return "full";
        }
        this.#streamsOut++;
        const written = this.#session.createUnidirectionalStream().then(async (stream) => {
            const writer = stream.getWriter();
            writer.closed.catch(() => {});
            await writer.write(packet);
            await writer.close();
        });
        this.#track(
            written.finally(() => {
                this.#streamsOut--;
            }),
        );
        return "stream";
    }

    /** A write that fails is a packet that is lost; why the session ended is said elsewhere. */
    #track(write: Promise<void>): void {
        const settled = write
            .catch(() => {
                if (!this.#isClosed) {
                    this.#events.dropped("not-written");
                }
            })
            .then(() => void this.#writes.delete(settled));
        this.#writes.add(settled);
    }

    close(code: number, text: string): void {
        if (this.#isClosed) {
            return;
        }
        this.#isClosed = true;
        void within(GOODBYE_MILLIS_MAX, Promise.all(this.#writes)).then(() => {
            closeQuietly(this.#session, code, cut(text, REASON_BYTES_MAX));
        });
    }

    async #readDatagrams(): Promise<void> {
        try {
            const reader = this.#session.datagrams.readable.getReader();
            for (;;) {
                const { done, value } = await reader.read();
                if (done) {
                    return;
                }
                this.#received(value);
            }
        } catch {
            // The session says why it ended.
        }
    }

    async #readStreams(): Promise<void> {
        try {
            const reader = this.#session.incomingUnidirectionalStreams.getReader();
            for (;;) {
                const { done, value } = await reader.read();
                if (done) {
                    return;
                }
                void this.#readStream(value);
            }
        } catch {
            // The session says why it ended.
        }
    }

    /** One packet a stream; one that is longer than any packet is not read to its end. */
    async #readStream(stream: ReadableStream<Uint8Array>): Promise<void> {
        if (this.#streamsIn >= STREAMS_MAX) {
            this.#events.dropped("stream-limit");
            await stream.cancel().catch(() => {});
            return;
        }
        this.#streamsIn++;
        try {
            const packet = await readWhole(stream);
            if (packet === undefined) {
                this.#events.dropped("wrong-size");
            } else {
                this.#received(packet);
            }
        } catch {
            this.#events.dropped("stream-limit");
        } finally {
            this.#streamsIn--;
        }
    }

    #received(packet: Uint8Array): void {
        if (this.#isClosed) {
            return;
        }
        if (packet.length === 0 || packet.length > MESSAGE_BYTES_MAX) {
            this.#events.dropped("wrong-size");
        } else {
            this.#events.packet(packet);
        }
    }

    /** What arrived before the end is still heard: a disconnect packet says more than a code. */
    async #end(reading: Promise<void>, end: SessionEnd): Promise<void> {
        await within(LINGER_MILLIS, reading);
        if (!this.#isClosed) {
            this.#isClosed = true;
            this.#events.ended({ code: end.code, text: printable(end.text) });
        }
    }
}

/** All bytes of a stream; undefined when there are more than a packet has. */
async function readWhole(stream: ReadableStream<Uint8Array>): Promise<Uint8Array | undefined> {
    const reader = stream.getReader();
    const bytes = new Uint8Array(PACKET_BYTES_MAX);
    let length = 0;
    for (;;) {
        const { done, value } = await reader.read();
        if (done) {
            return bytes.subarray(0, length);
        }
        if (length + value.length > bytes.length) {
            await reader.cancel().catch(() => {});
            return undefined;
        }
        bytes.set(value, length);
        length += value.length;
    }
}

function within(millis: number, awaited: Promise<unknown>): Promise<unknown> {
    return Promise.race([awaited, new Promise((done) => setTimeout(done, millis))]);
}
