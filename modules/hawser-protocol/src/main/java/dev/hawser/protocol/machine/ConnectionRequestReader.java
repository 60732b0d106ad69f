package dev.hawser.protocol.machine;

import dev.hawser.protocol.Drop;
import dev.hawser.protocol.KeyRing;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.protocol.UnixTime;
import dev.hawser.protocol.WallClock;
import dev.hawser.protocol.crypto.Aead;
import dev.hawser.protocol.path.PathKey;
import dev.hawser.protocol.wire.ConnectionRequest;
import dev.hawser.protocol.wire.LittleEndian;
import dev.hawser.protocol.wire.PrivateToken;
import dev.hawser.protocol.wire.Wire;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads connection requests: the checks that need nothing but the packet, the clock and the
/// private key, in the order of the standard. Before the token is opened, nothing but compares.
final class ConnectionRequestReader {
    private final long protocolId;

    /// Newest first; the first [#keyCount] are in use.
    private final byte[][] privateKeys = new byte[KeyRing.KEYS_MAX][Wire.KEY_BYTES];

    /// What paths are named with under the private key of the same place, made when it is needed.
    private final @Nullable PathKey[] pathKeys = new @Nullable PathKey[KeyRing.KEYS_MAX];

    private int keyCount;

    /// Under which the last request has opened.
    private int keyIndex;

    private final List<NetAddress> identity;
    private final long maxLifetimeSeconds;

    private final WallClock wallClock;
    private final TokenHistory history;
    private final long startUnixSeconds;
    private final long movedAtStartSeconds;

    /// What a token minted in the second of the start with the longest lifetime expires at: an
    /// earlier expiry may belong to a token from before the start.
    private long firstExpiry;

    private long movedBySeconds;
    private long nowUnixSeconds;

    private final Aead cipher;

    private final PrivateToken token = new PrivateToken();
    private final ByteBuffer scratch = ByteBuffer.allocate(Wire.PRIVATE_TOKEN_BYTES);
    private final byte[] nonce = new byte[Wire.CONNECT_TOKEN_NONCE_BYTES];
    private long expireTimestamp;
    private long tagHigh;
    private long tagLow;
    private int serverIndex;

    /// @param history which begins no later than this server
    ConnectionRequestReader(
            ServerConfig config, WallClock wallClock, Aead cipher, TokenHistory history) {
        protocolId = config.protocolId();
        keyRing(config.keyRing());
        identity = config.identity();
        maxLifetimeSeconds = config.maxConnectTokenLifetimeSeconds();
        this.wallClock = wallClock;
        this.history = history;
        startUnixSeconds = wallClock.unixSeconds();
        movedAtStartSeconds = wallClock.movedBySeconds();
        nowUnixSeconds = startUnixSeconds;
        movedBySeconds = movedAtStartSeconds;
        firstExpiry = UnixTime.plusClamped(startUnixSeconds, maxLifetimeSeconds);
        history.handleClockMoved(movedBySeconds);
        history.acceptLifetime(maxLifetimeSeconds);
        this.cipher = cipher;
    }

    /// Takes the keys that tokens may be sealed with from now on.
    ///
    /// @throws IllegalStateException when one of them has been erased; the old ones then stay
    void keyRing(KeyRing ring) {
        ring.keys().forEach(PrivateKey::checkNotErased);
        erasePrivateKeys();
        for (PrivateKey key : ring.keys()) {
            key.copyTo(privateKeys[keyCount]);
            keyCount++;
        }
    }

    /// Reads the request between position and limit; its private part is opened in place.
    ///
    /// @return [Drop#NONE] when it is valid: the accessors then describe it until the next read
    Drop read(ByteBuffer datagram) {
        int start = datagram.position();
        if (datagram.remaining() != Wire.REQUEST_BYTES) {
            return Drop.WRONG_SIZE;
        }
        if (!Wire.isVersion(datagram, start + ConnectionRequest.VERSION_OFFSET)) {
            return Drop.WRONG_VERSION;
        }
        if (LittleEndian.getLong(datagram, start + ConnectionRequest.PROTOCOL_ID_OFFSET)
                != protocolId) {
            return Drop.WRONG_PROTOCOL_ID;
        }
        expireTimestamp = LittleEndian.getLong(datagram, start + ConnectionRequest.EXPIRE_OFFSET);
        Drop drop = checkLifetime(expireTimestamp);
        if (drop != Drop.NONE) {
            return drop;
        }
        datagram.get(start + ConnectionRequest.NONCE_OFFSET, nonce);
        tagHigh = LittleEndian.getLong(datagram, start + ConnectionRequest.TAG_OFFSET);
        tagLow = LittleEndian.getLong(datagram, start + ConnectionRequest.TAG_OFFSET + Long.BYTES);
        drop = open(datagram, start + ConnectionRequest.PRIVATE_OFFSET);
        if (drop != Drop.NONE) {
            return drop;
        }
        serverIndex = token.indexOf(identity);
        return serverIndex < 0 ? Drop.SERVER_NOT_IN_TOKEN : Drop.NONE;
    }

