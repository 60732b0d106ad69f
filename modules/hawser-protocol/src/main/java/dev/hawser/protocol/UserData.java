package dev.hawser.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The 256 bytes that a backend puts into a connect token and the game server finds with the
/// connected client: a name, a team, whatever the two agree on. The client cannot read or change
/// them. Immutable.
public final class UserData {
    /// The size of user data: always the whole of it, shorter content is followed by zeros.
    public static final int BYTES = 256;

    /// 256 zeros.
    public static final UserData EMPTY = new UserData(new byte[BYTES]);

    private final byte[] bytes;

    private UserData(byte[] bytes) {
        this.bytes = bytes;
    }

    /// {@return user data that starts with `content`, zeros behind it}
    ///
    /// @throws IllegalArgumentException when `content` is longer than 256 bytes
    public static UserData of(byte[] content) {
        if (content.length > BYTES) {
            throw new IllegalArgumentException(
                    "user data of "
                            + content.length
                            + " bytes, but a connect token has room for "
                            + BYTES
                            + ": send an id and look the rest up on the server");
        }
        return new UserData(Arrays.copyOf(content, BYTES));
    }

    /// {@return user data that starts with `text` in UTF-8, zeros behind it}
    ///
    /// @throws IllegalArgumentException when the text takes more than 256 bytes
    public static UserData ofText(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    /// {@return the text in UTF-8 up to the first zero byte}
    public String text() {
        int length = 0;
        while (length < BYTES && bytes[length] != 0) {
            length++;
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    /// {@return a copy of the 256 bytes}
    public byte[] toBytes() {
        return bytes.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof UserData that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "UserData[" + BYTES + " bytes]";
    }
}
