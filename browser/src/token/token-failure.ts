/** Why no connect token was fetched. Nothing in it is secret. */
export type TokenFailure =
    /** There is no credential to show, or the game's own source failed. */
    | { readonly kind: "no-credential"; readonly detail: string }
    /** No answer: no network, a wrong address, or the browser does not let the page ask. */
    | { readonly kind: "unreachable"; readonly endpoint: string; readonly detail: string }
    | { readonly kind: "timed-out"; readonly endpoint: string; readonly timeoutMillis: number }
    /** The service does not take the credential (401). */
    | { readonly kind: "not-authenticated"; readonly said: string }
    /** The service knows the player, and does not let this one play (403). */
    | { readonly kind: "forbidden"; readonly said: string }
    /** The player, or the address, has asked too often (429). */
    | {
          readonly kind: "too-many-requests";
          /** 0 where the service did not say. */
          readonly retryAfterSeconds: number;
          readonly said: string;
      }
    /** No game server has room, or the service is not able to tell (503). */
    | {
          readonly kind: "no-server";
          readonly retryAfterSeconds: number;
          readonly said: string;
      }
    /** Any other status of a request that the service, or a proxy before it, does not take. */
    | { readonly kind: "request-refused"; readonly status: number; readonly said: string }
    /** The service, or a proxy before it, is out of order (any other 5xx). */
    | {
          readonly kind: "service-failed";
          readonly status: number;
          /** 0, or nothing, where it did not say. */
          readonly retryAfterSeconds?: number;
          readonly said: string;
      }
    /** What came is not what a token service says. */
    | { readonly kind: "unexpected-answer"; readonly detail: string }
    /** The game's own source of tokens failed. */
    | { readonly kind: "source-failed"; readonly detail: string };

/** What a source of tokens throws when it has none. */
export class TokenFetchError extends Error {
    override readonly name: string = "TokenFetchError";
    readonly failure: TokenFailure;

    constructor(failure: TokenFailure) {
        super(explainTokenFailure(failure));
        this.failure = failure;
    }
}

/** What happened and what to do, in one or two sentences for people. */
export function explainTokenFailure(failure: TokenFailure): string {
    switch (failure.kind) {
        case "no-credential":
            return (
                `There is no credential to fetch a connect token with: ${failure.detail}. Log the` +
                " player in first."
            );
        case "unreachable":
            return (
                `The token service at ${failure.endpoint} cannot be reached: ${failure.detail}.` +
                " Check the network and the address, that the service runs, and that it lets pages" +
                " of this origin ask (CORS)."
            );
        case "timed-out":
            return (
                `No connect token from ${failure.endpoint} within ${failure.timeoutMillis} ms. Try` +
                " again, or allow more time with timeoutMillis."
            );
        case "not-authenticated":
            return (
                `The token service does not accept the credential (401)${saying(failure.said)}. It` +
                " may have expired or be meant for another service: log the player in again."
            );
        case "forbidden":
            return (
                "The token service knows the player and refuses a connect token" +
                ` (403)${saying(failure.said)}. Trying again does not help: tell the player.`
            );
        case "too-many-requests":
            return (
                "The token service was asked too often by this player or address" +
                ` (429)${saying(failure.said)}. Try again ${when(failure.retryAfterSeconds)}.`
            );
        case "no-server":
            return (
                "The token service has no game server to offer at the moment" +
                ` (503)${saying(failure.said)}. Try again ${when(failure.retryAfterSeconds)}.`
            );
        case "request-refused":
            return (
                `The token service refuses the request (${failure.status})${saying(failure.said)}.` +
                " Check endpoint, region and protocol id, and whether game and service are of" +
                " versions that go together."
            );
        case "service-failed":
            return (
                `The token service is out of order (${failure.status})${saying(failure.said)}. Try` +
                " again later; its log says more."
            );
        case "unexpected-answer":
            return (
                "What answered is no token service, or one of another version:" +
                ` ${failure.detail}. Check the endpoint, and that no proxy or login page of a` +
                " network answers in its place."
            );
        case "source-failed":
            return `The game's own source of connect tokens failed: ${failure.detail}.`;
    }
}

function saying(said: string): string {
    return said === "" ? "" : `, saying "${said}"`;
}

function when(retryAfterSeconds: number): string {
    return retryAfterSeconds > 0 ? `in ${retryAfterSeconds} s` : "later";
}
