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

    tell(value: T): void {
        for (const listener of this.#listeners) {
            try {
                listener(value);
            } catch (thrown) {
                this.#report(thrown);
            }
        }
    }
}
