import { SILENCE_MILLIS_MAX } from "../machine/look-timer.js";
import { isNoReason, ReasonCode, type StatedReason } from "../stated-reason.js";
import type { TokenFailure } from "../token/token-failure.js";
import type { DisconnectReason } from "./disconnect-reason.js";

/** A token that opens a session has this long for it in the first attempts, and later. */
const OPEN_MILLIS_MIN = 3000;
const OPEN_MILLIS_MAX = 20_000;
/** A server that could be asked has this long to answer in the first attempts, and later. */
const ASK_MILLIS_MIN = 1000;
const ASK_MILLIS_MAX = 5000;
const SHORT_DIALS = 10;
const WAIT_MILLIS_MIN = 250;
const WAIT_MILLIS_MAX = 5000;
/** An attempt that is younger is not begun anew because the network changed. */
const YOUNG_MILLIS = 1000;
/** What a page that stood still until the time was over gets when it wakes, once. */
const WAKING_MILLIS = 5000;

const WITHIN_MILLIS_MIN = 1000;
const WITHIN_MILLIS_MAX = 24 * 60 * 60 * 1000;

/** @throws RangeError when it is no time that makes sense */
export function checkWithin(millis: number | undefined): number | undefined {
    if (millis !== undefined && !(millis >= WITHIN_MILLIS_MIN && millis <= WITHIN_MILLIS_MAX)) {
        throw new RangeError(
            `resumeWithinMillis is ${millis}, but it must be from ${WITHIN_MILLIS_MIN} to` +
                ` ${WITHIN_MILLIS_MAX}: take about as long as the server keeps a place`,
        );
    }
    return millis;
}

/** A connection that was lost, and is to go on. */
interface Loss {
    readonly reason: DisconnectReason;
    /** The tag of the token that the client was connected with; undefined where it never was. */
    readonly former: string | undefined;
    endsAtMillis: number;
    hasWoken: boolean;
    attempts: number;
    failuresInARow: number;
    /** When the present attempt began; infinitely long ago before the first. */
    attemptAtMillis: number;
    /** When the next attempt begins; infinite while one goes on. */
    dueAtMillis: number;
    /** Whether that is when the service said, which no change of the network makes earlier. */
    isToldToWait: boolean;
    /** When the present dial has led to nothing; infinite without one. */
    dialEndsAtMillis: number;
}

/**
 * When a client that lost its connection tries to go on with it, how often, and until when. The twin
 * of `Resumption` in Java's `hawser`, but that sessions take a while to open here.
 *
 * An attempt is a token that resumes the connection, and a dial with it. The first follows the loss
 * at once. A dial is short, since a server that was restarted meanwhile refuses the tokens from
 * before its start without a word: a second from when the session stands, and longer after the first
 * ten. Between fetches that failed the waits grow, each a random part of its limit, so that the
 * players of a server that went down do not come back at the same moment. Who is told by the service
 * when to come back adds that wait: all are told the same, and nobody is to come sooner.
 */
export class Resumption {
    readonly #withinMillis: number | undefined;
    readonly #random: () => number;
    #loss: Loss | undefined;

    /**
     * @param withinMillis undefined for a client that does not come back by itself
     * @param random 0 to 1
     */
    constructor(withinMillis: number | undefined, random: () => number) {
        this.#withinMillis = withinMillis;
        this.#random = random;
    }

