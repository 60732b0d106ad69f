/** Calls back once after a while; setting it again moves it. */
export interface Alarm {
    set(delayMillis: number): void;
    clear(): void;
    /** Gives up what it holds. */
    close(): void;
}

/**
 * What runs in the worker: a timer that is set by a message and answers with one. The first message
 * says that it runs at all.
 */
const WORKER_SOURCE =
    "let t;onmessage=({data})=>{clearTimeout(t);if(data>=0)t=setTimeout(postMessage,data,0)};" +
    "postMessage(1)";

/**
 * An alarm that rings in background tabs too.
 *
 * Browsers let the timers of a hidden page ring once a second, and later once a minute: too rarely
 * for keep-alives, and for a server's timeout. The timers of a worker are not held back, and a
 * message from it is handled at once. Where a page may not have a worker made from a blob (a content
 * security policy without `worker-src blob:`), or until it runs, the page's own timers do it.
 */
export function workerAlarm(ring: () => void): Alarm {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isRunning = false;
    const worker = startWorker();
    if (worker !== undefined) {
        worker.onmessage = ({ data }) => {
            if (data === 1) {
                isRunning = true;
            } else {
                ring();
            }
        };
        worker.onerror = (event) => {
            // Reported as refused by the policy: the page's timers go on.
            event.preventDefault?.();
            isRunning = false;
            ring();
        };
    }
    const clear = (): void => {
        clearTimeout(timer);
        if (isRunning) {
            worker?.postMessage(-1);
        }
    };
    return {
        set(delayMillis) {
            clearTimeout(timer);
            if (isRunning) {
                worker?.postMessage(delayMillis);
            } else {
                timer = setTimeout(ring, delayMillis);
            }
        },
        clear,
        close() {
            clear();
            worker?.terminate();
        },
    };
}

function startWorker(): Worker | undefined {
    if (typeof Worker === "undefined" || typeof Blob === "undefined") {
        return undefined;
    }
    try {
        const url = URL.createObjectURL(new Blob([WORKER_SOURCE], { type: "text/javascript" }));
        try {
            return new Worker(url);
        } finally {
            URL.revokeObjectURL(url);
        }
    } catch {
        return undefined;
    }
}