    /// Opens the private part under the keys of the ring, newest first: on a copy as long as
    /// another key may have to try, since an attempt that fails may have wiped the bytes.
    private Drop open(ByteBuffer datagram, int offset) {
        for (int i = 0; i < keyCount - 1; i++) {
            scratch.put(0, datagram, offset, Wire.PRIVATE_TOKEN_BYTES);
            keyIndex = i;
            Drop drop = open(privateKeys[i], scratch, 0);
            if (drop != Drop.TOKEN_NOT_AUTHENTIC) {
                return drop;
            }
        }
        keyIndex = keyCount - 1;
        return open(privateKeys[keyIndex], datagram, offset);
    }

    private Drop open(byte[] privateKey, ByteBuffer sealed, int offset) {
        return token.open(cipher, privateKey, protocolId, expireTimestamp, nonce, sealed, offset);
    }

    private Drop checkLifetime(long expireTimestamp) {
        lookAtClock();
        if (!UnixTime.isAfter(expireTimestamp, nowUnixSeconds)) {
            return Drop.TOKEN_EXPIRED;
        }
        if (history.mayHaveForgotten(expireTimestamp)) {
            return Drop.TOKEN_FORGOTTEN;
        }
        if (maxLifetimeSeconds == 0) {
            return Drop.NONE;
        }
        // The memory of used tokens begins at the start: whatever could have been used before is
        // refused, and so is what would outlive this memory.
        if (UnixTime.isAfter(firstExpiry, expireTimestamp)) {
            return Drop.TOKEN_OLDER_THAN_START;
        }
        if (UnixTime.isAfter(
                expireTimestamp, UnixTime.plusClamped(nowUnixSeconds, maxLifetimeSeconds))) {
            return Drop.TOKEN_OUTLIVES_LIMIT;
        }
        return Drop.NONE;
    }

    private void lookAtClock() {
        nowUnixSeconds = wallClock.unixSeconds();
        long moved = wallClock.movedBySeconds();
        if (moved != movedBySeconds) {
            movedBySeconds = moved;
            history.handleClockMoved(moved);
            firstExpiry = UnixTime.plusClamped(correctedStart(), maxLifetimeSeconds);
        }
    }

    /// The start as the clock would have said it had it been right. Both numbers are whole seconds,
    /// so this one may be one too early, and a token from before the start would pass.
    private long correctedStart() {
        long moved = movedBySeconds - movedAtStartSeconds;
        return moved == 0 ? startUnixSeconds : startUnixSeconds + moved + 1;
    }

    PrivateToken token() {
        return token;
    }

    /// {@return what the path of the client that asked last is named with}
    PathKey pathKey() {
        return pathKey(keyIndex);
    }

    /// {@return what this path was named with; null where no key of the ring has made it}
    @Nullable PathKey pathKeyOf(long pathId) {
        for (int i = 0; i < keyCount; i++) {
            if (pathKey(i).hasMade(pathId)) {
                return pathKey(i);
            }
        }
        return null;
    }

    private PathKey pathKey(int index) {
        PathKey key = pathKeys[index];
        if (key == null) {
            key = new PathKey(privateKeys[index], identity);
            pathKeys[index] = key;
        }
        return key;
    }

    long expireTimestamp() {
        return expireTimestamp;
    }

    /// {@return the Unix time by which the last request was judged}
    long nowUnixSeconds() {
        return nowUnixSeconds;
    }

    long tagHigh() {
        return tagHigh;
    }

    long tagLow() {
        return tagLow;
    }

    /// {@return the place of this server among the addresses of the token}
    int serverIndex() {
        return serverIndex;
    }

    /// {@return whether the token may come from the second in which the server started, and so from
    /// either side of a restart}
    boolean mayPrecedeStart() {
        return maxLifetimeSeconds > 0 && expireTimestamp == firstExpiry;
    }

    /// Erases what the last request brought: its keys belong to a connection that may end soon.
    void forgetToken() {
        token.erase();
        if (keyCount > 1) {
            Arrays.fill(scratch.array(), (byte) 0);
        }
    }

    void erase() {
        erasePrivateKeys();
        token.erase();
    }

    private void erasePrivateKeys() {
        for (byte[] key : privateKeys) {
            Arrays.fill(key, (byte) 0);
        }
        Arrays.fill(pathKeys, null);
        keyCount = 0;
    }
}
