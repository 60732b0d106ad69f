package dev.hawser.tests.rig;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.protocol.TokenTag;
import dev.hawser.protocol.UserData;
import dev.hawser.protocol.crypto.Aead;
import dev.hawser.protocol.crypto.Ciphers;
import dev.hawser.protocol.crypto.PacketKey;
import dev.hawser.protocol.wire.TokenClaims;
import dev.hawser.protocol.wire.TokenWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/// A connect token to be: says whatever a test wants, without the limits of the real mint.
public final class TokenDraft {
    private static final int PRIVATE_OFFSET = 13 + 8 + 8 + 8 + 24;

    private final Rig rig;
    private long clientId = 1;
    private long protocolId = Rig.PROTOCOL_ID;
    private PrivateKey privateKey;
    private long createTimestamp;
    private long expireTimestamp;
    private int timeoutSeconds = 5;
    private List<NetAddress> publicServers = List.of(Rig.SERVER);
    private List<NetAddress> internalServers = List.of(Rig.SERVER);
    private UserData userData = UserData.EMPTY;
    private boolean statesReasons;
    private boolean survivesMoves;
    private TokenTag resumes;
    private int alteredOffset = -1;
    private byte[] alteredValues = {};

    TokenDraft(Rig rig) {
        this.rig = rig;
        privateKey = rig.privateKey();
        createTimestamp = rig.unixSeconds();
        expireTimestamp = createTimestamp + Rig.LIFETIME_SECONDS;
    }

    public TokenDraft clientId(long id) {
        clientId = id;
        return this;
    }

    public TokenDraft protocolId(long id) {
        protocolId = id;
        return this;
    }

    public TokenDraft privateKey(PrivateKey key) {
        privateKey = key;
        return this;
    }

    public TokenDraft created(long unixSeconds) {
        createTimestamp = unixSeconds;
        return this;
    }

    public TokenDraft expires(long unixSeconds) {
        expireTimestamp = unixSeconds;
        return this;
    }

    public TokenDraft timeoutSeconds(int seconds) {
        timeoutSeconds = seconds;
        return this;
    }

    public TokenDraft servers(NetAddress... servers) {
        publicServers = List.of(servers);
        internalServers = List.of(servers);
        return this;
    }

    public TokenDraft internalServers(NetAddress... servers) {
        internalServers = List.of(servers);
        return this;
    }

    public TokenDraft userData(String text) {
        userData = UserData.ofText(text);
        return this;
    }

    public TokenDraft statesReasons() {
        statesReasons = true;
        return this;
    }

    public TokenDraft survivesMoves() {
        survivesMoves = true;
        return this;
    }

    /// Goes on with the connection of a former token.
    public TokenDraft resumes(Token former) {
        resumes = former.toConnectToken().tag();
        return this;
    }

    /// Puts a byte into the private part that no mint would put there.
    public TokenDraft privateByte(int offset, int value) {
        return privateBytes(offset, (byte) value);
    }

    /// Puts bytes into the private part that no mint would put there.
    public TokenDraft privateBytes(int offset, byte... values) {
        alteredOffset = offset;
        alteredValues = values;
        return this;
    }

    private void alterPrivate(byte[] token, byte[] key, byte[] nonce) {
        byte[] associatedData =
                ByteBuffer.allocate(13 + 2 * Long.BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .put(token, 0, 13)
                        .putLong(protocolId)
                        .putLong(expireTimestamp)
                        .array();
        Aead cipher = Ciphers.best().newTokenAead();
        ByteBuffer buffer = ByteBuffer.wrap(token);
        cipher.open(key, nonce, associatedData, buffer, PRIVATE_OFFSET, 1024);
        buffer.put(PRIVATE_OFFSET + alteredOffset, alteredValues);
        cipher.seal(key, nonce, associatedData, buffer, PRIVATE_OFFSET, 1024 - 16);
    }

    public Token mint() {
        byte[] nonce = new byte[24];
        rig.nextBytes(nonce);
        byte[] clientToServer = new byte[32];
        rig.nextBytes(clientToServer);
        byte[] serverToClient = new byte[32];
        rig.nextBytes(serverToClient);
        byte[] key = new byte[32];
        privateKey.copyTo(key);
        TokenClaims claims =
                new TokenClaims(
                        clientId,
                        protocolId,
                        createTimestamp,
                        expireTimestamp,
                        timeoutSeconds,
                        publicServers,
                        internalServers,
                        userData,
                        statesReasons,
                        survivesMoves,
                        resumes);
        byte[] bytes =
                TokenWriter.write(
                        Ciphers.best().newTokenAead(),
                        key,
                        nonce,
                        claims,
                        PacketKey.ofBytes(clientToServer),
                        PacketKey.ofBytes(serverToClient));
        if (alteredOffset >= 0) {
            alterPrivate(bytes, key, nonce);
        }
        return new Token(bytes, claims, clientToServer, serverToClient);
    }
}
