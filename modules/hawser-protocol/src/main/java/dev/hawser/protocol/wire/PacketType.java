package dev.hawser.protocol.wire;

/// The seven packet types; the ordinal is the number on the wire.
public enum PacketType {
    /// Client to server, never sealed.
    CONNECTION_REQUEST,
    /// Server to client.
    CONNECTION_DENIED,
    /// Server to client.
    CONNECTION_CHALLENGE,
    /// Client to server.
    CONNECTION_RESPONSE,
    /// Both ways.
    KEEP_ALIVE,
    /// Both ways.
    PAYLOAD,
    /// Both ways.
    DISCONNECT;

    private static final PacketType[] TYPES = values();

    /// The number of types.
    public static final int COUNT = TYPES.length;

    /// {@return the type with this number, 0 to 6}
    public static PacketType of(int number) {
        return TYPES[number];
    }
}
