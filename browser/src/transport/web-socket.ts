import { messageOf } from "../message-of.js";
import { cut, printable } from "../wire/utf8.js";
import { DISCONNECT_PACKETS, isDisconnect, PACKET_BYTES_MAX } from "../wire/wire.js";
import {
    MESSAGE_BYTES_MAX,
    type OpenTransport,
    orGivenUp,
    type SendOutcome,
    type Transport,
    type TransportEvents,
    type TransportFailure,
} from "./transport.js";

const SUBPROTOCOL = "hawser";
/** Some seconds of a game's packets: beyond these the network is stuck. */
const BUFFERED_BYTES_MAX = 64 * 1024;
/** What the end of a connection may have besides. */
const GOODBYE_BYTES_MAX = DISCONNECT_PACKETS * PACKET_BYTES_MAX;
const CLOSED_NORMALLY = 1000;
const CLOSED_BY_US = 4000;
/** Browsers let a page close with codes up to 4999. */
const CODES_BY_US = 1000;
const REASON_BYTES_MAX = 123;

/** The part of the browser's `WebSocket` that is used here. */
export interface WebSocketConnection {
    binaryType: string;
    readonly bufferedAmount: number;
    onopen: (() => void) | null;
    onmessage: ((event: { data: unknown }) => void) | null;
    onclose: ((event: { code: number; reason: string }) => void) | null;
    send(data: Uint8Array): void;
    close(code?: number, reason?: string): void;
}

export type WebSocketConstructor = new (url: string, protocol: string) => WebSocketConnection;

/** Opens sessions with the browser's `WebSocket`; undefined where it has none. */
export function webSocketOpener(Socket: WebSocketConstructor | undefined): OpenTransport {
    return async (request, events) => {
        const failure = (problem: TransportFailure["problem"], message = ""): TransportFailure => ({
            transport: "web-socket",
            url: request.url,
            problem,
            message,
        });
        if (Socket === undefined) {
            return failure("unsupported");
        }
        let socket: WebSocketConnection;
        try {
            socket = new Socket(request.url, SUBPROTOCOL);
        } catch (thrown) {
            return failure("refused-by-browser", messageOf(thrown));
        }
        socket.binaryType = "arraybuffer";
        const outcome = await orGivenUp(whenDecided(socket), request);
        if (outcome === "open") {
            return new WebSocketTransport(socket, request.url, events);
        }
        socket.onopen = null;
        socket.onclose = null;
        closeQuietly(socket, CLOSED_NORMALLY, "");
        return typeof outcome === "object"
            ? failure("failed", outcome.closed)
            : failure(outcome === "timed-out" ? "timed-out" : "ended");
    };
}

/** A browser says of a failure only that it is one: which, it keeps from the page. */
function whenDecided(socket: WebSocketConnection): Promise<"open" | { closed: string }> {
    return new Promise((resolve) => {
        socket.onopen = () => resolve("open");
        socket.onclose = ({ code, reason }) =>
            resolve({ closed: `closed with code ${code}${reason === "" ? "" : `: ${reason}`}` });
    });
}

function closeQuietly(socket: WebSocketConnection, code: number, text: string): void {
    try {
        socket.close(code, text);
    } catch {
        // A code or a text that this browser does not take is no reason to stay.
        socket.close();
    }
}

class WebSocketTransport implements Transport {
    readonly kind = "web-socket";
    readonly url: string;
    readonly #socket: WebSocketConnection;

    constructor(socket: WebSocketConnection, url: string, events: TransportEvents) {
        this.#socket = socket;
        this.url = url;
        socket.onmessage = ({ data }) => receive(data, events);
        socket.onclose = ({ code, reason }) => {
            events.ended({ code, text: printable(reason) });
        };
    }

    datagramBytesMax(): number {
        return PACKET_BYTES_MAX;
    }

    send(packet: Uint8Array): SendOutcome {
        const reserved = isDisconnect(packet) ? GOODBYE_BYTES_MAX : 0;
        if (this.#socket.bufferedAmount > BUFFERED_BYTES_MAX + reserved) {
            return "full";
        }
        try {
            this.#socket.send(packet);
            return "datagram";
        } catch {
            return "full";
        }
    }

    close(code: number, text: string): void {
        this.#socket.onmessage = null;
        this.#socket.onclose = null;
        const closeCode = code > 0 && code < CODES_BY_US ? CLOSED_BY_US + code : CLOSED_NORMALLY;
        // WebSocket sends what was handed to it before it closes.
        closeQuietly(this.#socket, closeCode, cut(text, REASON_BYTES_MAX));
    }
}

function receive(data: unknown, events: TransportEvents): void {
    if (!(data instanceof ArrayBuffer)) {
        events.dropped("not-binary");
    } else if (data.byteLength === 0 || data.byteLength > MESSAGE_BYTES_MAX) {
        events.dropped("wrong-size");
    } else {
        events.packet(new Uint8Array(data));
    }
}
