package dev.hawser.protocol.wire;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.UnixTime;
import dev.hawser.protocol.crypto.PacketKey;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/// A connect token as its client reads it: all but the sealed private part.
///
/// `VERSION · protocolId u64 · createTimestamp u64 · expireTimestamp u64 · nonce[24] ·
/// sealedPrivate[1024] · timeoutSeconds i32 · count u32 · count × address · clientToServerKey[32] ·
/// serverToClientKey[32]`, zero-padded to 2048 bytes.
///
/// Holds copies of what it read, keys among them: [#erase] it when the connection has ended.
public final class PublicToken {
    static final int PROTOCOL_ID_OFFSET = Wire.VERSION_BYTES;
    static final int CREATE_OFFSET = PROTOCOL_ID_OFFSET + Long.BYTES;
    static final int EXPIRE_OFFSET = CREATE_OFFSET + Long.BYTES;
    static final int NONCE_OFFSET = EXPIRE_OFFSET + Long.BYTES;
    static final int PRIVATE_OFFSET = NONCE_OFFSET + Wire.CONNECT_TOKEN_NONCE_BYTES;
    static final int TIMEOUT_OFFSET = PRIVATE_OFFSET + Wire.PRIVATE_TOKEN_BYTES;
    static final int SERVERS_OFFSET = TIMEOUT_OFFSET + Integer.BYTES;

    private final long protocolId;
    private final long createTimestamp;
    private final long expireTimestamp;
    private final byte[] nonce;
    private final byte[] sealedPrivate;
    private final int timeoutSeconds;
    private final List<NetAddress> servers;
    private final PacketKey clientToServerKey = new PacketKey();
    private final PacketKey serverToClientKey = new PacketKey();
    private final int extensions;

    private PublicToken(ByteBuffer token, ServerList servers, int keysOffset) {
        protocolId = LittleEndian.getLong(token, PROTOCOL_ID_OFFSET);
        createTimestamp = LittleEndian.getLong(token, CREATE_OFFSET);
        expireTimestamp = LittleEndian.getLong(token, EXPIRE_OFFSET);
        nonce = copy(token, NONCE_OFFSET, Wire.CONNECT_TOKEN_NONCE_BYTES);
        sealedPrivate = copy(token, PRIVATE_OFFSET, Wire.PRIVATE_TOKEN_BYTES);
        timeoutSeconds = LittleEndian.getInt(token, TIMEOUT_OFFSET);
        this.servers = servers.toList();
        clientToServerKey.set(token, keysOffset);
        serverToClientKey.set(token, keysOffset + PacketKey.BYTES);
        int blockOffset = keysOffset + 2 * PacketKey.BYTES;
        extensions = ExtensionBlock.read(token, blockOffset, Wire.CONNECT_TOKEN_BYTES);
    }

    /// Reads a connect token, checking what the standard checks: length, version, that it was not
    /// created after it expires, count and types of the addresses.
    ///
    /// @param token not kept and not changed
    public static TokenReading read(byte[] token) {
        if (token.length != Wire.CONNECT_TOKEN_BYTES) {
            return new TokenReading.Failure(
                    "it has "
                            + token.length
                            + " bytes, but a connect token has "
                            + Wire.CONNECT_TOKEN_BYTES);
        }
        if (!Arrays.equals(token, 0, Wire.VERSION_BYTES, Wire.VERSION, 0, Wire.VERSION_BYTES)) {
            return new TokenReading.Failure(
                    "its version is not NETCODE 1.02: it is no connect token, or one of another"
                            + " version of netcode");
        }
        ByteBuffer buffer = ByteBuffer.wrap(token);
        long create = LittleEndian.getLong(buffer, CREATE_OFFSET);
        long expire = LittleEndian.getLong(buffer, EXPIRE_OFFSET);
        if (UnixTime.isAfter(create, expire)) {
            return new TokenReading.Failure(
                    "its createTimestamp "
                            + Long.toUnsignedString(create)
                            + " is after its expireTimestamp "
                            + Long.toUnsignedString(expire));
        }
        ServerList servers = new ServerList();
        int keysOffset = servers.read(buffer, SERVERS_OFFSET);
        if (keysOffset < 0) {
            return new TokenReading.Failure(servers.problem());
        }
        return new TokenReading.Success(new PublicToken(buffer, servers, keysOffset));
    }

    private static byte[] copy(ByteBuffer source, int offset, int length) {
        byte[] bytes = new byte[length];
        source.get(offset, bytes);
        return bytes;
    }

    /// {@return the protocol id, unsigned}
    public long protocolId() {
        return protocolId;
    }

    /// {@return when the token was made, in Unix seconds, unsigned}
    public long createTimestamp() {
        return createTimestamp;
    }

    /// {@return when the token expires, in Unix seconds, unsigned; never before it was made}
    public long expireTimestamp() {
        return expireTimestamp;
    }

    /// {@return the 24 bytes under which the private part is sealed; this object's own array, not
    /// to be changed}
    public byte[] nonce() {
        return nonce;
    }

    /// {@return the sealed private part, 1024 bytes; this object's own array, not to be changed}
    public byte[] sealedPrivate() {
        return sealedPrivate;
    }

    /// {@return the first half of the private part's tag, by which tokens are told apart}
    public long tagHigh() {
        return LittleEndian.getLong(ByteBuffer.wrap(sealedPrivate), PrivateToken.PLAIN_BYTES);
    }

    /// {@return the second half of the private part's tag}
    public long tagLow() {
        return LittleEndian.getLong(
                ByteBuffer.wrap(sealedPrivate), PrivateToken.PLAIN_BYTES + Long.BYTES);
    }

    /// {@return how long a side may hear nothing, in seconds; zero or negative: for ever}
    public int timeoutSeconds() {
        return timeoutSeconds;
    }

    /// {@return the servers to dial, 1 to 32, in this order; immutable}
    public List<NetAddress> servers() {
        return servers;
    }

    /// {@return the key of packets to the server; this object's own}
    public PacketKey clientToServerKey() {
        return clientToServerKey;
    }

    /// {@return the key of packets to the client; this object's own}
    public PacketKey serverToClientKey() {
        return serverToClientKey;
    }

    /// {@return the flags of the extension block, 0 where there is none}
    public int extensions() {
        return extensions;
    }

    /// {@return whether both sides may state reasons in denied and disconnect packets}
    public boolean statesReasons() {
        return (extensions & ExtensionBlock.STATES_REASONS) != 0;
    }

    /// {@return whether the connection goes on when the address of the client changes}
    public boolean survivesMoves() {
        return (extensions & ExtensionBlock.SURVIVES_MOVES) != 0;
    }

    /// Overwrites the keys with zeros.
    public void erase() {
        clientToServerKey.erase();
        serverToClientKey.erase();
    }

    @Override
    public String toString() {
        return "PublicToken[" + Wire.CONNECT_TOKEN_BYTES + " bytes]";
    }
}
