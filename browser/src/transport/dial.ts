import {
    isTransport,
    type OpenTransport,
    type Transport,
    type TransportEvents,
    type TransportFailure,
    type TransportKind,
} from "./transport.js";

/** The ways to one server. */
export interface Ways {
    readonly webTransport?: string | undefined;
    readonly webSocket?: string | undefined;
}

/** How sessions are opened here. */
export interface DialSettings {
    /** Which transports, in the order in which they are tried. */
    readonly transports: readonly TransportKind[];
    /** How long a WebSocket has to open. */
    readonly openTimeoutMillis: number;
    /** How long a transport has before the next is tried beside it. */
    readonly headStartMillis: number;
    readonly open: Readonly<Record<TransportKind, OpenTransport>>;
}

/**
 * How long a WebTransport may take to open. Chromium makes one wait that follows failed ones of the
 * same page: twice as long after each, five seconds after ten. Token services give tokens of thirty
 * seconds.
 */
const SLOW_MILLIS_MAX = 20_000;

/**
 * Opens a session with one server, by the first way that leads there. A way is tried when the one
 * before has failed, or takes long: that one goes on, and whichever stands first is taken.
 *
 * @param failed is told of each way that was tried and failed before one stood
 * @returns the session, if one came about
 */
export function dial(
    ways: Ways,
    certificateHashes: readonly Uint8Array<ArrayBuffer>[],
    settings: DialSettings,
    signal: AbortSignal,
    events: TransportEvents,
    failed: (failure: TransportFailure) => void,
): Promise<Transport | undefined> {
    const urls: Record<TransportKind, string | undefined> = {
        "web-transport": ways.webTransport,
        "web-socket": ways.webSocket,
    };
    const kinds = settings.transports.filter((kind) => urls[kind] !== undefined);
    const giveUp = new AbortController();
    return new Promise((resolve) => {
        let next = 0;
        let running = 0;
        const onAbort = (): void => finish(undefined);
        function finish(result: Transport | undefined): void {
            signal.removeEventListener("abort", onAbort);
            giveUp.abort();
            resolve(result);
        }
        async function tryNext(): Promise<void> {
            const kind = kinds[next++];
            if (kind === undefined || giveUp.signal.aborted) {
                return;
            }
            running++;
            const timer = setTimeout(tryNext, settings.headStartMillis);
            const begun = next;
            const request = {
                url: urls[kind] as string,
                certificateHashes,
                timeoutMillis:
                    kind === "web-transport"
                        ? Math.max(SLOW_MILLIS_MAX, settings.openTimeoutMillis)
                        : settings.openTimeoutMillis,
                signal: giveUp.signal,
            };
            const result = await settings.open[kind](request, events);
            running--;
            clearTimeout(timer);
            if (isTransport(result)) {
                settle(result);
            } else if (!giveUp.signal.aborted) {
                failed(result);
                if (next === begun) {
                    void tryNext();
                }
                if (running === 0) {
                    finish(undefined);
                }
            }
        }
        /** One that stands too late is not needed. */
        function settle(transport: Transport): void {
            if (giveUp.signal.aborted) {
                transport.close(0, "");
            } else {
                finish(transport);
            }
        }
        signal.addEventListener("abort", onAbort);
        if (signal.aborted) {
            finish(undefined);
        }
        void tryNext();
        if (running === 0) {
            finish(undefined);
        }
    });
}
