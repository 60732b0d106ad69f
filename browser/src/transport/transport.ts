import type { Drop } from "../drop.js";
import { waitPatiently } from "../patience.js";

export type TransportKind = "web-transport" | "web-socket";

/**
 * No packet of netcode is longer; a little more is let through to the reader, which counts it.
 * What is longer than this never was a packet.
 */
export const MESSAGE_BYTES_MAX = 1232;

/** How a session ended. */
export interface SessionEnd {
    /** The transport's own number: WebSocket's close code, or WebTransport's; 0 without one. */
    readonly code: number;
    /** What the server or the browser said; may be empty. */
    readonly text: string;
}

/** What happens on a session. None of these throws. */
export interface TransportEvents {
    /** A packet came in; the array belongs to the receiver. */
    packet(packet: Uint8Array): void;
    /** Something came in, or was to go out, that is no packet or one too many. */
    dropped(drop: Drop): void;
    /** The session is over, though this side has not closed it. Nothing follows. */
    ended(end: SessionEnd): void;
}

/** What became of a packet that was to be sent. */
export type SendOutcome = "datagram" | "stream" | "full";

/**
 * A session that stands: it moves packets to and from one server and knows nothing of connections.
 */
export interface Transport {
    readonly kind: TransportKind;
    readonly url: string;

    /** The largest packet that goes without being held up by the loss of another; may change. */
    datagramBytesMax(): number;

    /**
     * Hands a packet to the browser before it returns.
     *
     * @param packet not changed by anybody from here on
     */
    send(packet: Uint8Array): SendOutcome;

    /**
     * Closes the session, once what was sent before has left; no event follows.
     *
     * @param code of a stated reason, 0 for none
     */
    close(code: number, text: string): void;
}

/** Why a session did not come about, or broke while connecting. */
export interface TransportFailure {
    readonly transport: TransportKind;
    readonly url: string;
    readonly problem: /** This browser does not have it. */
        | "unsupported"
        /** The browser does not take the URL, or the hashes, at all. */
        | "refused-by-browser"
        /** The browser tried, and says that it failed; it hardly ever says why. */
        | "failed"
        /** Nothing happened within the time for opening. */
        | "timed-out"
        /** It stood, and ended before the connection did. */
        | "ended";
    /** What the browser said; may be empty. */
    readonly message: string;
}

/** Where a session is opened, and by when. */
export interface OpenRequest {
    readonly url: string;
    readonly certificateHashes: readonly Uint8Array<ArrayBuffer>[];
    readonly timeoutMillis: number;
    readonly signal: AbortSignal;
}

/** One opener for each kind of transport. Rejects with nothing: a failure is a value. */
export type OpenTransport = (
    request: OpenRequest,
    events: TransportEvents,
) => Promise<Transport | TransportFailure>;

export function isTransport(result: Transport | TransportFailure): result is Transport {
    return "send" in result;
}

/** What a thrown value says, whatever it is. */
/** Waits, but no longer than the request allows and nobody has given up. */
export function orGivenUp<T>(
    awaited: Promise<T>,
    { timeoutMillis, signal }: OpenRequest,
): Promise<T | "timed-out" | "aborted"> {
    return new Promise((resolve, reject) => {
        const cancel = waitPatiently(timeoutMillis, () => finish("timed-out"));
        const onAbort = (): void => finish("aborted");
        function stopWaiting(): void {
            cancel();
            signal.removeEventListener("abort", onAbort);
        }
        function finish(value: T | "timed-out" | "aborted"): void {
            stopWaiting();
            resolve(value);
        }
        signal.addEventListener("abort", onAbort);
        if (signal.aborted) {
            onAbort();
        }
        awaited.then(finish, (thrown) => {
            stopWaiting();
            reject(thrown);
        });
    });
}
