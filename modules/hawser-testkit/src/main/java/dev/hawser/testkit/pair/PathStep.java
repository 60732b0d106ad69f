package dev.hawser.testkit.pair;

import dev.hawser.protocol.Drop;
import org.jspecify.annotations.Nullable;

/// What happens to the paths of connections that survive a changed address, as it is seen from
/// outside the machines: [Invariants#pathSteps()] counts it.
public enum PathStep {
    /// A client that heard nothing began to ask for its path.
    PROBED_FOR_SILENCE,
    /// A client whose application said that the network had changed began to ask.
    PROBED_FOR_NETWORK_CHANGE,
    /// A client that was told that nothing of it was heard began to ask.
    PROBED_FOR_NOTHING_HEARD,
    /// A client was told that its address is the connection's.
    CONFIRMED,

    /// A server told a client that nothing of it was heard.
    NOTHING_HEARD_SAID,
    /// A server confirmed the address that it had.
    HOME_CONFIRMED,
    /// A server sent a challenge to an address that the client did not have.
    CHALLENGED,
    /// Another address became the candidate in the place of one that had not answered yet.
    CANDIDATE_REPLACED,
    /// A candidate did not answer in time.
    CANDIDATE_DIED,
    /// A newer packet came from where the client was.
    CANDIDATE_OVERTAKEN,
    /// A connection moved.
    MOVED,
    /// A connection moved to an address of the other family.
    MOVED_TO_OTHER_FAMILY,

    /// A server said that it no longer had a connection.
    RESET_ANSWERED,
    /// A client heeded that.
    RESET_HEEDED,
    /// A client did not, since it had not asked, had heard the server since, or the word was not
    /// its own.
    RESET_IGNORED,

    /// A ping was taken by a server.
    SERVER_PINGED,
    /// A ping was taken by a client.
    CLIENT_PINGED,

    /// A path packet under an unknown id was dropped.
    DROPPED_UNKNOWN(Drop.PATH_UNKNOWN),
    /// One that was not the newest.
    DROPPED_OVERTAKEN(Drop.PATH_OVERTAKEN),
    /// One that did not answer the challenge.
    DROPPED_CHALLENGE(Drop.PATH_CHALLENGE),
    /// One of a client that had just moved.
    DROPPED_MOVES_LIMIT(Drop.PATH_MOVES_LIMIT),
    /// One of a connection that the server had ended.
    DROPPED_ENDED(Drop.PATH_ENDED),
    /// One more than the server checks.
    DROPPED_CHECKS_LIMIT(Drop.PATH_CHECKS_LIMIT),
    /// One from the address of another client.
    DROPPED_ADDRESS_CONNECTED(Drop.ADDRESS_CONNECTED),
    /// One that was received before.
    DROPPED_ALREADY_RECEIVED(Drop.ALREADY_RECEIVED),
    /// One that did not open.
    DROPPED_NOT_AUTHENTIC(Drop.NOT_AUTHENTIC);

    private static final PathStep[] STEPS = values();

    private final @Nullable Drop drop;

    PathStep() {
        this(null);
    }

    PathStep(@Nullable Drop drop) {
        this.drop = drop;
    }

    /// {@return the step that is this drop of a path packet, or null}
    static @Nullable PathStep of(Drop drop) {
        for (PathStep step : STEPS) {
            if (step.drop == drop) {
                return step;
            }
        }
        return null;
    }
}
