// The list of players: who they are, and how they are connected.

import { WAYS_IN } from "./wire.js";
import { hueOf } from "./view.js";

/** As they are drawn inside the dots. */
const MARKS = Object.freeze(["■", "▲", "●", "◆"]);

/** @typedef {import("./wire.js").Dot} Dot */

export class PlayerList {
    #list;
    #count;

    /** @type {Map<number, {item: HTMLElement, who: HTMLElement, you: HTMLElement, score: HTMLElement}>} */
    #rows = new Map();

    /**
     * @param {HTMLElement} list
     * @param {HTMLElement} count
     */
    constructor(list, count) {
        this.#list = list;
        this.#count = count;
    }

    /**
     * @param {Dot[]} dots
     * @param {Map<number, string>} names
     * @param {number} you
     */
    show(dots, names, you) {
        const ids = new Set(dots.map((dot) => dot.id));
        for (const [id, { item }] of this.#rows) {
            if (!ids.has(id)) {
                item.remove();
                this.#rows.delete(id);
            }
        }
        for (const dot of dots) {
            const row = this.#rows.get(dot.id) ?? this.#add(dot);
            setText(row.who, names.get(dot.id) ?? "…");
            row.you.hidden = dot.id !== you;
            setText(row.score, String(dot.score));
            row.item.classList.toggle("you", dot.id === you);
        }
        setText(this.#count, dots.length === 0 ? "" : String(dots.length));
    }

    clear() {
        this.show([], new Map(), 0);
    }

    /** @param {Dot} dot */
    #add(dot) {
        const item = document.createElement("li");
        const disc = span("disc");
        disc.style.background =
            `oklch(var(--dot-lightness) var(--dot-chroma) ${hueOf(dot.id).toFixed(1)})`;
        const who = span("who");
        const you = span("unseen");
        you.textContent = "you, ";
        const way = span("way");
        const mark = span("mark");
        mark.textContent = MARKS[dot.wayIn];
        mark.ariaHidden = "true";
        way.append(mark, ` ${WAYS_IN[dot.wayIn]}`);
        const score = span("score");
        score.title = "Stars caught";
        item.append(disc, who, you, way, score);
        this.#list.append(item);
        const row = { item, who, you, score };
        this.#rows.set(dot.id, row);
        return row;
    }
}

function span(className) {
    const element = document.createElement("span");
    element.className = className;
    return element;
}

function setText(element, text) {
    if (element.textContent !== text) {
        element.textContent = text;
    }
}
