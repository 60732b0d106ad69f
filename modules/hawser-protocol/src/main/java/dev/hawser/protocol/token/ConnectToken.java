package dev.hawser.protocol.token;

import dev.hawser.protocol.Drop;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.protocol.TokenTag;
import dev.hawser.protocol.UserData;
import dev.hawser.protocol.crypto.Ciphers;
import dev.hawser.protocol.wire.PrivateToken;
import dev.hawser.protocol.wire.PublicToken;
import dev.hawser.protocol.wire.TokenReading;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// A connect token: 2048 bytes that a backend makes for one client and one connection, and the
/// client connects with. It holds the keys of that connection, so it travels over HTTPS and is
/// nobody else's business.
///
/// Opaque: it takes whatever bytes came, and whether they are a token shows when it is read, by
/// [#info()] or by a client that connects. Copied in and out; equality is identity; prints its size
/// only. Reading it from several threads is safe as long as none erases it.
public final class ConnectToken {
    /// The size of a connect token.
    public static final int BYTES = 2048;

    private final byte[] bytes;

    /// Takes the bytes over without a copy.
    ConnectToken(byte[] bytes) {
        this.bytes = bytes;
    }

    /// {@return a token with a copy of these bytes, whatever they are}
    public static ConnectToken ofBytes(byte[] bytes) {
        return new ConnectToken(bytes.clone());
    }

    /// {@return a copy of the bytes, for the way to the client; they hold keys}
    public byte[] toBytes() {
        return bytes.clone();
    }

    /// {@return what the client can read in the token}
    ///
    /// @throws InvalidConnectTokenException when it is none
    public ConnectTokenInfo info() {
        PublicToken token = read();
        ConnectTokenInfo info =
                new ConnectTokenInfo(
                        token.protocolId(),
                        token.createTimestamp(),
                        token.expireTimestamp(),
                        token.timeoutSeconds(),
                        token.servers(),
                        token.statesReasons(),
                        token.survivesMoves());
        token.erase();
        return info;
    }

    /// {@return what the token tells the server}
    ///
    /// @param privateKey under which the token was made
    /// @throws InvalidConnectTokenException when it is no token, or of another private key
    public ConnectTokenClaims claims(PrivateKey privateKey) {
        PublicToken token = read();
        PrivateToken opened = new PrivateToken();
        try {
            checkOpened(open(token, opened, privateKey));
            return new ConnectTokenClaims(
                    opened.clientId(),
                    opened.timeoutSeconds(),
                    opened.servers(),
                    UserData.of(opened.userData()),
                    opened.statesReasons(),
                    opened.survivesMoves(),
                    opened.resumes());
        } finally {
            opened.erase();
            token.erase();
        }
    }

    private static Drop open(PublicToken token, PrivateToken target, PrivateKey privateKey) {
        byte[] key = new byte[PrivateKey.BYTES];
        privateKey.copyTo(key);
        Drop drop =
                target.open(
                        Ciphers.best().newTokenAead(),
                        key,
                        token.protocolId(),
                        token.expireTimestamp(),
                        token.nonce(),
                        ByteBuffer.wrap(token.sealedPrivate().clone()),
                        0);
        Arrays.fill(key, (byte) 0);
        return drop;
    }

    private static void checkOpened(Drop drop) {
        if (drop == Drop.TOKEN_NOT_AUTHENTIC) {
            throw new InvalidConnectTokenException(
                    "the private part of the connect token does not open: it was made under another"
                            + " private key, or changed since");
        }
        if (drop != Drop.NONE) {
            throw new InvalidConnectTokenException(
                    "the private part of the connect token opens, but its list of servers cannot be"
                            + " read: the backend that made it is at fault");
        }
    }

    /// {@return by what this token is told apart from every other}
    ///
    /// @throws InvalidConnectTokenException when it is no token
    public TokenTag tag() {
        PublicToken token = read();
        TokenTag tag = new TokenTag(token.tagHigh(), token.tagLow());
        token.erase();
        return tag;
    }

    /// Overwrites the token with zeros: it is none then.
    public void erase() {
        Arrays.fill(bytes, (byte) 0);
    }

    private PublicToken read() {
        return switch (PublicToken.read(bytes)) {
            case TokenReading.Success(PublicToken token) -> token;
            case TokenReading.Failure(String problem) ->
                    throw new InvalidConnectTokenException(
                            "not a connect token: " + problem + "; ask the backend for a new one");
        };
    }

    @Override
    public String toString() {
        return "ConnectToken[" + bytes.length + " bytes]";
    }
}
