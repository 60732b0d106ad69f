// Draws the arena.

import { RADIUS, SIDE, STAR_RADIUS } from "./wire.js";

/** @typedef {import("./wire.js").Snapshot} Snapshot */
/** @typedef {import("./wire.js").Dot} Dot */

/** How long a dot's trail stays, and the ring of a point, in milliseconds. */
const TRAIL_MILLIS = 550;
const RING_MILLIS = 700;

/** Each next player is so many degrees further, by which neighbours differ most. */
const GOLDEN_ANGLE = 137.508;

/** The hue of a player, the same in the list and in the arena. */
export function hueOf(id) {
    return (id * GOLDEN_ANGLE + 30) % 360;
}

/** @typedef {{x: number, y: number, at: number}} Place */

export class View {
    #canvas;
    #context;
    #isStill = matchMedia("(prefers-reduced-motion: reduce)");
    #colours = colours();

    /** @type {Map<number, Place[]>} */
    #trails = new Map();

    /** @type {Map<number, number>} */
    #scores = new Map();

    /** @type {(Place & {id: number})[]} */
    #rings = [];

    /** @param {HTMLCanvasElement} canvas square */
    constructor(canvas) {
        this.#canvas = canvas;
        this.#context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
        new ResizeObserver(() => this.#fit()).observe(canvas);
        matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
            this.#colours = colours();
        });
        this.#fit();
    }

    /** As many pixels as the screen has in its place. */
    #fit() {
        const pixels = Math.round(this.#canvas.clientWidth * devicePixelRatio);
        if (pixels > 0 && pixels !== this.#canvas.width) {
            this.#canvas.width = pixels;
            this.#canvas.height = pixels;
        }
    }

    /**
     * @param {Snapshot | undefined} snapshot nothing but the floor without one
     * @param {Map<number, string>} names
     * @param {{x: number, y: number} | undefined} target where this player is told to go
     * @param {number} now
     */
    draw(snapshot, names, target, now) {
        this.#fit();
        const context = this.#context;
        const scale = this.#canvas.width / SIDE;
        context.setTransform(scale, 0, 0, scale, 0, 0);
        context.clearRect(0, 0, SIDE, SIDE);
        this.#floor();
        if (!snapshot) {
            this.#trails.clear();
            this.#scores.clear();
            return;
        }
        this.#remember(snapshot, now);
        if (!this.#isStill.matches) {
            snapshot.dots.forEach((dot) => this.#trail(dot, now));
            this.#drawRings(now);
        }
        if (target) {
            this.#target(target);
        }
        this.#star(snapshot, now);
        for (const dot of snapshot.dots) {
            this.#dot(dot, dot.id === snapshot.you);
        }
        for (const dot of snapshot.dots) {
            this.#label(dot, names.get(dot.id) ?? "", dot.id === snapshot.you);
        }
    }

    #remember(snapshot, now) {
        for (const dot of snapshot.dots) {
            const trail = this.#trails.get(dot.id) ?? [];
            trail.push({ x: dot.x, y: dot.y, at: now });
            while (trail[0].at < now - TRAIL_MILLIS) {
                trail.shift();
            }
            this.#trails.set(dot.id, trail);
            if (dot.score > (this.#scores.get(dot.id) ?? dot.score)) {
                this.#rings.push({ id: dot.id, x: dot.x, y: dot.y, at: now });
            }
            this.#scores.set(dot.id, dot.score);
        }
        const ids = new Set(snapshot.dots.map((dot) => dot.id));
        for (const id of this.#trails.keys()) {
            if (!ids.has(id)) {
                this.#trails.delete(id);
                this.#scores.delete(id);
            }
        }
    }

    /** A grid of points, by which movement is seen. */
    #floor() {
        const context = this.#context;
        context.fillStyle = this.#colours.grid;
        for (let x = 50; x < SIDE; x += 50) {
            for (let y = 50; y < SIDE; y += 50) {
                const radius = x % 250 === 0 && y % 250 === 0 ? 2.6 : 1.3;
                context.beginPath();
                context.arc(x, y, radius, 0, 2 * Math.PI);
                context.fill();
            }
        }
    }

    /** One shape, thin and clear at its end: strokes one by one would show where they overlap. */
    #trail(dot, now) {
        const trail = this.#trails.get(dot.id) ?? [];
        const jump = trail.findLastIndex(
            (to, i) => i > 0 && Math.hypot(to.x - trail[i - 1].x, to.y - trail[i - 1].y) > 100,
        );
        const path = trail.slice(Math.max(jump, 0));
        const [first, last] = [path[0], path.at(-1)];
        if (!first || !last || Math.hypot(last.x - first.x, last.y - first.y) < RADIUS / 2) {
            return;
        }
        const right = [];
        const left = [];
        path.forEach((place, i) => {
            const before = path[Math.max(i - 2, 0)];
            const after = path[Math.min(i + 2, path.length - 1)];
            const length = Math.hypot(after.x - before.x, after.y - before.y) || 1;
            const width = 0.9 * RADIUS * (1 - (now - place.at) / TRAIL_MILLIS);
            const x = (-(after.y - before.y) / length) * width;
            const y = ((after.x - before.x) / length) * width;
            right.push([place.x + x, place.y + y]);
            left.unshift([place.x - x, place.y - y]);
        });
        const context = this.#context;
        const fade = context.createLinearGradient(last.x, last.y, first.x, first.y);
        fade.addColorStop(0, this.#colour(dot.id, 0.5));
        fade.addColorStop(1, this.#colour(dot.id, 0));
        context.fillStyle = fade;
        context.beginPath();
        [...right, ...left].forEach(([x, y]) => context.lineTo(x, y));
        context.fill();
    }

    #drawRings(now) {
        const context = this.#context;
        this.#rings = this.#rings.filter((ring) => now - ring.at < RING_MILLIS);
        for (const ring of this.#rings) {
            const age = (now - ring.at) / RING_MILLIS;
            context.globalAlpha = 1 - age;
            context.strokeStyle = this.#colour(ring.id);
            context.lineWidth = 5 * (1 - age) + 1;
            context.beginPath();
            context.arc(ring.x, ring.y, RADIUS + 70 * Math.sqrt(age), 0, 2 * Math.PI);
            context.stroke();
        }
        context.globalAlpha = 1;
    }

    #target({ x, y }) {
        const context = this.#context;
        context.strokeStyle = this.#colours.ink;
        context.globalAlpha = 0.45;
        context.lineWidth = 2;
        context.beginPath();
        context.arc(x, y, 12, 0, 2 * Math.PI);
        context.moveTo(x - 20, y);
        context.lineTo(x + 20, y);
        context.moveTo(x, y - 20);
        context.lineTo(x, y + 20);
        context.stroke();
        context.globalAlpha = 1;
    }

    #star({ starX, starY }, now) {
        const context = this.#context;
        const beat = this.#isStill.matches ? 0 : Math.sin(now / 320);
        const glow = context.createRadialGradient(starX, starY, 0, starX, starY, 58 + 6 * beat);
        glow.addColorStop(0, this.#colours.starGlow);
        glow.addColorStop(1, this.#colours.starGlowEnd);
        context.fillStyle = glow;
        context.fillRect(starX - 70, starY - 70, 140, 140);
        context.save();
        context.translate(starX, starY);
        context.rotate(this.#isStill.matches ? 0 : Math.sin(now / 900) * 0.25);
        context.beginPath();
        for (let i = 0; i < 10; i++) {
            const radius = (i % 2 === 0 ? 1.35 : 0.62) * (STAR_RADIUS + beat);
            const angle = (i * Math.PI) / 5 - Math.PI / 2;
            context.lineTo(radius * Math.cos(angle), radius * Math.sin(angle));
        }
        context.closePath();
        context.lineJoin = "round";
        context.lineWidth = 4;
        context.fillStyle = this.#colours.star;
        context.strokeStyle = this.#colours.star;
        context.fill();
        context.stroke();
        context.restore();
    }

    /** @param {Dot} dot */
    #dot(dot, isYou) {
        const context = this.#context;
        context.fillStyle = this.#colour(dot.id);
        context.beginPath();
        context.arc(dot.x, dot.y, RADIUS, 0, 2 * Math.PI);
        context.fill();
        if (isYou) {
            context.strokeStyle = this.#colours.ink;
            context.lineWidth = 3.5;
            context.beginPath();
            context.arc(dot.x, dot.y, RADIUS + 5, 0, 2 * Math.PI);
            context.stroke();
        }
        context.fillStyle = this.#colours.mark;
        context.beginPath();
        mark(context, dot);
        context.fill();
    }

    #label(dot, name, isYou) {
        const context = this.#context;
        const scale = this.#canvas.width / SIDE;
        // As large on every screen as the rest of the page.
        const pixels = Math.min(Math.max(this.#canvas.clientWidth / 55, 10.5), 13);
        const size = (pixels * devicePixelRatio) / scale;
        context.font = `${isYou ? 650 : 500} ${size}px system-ui, sans-serif`;
        context.textAlign = "center";
        const radius = isYou ? RADIUS + 7 : RADIUS;
        const isHigh = dot.y + radius + 2 * size < SIDE;
        const y = isHigh ? dot.y + radius + size + 3 : dot.y - radius - size * 0.5;
        const half = context.measureText(name).width / 2 + 6;
        const x = Math.min(Math.max(dot.x, half), SIDE - half);
        context.lineJoin = "round";
        context.lineWidth = size / 3.5;
        context.strokeStyle = this.#colours.floor;
        context.strokeText(name, x, y);
        context.fillStyle = isYou ? this.#colours.ink : this.#colours.label;
        context.fillText(name, x, y);
    }

    #colour(id, alpha = 1) {
        return this.#colours.dot.replace("HUE", `${hueOf(id).toFixed(1)} / ${alpha}`);
    }
}

