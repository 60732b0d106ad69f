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
    readonly openTimeoutMillis: number;
    readonly open: Readonly<Record<TransportKind, OpenTransport>>;
}

/**
 * Opens a session with one server: by the first way there is, and where that fails by the next.
 *
 * @param failed is told of each way that was tried and failed, also where a later one succeeds
 * @returns the session, if one came about
 */
export async function dial(
    ways: Ways,
    certificateHashes: readonly Uint8Array<ArrayBuffer>[],
    settings: DialSettings,
    signal: AbortSignal,
    events: TransportEvents,
    failed: (failure: TransportFailure) => void,
): Promise<Transport | undefined> {
    for (const kind of settings.transports) {
        const url = kind === "web-transport" ? ways.webTransport : ways.webSocket;
        if (url === undefined || signal.aborted) {
            continue;
        }
        const request = {
            url,
            certificateHashes,
            timeoutMillis: settings.openTimeoutMillis,
            signal,
        };
        const result = await settings.open[kind](request, events);
        if (isTransport(result)) {
            return result;
        }
        failed(result);
    }
    return undefined;
}
