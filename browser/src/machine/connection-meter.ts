import { LossWindow } from "./loss-window.js";

const ROUND_TRIP_WEIGHT = 8;

/** What was measured of one connect, over all servers of its token. */
export class ConnectionMeter {
    readonly #loss = new LossWindow();
    #roundTripMillis: number | undefined;
    packetsIn = 0;
    bytesIn = 0;
    packetsOut = 0;
    bytesOut = 0;

    sent(bytes: number): void {
        this.packetsOut++;
        this.bytesOut += bytes;
    }

    /**
     * Takes note of an authentic packet.
     *
     * @param sequence where the packet is of a type that the replay window watches
     */
    received(bytes: number, sequence?: bigint): void {
        this.packetsIn++;
        this.bytesIn += bytes;
        if (sequence !== undefined) {
            this.#loss.arrived(sequence);
        }
    }

    /** The first measurement is taken as it is; of each further one an eighth joins in. */
    reportRoundTrip(millis: number): void {
        const known = this.#roundTripMillis ?? millis;
        this.#roundTripMillis = known + (millis - known) / ROUND_TRIP_WEIGHT;
    }

    /** The client dials another server: what was measured on the way to the last one is void. */
    startPath(): void {
        this.#loss.reset();
        this.#roundTripMillis = undefined;
    }

    inboundLoss(): number | undefined {
        return this.#loss.share();
    }

    roundTripMillis(): number | undefined {
        return this.#roundTripMillis;
    }
}
