/**
 * Connections to a Hawser game server from the browser: netcode 1.02 over WebTransport, and over
 * WebSocket where that is missing.
 */

export type { HawserClientOptions } from "./client/client-options.js";
export type { ClientStats, ConnectionState } from "./client/connection-state.js";
export type { DisconnectReason } from "./client/disconnect-reason.js";
export { HawserClient, type SendResult } from "./client/hawser-client.js";
export { browserPlatform, type Platform } from "./client/platform.js";
export type { Drop, DropCounts } from "./drop.js";
export { NO_REASON, ReasonCode, type StatedReason } from "./stated-reason.js";
export type { TokenAnswer, WebServer } from "./token/token-answer.js";
export { type TokenFailure, TokenFetchError } from "./token/token-failure.js";
export { type TokenServiceOptions, type TokenSource, tokenService } from "./token/token-service.js";
export type {
    OpenRequest,
    OpenTransport,
    Transport,
    TransportEvents,
    TransportFailure,
    TransportKind,
} from "./transport/transport.js";
