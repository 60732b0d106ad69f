/**
 * Why a peer says that it denies or ends a connection: a code, when to come back, a text.
 *
 * netcode's denied and disconnect packets are empty; between two peers whose connect token has the
 * extension block they carry this. Whenever only an empty packet arrived, it is {@link NO_REASON}.
 */
export interface StatedReason {
    /** 0 to 65535; 0 says nothing, those below 1000 belong to Hawser, the rest to the game. */
    readonly code: number;
    /** 0 to 65535; when it makes sense to try again, 0 where nothing is known. */
    readonly retryAfterSeconds: number;
    /** For people, at most 124 bytes in UTF-8; a longer one is cut when it is sent. */
    readonly text: string;
}

/** Nothing was said. */
export const NO_REASON: StatedReason = Object.freeze({ code: 0, retryAfterSeconds: 0, text: "" });

/** The codes that Hawser gives. */
export const ReasonCode = {
    /** Every slot of the server is taken. */
    SERVER_FULL: 1,
    /** The game refused the client, or did not answer in time. */
    REFUSED: 2,
    /** The same client id has connected again. */
    REPLACED: 3,
    /** The server is going down. */
    SERVER_STOPPED: 4,
    /** This player is not allowed at this server. */
    BANNED: 5,
    /** This player is connected already. */
    ALREADY_CONNECTED: 6,
    /** Something at the server went wrong. */
    INTERNAL: 7,
    /** The server takes no more players: it is about to go down. */
    DRAINING: 8,
    /** The server goes down, and its players are to go on at another one. */
    MOVED: 9,
    /** The connect token was used before, at this server or another one. */
    TOKEN_USED: 10,
    /** An operator has ended the connection. */
    KICKED: 11,
} as const;

/** @throws RangeError when a number does not fit sixteen bits */
export function checkReason(reason: StatedReason): void {
    for (const [name, value] of [
        ["code", reason.code],
        ["retryAfterSeconds", reason.retryAfterSeconds],
    ] as const) {
        if (!Number.isInteger(value) || value < 0 || value > 0xffff) {
            throw new RangeError(`${name} ${value} is outside 0..65535: it travels in two bytes`);
        }
    }
}

export function isNoReason(reason: StatedReason): boolean {
    return reason.code === 0 && reason.retryAfterSeconds === 0 && reason.text === "";
}
