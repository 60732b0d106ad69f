// This page's connection: a token for each connect, the transport that was chosen, the weather.

import { browserPlatform, HawserClient, tokenService } from "./hawser-client.js";

const NAMES = Object.freeze({ "web-transport": "WebTransport", "web-socket": "WebSocket" });

/** @typedef {"auto" | "web-transport" | "web-socket"} Choice */

/**
 * @typedef {{kind: "connecting" | "resuming" | "connected" | "disconnected", transport: string | undefined,
 *     message: string | undefined, explanation: string | undefined}} PageState
 */

/** About as long as the server keeps a place. */
const RESUME_WITHIN_MILLIS = 30_000;

export class Connection {
    #platform;
    #weather;
    #onState;
    #onMessage;

    /** @type {Promise<{tokens: string}> | undefined} */
    #settings;

    /** @type {any} */
    #client;

    /**
     * @param {import("./weather.js").Weather} weather
     * @param {(state: PageState) => void} onState
     * @param {(message: Uint8Array) => void} onMessage
     */
    constructor(weather, onState, onMessage) {
        const platform = browserPlatform();
        const open = Object.entries(platform.open).map(([kind, opener]) => [kind, weather.over(opener)]);
        this.#platform = { ...platform, open: Object.fromEntries(open) };
        this.#weather = weather;
        this.#onState = onState;
        this.#onMessage = onMessage;
    }

    /**
     * Connects with a new token; a connection that there is ends.
     *
     * @param {Choice} choice
     */
    connect(choice) {
        this.#client?.disconnect();
        const transports = choice === "auto" ? ["web-transport", "web-socket"] : [choice];
        const client = new HawserClient(
            { transports, resumeWithinMillis: RESUME_WITHIN_MILLIS },
            this.#platform,
        );
        this.#client = client;
        client.onPacket((message) => client === this.#client && this.#onMessage(message));
        client.onState((state) => client === this.#client && this.#onState(pageState(state)));
        // Somebody else at each connect: who reconnects need not wait until the server has noticed
        // that the last connection is over.
        const credential = `browser-${crypto.randomUUID()}`;
        void client.connect(async (signal, former) => {
            const { tokens } = await this.#page();
            return tokenService({ endpoint: tokens, credential })(signal, former);
        });
    }

    /** Cuts the connection, as a network does that is gone; the client comes back by itself. */
    drop() {
        this.#weather.cut();
    }

    disconnect() {
        this.#client?.disconnect();
    }

    isConnected() {
        return this.#client?.state.kind === "connected";
    }

    isOver() {
        return this.#client?.state.kind === "disconnected";
    }

    /** @param {Uint8Array} message */
    send(message) {
        this.#client.send(message);
    }

    /** Does what is due; to be called often. */
    update() {
        this.#client?.update();
    }

    /** @returns {{packetsIn: number, packetsOut: number}} of the present connect */
    counts() {
        return this.#client.stats();
    }

    /** The service's address is in the settings of this page, which are asked for once. */
    #page() {
        this.#settings ??= fetch("settings.json")
            .then((answer) => answer.json())
            .catch((thrown) => {
                this.#settings = undefined;
                throw thrown;
            });
        return this.#settings;
    }
}

/** @returns {PageState} */
function pageState(state) {
    return {
        kind: state.kind,
        transport: NAMES[state.transport],
        message: state.reason?.playerMessage,
        explanation: state.reason?.explanation,
    };
}
