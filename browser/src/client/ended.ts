import type { ClientMachine } from "../machine/client-machine.js";
import { ClientState } from "../machine/client-state.js";
import type { CheckedAnswer } from "../token/token-answer.js";
import type { SessionEnd, TransportFailure, TransportKind } from "../transport/transport.js";
import { printAddress } from "../wire/address.js";
import type { ConnectToken } from "../wire/connect-token.js";
import type { Attempt } from "./connect.js";
import { type DisconnectReason, disconnectReason, endedByServer } from "./disconnect-reason.js";

/** What a connect knows besides its machine. */
interface Circumstances {
    readonly token: ConnectToken | undefined;
    readonly answer: CheckedAnswer | undefined;
    readonly failures: readonly TransportFailure[];
    /** How many servers were asked: their session stood, and did not end before they answered. */
    readonly serversAsked: number;
    /** How the session of a connection ended. */
    readonly sessionEnd: (SessionEnd & { readonly transport: TransportKind }) | undefined;
}

/** Why a machine has ended, in the words of the outside. */
export function reasonOf(machine: ClientMachine, connect: Circumstances): DisconnectReason {
    const { token, answer, failures, serversAsked, sessionEnd } = connect;
    const stated = machine.statedReason;
    const timeoutSeconds = Math.max(0, token?.timeoutSeconds ?? 0);
    const servers = token?.servers.map(printAddress) ?? [];
    const { state } = machine;
    // A shorter pause is not why a side gives up.
    const isCause = 2 * machine.pausedMillis >= 1000 * timeoutSeconds;
    const pausedMillis = isCause ? machine.pausedMillis : 0;
    const isTimeout =
        state === ClientState.CONNECTION_REQUEST_TIMED_OUT ||
        state === ClientState.CONNECTION_RESPONSE_TIMED_OUT;
    if (isTimeout && serversAsked === 0) {
        const usedHashes = (answer?.certificateHashes.length ?? 0) > 0;
        return disconnectReason({ kind: "transport-failed", failures, usedHashes });
    }
    switch (state) {
        case ClientState.CONNECTION_REQUEST_TIMED_OUT:
            return disconnectReason({
                kind: "request-timed-out",
                servers,
                timeoutSeconds,
                pausedMillis,
                failures,
            });
        case ClientState.CONNECTION_RESPONSE_TIMED_OUT:
            return disconnectReason({
                kind: "response-timed-out",
                servers,
                timeoutSeconds,
                pausedMillis,
            });
        case ClientState.CONNECTION_DENIED:
            return disconnectReason({ kind: "denied", stated });
        case ClientState.CONNECT_TOKEN_EXPIRED: {
            const lifetimeSeconds = token ? token.expireTimestamp - token.createTimestamp : 0n;
            return disconnectReason({ kind: "token-expired", lifetimeSeconds });
        }
        case ClientState.CONNECTION_TIMED_OUT:
            return sessionEnd === undefined
                ? disconnectReason({ kind: "timed-out", timeoutSeconds, pausedMillis })
                : disconnectReason({ kind: "transport-closed", ...sessionEnd });
        default:
            if (machine.hasUsedUpSequence) {
                return disconnectReason({ kind: "sequence-exhausted" });
            }
            return machine.isForgotten
                ? disconnectReason({ kind: "forgotten-by-server", pausedMillis })
                : endedByServer(stated);
    }
}

/** What came of a dial that took too long, in words. */
export function unanswered({ path }: Attempt): string {
    const what = path?.transport === undefined ? "No session stood" : "No answer came";
    return `${what} in time from ${path === undefined ? "a server" : printAddress(path.server)}.`;
}
