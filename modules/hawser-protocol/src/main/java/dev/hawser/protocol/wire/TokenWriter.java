package dev.hawser.protocol.wire;

import dev.hawser.protocol.crypto.Aead;
import dev.hawser.protocol.crypto.PacketKey;
import java.nio.ByteBuffer;

/// Writes connect tokens. What it is given is trusted: the limits are checked where requests for
/// tokens are made.
public final class TokenWriter {
    private TokenWriter() {}

    /// {@return a whole connect token, 2048 bytes}
    ///
    /// @param privateKey 32 bytes
    /// @param nonce 24 bytes, never used before under this private key
    public static byte[] write(
            Aead cipher,
            byte[] privateKey,
            byte[] nonce,
            TokenClaims claims,
            PacketKey clientToServerKey,
            PacketKey serverToClientKey) {
        byte[] token = new byte[Wire.CONNECT_TOKEN_BYTES];
        ByteBuffer target = ByteBuffer.wrap(token);
        target.put(0, Wire.VERSION);
        LittleEndian.putLong(target, PublicToken.PROTOCOL_ID_OFFSET, claims.protocolId());
        LittleEndian.putLong(target, PublicToken.CREATE_OFFSET, claims.createTimestamp());
        LittleEndian.putLong(target, PublicToken.EXPIRE_OFFSET, claims.expireTimestamp());
        target.put(PublicToken.NONCE_OFFSET, nonce);
        int privateOffset = PublicToken.PRIVATE_OFFSET;
        writePrivate(claims, clientToServerKey, serverToClientKey, target, privateOffset);
        PrivateToken.seal(cipher, privateKey, nonce, claims, target, privateOffset);
        LittleEndian.putInt(target, PublicToken.TIMEOUT_OFFSET, claims.timeoutSeconds());
        int at = ServerList.write(claims.publicServers(), target, PublicToken.SERVERS_OFFSET);
        at = writeKeys(clientToServerKey, serverToClientKey, target, at);
        ExtensionBlock.write(target, at, ExtensionBlock.flags(claims), claims.resumes());
        return token;
    }

    /// Writes the private part as it is before it is sealed, 1008 bytes, at an absolute offset.
    static void writePrivate(
            TokenClaims claims,
            PacketKey clientToServerKey,
            PacketKey serverToClientKey,
            ByteBuffer target,
            int offset) {
        target.put(offset, new byte[PrivateToken.PLAIN_BYTES]);
        LittleEndian.putLong(target, offset, claims.clientId());
        LittleEndian.putInt(target, offset + PrivateToken.TIMEOUT_OFFSET, claims.timeoutSeconds());
        int at =
                ServerList.write(
                        claims.internalServers(), target, offset + PrivateToken.SERVERS_OFFSET);
        at = writeKeys(clientToServerKey, serverToClientKey, target, at);
        byte[] userData = claims.userData().toBytes();
        target.put(at, userData);
        at += userData.length;
        ExtensionBlock.write(target, at, ExtensionBlock.flags(claims), claims.resumes());
    }

    private static int writeKeys(
            PacketKey clientToServerKey,
            PacketKey serverToClientKey,
            ByteBuffer target,
            int offset) {
        clientToServerKey.copyTo(target, offset);
        serverToClientKey.copyTo(target, offset + PacketKey.BYTES);
        return offset + 2 * PacketKey.BYTES;
    }
}