    /**
     * Begins to resume a connection that was lost, if that makes sense.
     *
     * A server that drains sends its players on, and those who come to it at first: they wait a
     * random part of what it said, so that they do not all come to the next one at once.
     *
     * @param former the tag of the token that the client was connected with, if it was
     * @returns whether it did
     */
    begin(nowMillis: number, reason: DisconnectReason, former: string | undefined): boolean {
        const makesSense = former === undefined ? isDraining(reason) : isLoss(reason);
        if (this.#withinMillis === undefined || !makesSense) {
            return false;
        }
        const waitMillis = this.#waitMillis(reason);
        this.#loss = {
            reason,
            former,
            endsAtMillis: nowMillis + this.#withinMillis,
            hasWoken: false,
            attempts: 0,
            failuresInARow: 0,
            attemptAtMillis: Number.NEGATIVE_INFINITY,
            dueAtMillis: nowMillis + waitMillis,
            isToldToWait: waitMillis > 0,
            dialEndsAtMillis: Number.POSITIVE_INFINITY,
        };
        return true;
    }

    get isActive(): boolean {
        return this.#loss !== undefined;
    }

    /** A random part of what a server said that drains; 0 where it said nothing. */
    #waitMillis(reason: DisconnectReason): number {
        const isAnswer = reason.kind === "moved" || reason.kind === "denied";
        return isAnswer ? reason.stated.retryAfterSeconds * 1000 * this.#random() : 0;
    }

    /** The tag of the token that the client was connected with; undefined where it never was. */
    get former(): string | undefined {
        return this.#loss?.former;
    }

    /** How many attempts there were, with the present one. */
    get attempts(): number {
        return this.#loss?.attempts ?? 0;
    }

    /**
     * Takes note that somebody looks. A page that was frozen finds the time over in which it could
     * try nothing: it tries once more, unless it was told to come back later still.
     */
    look(nowMillis: number): void {
        const loss = this.#loss;
        if (loss === undefined || loss.hasWoken) {
            return;
        }
        if (nowMillis - loss.endsAtMillis > SILENCE_MILLIS_MAX) {
            loss.hasWoken = true;
            loss.endsAtMillis = nowMillis + WAKING_MILLIS;
            if (loss.dueAtMillis !== Number.POSITIVE_INFINITY && !loss.isToldToWait) {
                this.#waitUntil(nowMillis);
            }
        }
    }

    /** Whether the time to come back is over. */
    isOver(nowMillis: number): boolean {
        return this.#loss !== undefined && nowMillis >= this.#loss.endsAtMillis;
    }

    isAttemptDue(nowMillis: number): boolean {
        return this.#loss !== undefined && nowMillis >= this.#loss.dueAtMillis;
    }

    attemptBegins(nowMillis: number): void {
        if (this.#loss !== undefined) {
            this.#loss.attempts++;
            this.#loss.attemptAtMillis = nowMillis;
            this.#loss.dueAtMillis = Number.POSITIVE_INFINITY;
            this.#loss.dialEndsAtMillis = Number.POSITIVE_INFINITY;
        }
    }

    /** The token is there, and a session is being opened. */
    dialBegins(nowMillis: number): void {
        if (this.#loss !== undefined) {
            this.#loss.failuresInARow = 0;
            this.#endDialAfter(nowMillis, OPEN_MILLIS_MIN, OPEN_MILLIS_MAX);
        }
    }

    /** A session stands, and its server is asked. */
    sessionStands(nowMillis: number): void {
        this.#endDialAfter(nowMillis, ASK_MILLIS_MIN, ASK_MILLIS_MAX);
    }

    #endDialAfter(nowMillis: number, shortMillis: number, longMillis: number): void {
        const loss = this.#loss;
        if (loss !== undefined) {
            loss.dialEndsAtMillis = nowMillis + (this.#isShort(loss) ? shortMillis : longMillis);
        }
    }

    #isShort({ attempts }: Loss): boolean {
        return attempts <= SHORT_DIALS;
    }

    /** Whether the present dial has gone on for long enough. */
    isDialOver(nowMillis: number): boolean {
        return this.#loss !== undefined && nowMillis >= this.#loss.dialEndsAtMillis;
    }

    /**
     * The dial led to nothing: another token may do better. One that failed sooner than an answer is
     * awaited, as where nothing listens, does not make the next one come sooner.
     */
    dialFailed(nowMillis: number, reason?: DisconnectReason): void {
        const loss = this.#loss;
        if (loss !== undefined) {
            const paceMillis = this.#isShort(loss) ? ASK_MILLIS_MIN : ASK_MILLIS_MAX;
            const soonestMillis = loss.attemptAtMillis + this.#partOf(paceMillis);
            const waitMillis = reason === undefined ? 0 : this.#waitMillis(reason);
            this.#waitUntil(Math.max(nowMillis + waitMillis, soonestMillis));
            loss.isToldToWait = waitMillis > 0;
        }
    }

    /**
     * There was no token.
     *
     * @returns whether a connection is being resumed, and it makes sense to ask again
     */
    fetchFailed(nowMillis: number, failure: TokenFailure): boolean {
        if (this.#loss === undefined) {
            return false;
        }
        switch (failure.kind) {
            case "unreachable":
            case "timed-out":
            case "source-failed":
                this.#waitLonger(nowMillis, 0);
                return true;
            case "service-failed":
                this.#waitLonger(nowMillis, failure.retryAfterSeconds ?? 0);
                return true;
            case "too-many-requests":
            case "no-server":
                this.#waitLonger(nowMillis, failure.retryAfterSeconds);
                return true;
            default:
                return false;
        }
    }

    /**
     * There is another network: what waits tries at once, and what was begun on the former one is
     * begun anew. Browsers tell of mere changes in quality too, so a young attempt goes on; and who
     * was told when to come back comes back then.
     *
     * @returns whether the present attempt is to be given up
     */
    networkChanged(nowMillis: number): boolean {
        const loss = this.#loss;
        if (loss === undefined || loss.isToldToWait) {
            return false;
        }
        const isGoingOn = loss.dueAtMillis === Number.POSITIVE_INFINITY;
        const soonestMillis = loss.attemptAtMillis + YOUNG_MILLIS;
        if (isGoingOn && nowMillis < soonestMillis) {
            return false;
        }
        this.#waitUntil(Math.min(loss.dueAtMillis, Math.max(nowMillis, soonestMillis)));
        return isGoingOn;
    }

    /** When something is due at the earliest; infinite for never. */
    nextTimeout(): number {
        const loss = this.#loss;
        return loss === undefined
            ? Number.POSITIVE_INFINITY
            : Math.min(loss.endsAtMillis, loss.dueAtMillis, loss.dialEndsAtMillis);
    }

    /**
     * Ends it: the client is connected again, or has given up.
     *
     * @returns why the connection was lost; undefined where none was being resumed
     */
    end(): DisconnectReason | undefined {
        const reason = this.#loss?.reason;
        this.#loss = undefined;
        return reason;
    }

    #waitLonger(nowMillis: number, retryAfterSeconds: number): void {
        const loss = this.#loss;
        if (loss !== undefined) {
            // A source of the game's own may say anything, also nothing.
            const toldMillis = Math.max(0, 1000 * retryAfterSeconds) || 0;
            const grownMillis = WAIT_MILLIS_MIN * 2 ** Math.min(loss.failuresInARow, 5);
            loss.failuresInARow++;
            // The longer all have waited, the more would come at one moment.
            const spreadMillis = Math.min(grownMillis + toldMillis / 2, WAIT_MILLIS_MAX);
            this.#waitUntil(nowMillis + toldMillis + this.#partOf(spreadMillis));
            loss.isToldToWait = toldMillis > 0;
        }
    }

    /** Half of it to all of it. */
    #partOf(millis: number): number {
        return (millis / 2) * (1 + this.#random());
    }

    #waitUntil(atMillis: number): void {
        if (this.#loss !== undefined) {
            this.#loss.dueAtMillis = atMillis;
            this.#loss.isToldToWait = false;
            this.#loss.dialEndsAtMillis = Number.POSITIVE_INFINITY;
        }
    }
}

