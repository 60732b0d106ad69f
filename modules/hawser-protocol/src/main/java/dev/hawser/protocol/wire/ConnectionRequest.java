package dev.hawser.protocol.wire;

import java.nio.ByteBuffer;

/// The layout of a connection request, the only packet that is never sealed: `00 · VERSION ·
/// protocolId u64 · expireTimestamp u64 · nonce[24] · sealedPrivate[1024]`.
public final class ConnectionRequest {
    /// Where the version string stands, behind the zero byte.
    public static final int VERSION_OFFSET = 1;

    /// Where the protocol id stands.
    public static final int PROTOCOL_ID_OFFSET = VERSION_OFFSET + Wire.VERSION_BYTES;

    /// Where the token's expiry stands.
    public static final int EXPIRE_OFFSET = PROTOCOL_ID_OFFSET + Long.BYTES;

    /// Where the nonce of the private part stands.
    public static final int NONCE_OFFSET = EXPIRE_OFFSET + Long.BYTES;

    /// Where the sealed private part stands.
    public static final int PRIVATE_OFFSET = NONCE_OFFSET + Wire.CONNECT_TOKEN_NONCE_BYTES;

    /// Where its tag stands, by which servers know the token: the last 16 bytes.
    public static final int TAG_OFFSET = Wire.REQUEST_BYTES - Wire.TAG_BYTES;

    private ConnectionRequest() {}

    /// {@return whether a datagram claims to be a connection request, of this version of netcode or
    /// of another, which may have another size}
    public static boolean isOfSomeVersion(ByteBuffer datagram) {
        return datagram.remaining() >= PROTOCOL_ID_OFFSET
                && datagram.get(datagram.position()) == 0
                && Wire.isSomeVersion(datagram, datagram.position() + VERSION_OFFSET);
    }

    /// {@return the request that a token makes, between position and limit}
    public static ByteBuffer of(PublicToken token) {
        ByteBuffer packet = ByteBuffer.allocate(Wire.REQUEST_BYTES);
        packet.put(0, (byte) 0);
        Wire.putVersion(packet, VERSION_OFFSET);
        LittleEndian.putLong(packet, PROTOCOL_ID_OFFSET, token.protocolId());
        LittleEndian.putLong(packet, EXPIRE_OFFSET, token.expireTimestamp());
        packet.put(NONCE_OFFSET, token.nonce());
        packet.put(PRIVATE_OFFSET, token.sealedPrivate(), 0, Wire.PRIVATE_TOKEN_BYTES);
        return packet;
    }
}
