// This page's connection: a token for each connect, the transport that was chosen, the weather.

import { browserPlatform, HawserClient, tokenService } from "./hawser-client.js";

const NAMES = Object.freeze({ "web-transport": "WebTransport", "web-socket": "WebSocket" });

/** @typedef {"auto" | "web-transport" | "web-socket"} Choice */

/**
 * @typedef {{kind: "connecting" | "connected" | "disconnected", transport: string | undefined,
 *     message: string | undefined, explanation: string | undefined}} PageState
 */

export class Connection {
    #platform;
    #onState;
    #onMessage;

    /** @type {Promise<(signal: AbortSignal) => Promise<unknown>> | undefined} */
    #tokens;

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
        const client = new HawserClient({ transports }, this.#platform);
        this.#client = client;
        client.onPacket((message) => client === this.#client && this.#onMessage(message));
        client.onState((state) => client === this.#client && this.#onState(pageState(state)));
        void client.connect(async (signal) => (await this.#source())(signal));
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
    #source() {
        this.#tokens ??= this.#newSource().catch((thrown) => {
            this.#tokens = undefined;
            throw thrown;
        });
        return this.#tokens;
    }

    async #newSource() {
        const settings = await (await fetch("settings.json")).json();
        // Somebody else at each connect: who reconnects need not wait until the server has noticed
        // that the last connection is over.
        const credential = () => `browser-${crypto.randomUUID()}`;
        return tokenService({ endpoint: settings.tokens, credential });
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
