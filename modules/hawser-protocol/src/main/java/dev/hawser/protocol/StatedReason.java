package dev.hawser.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Objects;

/// Why a peer says that it denies or ends a connection: a code, when to come back, a text.
///
/// netcode's denied and disconnect packets are empty; between two peers whose connect token has the
/// extension block they carry this. Without it, and whenever only an empty packet arrived, the
/// reason is [#NONE].
///
/// @param code 0 to 65535; 0 says nothing, those below 1000 belong to Hawser, the rest to the
///   application
/// @param retryAfterSeconds 0 to 65535; when it makes sense to try again, 0 where nothing is known
/// @param text for people, at most 124 bytes in UTF-8; a longer one is cut between two characters
public record StatedReason(int code, int retryAfterSeconds, String text) {
    /// Nothing was said.
    public static final StatedReason NONE = new StatedReason(0, 0, "");

    /// Every slot of the server is taken.
    public static final int SERVER_FULL = 1;

    /// The application refused the client, or did not answer in time.
    public static final int REFUSED = 2;

    /// The same client id has connected again.
    public static final int REPLACED = 3;

    /// The server is going down.
    public static final int SERVER_STOPPED = 4;

    /// This player is not allowed at this server.
    public static final int BANNED = 5;

    /// This player is connected already.
    public static final int ALREADY_CONNECTED = 6;

    /// Something at the server went wrong.
    public static final int INTERNAL = 7;

    /// The server takes no more players: it is about to go down.
    public static final int DRAINING = 8;

    /// The server goes down, and its players are to go on at another one.
    public static final int MOVED = 9;

    /// The connect token was used before, at this server or another one.
    public static final int TOKEN_USED = 10;

    /// An operator has ended the connection.
    public static final int KICKED = 11;

    /// The codes from here up to 65535 are the application's.
    public static final int APPLICATION_MIN = 1000;

    /// The largest text, in bytes of UTF-8.
    public static final int TEXT_BYTES_MAX = 124;

    /// Checks the ranges, and cuts the text: it is the same over connections of every kind.
    ///
    /// @throws IllegalArgumentException when a number does not fit sixteen bits
    public StatedReason {
        checkUnsigned16("code", code, "take one from " + APPLICATION_MIN + " on");
        checkUnsigned16("retryAfterSeconds", retryAfterSeconds, "say 0 for longer or for ever");
        text = cut(Objects.requireNonNull(text, "text"));
    }

    /// {@return a reason with no advice on when to come back}
    public static StatedReason of(int code, String text) {
        return new StatedReason(code, 0, text);
    }

    private static void checkUnsigned16(String name, int value, String remedy) {
        if (value < 0 || value > 0xffff) {
            throw new IllegalArgumentException(
                    name
                            + " of a reason is "
                            + value
                            + ", but must be from 0 to 65535, since it travels in two bytes: "
                            + remedy);
        }
    }

    private static String cut(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(bytes.length, TEXT_BYTES_MAX);
        // Continuation bytes are 10xxxxxx: step back to the first byte of the cut character.
        while (length < bytes.length && (bytes[length] & 0xc0) == 0x80) {
            length--;
        }
        // Made of the bytes also where nothing is cut: half a pair of surrogates has no UTF-8, and
        // is to be the same everywhere.
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }
}
