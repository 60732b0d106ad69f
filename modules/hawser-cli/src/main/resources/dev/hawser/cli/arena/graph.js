// The graph of round trips.

import { GRAPH_MILLIS, isLost } from "./figures.js";

/** Round numbers for the top of the graph, in milliseconds. */
const TOPS = [10, 20, 50, 100, 200, 500, 1000, 2000, 5000];

export class Graph {
    #canvas;
    #context;

    /** @param {HTMLCanvasElement} canvas */
    constructor(canvas) {
        this.#canvas = canvas;
        this.#context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    }

    /**
     * @param {import("./figures.js").RoundTrip[]} trips
     * @param {number} now
     */
    draw(trips, now) {
        const context = this.#context;
        const width = this.#canvas.clientWidth;
        const height = this.#canvas.clientHeight;
        this.#canvas.width = Math.round(width * devicePixelRatio);
        this.#canvas.height = Math.round(height * devicePixelRatio);
        context.scale(devicePixelRatio, devicePixelRatio);
        const style = getComputedStyle(this.#canvas);
        const highest = trips.reduce((top, trip) => Math.max(top, trip.millis ?? 0), 0);
        const top = TOPS.find((one) => one >= highest * 1.1) ?? TOPS.at(-1);
        const x = (trip) => width * (1 - (now - trip.at) / GRAPH_MILLIS);
        const y = (millis) => height - 1.5 - (height - 16) * Math.min(millis / top, 1);

        context.font = "11px system-ui, sans-serif";
        context.fillStyle = style.getPropertyValue("--ink-3");
        context.strokeStyle = style.getPropertyValue("--line");
        context.lineWidth = 1;
        for (const millis of [top / 2, top]) {
            const line = Math.round(y(millis)) + 0.5;
            context.beginPath();
            context.moveTo(0, line);
            context.lineTo(width, line);
            context.stroke();
            context.fillText(`${millis} ms`, 0, line - 3);
        }

        context.strokeStyle = style.getPropertyValue("--accent");
        context.lineWidth = 1.75;
        context.lineJoin = "round";
        context.beginPath();
        let isDrawing = false;
        for (const trip of trips) {
            if (trip.millis === undefined) {
                isDrawing = false;
                continue;
            }
            const point = /** @type {const} */ ([x(trip), y(trip.millis)]);
            isDrawing ? context.lineTo(...point) : context.moveTo(...point);
            isDrawing = true;
        }
        context.stroke();

        context.fillStyle = style.getPropertyValue("--bad");
        for (const trip of trips) {
            if (isLost(trip, now)) {
                context.fillRect(x(trip) - 1, height - 6, 2, 6);
            }
        }
    }
}
