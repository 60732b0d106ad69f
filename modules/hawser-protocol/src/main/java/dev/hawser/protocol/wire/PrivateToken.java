package dev.hawser.protocol.wire;

import dev.hawser.protocol.Drop;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import dev.hawser.protocol.TokenTag;
import dev.hawser.protocol.UserData;
import dev.hawser.protocol.crypto.Aead;
import dev.hawser.protocol.crypto.PacketKey;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Opens and reads the private part of connect tokens: what the backend tells the game server, and
/// the client cannot read.
///
/// `clientId u64 · timeoutSeconds i32 · count u32 · count × address · clientToServerKey[32] ·
/// serverToClientKey[32] · userData[256]`, zero-padded to 1008 bytes, sealed to 1024 with the token
/// AEAD; associated data `VERSION · protocolId u64 · expireTimestamp u64`.
///
/// Reusable: each [#open] overwrites what the accessors say, and allocates nothing beyond what the
/// cipher does. Belongs to one thread.
public final class PrivateToken {
    static final int PLAIN_BYTES = Wire.PRIVATE_TOKEN_BYTES - Wire.TAG_BYTES;
    static final int TIMEOUT_OFFSET = Long.BYTES;
    static final int SERVERS_OFFSET = TIMEOUT_OFFSET + Integer.BYTES;

    private static final byte[] ZEROS = new byte[PLAIN_BYTES];

    private final TokenAssociatedData associatedData = new TokenAssociatedData();
    private final ServerList servers = new ServerList();
    private final PacketKey clientToServerKey = new PacketKey();
    private final PacketKey serverToClientKey = new PacketKey();
    private final byte[] userData = new byte[UserData.BYTES];
    private long clientId;
    private int timeoutSeconds;
    private int extensions;
    private long resumesHigh;
    private long resumesLow;
    private boolean isErased = true;

    /// Creates a reader that has read nothing yet.
    public PrivateToken() {}

    /// Opens the 1024 bytes at an absolute offset in place, and reads them.
    ///
    /// Once it has opened, the plaintext is erased from the buffer, since it holds keys; the tag,
    /// the last 16 of the 1024 bytes, stays.
    ///
    /// @param privateKey 32 bytes
    /// @param protocolId as the request claims it
    /// @param expireTimestamp as the request claims it
    /// @param nonce 24 bytes
    /// @param buffer writable
    /// @return [Drop#NONE], and the accessors hold; or [Drop#TOKEN_NOT_AUTHENTIC] or
    ///   [Drop#TOKEN_UNREADABLE], and they do not
    public Drop open(
            Aead cipher,
            byte[] privateKey,
            long protocolId,
            long expireTimestamp,
            byte[] nonce,
            ByteBuffer buffer,
            int offset) {
        byte[] authenticated = associatedData.of(protocolId, expireTimestamp);
        int sealedBytes = Wire.PRIVATE_TOKEN_BYTES;
        if (!cipher.open(privateKey, nonce, authenticated, buffer, offset, sealedBytes)) {
            return Drop.TOKEN_NOT_AUTHENTIC;
        }
        Drop drop = read(buffer, offset);
        buffer.put(offset, ZEROS);
        return drop;
    }

    /// Reads the 1008 bytes of an opened private part.
    Drop read(ByteBuffer buffer, int offset) {
        isErased = false;
        int at = servers.read(buffer, offset + SERVERS_OFFSET);
        if (at < 0) {
            return Drop.TOKEN_UNREADABLE;
        }
        clientId = LittleEndian.getLong(buffer, offset);
        timeoutSeconds = LittleEndian.getInt(buffer, offset + TIMEOUT_OFFSET);
        clientToServerKey.set(buffer, at);
        serverToClientKey.set(buffer, at + PacketKey.BYTES);
        at += 2 * PacketKey.BYTES;
        buffer.get(at, userData);
        at += UserData.BYTES;
        extensions = ExtensionBlock.read(buffer, at, offset + PLAIN_BYTES);
        boolean isResuming = (extensions & ExtensionBlock.RESUMES) != 0;
        int tag = at + ExtensionBlock.BYTES;
        resumesHigh = isResuming ? LittleEndian.getLong(buffer, tag) : 0;
        resumesLow = isResuming ? LittleEndian.getLong(buffer, tag + Long.BYTES) : 0;
        return Drop.NONE;
    }

