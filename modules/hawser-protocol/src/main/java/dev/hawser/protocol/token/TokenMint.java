package dev.hawser.protocol.token;

import dev.hawser.protocol.PrivateKey;
import dev.hawser.protocol.RandomBytes;
import dev.hawser.protocol.UnixTime;
import dev.hawser.protocol.WallClock;
import dev.hawser.protocol.crypto.Aead;
import dev.hawser.protocol.crypto.CipherProvider;
import dev.hawser.protocol.crypto.Ciphers;
import dev.hawser.protocol.crypto.PacketKey;
import dev.hawser.protocol.wire.TokenClaims;
import dev.hawser.protocol.wire.TokenWriter;
import java.util.Arrays;
import java.util.Objects;

/// Makes connect tokens: the part of a backend that holds the private key.
///
/// Safe to use from several threads when its source of randomness and its clock are, as
/// `SecureRandom` is.
public final class TokenMint {
    private final PrivateKey privateKey;
    private final long protocolId;
    private final RandomBytes random;
    private final WallClock wallClock;
    private final CipherProvider ciphers = Ciphers.best();

    /// Creates a mint.
    ///
    /// @param privateKey that the game servers have too; kept, not copied: erase it after the last
    ///   token
    /// @param protocolId of the game and its version: servers accept no other
    /// @param random a cryptographic generator. For each token it is asked for the nonce (24
    ///   bytes), the client-to-server key (32) and the server-to-client key (32), in this order
    /// @param wallClock not more apart from the servers' than their limit on lifetimes tolerates
    public TokenMint(
            PrivateKey privateKey, long protocolId, RandomBytes random, WallClock wallClock) {
        this.privateKey = Objects.requireNonNull(privateKey, "privateKey");
        this.protocolId = protocolId;
        this.random = Objects.requireNonNull(random, "random");
        this.wallClock = Objects.requireNonNull(wallClock, "wallClock");
    }

    /// {@return a new token}
    ///
    /// @throws IllegalStateException when the private key has been erased
    public ConnectToken mint(TokenRequest request) {
        byte[] nonce = new byte[Aead.TOKEN_NONCE_BYTES];
        byte[] key = new byte[PrivateKey.BYTES];
        PacketKey clientToServerKey = new PacketKey();
        PacketKey serverToClientKey = new PacketKey();
        try {
            privateKey.copyTo(key);
            random.nextBytes(nonce);
            clientToServerKey.randomise(random);
            serverToClientKey.randomise(random);
            return new ConnectToken(
                    TokenWriter.write(
                            ciphers.newTokenAead(),
                            key,
                            nonce,
                            claims(request),
                            clientToServerKey,
                            serverToClientKey));
        } finally {
            Arrays.fill(key, (byte) 0);
            clientToServerKey.erase();
            serverToClientKey.erase();
        }
    }

    private TokenClaims claims(TokenRequest request) {
        long created = wallClock.unixSeconds();
        long lifetimeSeconds = request.lifetimeSeconds();
        long expires =
                lifetimeSeconds < 0
                        ? UnixTime.NEVER
                        : UnixTime.plusClamped(created, lifetimeSeconds);
        return new TokenClaims(
                request.clientId(),
                protocolId,
                created,
                expires,
                request.timeoutSeconds(),
                request.publicServers(),
                request.internalServers(),
                request.userData(),
                request.statesReasons(),
                request.survivesMoves(),
                request.resumes().orElse(null));
    }
}
