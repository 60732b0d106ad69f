package dev.hawser.protocol.path;

/// What a path answer says that is no challenge.
public final class PathAnswer {
    /// The address that the request came from is the connection's.
    public static final long CONFIRMED = 0;

    /// The server has heard nothing of the client for a while: the way back may be whole while the
    /// way there is not.
    public static final long NOTHING_HEARD = -1;

    private PathAnswer() {}
}
