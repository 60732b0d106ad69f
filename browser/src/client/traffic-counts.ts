import type { ConnectionMeter } from "../machine/connection-meter.js";

/** What several connections of one connect have moved together. */
export class TrafficCounts {
    #packetsIn = 0;
    #bytesIn = 0;
    #packetsOut = 0;
    #bytesOut = 0;

    /** Adds a connection that is over. */
    add({ packetsIn, bytesIn, packetsOut, bytesOut }: ConnectionMeter): void {
        this.#packetsIn += packetsIn;
        this.#bytesIn += bytesIn;
        this.#packetsOut += packetsOut;
        this.#bytesOut += bytesOut;
    }

    /** All of it, with the connection that is not over. */
    with({ packetsIn, bytesIn, packetsOut, bytesOut }: ConnectionMeter) {
        return {
            packetsIn: this.#packetsIn + packetsIn,
            bytesIn: this.#bytesIn + bytesIn,
            packetsOut: this.#packetsOut + packetsOut,
            bytesOut: this.#bytesOut + bytesOut,
        };
    }
}
