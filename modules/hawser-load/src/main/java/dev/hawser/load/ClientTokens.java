package dev.hawser.load;

import dev.hawser.protocol.crypto.PacketKey;
import dev.hawser.protocol.token.TokenMint;
import dev.hawser.protocol.token.TokenRequest;
import dev.hawser.protocol.wire.ConnectionRequest;
import dev.hawser.protocol.wire.PublicToken;
import dev.hawser.protocol.wire.TokenReading;
import dev.hawser.time.SystemClock;
import java.nio.ByteBuffer;
import java.security.SecureRandom;

/// Makes the connect tokens of all clients, every one with the same pair of packet keys.
///
/// So one sealed packet is right for every client, and is sealed once instead of once for each: the
/// server cannot know and opens it for each. What this costs is secrecy, of payloads that have
/// none. Of each token the nonce is its own, as the private key demands.
final class ClientTokens {
    private final SecureRandom random = new SecureRandom();
    private final PacketKey clientToServerKey = new PacketKey();
    private final PacketKey serverToClientKey = new PacketKey();
    private final TokenMint mint;
    private final LoadSettings.Target target;
    private final byte[] keys = new byte[2 * PacketKey.BYTES];
    private int keyOffset;
    private long nextClientId = random.nextLong();

    ClientTokens(LoadSettings.Target target) {
        this.target = target;
        random.nextBytes(keys);
        clientToServerKey.set(ByteBuffer.wrap(keys), 0);
        serverToClientKey.set(ByteBuffer.wrap(keys), PacketKey.BYTES);
        mint =
                new TokenMint(
                        target.privateKey(),
                        target.protocolId(),
                        this::nextBytes,
                        SystemClock.WALL_CLOCK);
    }

    /// The mint asks for a nonce, then for the two keys.
    private void nextBytes(byte[] bytes) {
        if (bytes.length == PacketKey.BYTES) {
            System.arraycopy(keys, keyOffset, bytes, 0, PacketKey.BYTES);
            keyOffset = PacketKey.BYTES - keyOffset;
        } else {
            random.nextBytes(bytes);
        }
    }

    /// {@return a connection request under a new token, for a client id that was never used}
    ByteBuffer newRequest() {
        TokenRequest request =
                TokenRequest.builder(nextClientId++)
                        .lifetimeSeconds(target.tokenLifetimeSeconds())
                        .server(target.server(), target.identity())
                        .survivesMoves(target.survivesMoves())
                        .build();
        byte[] token = mint.mint(request).toBytes();
        return switch (PublicToken.read(token)) {
            case TokenReading.Success(PublicToken readable) -> ConnectionRequest.of(readable);
            case TokenReading.Failure(String problem) -> throw new IllegalStateException(problem);
        };
    }

    PacketKey clientToServerKey() {
        return clientToServerKey;
    }

    PacketKey serverToClientKey() {
        return serverToClientKey;
    }
}
