package dev.hawser.testkit.pair;

/// What must hold after every step of a [Pair], whatever the network and an attacker do.
public enum Invariant {
    /// No key and nonce seal two different plaintexts, over all servers and their restarts.
    NONCE_USED_ONCE,
    /// At each server, a connect token leads to one connection.
    ONE_CONNECTION_PER_TOKEN,
    /// Only requests with a valid token are answered: of this server, not expired, within the
    /// limits on lifetimes, from one address.
    ONLY_VALID_TOKENS_ANSWERED,
    /// A client gets the lowest free slot, under the id, address and user data of its token; each
    /// id and address has one slot, also after it has moved, and only a token that came after it
    /// takes one over. Who asks while a slot is free is not denied.
    SLOTS_AS_TOKENS_SAY,
    /// Where the application is asked, nobody gets a slot whom it has not admitted.
    ADMISSION_HEEDED,
    /// Slots taken are clients connected; when all has ended, nothing is left behind.
    NOTHING_LEAKED,
    /// A client of which nothing authentic was heard for its timeout has no slot.
    GHOSTS_LEAVE,
    /// A connection, or the attempt at one, ends for silence only when nothing was heard for its
    /// timeout by a side that listened: standing still is not listening.
    SILENCE_IS_HEARD_OUT,
    /// Packets that no holder of the keys made change nothing and are not answered.
    NO_STATE_FOR_STRANGERS,
    /// What a packet makes a server send is smaller than that packet.
    REPLIES_SMALLER_THAN_REQUESTS,
    /// Repeated requests get the challenge of the first one.
    ONE_CHALLENGE_PER_PENDING,
    /// Each payload is delivered at most once, unaltered, to the peer it was sent to.
    PAYLOADS_ONCE_AND_UNALTERED,
    /// A payload to a client that has not confirmed its connection follows a keep-alive.
    KEEP_ALIVE_BEFORE_PAYLOAD,
    /// Keys of connections that ended are zero, and nothing is sealed under a key of zeros.
    KEYS_ERASED,
    /// A client counts as connected only when the server has given it a slot.
    CONNECTED_MEANS_SLOT,
    /// A connection moves only to the address where the latest challenge of its server went, in
    /// answer to that challenge and within two seconds.
    MOVES_AS_CHALLENGED,
    /// A connection that survives a changed address is not lost to silence once both ways have
    /// worked again for a second, and for what packets take there and back.
    MOVES_ARE_SURVIVED,
    /// A server says that it no longer has a connection only when that is so, and not of one that
    /// it has just ended.
    RESET_OF_UNKNOWN_ONLY,
    /// The slot of a client that fell silent is its own, and nobody else's, until its time is over
    /// or somebody gives it up; nobody is kept of whom nothing was heard for longer.
    SLOTS_ARE_KEPT,
    /// Who names a token goes on with the connection of that token, in its slot; who was replaced
    /// or sent away is denied; nobody else is displaced.
    RESUMES_AS_TOKENS_SAY,
    /// A server that drains lets nobody in and keeps nobody; at its deadline nobody is left.
    NOBODY_IN_A_DRAIN,
    /// A machine does not ask to be woken again and again without a reason.
    NO_IDLE_WAKING
}
