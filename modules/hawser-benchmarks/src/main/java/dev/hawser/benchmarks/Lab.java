package dev.hawser.benchmarks;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.protocol.crypto.CipherProvider;
import dev.hawser.protocol.crypto.JdkCipherProvider;
import dev.hawser.protocol.machine.ServerConfig;
import dev.hawser.protocol.machine.ServerMachine;
import dev.hawser.protocol.token.ConnectToken;
import dev.hawser.protocol.token.TokenMint;
import dev.hawser.protocol.token.TokenRequest;
import dev.hawser.sodium.SodiumCipherProvider;
import dev.hawser.testkit.SeededRandom;
import dev.hawser.testkit.VirtualClock;
import java.util.List;

/// What clients and servers of a benchmark share: a key, a clock that stands still, and randomness
/// that is the same in every run.
final class Lab {
    static final long PROTOCOL_ID = 0x4861777365720001L;
    static final NetAddress SERVER = NetAddress.ipv4(0x7f000001, 40_000);

    /// The first packet of a client waits for so long after the request.
    static final long RESPONSE_AFTER_NANOS = 101_000_000;

    final VirtualClock clock = new VirtualClock();
    final SeededRandom random = new SeededRandom(1);
    final PrivateKey privateKey = PrivateKey.random(random);
    final CipherProvider ciphers;
    private final TokenMint mint = new TokenMint(privateKey, PROTOCOL_ID, random, clock);

    Lab(CipherProvider ciphers) {
        this.ciphers = ciphers;
    }

    /// {@return a lab with the ciphers of this id: `sodium` or `jdk`}
    static Lab with(String cryptoId) {
        CipherProvider ciphers =
                switch (cryptoId) {
                    case "sodium" -> new SodiumCipherProvider();
                    case "jdk" -> new JdkCipherProvider();
                    default ->
                            throw new IllegalArgumentException(
                                    "crypto is '" + cryptoId + "', but must be sodium or jdk");
                };
        if (!ciphers.isAvailable()) {
            throw new IllegalStateException(
                    "the ciphers '"
                            + cryptoId
                            + "' cannot be used on this machine ("
                            + ciphers.obstacle()
                            + "): leave them out with -p crypto=…");
        }
        return new Lab(ciphers);
    }

    /// Tokens are as players have them; `-Dhawser.standardTokens=true` leaves the extension out, to
    /// tell its price.
    private static final boolean SURVIVES_MOVES = !Boolean.getBoolean("hawser.standardTokens");

    ServerConfig.Builder config(int maxClients) {
        return ServerConfig.builder(PROTOCOL_ID, privateKey, List.of(SERVER))
                .maxClients(maxClients);
    }

    ServerMachine server(ServerConfig.Builder config) {
        return new ServerMachine(config.build(), clock, random, ciphers);
    }

    /// {@return a token for the server, with which a connection never times out}
    ConnectToken token(long clientId) {
        return token(clientId, SERVER);
    }

    ConnectToken token(long clientId, NetAddress server) {
        return mint.mint(
                TokenRequest.builder(clientId)
                        .server(server)
                        .timeoutSeconds(0)
                        .survivesMoves(SURVIVES_MOVES)
                        .build());
    }

    /// {@return the address of the client with this number, each an IPv4 address of its own}
    static PeerAddress addressOf(int index) {
        PeerAddress address = new PeerAddress();
        address.setIpv4(0x0a000000 | index, 50_000);
        return address;
    }

    /// {@return the number of the client at an address that [#addressOf] made}
    static int indexOf(PeerAddress address) {
        return (int) address.low() & 0xffffff;
    }
}
