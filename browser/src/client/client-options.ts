import type { TransportKind } from "../transport/transport.js";
import type { DeliveryOptions } from "./payload-inbox.js";

export interface HawserClientOptions extends DeliveryOptions {
    /**
     * Which transports are used, in the order in which they are tried: WebTransport, then
     * WebSocket, unless said otherwise. One alone forces it.
     */
    readonly transports?: readonly TransportKind[];
    /**
     * How long a transport has to open a session before the next is tried beside it: 3000 ms unless
     * said otherwise. It goes on, and whichever stands first is taken.
     */
    readonly openTimeoutMillis?: number;
    /**
     * That the client comes back by itself when it loses its connection, and for how long it tries:
     * 1000 to 86,400,000 ms, about as long as the server keeps a place. It does not unless this is
     * set.
     *
     * After a timeout, the end of a session, when the server was restarted or sends its players on,
     * it asks its source for
     * a token that resumes the connection, and dials, until it is connected again, the server says
     * no, or the time is over; its state is `resuming` meanwhile. With a single answer in place of a
     * source there is nothing to come back with, and the connection just ends.
     */
    readonly resumeWithinMillis?: number;
}
