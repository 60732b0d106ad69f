package dev.hawser.tests.rig;

import dev.hawser.protocol.ShownToken;
import dev.hawser.protocol.token.ConnectToken;
import dev.hawser.protocol.wire.TokenClaims;
import java.util.Arrays;

/// A minted connect token and the keys in it.
public final class Token {
    private static final int VERSION_BYTES = 13;
    private static final int PROTOCOL_ID_OFFSET = VERSION_BYTES;
    private static final int CREATE_OFFSET = PROTOCOL_ID_OFFSET + 8;
    private static final int EXPIRE_OFFSET = CREATE_OFFSET + 8;
    private static final int TIMEOUT_OFFSET = EXPIRE_OFFSET + 8 + 24 + 1024;

    private final byte[] bytes;
    private final TokenClaims claims;
    private final byte[] clientToServerKey;
    private final byte[] serverToClientKey;

    Token(byte[] bytes, TokenClaims claims, byte[] clientToServerKey, byte[] serverToClientKey) {
        this.bytes = bytes;
        this.claims = claims;
        this.clientToServerKey = clientToServerKey;
        this.serverToClientKey = serverToClientKey;
    }

    public ConnectToken toConnectToken() {
        return ConnectToken.ofBytes(bytes);
    }

    public byte[] bytes() {
        return bytes.clone();
    }

    /// {@return the same token with other bytes in its public part, which nobody authenticates}
    public Token withPublicBytes(int offset, byte[] values) {
        byte[] changed = bytes.clone();
        System.arraycopy(values, 0, changed, offset, values.length);
        return new Token(changed, claims, clientToServerKey, serverToClientKey);
    }

    public TokenClaims claims() {
        return claims;
    }

    /// {@return what a server tells of it}
    public ShownToken shown() {
        return new ShownToken(
                toConnectToken().tag(), claims.expireTimestamp(), claims.timeoutSeconds());
    }

    public byte[] clientToServerKey() {
        return clientToServerKey;
    }

    public byte[] serverToClientKey() {
        return serverToClientKey;
    }

    /// {@return the connection request of this token, put together as docs/protocol.md "Packets"
    /// says}
    public byte[] request() {
        byte[] request = new byte[1078];
        System.arraycopy(bytes, 0, request, 1, VERSION_BYTES + 8);
        int at = 1 + VERSION_BYTES + 8;
        byte[] rest = Arrays.copyOfRange(bytes, EXPIRE_OFFSET, TIMEOUT_OFFSET);
        System.arraycopy(rest, 0, request, at, rest.length);
        return request;
    }
}
