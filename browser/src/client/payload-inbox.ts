import type { DropCounters } from "../drop.js";
import { Listeners } from "./listeners.js";

export interface DeliveryOptions {
    /**
     * When payloads are handed to the listeners: as they arrive, or inside `update()`, for games
     * that take their input at the start of a frame. The connection lives on by itself either way.
     */
    readonly deliver?: "on-arrival" | "in-update";
    /** How many payloads wait for `update()`: 1024; beyond these the oldest are dropped. */
    readonly payloadsWaitingMax?: number;
}

const WAITING_MAX = 1024;

/** Payloads on their way to the application. */
export class PayloadInbox {
    readonly listeners: Listeners<Uint8Array>;
    readonly #waits: boolean;
    readonly #waitingMax: number;
    readonly #drops: DropCounters;
    #waiting: Uint8Array[] = [];
    /** Of those, the ones that are being handed over. */
    #inHand: Uint8Array[] = [];
    #delivered = 0;

    constructor(options: DeliveryOptions, drops: DropCounters, report: (thrown: unknown) => void) {
        this.listeners = new Listeners(report);
        this.#waits = options.deliver === "in-update";
        this.#waitingMax = options.payloadsWaitingMax ?? WAITING_MAX;
        this.#drops = drops;
    }

    get delivered(): number {
        return this.#delivered;
    }

    reset(): void {
        this.drop();
        this.#delivered = 0;
    }

    /** Forgets what waits, also while it is handed over. */
    drop(): void {
        this.#waiting = [];
        this.#inHand = [];
    }

    take(payload: Uint8Array): void {
        if (!this.#waits) {
            this.#deliver(payload);
            return;
        }
        this.#waiting.push(payload);
        if (this.#waiting.length > this.#waitingMax) {
            // The newest says best what is true.
            this.#waiting.shift();
            this.#drops.add("queue-full");
        }
    }

    deliverWaiting(): void {
        const inHand = this.#waiting;
        this.#inHand = inHand;
        this.#waiting = [];
        for (const payload of inHand) {
            if (this.#inHand !== inHand) {
                return;
            }
            this.#deliver(payload);
        }
    }

    #deliver(payload: Uint8Array): void {
        this.#delivered++;
        // Each has its own: what one writes into it, or hands on, is nothing to the others.
        this.listeners.tell(payload, (shared) => shared.slice());
    }
}
