import type { OpenTransport, TransportKind } from "../transport/transport.js";
import { type WebSocketConstructor, webSocketOpener } from "../transport/web-socket.js";
import { type WebTransportConstructor, webTransportOpener } from "../transport/web-transport.js";
import { type Alarm, workerAlarm } from "./alarm.js";

/** What a client needs of the world around it; tests have one of their own. */
export interface Platform {
    /** A monotonic time. */
    nowMillis(): number;
    newAlarm(ring: () => void): Alarm;
    readonly open: Readonly<Record<TransportKind, OpenTransport>>;
    /** Calls when the page goes away for good; returns what ends that. */
    onPageHide(listener: () => void): () => void;
    /**
     * Calls when this machine has come to another network, or the page was woken and may have, as
     * far as the browser tells.
     */
    onNetworkChange(listener: () => void): () => void;
    /** 0 to 1, not for secrets: so that the clients of a server do not come back together. */
    random(): number;
    /** For what a listener of the game throws: it must not disturb the connection. */
    report(thrown: unknown): void;
}

/** All clients of a page have the same openers: what one leaves half open, another goes on with. */
let openers: Platform["open"] | undefined;

function browserOpeners(): Platform["open"] {
    const world = globalThis as {
        WebTransport?: WebTransportConstructor;
        WebSocket?: WebSocketConstructor;
    };
    openers ??= {
        "web-transport": webTransportOpener(world.WebTransport),
        "web-socket": webSocketOpener(world.WebSocket),
    };
    return openers;
}

export function browserPlatform(): Platform {
    return {
        nowMillis: () => performance.now(),
        newAlarm: workerAlarm,
        open: browserOpeners(),
        onPageHide(listener) {
            // Workers have a `self` without such an event: nothing happens there.
            const onHide = (event: Event): void => {
                if (!(event as PageTransitionEvent).persisted) {
                    listener();
                }
            };
            globalThis.addEventListener?.("pagehide", onHide);
            return () => globalThis.removeEventListener?.("pagehide", onHide);
        },
        onNetworkChange: watchNetwork,
        random: Math.random,
        report(thrown) {
            if (typeof reportError === "function") {
                reportError(thrown);
            } else {
                console.error(thrown);
            }
        },
    };
}

/**
 * `online` comes where there was no network before. `navigator.connection`, which only some browsers
 * have, also tells of a change from one network to another; it tells of mere changes in quality too.
 * A page that was frozen hears `resume`, one that was kept for the way back `pageshow`.
 */
function watchNetwork(listener: () => void): () => void {
    const { document, navigator } = globalThis as {
        document?: Partial<EventTarget>;
        navigator?: { connection?: Partial<EventTarget> };
    };
    const watched: readonly [Partial<EventTarget> | undefined, string][] = [
        [globalThis, "online"],
        [globalThis, "pageshow"],
        [navigator?.connection, "change"],
        [document, "resume"],
    ];
    for (const [target, type] of watched) {
        target?.addEventListener?.(type, listener);
    }
    return () => {
        for (const [target, type] of watched) {
            target?.removeEventListener?.(type, listener);
        }
    };
}
