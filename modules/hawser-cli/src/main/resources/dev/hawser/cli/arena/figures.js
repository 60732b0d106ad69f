// What the link is like, from what came and what did not.

/** Loss and rates are those of so many milliseconds. */
const WINDOW = 3000;

/** What has not come back by then counts as lost. */
const LOST_AFTER = 2000;

/** How far back the graph of round trips goes, in milliseconds. */
export const GRAPH_MILLIS = 30_000;

/** @typedef {{at: number, millis: number | undefined}} RoundTrip undefined while it is under way */

/** The figures of one connection. Times are the page's, in milliseconds. */
export class Figures {
    /** @type {RoundTrip[]} oldest first, by the time at which they began */
    roundTrips = [];

    /** @type {{at: number, sequence: number}[]} */
    #snapshots = [];

    /** @type {{at: number, sequence: number, received: number}[]} */
    #inputs = [];

    /** @type {{at: number, packetsIn: number, packetsOut: number}[]} */
    #counts = [];

    /** @type {number | undefined} */
    #smoothed;

    #pings = 0;

    /** @returns {number} the stamp of a ping that is sent now */
    ping(now) {
        this.roundTrips.push({ at: now, millis: undefined });
        while (this.roundTrips[0].at < now - GRAPH_MILLIS) {
            this.roundTrips.shift();
        }
        return this.#pings++;
    }

    pong(stamp, now) {
        const trip = this.roundTrips[this.roundTrips.length - (this.#pings - stamp)];
        if (trip && trip.millis === undefined) {
            trip.millis = now - trip.at;
            this.#smoothed ??= trip.millis;
            this.#smoothed += (trip.millis - this.#smoothed) / 8;
        }
    }

    /** @param {import("./wire.js").Snapshot} snapshot */
    snapshot(snapshot, now) {
        keep(this.#snapshots, { at: now, sequence: snapshot.sequence }, now);
        const input = {
            at: now,
            sequence: snapshot.inputSequence,
            received: snapshot.inputsReceived,
        };
        // One that was overtaken says what is known already.
        if (input.received >= (this.#inputs.at(-1)?.received ?? 0)) {
            keep(this.#inputs, input, now);
        }
    }

    /** Takes the counters of the connection, now and then. */
    counted(packetsIn, packetsOut, now) {
        keep(this.#counts, { at: now, packetsIn, packetsOut }, now);
    }

    /** @returns {number | undefined} milliseconds there and back, smoothed */
    roundTrip() {
        return this.#smoothed;
    }

    /** @returns {number | undefined} the share of what the server sent that did not come */
    lossDown() {
        const sequences = this.#snapshots.map((one) => one.sequence);
        if (sequences.length < 2) {
            return undefined;
        }
        const sent = Math.max(...sequences) - Math.min(...sequences) + 1;
        return 1 - Math.min(new Set(sequences).size / sent, 1);
    }

    /** @returns {number | undefined} the share of what was sent that did not reach the server */
    lossUp() {
        const first = this.#inputs[0];
        const last = this.#inputs.at(-1);
        const sent = last && first ? last.sequence - first.sequence : 0;
        return sent > 0 ? 1 - Math.min((last.received - first.received) / sent, 1) : undefined;
    }

    /** @returns {{down: number, up: number} | undefined} packets a second */
    rates() {
        const first = this.#counts[0];
        const last = this.#counts.at(-1);
        const seconds = last && first ? (last.at - first.at) / 1000 : 0;
        if (seconds < 0.5) {
            return undefined;
        }
        return {
            down: (last.packetsIn - first.packetsIn) / seconds,
            up: (last.packetsOut - first.packetsOut) / seconds,
        };
    }
}

/** @param {RoundTrip} trip */
export function isLost(trip, now) {
    return trip.millis === undefined && now - trip.at > LOST_AFTER;
}

function keep(list, one, now) {
    list.push(one);
    while (list[0].at < now - WINDOW) {
        list.shift();
    }
}