    /// Seals the 1008 bytes at an absolute offset in place; the tag follows them.
    ///
    /// @param privateKey 32 bytes
    /// @param nonce 24 bytes, never used before under this private key
    /// @param claims of which the protocol id and the expiry are authenticated beside the content
    static void seal(
            Aead cipher,
            byte[] privateKey,
            byte[] nonce,
            TokenClaims claims,
            ByteBuffer buffer,
            int offset) {
        byte[] authenticated =
                new TokenAssociatedData().of(claims.protocolId(), claims.expireTimestamp());
        cipher.seal(privateKey, nonce, authenticated, buffer, offset, PLAIN_BYTES);
    }

    /// {@return the id of the client, unsigned}
    public long clientId() {
        return clientId;
    }

    /// {@return how long a side may hear nothing, in seconds; zero or negative: for ever}
    public int timeoutSeconds() {
        return timeoutSeconds;
    }

    /// {@return how many servers the token lists, 1 to 32}
    public int serverCount() {
        return servers.count();
    }

    /// Copies the address of one server, as it knows itself, into `target`.
    ///
    /// @param index 0 to `serverCount() - 1`
    public void server(int index, PeerAddress target) {
        servers.copyTo(index, target);
    }

    /// {@return all servers, as they know themselves; allocates, for people who look at a token}
    public List<NetAddress> servers() {
        return servers.toList();
    }

    /// {@return the index of the first server in the token that is one of `identity`, by its
    /// numbers; -1 when none is}
    ///
    /// @param identity best in a list with fast access by index
    public int indexOf(List<NetAddress> identity) {
        return servers.indexOfAny(identity);
    }

    /// {@return the key of packets to the server; this object's own, overwritten by the next
    /// `open`}
    public PacketKey clientToServerKey() {
        return clientToServerKey;
    }

    /// {@return the key of packets to the client; this object's own, overwritten by the next
    /// `open`}
    public PacketKey serverToClientKey() {
        return serverToClientKey;
    }

    /// {@return the 256 bytes of user data; this object's own array, overwritten by the next
    /// `open`}
    public byte[] userData() {
        return userData;
    }

    /// {@return the flags of the extension block, 0 where there is none}
    public int extensions() {
        return extensions;
    }

    /// {@return whether the client reads reasons in denied and disconnect packets}
    public boolean statesReasons() {
        return (extensions & ExtensionBlock.STATES_REASONS) != 0;
    }

    /// {@return whether this token goes on with the connection of a former one}
    public boolean isResuming() {
        return (extensions & ExtensionBlock.RESUMES) != 0;
    }

    /// {@return the first eight bytes of the tag of the former token, 0 where there is none}
    public long resumesHigh() {
        return resumesHigh;
    }

    /// {@return the last eight bytes of the tag of the former token, 0 where there is none}
    public long resumesLow() {
        return resumesLow;
    }

    /// {@return the tag of the former token, whose connection this one goes on with}
    public Optional<TokenTag> resumes() {
        return isResuming() ? Optional.of(new TokenTag(resumesHigh, resumesLow)) : Optional.empty();
    }

    /// {@return whether the connection goes on when the address of the client changes}
    public boolean survivesMoves() {
        return (extensions & ExtensionBlock.SURVIVES_MOVES) != 0;
    }

    /// Overwrites everything that was read with zeros. Does nothing, and costs nothing, when
    /// nothing was: most of what a server under attack is asked to open does not open.
    public void erase() {
        if (isErased) {
            return;
        }
        isErased = true;
        clientToServerKey.erase();
        serverToClientKey.erase();
        Arrays.fill(userData, (byte) 0);
        servers.clear();
        clientId = 0;
        timeoutSeconds = 0;
        extensions = 0;
    }
}
