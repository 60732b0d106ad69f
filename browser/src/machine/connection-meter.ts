import { ArrivalJitter } from "./arrival-jitter.js";
import { LossWindow } from "./loss-window.js";
import { PingClock } from "./ping-clock.js";

const ROUND_TRIP_WEIGHT = 8;

/** What was measured of one connect, over all servers of its token. */
export class ConnectionMeter {
    readonly #loss = new LossWindow();
    readonly #jitter = new ArrivalJitter();
    /** Undefined where the two sides send no pings. */
    #pings: PingClock | undefined;
    #roundTripMillis: number | undefined;
    packetsIn = 0;
    /** Those of the types that a replay window watches: what a ping tells the server of. */
    #numberedPacketsIn = 0;
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
    received(bytes: number, nowMillis = 0, sequence?: bigint): void {
        this.packetsIn++;
        this.bytesIn += bytes;
        if (sequence !== undefined) {
            this.#numberedPacketsIn++;
            this.#loss.arrived(sequence);
            this.#jitter.arrived(nowMillis, sequence);
        }
    }

    /** Both sides send pings on this connection. */
    startPings(): void {
        this.#pings = new PingClock();
    }

    /**
     * The body of a ping.
     *
     * @param receivedSequence the highest number that has opened
     */
    ping(nowMillis: number, receivedSequence: bigint): Uint8Array | undefined {
        return this.#pings?.write(nowMillis, this.#numberedPacketsIn, receivedSequence);
    }

    /** A ping has opened. */
    pingReceived(nowMillis: number, sequence: bigint, body: Uint8Array): void {
        const roundTrip = this.#pings?.received(nowMillis, sequence, body);
        if (roundTrip !== undefined) {
            this.reportRoundTrip(roundTrip);
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
        this.#jitter.reset();
        this.#pings?.reset();
        this.#roundTripMillis = undefined;
    }

    inboundLoss(): number | undefined {
        return this.#loss.share();
    }

    /**
     * The share of this side's latest packets that did not arrive, as the server reports it;
     * undefined where it does not, or not yet.
     */
    outboundLoss(): number | undefined {
        return this.#pings?.outboundLoss();
    }

    /** How unevenly the server's packets arrive, those of one moment as one; RFC 3550's measure. */
    jitterMillis(): number | undefined {
        return this.#jitter.millis();
    }

    roundTripMillis(): number | undefined {
        return this.#roundTripMillis;
    }
}
