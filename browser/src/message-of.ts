/**
 * What something that was thrown says. Anything can be thrown, also what has no text or throws when
 * it is asked for it, and whoever reports a failure must not fail.
 */
export function messageOf(thrown: unknown): string {
    try {
        return String(thrown instanceof Error ? thrown.message : thrown);
    } catch {
        return "what was thrown has no text";
    }
}
