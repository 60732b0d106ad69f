package dev.hawser.protocol.wire;

/// The packet types, the ordinal is the number on the wire: the seven of the standard, and from
/// [#PATH_REQUEST] on those between two Hawser peers whose token says
/// [ExtensionBlock#SURVIVES_MOVES].
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
    DISCONNECT,
    /// Client to server, from wherever the client is: asks whether the server knows this address.
    PATH_REQUEST,
    /// Server to client.
    PATH_ANSWER,
    /// Client to server: answers the challenge in a path answer.
    PATH_RESPONSE,
    /// Both ways.
    PING,
    /// Server to client, never sealed: the server no longer has this connection.
    RESET;

    private static final PacketType[] TYPES = values();

    /// The number of types.
    public static final int COUNT = TYPES.length;

    /// {@return the type with this number, 0 to 11}
    public static PacketType of(int number) {
        return TYPES[number];
    }
}
