const KEY = Symbol.for("dev.hawser.client.usedTokens");

/**
 * The tokens that this page has connected with, by their tags. A second connection would number its
 * packets from 0 again under the same keys.
 *
 * One set for the page, also where it holds several copies of this package.
 */
function usedTokens(): Set<string> {
    const world = globalThis as { [KEY]?: Set<string> };
    world[KEY] ??= new Set();
    return world[KEY];
}

/** Marks a token as used; false when it was. */
export function useToken(tag: string): boolean {
    const used = usedTokens();
    if (used.has(tag)) {
        return false;
    }
    used.add(tag);
    return true;
}
