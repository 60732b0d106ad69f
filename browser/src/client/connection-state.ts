import type { DropCounts } from "../drop.js";
import type { TransportKind } from "../transport/transport.js";
import type { DisconnectReason } from "./disconnect-reason.js";

/** Where a client stands. */
export type ConnectionState =
    /** No connection, and none is being made. */
    | { readonly kind: "disconnected"; readonly reason: DisconnectReason }
    /** A connection is being made. */
    | {
          readonly kind: "connecting";
          readonly step: /** The connect token is awaited. */
              | "fetching-token"
              /** A session with a server is being opened. */
              | "opening-session"
              /** The server is asked for a connection. */
              | "requesting"
              /** The server's challenge is answered. */
              | "responding";
      }
    /**
     * The connection was lost, and the client tries to go on with it (`resumeWithinMillis`). Nothing
     * can be sent meanwhile; connected or disconnected follows.
     */
    | {
          readonly kind: "resuming";
          /** 1 for the first, and so on. */
          readonly attempt: number;
      }
    /** Payloads go both ways. */
    | {
          readonly kind: "connected";
          readonly transport: TransportKind;
          /** The server of the token, for example `203.0.113.5:7777`. */
          readonly server: string;
          /** Undefined where the token came without it. */
          readonly clientId: bigint | undefined;
          /** The slot this client has at the server. */
          readonly clientIndex: number;
          /** How many slots the server has. */
          readonly maxClients: number;
      };

/** Whether nobody needs to be told of the one after the other. */
export function isSame(one: ConnectionState, other: ConnectionState): boolean {
    switch (one.kind) {
        case "disconnected":
            return false;
        case "connecting":
            return other.kind === one.kind && other.step === one.step;
        case "resuming":
            return other.kind === one.kind && other.attempt === one.attempt;
        case "connected":
            return other.kind === one.kind;
    }
}

/**
 * What a client has moved, and how good it is. A snapshot; counts are those of one connect, over all
 * that resumed it, and how good it is are figures of the latest connection.
 */
export interface ClientStats {
    /** Of the session that stands, or stood last; undefined before the first. */
    readonly transport: TransportKind | undefined;
    /** Authentic packets received, keep-alives included. */
    readonly packetsIn: number;
    readonly bytesIn: number;
    readonly packetsOut: number;
    readonly bytesOut: number;
    /** Sent on a stream, since they did not fit a datagram. */
    readonly packetsOutOnStreams: number;
    /** How often the connection was lost, and gone on with. */
    readonly resumes: number;
    /** Handed to the application. */
    readonly payloadsIn: number;
    readonly payloadsOut: number;
    /** The share of the server's latest packets that did not arrive, 0 to 1; once 32 were expected. */
    readonly inboundLoss: number | undefined;
    /**
     * The share of this client's latest packets that did not arrive at the server, 0 to 1, as the
     * server reports it twice a second; once 32 were expected. Undefined with a server that sends no
     * pings: another implementation, or under a token of another service.
     */
    readonly outboundLoss: number | undefined;
    /**
     * There and back, smoothed: from the handshake, where it was certain which packet answered
     * which, from the server's pings, and from what the game reports. With the wait for the next
     * update of either side.
     */
    readonly roundTripMillis: number | undefined;
    /**
     * How unevenly the server's packets arrive: the smoothed deviation of the time between two of
     * them from its mean (RFC 3550). How unevenly they are sent is in it.
     */
    readonly jitterMillis: number | undefined;
    /** Why packets were dropped, and how many, since this client was made. */
    readonly drops: DropCounts;
}
