// Where this player wants to go: keys, a finger, a mouse.

import { SIDE } from "./wire.js";

const KEYS = Object.freeze({
    ArrowLeft: [-1, 0],
    ArrowRight: [1, 0],
    ArrowUp: [0, -1],
    ArrowDown: [0, 1],
    KeyA: [-1, 0],
    KeyD: [1, 0],
    KeyW: [0, -1],
    KeyS: [0, 1],
});

/** Takes keys from the whole page, unless something there needs them, and pointers on the canvas. */
export class Steering {
    /** @type {Set<string>} */
    #pressed = new Set();

    /** @type {{x: number, y: number} | undefined} */
    #target;

    /** @type {number | undefined} */
    #pointer;

    /** @param {HTMLCanvasElement} canvas shows the whole arena */
    constructor(canvas) {
        addEventListener("keydown", (event) => this.#keyDown(event));
        addEventListener("keyup", (event) => this.#pressed.delete(event.code));
        addEventListener("blur", () => this.#pressed.clear());
        canvas.addEventListener("pointerdown", (event) => {
            if (event.button === 0) {
                this.#pointer = event.pointerId;
                canvas.setPointerCapture(event.pointerId);
                this.#aim(canvas, event);
            }
        });
        canvas.addEventListener("pointermove", (event) => {
            if (event.pointerId === this.#pointer) {
                this.#aim(canvas, event);
            }
        });
        const release = (event) => {
            if (event.pointerId === this.#pointer) {
                this.#pointer = undefined;
                this.#target = undefined;
            }
        };
        canvas.addEventListener("pointerup", release);
        canvas.addEventListener("pointercancel", release);
    }

    /** @returns {{x: number, y: number}} the direction of the keys, not longer than 1 */
    direction() {
        let x = 0;
        let y = 0;
        for (const code of this.#pressed) {
            x += KEYS[code][0];
            y += KEYS[code][1];
        }
        const length = Math.max(1, Math.hypot(x, y));
        return { x: x / length, y: y / length };
    }

    /** @returns {{x: number, y: number} | undefined} where the pointer is held */
    target() {
        return this.#target;
    }

    /** @param {KeyboardEvent} event */
    #keyDown(event) {
        const isTaken = event.target instanceof HTMLElement && event.target.closest("input, button");
        if (!(event.code in KEYS) || isTaken || event.ctrlKey || event.altKey || event.metaKey) {
            return;
        }
        this.#pressed.add(event.code);
        event.preventDefault();
    }

    /**
     * @param {HTMLCanvasElement} canvas
     * @param {PointerEvent} event
     */
    #aim(canvas, event) {
        const box = canvas.getBoundingClientRect();
        this.#target = {
            x: ((event.clientX - box.left) / box.width) * SIDE,
            y: ((event.clientY - box.top) / box.height) * SIDE,
        };
    }
}