/** The sign of a way in, as in the list: a square, a triangle, a disc, a diamond. */
function mark(context, { wayIn, x, y }) {
    const size = 6.5;
    switch (wayIn) {
        case 0:
            context.rect(x - size * 0.85, y - size * 0.85, 1.7 * size, 1.7 * size);
            break;
        case 1:
            context.moveTo(x, y - size * 1.15);
            context.lineTo(x + size * 1.1, y + size * 0.8);
            context.lineTo(x - size * 1.1, y + size * 0.8);
            break;
        case 2:
            context.arc(x, y, size, 0, 2 * Math.PI);
            break;
        default:
            context.moveTo(x, y - size * 1.25);
            context.lineTo(x + size * 1.25, y);
            context.lineTo(x, y + size * 1.25);
            context.lineTo(x - size * 1.25, y);
    }
}

function colours() {
    const style = getComputedStyle(document.documentElement);
    const read = (name) => style.getPropertyValue(name).trim();
    return {
        dot: `oklch(${read("--dot-lightness")} ${read("--dot-chroma")} HUE)`,
        floor: read("--floor"),
        grid: read("--grid"),
        ink: read("--ink"),
        label: read("--ink-2"),
        mark: read("--mark"),
        star: read("--star"),
        starGlow: read("--star-glow"),
        starGlowEnd: read("--star-glow-end"),
    };
}
