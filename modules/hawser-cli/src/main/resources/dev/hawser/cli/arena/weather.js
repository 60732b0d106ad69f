// Makes the link of this page worse: between the netcode client and the browser's session, so that
// what is delayed and lost is packets as they are on the wire, in each direction for itself.

/**
 * @typedef {{latency: number, jitter: number, loss: number}} Conditions milliseconds that each
 *     packet travels, up to so many more, and the share of packets to lose
 */

export class Weather {
    /** @type {Conditions} of packets from now on; what is under way arrives as it was decided */
    conditions = { latency: 0, jitter: 0, loss: 0 };

    /** Those that stand, each with what cuts it. @type {Set<() => void>} */
    #standing = new Set();

    /** Cuts every session at once, as a network does that is gone: nobody says goodbye. */
    cut() {
        this.#standing.forEach((cut) => cut());
    }

    /**
     * @param {(request: any, events: any) => Promise<any>} open a session of either kind
     * @returns {(request: any, events: any) => Promise<any>} the same, in this weather
     */
    over(open) {
        return async (request, events) => {
            const sky = { isClosed: false };
            const session = await open(request, this.#events(events, sky));
            return "send" in session ? this.#session(session, sky, events) : session;
        };
    }

    #events(events, sky) {
        const unlessClosed = (deliver) => () => sky.isClosed || deliver();
        return {
            packet: (packet) => this.#travel(unlessClosed(() => events.packet(packet))),
            dropped: (drop) => events.dropped(drop),
            // Behind what came before it.
            ended: (end) => {
                const { latency, jitter } = this.conditions;
                later(latency + jitter, unlessClosed(() => events.ended(end)));
            },
        };
    }

    #session(session, sky, events) {
        /** @type {Set<() => void>} */
        const underWay = new Set();
        const cut = () => {
            this.#standing.delete(cut);
            if (!sky.isClosed) {
                sky.isClosed = true;
                underWay.clear();
                session.close(0, "");
                events.ended({ code: 0, text: "this page has cut it" });
            }
        };
        this.#standing.add(cut);
        return {
            kind: session.kind,
            datagramBytesMax: () => session.datagramBytesMax(),
            send: (packet) => {
                const depart = () => underWay.delete(depart) && session.send(packet);
                underWay.add(depart);
                if (!this.#travel(depart)) {
                    underWay.delete(depart);
                }
                return packet.length <= session.datagramBytesMax() ? "datagram" : "stream";
            },
            close: (code, text) => {
                this.#standing.delete(cut);
                // Or the packets that say goodbye would never leave.
                underWay.forEach((depart) => depart());
                sky.isClosed = true;
                session.close(code, text);
            },
        };
    }

    /** @returns {boolean} whether it arrives at all */
    #travel(deliver) {
        const { latency, jitter, loss } = this.conditions;
        if (Math.random() < loss) {
            return false;
        }
        later(latency + Math.random() * jitter, deliver);
        return true;
    }
}

function later(millis, deliver) {
    if (millis === 0) {
        deliver();
    } else {
        setTimeout(deliver, millis);
    }
}
