package dev.hawser.online.agones;

/// The states of a GameServer, as Agones names them. Later versions of Agones may have others,
/// which are [#UNKNOWN]; the text is in [AgonesGameServer#stateText()].
public enum AgonesState {
    /// A port of the node is being chosen.
    PORT_ALLOCATION("PortAllocation"),

    /// The pod is being made.
    CREATING("Creating"),

    /// The pod has been made.
    STARTING("Starting"),

    /// The pod has a node, and so the server its public address.
    SCHEDULED("Scheduled"),

    /// The server has said that it is ready.
    REQUEST_READY("RequestReady"),

    /// Players can be sent to it.
    READY("Ready"),

    /// It is to be left alone for a while: neither allocated nor deleted.
    RESERVED("Reserved"),

    /// Players are on it, or on their way: it is not deleted to make the fleet smaller.
    ALLOCATED("Allocated"),

    /// It does not say that it is healthy. There is no way back: a fleet replaces it.
    UNHEALTHY("Unhealthy"),

    /// It is about to be deleted, with its pod; SIGTERM follows.
    SHUTDOWN("Shutdown"),

    /// It could not be made.
    ERROR("Error"),

    /// None of these.
    UNKNOWN("");

    private final String text;

    AgonesState(String text) {
        this.text = text;
    }

    /// {@return the state of this name}
    static AgonesState of(String text) {
        for (AgonesState state : values()) {
            if (state.text.equals(text)) {
                return state;
            }
        }
        return UNKNOWN;
    }

    /// {@return whether Agones has heard that the server is ready}
    boolean isReadyOrLater() {
        return switch (this) {
            case REQUEST_READY, READY, RESERVED, ALLOCATED -> true;
            case PORT_ALLOCATION, CREATING, STARTING, SCHEDULED, UNKNOWN -> false;
            case UNHEALTHY, SHUTDOWN, ERROR -> false;
        };
    }

    /// {@return whether there is no way back from here}
    boolean isFinal() {
        return this == UNHEALTHY || this == SHUTDOWN || this == ERROR;
    }
}
