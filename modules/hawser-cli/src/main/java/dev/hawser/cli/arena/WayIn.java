package dev.hawser.cli.arena;

/// How a player is connected. The ordinals are on the wire.
enum WayIn {
    LOCAL("local"),
    UDP("udp"),
    WEB_TRANSPORT("webtransport"),
    WEB_SOCKET("websocket");

    private static final WayIn[] ALL = values();

    private final String label;

    WayIn(String label) {
        this.label = label;
    }

    /// {@return the name of the server's member for it}
    String label() {
        return label;
    }

    /// {@return the one with this number on the wire, from 0 to 3}
    static WayIn of(int ordinal) {
        return ALL[ordinal];
    }
}
