import { ReasonCode, type StatedReason } from "../stated-reason.js";
import type { TokenFailure } from "../token/token-failure.js";
import type { Facts } from "./disconnect-reason.js";

const SECONDS_SHOWN_MAX = 90;
const MINUTES_SHOWN_MAX = 90;
/** From here on codes are the game's. */
const GAME_CODE_MIN = 1000;
const ASLEEP = "The connection was lost because this page was asleep for too long.";

/**
 * What stands on a player's screen: a sentence without addresses, options and jargon. What whoever
 * runs the game needs to know is in the explanation. What a game stated for people is repeated;
 * Hawser's own reasons have words here.
 */
export function playerMessage(facts: Facts): string {
    switch (facts.kind) {
        case "never-connected":
            return "You are not connected.";
        case "client-left":
            return "You have left.";
        case "server-ended":
            return sentence("The server has disconnected you", facts.stated);
        case "server-stopped":
            return sentence("The server has been stopped", facts.stated);
        case "moved":
            return sentence("This server is going down, go on at another one", facts.stated);
        case "replaced":
            return "You have connected from somewhere else.";
        case "timed-out":
            return facts.pausedMillis > 0 ? ASLEEP : "The connection to the server was lost.";
        case "transport-closed":
            return "The connection to the server was lost.";
        case "request-timed-out":
            return "The server does not answer.";
        case "response-timed-out":
            return "The server has stopped answering.";
        case "denied":
            return denied(facts.stated);
        case "token-expired":
            return "Connecting has taken too long.";
        case "token-invalid":
        case "token-reused":
            return "The game could not identify you to the server.";
        case "token-fetch-failed":
            return fetchFailed(facts.failure);
        case "transport-failed":
            return "The server cannot be reached.";
        case "forgotten-by-server":
            return facts.pausedMillis > 0
                ? ASLEEP
                : "The server no longer knows you; connect again.";
        case "sequence-exhausted":
            return "The connection has lasted for too long; connect again.";
    }
}

function denied(stated: StatedReason): string {
    switch (stated.code) {
        case ReasonCode.SERVER_FULL:
            return sentence("The server is full", stated);
        case ReasonCode.REPLACED:
            // A device that wakes after another one took over.
            return "You have connected from somewhere else.";
        case ReasonCode.SERVER_STOPPED:
            return sentence("The server has been stopped", stated);
        case ReasonCode.BANNED:
            return sentence("You are not allowed on this server", stated);
        case ReasonCode.ALREADY_CONNECTED:
            return sentence("You are connected already", stated);
        case ReasonCode.INTERNAL:
            return sentence("The server has a problem at the moment", stated);
        case ReasonCode.DRAINING:
            return sentence("This server is going down", stated);
        case ReasonCode.TOKEN_USED:
            return sentence("You are on your way in already; connect again", stated);
        case ReasonCode.REFUSED:
            return sentence("The server could not let you in at the moment", stated);
        default:
            return stated.code >= GAME_CODE_MIN
                ? sentence("The server has not let you in", stated)
                : sentence("The server is full, or has not let you in", stated);
    }
}

function fetchFailed(failure: TokenFailure): string {
    switch (failure.kind) {
        case "no-credential":
        case "not-authenticated":
            return "You have to log in again.";
        case "unreachable":
        case "timed-out":
        case "service-failed":
        case "source-failed":
            return "The game's online service cannot be reached.";
        case "forbidden":
            return "You are not allowed to play here.";
        case "too-many-requests":
            return `You have tried too often${again(failure.retryAfterSeconds)}.`;
        case "no-server":
            return `No server has room for you at the moment${again(failure.retryAfterSeconds)}.`;
        case "request-refused":
        case "unexpected-answer":
            return "The game does not fit its online service; look for an update.";
    }
}

/** Whose texts are the game's beside those of its own codes; Hawser's own are for logs. */
const GAME_TEXTS: readonly number[] = [
    ReasonCode.BANNED,
    ReasonCode.DRAINING,
    ReasonCode.MOVED,
    ReasonCode.KICKED,
];

/** With what the game says. */
function sentence(text: string, stated: StatedReason): string {
    const isGames = stated.code >= GAME_CODE_MIN || GAME_TEXTS.includes(stated.code);
    const said = isGames && stated.text.trim() !== "" ? `: ${stated.text.trim()}` : "";
    const ended = (text + said).replace(/[.\s]+$/, "") + again(stated.retryAfterSeconds);
    return /[!?]$/.test(ended) ? ended : `${ended}.`;
}

function again(seconds: number): string {
    if (seconds <= 0) {
        return "";
    }
    if (seconds <= SECONDS_SHOWN_MAX) {
        return `; try again in ${counted(seconds, "second")}`;
    }
    const minutes = Math.ceil(seconds / 60);
    return minutes <= MINUTES_SHOWN_MAX
        ? `; try again in ${counted(minutes, "minute")}`
        : `; try again in ${counted(Math.ceil(minutes / 60), "hour")}`;
}

function counted(count: number, unit: string): string {
    return `${count} ${unit}${count === 1 ? "" : "s"}`;
}
