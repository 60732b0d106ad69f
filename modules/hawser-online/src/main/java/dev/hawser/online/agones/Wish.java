package dev.hawser.online.agones;

/// A state that the game wants the GameServer to have. The latest counts: one that was not asked
/// for yet is forgotten.
///
/// @param body of the request
/// @param isFirst whether this is the first *ready* of the server, which must not undo what has
///   become of it meanwhile
record Wish(Kind kind, String body, boolean isFirst) {
    static final String NOTHING = "{}";

    static final Wish FIRST_READY = new Wish(Kind.READY, NOTHING, true);
    static final Wish READY = new Wish(Kind.READY, NOTHING, false);
    static final Wish ALLOCATED = new Wish(Kind.ALLOCATED, NOTHING, false);
    static final Wish SHUTDOWN = new Wish(Kind.SHUTDOWN, NOTHING, false);

    enum Kind {
        READY("/ready"),
        ALLOCATED("/allocate"),
        RESERVED("/reserve"),
        SHUTDOWN("/shutdown");

        private final String path;

        Kind(String path) {
            this.path = path;
        }
    }

    /// Has it done.
    void grant(Sidecar sidecar) throws SidecarException {
        if (isFirst) {
            // An answer that got lost was a request all the same: asked again, Agones would take an
            // allocation back that has come since. And a server that is to go is not ready.
            AgonesState state = sidecar.gameServer().state();
            if (state.isReadyOrLater() || state.isFinal()) {
                return;
            }
        }
        sidecar.send("POST", kind.path, body);
    }
}
