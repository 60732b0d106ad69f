import { messageOf } from "../message-of.js";
import { BadAnswerError, type CheckedAnswer, type TokenAnswer } from "../token/token-answer.js";
import { type TokenFailure, TokenFetchError } from "../token/token-failure.js";
import type { TokenSource } from "../token/token-service.js";
import type {
    SessionEnd,
    Transport,
    TransportFailure,
    TransportKind,
} from "../transport/transport.js";
import type { NetAddress } from "../wire/address.js";
import type { ConnectToken } from "../wire/connect-token.js";
import type { ConnectionState } from "./connection-state.js";
import type { DeadlineAlarm } from "./deadline-alarm.js";
import type { Resumption } from "./resumption.js";

/** A session with one server of the token, or the attempt at one. */
export interface Path {
    readonly index: number;
    readonly server: NetAddress;
    transport: Transport | undefined;
}

/** What is true of one token, from the question for it to the end of what it leads to. */
export interface Attempt {
    readonly giveUp: AbortController;
    readonly failures: TransportFailure[];
    answer: CheckedAnswer | undefined;
    token: ConnectToken | undefined;
    /** Of the token. */
    tag: string | undefined;
    path: Path | undefined;
    /** How many servers were asked: their session stood, and did not end before they answered. */
    serversAsked: number;
    /** How the session of a connection ended. */
    sessionEnd: (SessionEnd & { readonly transport: TransportKind }) | undefined;
}

/**
 * What is true during one connect and the connection that it leads to, however often that is lost
 * and resumed.
 */
export interface Connect {
    readonly source: TokenSource | TokenAnswer;
    readonly finished: (state: ConnectionState) => void;
    readonly alarm: DeadlineAlarm;
    readonly stopWatchingPage: () => void;
    readonly stopWatchingNetwork: () => void;
    readonly resumption: Resumption;
    attempt: Attempt;
    /** The tag of the token with which this client was connected last. */
    connectedTag: string | undefined;
    /** Why the latest attempt to resume the connection led to nothing, in words. */
    latestFailure: string;
}

export function newAttempt(): Attempt {
    return {
        giveUp: new AbortController(),
        failures: [],
        answer: undefined,
        token: undefined,
        tag: undefined,
        path: undefined,
        serversAsked: 0,
        sessionEnd: undefined,
    };
}

/** What a source of tokens threw, as a failure. */
export function tokenFailure(thrown: unknown): TokenFailure {
    if (thrown instanceof TokenFetchError) {
        return thrown.failure;
    }
    const detail = messageOf(thrown);
    return thrown instanceof BadAnswerError
        ? { kind: "unexpected-answer", detail }
        : { kind: "source-failed", detail };
}

export function endedWhileConnecting(
    transport: Transport | undefined,
    { code, text }: SessionEnd,
): TransportFailure {
    return {
        transport: transport?.kind ?? "web-transport",
        url: transport?.url ?? "",
        problem: "ended",
        message: `code ${code}${text === "" ? "" : `: ${text}`}`,
    };
}
