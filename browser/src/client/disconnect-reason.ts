import { isNoReason, ReasonCode, type StatedReason } from "../stated-reason.js";
import { explainTokenFailure, type TokenFailure } from "../token/token-failure.js";
import type { TransportFailure, TransportKind } from "../transport/transport.js";
import { playerMessage } from "./player-message.js";

/** What a reason is, without words. */
export type Facts =
    /** The client has not tried to connect. */
    | { readonly kind: "never-connected" }
    /** This client left, with what it said. */
    | { readonly kind: "client-left"; readonly stated: StatedReason }
    /** The server ended the connection, with what it said. */
    | { readonly kind: "server-ended"; readonly stated: StatedReason }
    | { readonly kind: "server-stopped"; readonly stated: StatedReason }
    /** The server goes down, and a new connect token leads to another one. */
    | { readonly kind: "moved"; readonly stated: StatedReason }
    /** The same client id connected again and took the slot. */
    | { readonly kind: "replaced"; readonly stated: StatedReason }
    /** The connection existed, then nothing was heard. */
    | {
          readonly kind: "timed-out";
          readonly timeoutSeconds: number;
          /** How long this page stood still meanwhile, where it was more than a second; else 0. */
          readonly pausedMillis: number;
      }
    /** A session stood, and no server of the connect token answered. */
    | {
          readonly kind: "request-timed-out";
          readonly servers: readonly string[];
          readonly timeoutSeconds: number;
          /** How long this page stood still meanwhile, where it was more than a second; else 0. */
          readonly pausedMillis: number;
          /** Servers that could not even be reached. */
          readonly failures: readonly TransportFailure[];
      }
    /** A server answered, and fell silent before the connection existed. */
    | {
          readonly kind: "response-timed-out";
          readonly servers: readonly string[];
          readonly timeoutSeconds: number;
          /** How long this page stood still meanwhile, where it was more than a second; else 0. */
          readonly pausedMillis: number;
      }
    /** The server denied the connection; its code is a `ReasonCode` or the game's own. */
    | { readonly kind: "denied"; readonly stated: StatedReason }
    /** The connect token expired while the client was connecting. */
    | { readonly kind: "token-expired"; readonly lifetimeSeconds: bigint }
    /** What was given as a connect token is none. */
    | { readonly kind: "token-invalid"; readonly detail: string }
    /** This page has connected with this token before, and each is good for one connection. */
    | { readonly kind: "token-reused" }
    /** There is no connect token. */
    | { readonly kind: "token-fetch-failed"; readonly failure: TokenFailure }
    /** No session came about, with no server and by no transport. */
    | {
          readonly kind: "transport-failed";
          readonly failures: readonly TransportFailure[];
          /** Whether certificate hashes were given, which may be those of another certificate. */
          readonly usedHashes: boolean;
      }
    /** The connection existed, and its session ended without a word of netcode. */
    | {
          readonly kind: "transport-closed";
          readonly transport: TransportKind;
          readonly code: number;
          readonly text: string;
      }
    /** The server is there, and no longer has this connection. */
    | {
          readonly kind: "forgotten-by-server";
          /** How long this page stood still before it asked, where it was more than a second; else 0. */
          readonly pausedMillis: number;
      }
    /** The connection used up its packet numbers. */
    | { readonly kind: "sequence-exhausted" };

/**
 * Why there is no connection: one kind for each reason, with what a person can act on. It holds no
 * secret.
 */
export type DisconnectReason = Facts & {
    /** What happened and what to check, in English, for whoever runs the game. */
    readonly explanation: string;
    /** The same for the player's screen: one English sentence without addresses and jargon. */
    readonly playerMessage: string;
};

export function disconnectReason(facts: Facts): DisconnectReason {
    return { ...facts, explanation: explain(facts), playerMessage: playerMessage(facts) };
}

/** Why a connection was lost that the client could not go on with: the loss, and what was tried. */
export function notResumed(
    lost: DisconnectReason,
    attempts: number,
    latestFailure: string,
): DisconnectReason {
    const tried = ` The client tried to go on with it, ${attempts === 1 ? "once" : `${attempts} times`}, and could not.`;
    const latest = latestFailure === "" ? "" : ` The latest attempt: ${latestFailure}`;
    return { ...lost, explanation: lost.explanation + tried + latest };
}

/** Why the server ended the connection, from what it stated. */
export function endedByServer(stated: StatedReason): DisconnectReason {
    switch (stated.code) {
        case ReasonCode.SERVER_STOPPED:
            return disconnectReason({ kind: "server-stopped", stated });
        case ReasonCode.REPLACED:
            return disconnectReason({ kind: "replaced", stated });
        case ReasonCode.MOVED:
        case ReasonCode.DRAINING:
            return disconnectReason({ kind: "moved", stated });
        default:
            return disconnectReason({ kind: "server-ended", stated });
    }
}

