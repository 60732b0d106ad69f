package dev.hawser.protocol.wire;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.TokenTag;
import dev.hawser.protocol.UserData;
import dev.hawser.protocol.crypto.Aead;
import dev.hawser.protocol.crypto.Ciphers;
import dev.hawser.protocol.crypto.PacketKey;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/// Tokens for tests, the same ones each time.
final class Tokens {
    static final byte[] PRIVATE_KEY = filled(32, 1);
    static final byte[] NONCE = filled(24, 2);
    static final PacketKey CLIENT_TO_SERVER = PacketKey.ofBytes(filled(32, 3));
    static final PacketKey SERVER_TO_CLIENT = PacketKey.ofBytes(filled(32, 4));
    static final UserData USER_DATA = UserData.of(filled(256, 5));
    static final long PROTOCOL_ID = 0x8877_6655_4433_2211L;
    static final long CREATE = 1_700_000_000L;
    static final long EXPIRE = CREATE + 30;
    static final List<NetAddress> SERVERS =
            List.of(
                    NetAddress.parse("203.0.113.5:40000"),
                    NetAddress.parse("[2001:db8:1:2:3:4:5:6]:65535"));
    static final List<NetAddress> INTERNAL_SERVERS =
            List.of(NetAddress.parse("10.0.0.5:1"), NetAddress.parse("[::ffff:10.0.0.6]:2"));

    private Tokens() {}

    static byte[] filled(int size, int seed) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    static Aead cipher() {
        return Ciphers.best().newTokenAead();
    }

    static TokenClaims claims(List<NetAddress> servers, int flags) {
        return new TokenClaims(
                -7,
                PROTOCOL_ID,
                CREATE,
                EXPIRE,
                -3,
                servers,
                servers,
                USER_DATA,
                (flags & 1) != 0,
                (flags & 2) != 0,
                (flags & 4) != 0 ? FORMER : null);
    }

    static final TokenTag FORMER = new TokenTag(0x0102030405060708L, -1);

    static TokenClaims claims() {
        return new TokenClaims(
                -7,
                PROTOCOL_ID,
                CREATE,
                EXPIRE,
                -3,
                SERVERS,
                INTERNAL_SERVERS,
                USER_DATA,
                false,
                false,
                null);
    }

    /// As many servers as a token can have, of the larger kind.
    static List<NetAddress> mostServers() {
        return IntStream.range(0, Wire.SERVERS_PER_TOKEN_MAX)
                .mapToObj(i -> NetAddress.ipv6(-1L, i, 1000 + i))
                .toList();
    }

    /// Any number of servers, also more than a token may have, each of them readable.
    static List<NetAddress> ipv4Servers(int count) {
        return IntStream.range(0, count).mapToObj(i -> NetAddress.ipv4(i, 1000 + i)).toList();
    }

    static byte[] write(TokenClaims claims) {
        return TokenWriter.write(
                cipher(), PRIVATE_KEY, NONCE, claims, CLIENT_TO_SERVER, SERVER_TO_CLIENT);
    }

    /// {@return the sealed private part of a token}
    static byte[] sealedPrivate(TokenClaims claims) {
        int start = PublicToken.PRIVATE_OFFSET;
        return Arrays.copyOfRange(write(claims), start, start + Wire.PRIVATE_TOKEN_BYTES);
    }
}
