import type { ConnectionMeter } from "../machine/connection-meter.js";

/** What one connect has moved, over all connections that resumed it. */
export class TrafficCounts {
    /** Sent on a stream, since they did not fit a datagram. */
    packetsOutOnStreams = 0;
    payloadsOut = 0;
    /** How often the connection was lost, and gone on with. */
    resumes = 0;
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

    /** All of it, with the connection that is not over, and how good that one is. */
    with(meter: ConnectionMeter) {
        return {
            packetsIn: this.#packetsIn + meter.packetsIn,
            bytesIn: this.#bytesIn + meter.bytesIn,
            packetsOut: this.#packetsOut + meter.packetsOut,
            bytesOut: this.#bytesOut + meter.bytesOut,
            packetsOutOnStreams: this.packetsOutOnStreams,
            resumes: this.resumes,
            payloadsOut: this.payloadsOut,
            inboundLoss: meter.inboundLoss(),
            outboundLoss: meter.outboundLoss(),
            roundTripMillis: meter.roundTripMillis(),
            jitterMillis: meter.jitterMillis(),
        };
    }
}