function explain(facts: Facts): string {
    switch (facts.kind) {
        case "never-connected":
            return "Not connected yet: connect() has not been called.";
        case "client-left":
            return `The client ended the connection${said(facts.stated)}`;
        case "server-ended":
            return `The server ended the connection${said(facts.stated)}`;
        case "server-stopped":
            return `The server stopped${said(facts.stated)}`;
        case "moved":
            return (
                `The server goes down and sends its players to another one${said(facts.stated)}` +
                " Fetch a new connect token, and connect with that."
            );
        case "replaced":
            return (
                "The same client connected again and took over: a second tab or start of the game," +
                " or two players with one client id."
            );
        case "timed-out":
            if (facts.pausedMillis > 0) {
                return (
                    "The connection was lost after this page had stood still for" +
                    ` ${seconds(facts.pausedMillis)}, as browsers let pages in the background and` +
                    " a thread that computes for long does: nothing was heard from the server" +
                    `${within(facts.timeoutSeconds)} besides, which has probably given up meanwhile.`
                );
            }
            return (
                "The connection was lost: nothing was heard from the server" +
                `${within(facts.timeoutSeconds)}. It crashed, or the network between is broken.`
            );
        case "request-timed-out":
            return (
                `No answer from ${list(facts.servers)}${within(facts.timeoutSeconds)}, although a` +
                ` session stood.${paused(facts.pausedMillis)} Servers stay silent on purpose when` +
                " the connect token is spent (each is good for one connection) or expired, when" +
                " this player is connected already (another tab, or a connection that was lost and" +
                " has not timed out there yet), when the token is for another server (wrong" +
                " address) or was minted with another private key or protocol id, or when the" +
                " server has just started; else the game behind the session is unreachable. A new" +
                ` token helps against the first two.${failed(facts.failures)}`
            );
        case "response-timed-out":
            return (
                `The server ${facts.servers.at(-1) ?? ""} answered the request, then nothing was` +
                ` heard${within(facts.timeoutSeconds)}.${paused(facts.pausedMillis)} It stopped or restarted, a client with the` +
                " same id connected meanwhile, or the network loses most packets."
            );
        case "denied":
            if (facts.stated.code === ReasonCode.DRAINING) {
                return (
                    "The server denied the connection, since it is about to go down" +
                    `${said(facts.stated)} A new connect token leads to another server.`
                );
            }
            return isNoReason(facts.stated)
                ? "The server denied the connection without a reason: it is full, or refused the" +
                      " client."
                : `The server denied the connection${said(facts.stated)}`;
        case "token-expired":
            return (
                `The connect token, valid for ${facts.lifetimeSeconds} s, expired before a server` +
                " accepted it. Fetch it right before connecting, and let it live longer than the" +
                " servers' timeouts take together."
            );
        case "token-invalid":
            return `The connect token cannot be read: ${facts.detail}.`;
        case "token-reused":
            return (
                "This page has connected with this connect token before, and each is good for one" +
                " connection: fetch a new one."
            );
        case "token-fetch-failed":
            return explainTokenFailure(facts.failure);
        case "transport-failed":
            return explainTransport(facts.failures, facts.usedHashes);
        case "transport-closed":
            return (
                `The ${nameOf(facts.transport)} session ended (code ${facts.code}` +
                `${facts.text === "" ? "" : `: ${facts.text}`}) and with it the connection: the` +
                " server or a proxy closed it, or the network changed."
            );
        case "forgotten-by-server":
            return (
                "The server no longer has this connection: it has restarted, or it heard nothing" +
                ` from this client for the timeout.${paused(facts.pausedMillis)} Connect again with` +
                " a new token."
            );
        case "sequence-exhausted":
            return "The connection used up its packet numbers; connect again with a new token.";
    }
}

function explainTransport(failures: readonly TransportFailure[], usedHashes: boolean): string {
    if (failures.length === 0) {
        return (
            "The token's servers name no address for browsers, or none for the transports that" +
            " are switched on: let the game server announce its WebTransport or WebSocket URL to" +
            " the token service."
        );
    }
    const hasTried = failures.some(
        ({ transport, problem }) => transport === "web-transport" && problem !== "unsupported",
    );
    const hint = !hasTried
        ? ""
        : usedHashes
          ? " Of WebTransport browsers do not tell a wrong certificate from a server that cannot be" +
            " reached: either the certificate hashes are not those of the server's present" +
            " certificate (fetch a new token: hashes change), or it is valid for more than 14" +
            " days, or nothing listens at this address for UDP (a firewall, another port, localhost" +
            " where the server listens on 127.0.0.1)."
          : " Of WebTransport browsers do not tell a wrong certificate from a server that cannot be" +
            " reached: either no certificate hashes were given and the server's certificate is not" +
            " signed by an authority, or nothing listens at this address for UDP.";
    return `No session with a server came about.${failed(failures)}${hint}`;
}

function failed(failures: readonly TransportFailure[]): string {
    return failures.map((failure) => ` ${describe(failure)}.`).join("");
}

function describe({ transport, url, problem, message }: TransportFailure): string {
    const words = {
        unsupported: "is missing in this browser",
        "refused-by-browser": "was refused by the browser",
        failed: "failed",
        "timed-out": "did not open in time",
        ended: "ended while connecting",
    }[problem];
    const detail = message === "" ? "" : ` ("${message.replace(/\.$/, "")}")`;
    return `${nameOf(transport)} to ${url} ${words}${detail}`;
}

function nameOf(transport: TransportKind): string {
    return transport === "web-transport" ? "WebTransport" : "WebSocket";
}

function said(stated: StatedReason): string {
    if (isNoReason(stated)) {
        return ".";
    }
    const retry =
        stated.retryAfterSeconds > 0 ? `, try again in ${stated.retryAfterSeconds} s` : "";
    return `${stated.text === "" ? "" : `: ${stated.text}`} (code ${stated.code}${retry}).`;
}

function within(timeoutSeconds: number): string {
    return timeoutSeconds > 0 ? ` for ${timeoutSeconds} s` : "";
}

function paused(pausedMillis: number): string {
    return pausedMillis > 0
        ? ` This page stood still for ${seconds(pausedMillis)} meanwhile, and the server may have` +
              " given up."
        : "";
}

function seconds(millis: number): string {
    return `${(Math.floor(millis / 100) / 10).toFixed(1)} s`;
}

function list(servers: readonly string[]): string {
    return servers.length === 0 ? "the server" : servers.join(", ");
}
