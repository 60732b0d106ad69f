package dev.hawser.tests.rig;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.protocol.UserData;
import dev.hawser.protocol.crypto.Ciphers;
import dev.hawser.protocol.crypto.PacketKey;
import dev.hawser.protocol.wire.TokenClaims;
import dev.hawser.protocol.wire.TokenWriter;
import java.util.List;

/// A connect token to be: says whatever a test wants, without the limits of the real mint.
public final class TokenDraft {
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
                        statesReasons);
        byte[] bytes =
                TokenWriter.write(
                        Ciphers.best().newTokenCipher(),
                        key,
                        nonce,
                        claims,
                        PacketKey.ofBytes(clientToServer),
                        PacketKey.ofBytes(serverToClient));
        return new Token(bytes, claims, clientToServer, serverToClient);
    }
}