/** Ends that nobody wanted. Who is sent away, leaves, or is replaced does not come back. */
function isLoss({ kind }: DisconnectReason): boolean {
    return (
        kind === "timed-out" ||
        kind === "forgotten-by-server" ||
        kind === "moved" ||
        kind === "transport-closed"
    );
}

function isDraining(reason: DisconnectReason): boolean {
    return reason.kind === "denied" && reason.stated.code === ReasonCode.DRAINING;
}

/**
 * Whether a denial may be another one the next time, with a new token: also of a server that cannot
 * ask about newcomers for a moment, and says when to come back.
 */
function passes(stated: StatedReason): boolean {
    return (
        isNoReason(stated) ||
        stated.code === ReasonCode.DRAINING ||
        stated.code === ReasonCode.TOKEN_USED ||
        (stated.code === ReasonCode.INTERNAL && stated.retryAfterSeconds > 0)
    );
}

/** Whether the answer to a dial ends it: the server is there, and does not want this client. */
export function isFinal(reason: DisconnectReason): boolean {
    switch (reason.kind) {
        case "request-timed-out":
        case "response-timed-out":
        case "transport-failed":
        case "token-expired":
            return false;
        case "denied":
            return !passes(reason.stated);
        default:
            return !isLoss(reason);
    }
}
