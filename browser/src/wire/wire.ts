/** The numbers of the standard, netcode 1.02. */

/** The version string with its closing zero, which tokens and requests begin with. */
export const VERSION: Uint8Array = new TextEncoder().encode("NETCODE 1.02\0");

export const KEY_BYTES = 32;
export const TAG_BYTES = 16;
export const CONNECT_TOKEN_BYTES = 2048;
export const CONNECT_TOKEN_NONCE_BYTES = 24;
/** The private part of a connect token, sealed. */
export const PRIVATE_TOKEN_BYTES = 1024;
export const CHALLENGE_TOKEN_BYTES = 300;
export const SERVERS_PER_TOKEN_MAX = 32;
export const PAYLOAD_BYTES_MAX = 1200;

/** What a packet is larger than its payload at most: prefix, eight sequence bytes, tag. */
export const PACKET_OVERHEAD_BYTES_MAX: number = 1 + 8 + TAG_BYTES;
export const PACKET_BYTES_MAX: number = PAYLOAD_BYTES_MAX + PACKET_OVERHEAD_BYTES_MAX;
/** Prefix, one sequence byte, tag. */
export const SEALED_PACKET_BYTES_MIN: number = 1 + 1 + TAG_BYTES;
export const REQUEST_BYTES: number =
    1 + 13 + 8 + 8 + CONNECT_TOKEN_NONCE_BYTES + PRIVATE_TOKEN_BYTES;

/** The body of a challenge or response: challenge sequence and sealed challenge token. */
export const CHALLENGE_BODY_BYTES: number = 8 + CHALLENGE_TOKEN_BYTES;
/** The body of a keep-alive: client index and number of slots. */
export const KEEP_ALIVE_BODY_BYTES = 8;
/** What names a connection where its address may change. */
export const PATH_ID_BYTES = 8;
/** What only the server of a connection, or one that took its place, can say. */
export const RESET_WORD_BYTES = 16;
/** The body of a server's keep-alive that names the path: that of the standard, id and word. */
export const PATH_KEEP_ALIVE_BODY_BYTES: number =
    KEEP_ALIVE_BODY_BYTES + PATH_ID_BYTES + RESET_WORD_BYTES;
/** The body of a path request or a path response. */
export const PATH_BODY_BYTES = 16;
/** The body of a path answer: a challenge, or one of two words. */
export const PATH_ANSWER_BODY_BYTES = 8;
export const PING_BODY_BYTES = 24;
/** `0B · resetWord[16]`, never sealed. */
export const RESET_BYTES: number = 1 + RESET_WORD_BYTES;
/** The body of a denied or disconnect packet that states a reason. */
export const REASON_BODY_BYTES_MIN = 4;
export const REASON_BODY_BYTES_MAX = 128;

/** How long after a packet the next one goes out at the latest, and a request is repeated. */
export const SEND_INTERVAL_MILLIS = 100;
/** How often a disconnect packet is sent. */
export const DISCONNECT_PACKETS = 10;

/** How often a client asks for its path, where it has to. */
export const PATH_REQUEST_INTERVAL_MILLIS = 100;
/** After what silence a side that survives moves takes it that the way is broken. */
export const PATH_SILENCE_MILLIS = 500;
/** Between two pings of one side, at least. */
export const PING_INTERVAL_MILLIS = 500;

/**
 * The packet types, by their number on the wire: seven of the standard, and those under a token
 * whose connection survives moves.
 */
export const PacketType = {
    CONNECTION_REQUEST: 0,
    CONNECTION_DENIED: 1,
    CONNECTION_CHALLENGE: 2,
    CONNECTION_RESPONSE: 3,
    KEEP_ALIVE: 4,
    PAYLOAD: 5,
    DISCONNECT: 6,
    /** A client asks whether the server still knows it, from whatever address it has now. */
    PATH_REQUEST: 7,
    /** The server's answer to that, or its word that it hears nothing. */
    PATH_ANSWER: 8,
    /** A client shows that it receives at the address that it sends from. */
    PATH_RESPONSE: 9,
    PING: 10,
    /** The server has no such connection. Never sealed. */
    RESET: 11,
} as const;

export type PacketType = (typeof PacketType)[keyof typeof PacketType];

/** Whether a packet, sealed or not, ends a connection. */
export function isDisconnect(packet: Uint8Array): boolean {
    return ((packet[0] ?? 0) & 0xf) === PacketType.DISCONNECT;
}

/** Whether a packet is a reset, as its size and its one prefix say. */
export function isReset(packet: Uint8Array): boolean {
    return packet.length === RESET_BYTES && packet[0] === PacketType.RESET;
}

/** The sealed types that a client reads, as a mask of bits. */
export const CLIENT_TYPES: number =
    (1 << PacketType.CONNECTION_DENIED) |
    (1 << PacketType.CONNECTION_CHALLENGE) |
    (1 << PacketType.KEEP_ALIVE) |
    (1 << PacketType.PAYLOAD) |
    (1 << PacketType.DISCONNECT) |
    (1 << PacketType.PATH_ANSWER) |
    (1 << PacketType.PING);

/** The sealed types that a server reads: for tests, and for tools that look at both sides. */
export const SERVER_TYPES: number =
    (1 << PacketType.CONNECTION_RESPONSE) |
    (1 << PacketType.KEEP_ALIVE) |
    (1 << PacketType.PAYLOAD) |
    (1 << PacketType.DISCONNECT) |
    (1 << PacketType.PATH_REQUEST) |
    (1 << PacketType.PATH_RESPONSE) |
    (1 << PacketType.PING);
