/** A timer that rings late has let the page sleep: no piece of the wait is longer. */
const PIECE_MILLIS = 1000;

/**
 * Rings once after a while, in pieces: a page whose thread was held up, or that was frozen, comes
 * back to a timer that is overdue, while the answer that it waits for may wait to be read. Such a
 * pause uses up one piece of the wait, and not all of it.
 *
 * @returns what ends the wait
 */
export function waitPatiently(millis: number, ring: () => void): () => void {
    let leftMillis = millis;
    let timer: ReturnType<typeof setTimeout>;
    const wait = (): void => {
        const piece = Math.min(leftMillis, PIECE_MILLIS);
        timer = setTimeout(() => {
            leftMillis -= piece;
            if (leftMillis > 0) {
                wait();
            } else {
                ring();
            }
        }, piece);
    };
    wait();
    return () => clearTimeout(timer);
}
