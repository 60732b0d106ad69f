/** Whom to tell. What one of them throws is reported, and the others are told nevertheless. */
export class Listeners<T> {
    readonly #report: (thrown: unknown) => void;
    #listeners: readonly ((value: T) => void)[] = [];

    constructor(report: (thrown: unknown) => void) {
        this.#report = report;
    }

    /** Returns what takes the listener away again. */
    add(listener: (value: T) => void): () => void {
        // One added twice is told twice, and each is taken away by itself.
        const entry = (value: T): void => listener(value);
        this.#listeners = [...this.#listeners, entry];
        return () => {
            this.#listeners = this.#listeners.filter((other) => other !== entry);
        };
    }

    /**
     * Tells all that were there when it began, but those that are taken away meanwhile.
     *
     * @param copyOf makes what a listener gets when others are told after it: for values that a
     *   listener may change
     */
    tell(value: T, copyOf: (value: T) => T = (same) => same): void {
        const told = this.#listeners;
        for (const [index, listener] of told.entries()) {
            if (!this.#listeners.includes(listener)) {
                continue;
            }
            try {
                listener(index === told.length - 1 ? value : copyOf(value));
            } catch (thrown) {
                this.#report(thrown);
            }
        }
    }
}
