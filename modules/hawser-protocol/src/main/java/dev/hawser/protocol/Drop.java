package dev.hawser.protocol;

/// Why a packet was dropped: one constant for each reason of the standard and of the hardening.
///
/// What comes from the network never throws and is never logged; it is counted here
/// ([DropCounters]).
public enum Drop {
    /// Not dropped.
    NONE,

    // Reading a sealed packet, in the order of the checks.

    /// No packet of its type has this length.
    WRONG_SIZE,
    /// A type that does not exist or that this side never receives.
    WRONG_TYPE,
    /// A prefix that announces no sequence bytes or more than eight.
    WRONG_PREFIX,
    /// The packet was received before, or is older than 256 sequences, or older than the
    /// connection.
    ALREADY_RECEIVED,
    /// The packet does not open under the key of its connection.
    NOT_AUTHENTIC,

    // A connection request, in the order of the checks.

    /// The request's version is not `NETCODE 1.02`.
    WRONG_VERSION,
    /// The request names another protocol id.
    WRONG_PROTOCOL_ID,
    /// The connect token has expired.
    TOKEN_EXPIRED,
    /// The connect token expires when others did that were forgotten: the clock was set back, and
    /// it may have been used.
    TOKEN_FORGOTTEN,
    /// The connect token could have been minted before this server started.
    TOKEN_OLDER_THAN_START,
    /// The connect token outlives the longest lifetime that this server accepts.
    TOKEN_OUTLIVES_LIMIT,
    /// The private part does not open: another private key, or claims that were changed.
    TOKEN_NOT_AUTHENTIC,
    /// The private part opened, but its addresses cannot be read.
    TOKEN_UNREADABLE,
    /// This server is not among the addresses of the token.
    SERVER_NOT_IN_TOKEN,
    /// A client is connected from this address.
    ADDRESS_CONNECTED,
    /// A client with this id is connected.
    CLIENT_ID_CONNECTED,
    /// The token has led to a connection before.
    TOKEN_CONSUMED,
    /// The token was first seen from another address.
    TOKEN_FROM_OTHER_ADDRESS,
    /// The history is full of tokens that have not expired.
    TOKEN_HISTORY_FULL,
    /// As many connections as allowed are pending from this address, this network, or at all.
    PENDING_FULL,

    // A connection response.

    /// No client and no pending connection at this address.
    UNKNOWN_ADDRESS,
    /// The challenge token does not open, or is not the one of this pending connection.
    CHALLENGE_NOT_AUTHENTIC,

    // More than is wanted.

    /// A payload of a peer that has as much waiting as the application allows, or any packet on top
    /// of what an update takes, except the end of a connection; not opened.
    OVER_LIMIT,

    // Paths: a client whose address may change.

    /// A path packet under an id that no connection has, nor had.
    PATH_UNKNOWN,
    /// A path packet from an address that the client does not have, and not its newest packet.
    PATH_OVERTAKEN,
    /// A path response that does not answer the challenge of this client's candidate address, from
    /// there and in time.
    PATH_CHALLENGE,
    /// The client has moved less than 100 ms ago.
    PATH_MOVES_LIMIT,
    /// A path packet of a connection that was ended here within the last minute.
    PATH_ENDED,
    /// More unknown path ids than this server checks a second.
    PATH_CHECKS_LIMIT,

    // The client.

    /// From an address that is not the current server's.
    WRONG_ADDRESS,
    /// A packet that means nothing in the present state.
    WRONG_STATE
}
