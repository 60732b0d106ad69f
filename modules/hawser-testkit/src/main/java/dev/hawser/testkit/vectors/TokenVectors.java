package dev.hawser.testkit.vectors;

import static dev.hawser.testkit.vectors.VectorCase.compare;
import static dev.hawser.testkit.vectors.VectorCase.compareUnsigned;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hawser.protocol.Drop;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.UserData;
import dev.hawser.protocol.crypto.Aead;
import dev.hawser.protocol.crypto.PacketCipher;
import dev.hawser.protocol.crypto.PacketKey;
import dev.hawser.protocol.wire.ChallengeToken;
import dev.hawser.protocol.wire.PrivateToken;
import dev.hawser.protocol.wire.PublicToken;
import dev.hawser.protocol.wire.TokenClaims;
import dev.hawser.protocol.wire.TokenReading;
import dev.hawser.protocol.wire.TokenWriter;
import dev.hawser.protocol.wire.Wire;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The sections on tokens and on the addresses in them.
final class TokenVectors {
    private static final int PRIVATE_OFFSET = 13 + 8 + 8 + 8 + 24;
    private static final int PLAIN_BYTES = Wire.PRIVATE_TOKEN_BYTES - Wire.TAG_BYTES;

    private TokenVectors() {}

    static void verifyConnectToken(JsonNode vector) throws Mismatch {
        ConnectTokenCase expected = new ConnectTokenCase(VectorCase.of(vector));
        verifyMinted(expected);
        verifyReadByClient(expected);
        verifyReadByServer(expected);
    }

    /// What goes into a token, and what the vectors say comes out.
    private static final class ConnectTokenCase {
        final TokenClaims claims;
        final byte[] privateKey;
        final byte[] nonce;
        final PacketKey clientToServerKey;
        final PacketKey serverToClientKey;
        final byte[] privatePlain;
        final byte[] privateEncrypted;
        final byte[] token;

        ConnectTokenCase(VectorCase vector) throws Mismatch {
            claims =
                    new TokenClaims(
                            vector.u64("clientId"),
                            vector.u64("protocolId"),
                            vector.u64("createTimestamp"),
                            vector.u64("expireTimestamp"),
                            vector.int32("timeoutSeconds"),
                            vector.addresses("publicAddresses", Wire.SERVERS_PER_TOKEN_MAX),
                            vector.addresses("internalAddresses", Wire.SERVERS_PER_TOKEN_MAX),
                            UserData.of(vector.hex("userData", UserData.BYTES)),
                            false,
                            false,
                            null);
            privateKey = vector.hex("privateKey", Wire.KEY_BYTES);
            nonce = vector.hex("nonce", Wire.CONNECT_TOKEN_NONCE_BYTES);
            clientToServerKey = vector.key("clientToServerKey");
            serverToClientKey = vector.key("serverToClientKey");
            privatePlain = vector.hex("privatePlain", PLAIN_BYTES);
            privateEncrypted = vector.hex("privateEncrypted", Wire.PRIVATE_TOKEN_BYTES);
            token = vector.hex("token", Wire.CONNECT_TOKEN_BYTES);
        }
    }

    private static void verifyMinted(ConnectTokenCase expected) throws Mismatch {
        Aead cipher = Conformance.CIPHERS.newTokenAead();
        TokenClaims claims = expected.claims;
        byte[] token =
                TokenWriter.write(
                        cipher,
                        expected.privateKey,
                        expected.nonce,
                        claims,
                        expected.clientToServerKey,
                        expected.serverToClientKey);
        byte[] sealed =
                Arrays.copyOfRange(
                        token, PRIVATE_OFFSET, PRIVATE_OFFSET + Wire.PRIVATE_TOKEN_BYTES);
        byte[] plain = sealed.clone();
        byte[] associatedData =
                ByteBuffer.allocate(Wire.VERSION_BYTES + 2 * Long.BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .put("NETCODE 1.02\0".getBytes(StandardCharsets.US_ASCII))
                        .putLong(claims.protocolId())
                        .putLong(claims.expireTimestamp())
                        .array();
        boolean opens =
                cipher.open(
                        expected.privateKey,
                        expected.nonce,
                        associatedData,
                        ByteBuffer.wrap(plain),
                        0,
                        plain.length);
        compare("whether the private part made of the inputs opens", true, opens);
        compare(
                "the private part made of the inputs",
                expected.privatePlain,
                Arrays.copyOf(plain, PLAIN_BYTES));
        compare("the private part sealed", expected.privateEncrypted, sealed);
        compare("the token made of the inputs", expected.token, token);
    }

    private static void verifyReadByClient(ConnectTokenCase expected) throws Mismatch {
        PublicToken token = readPublic(expected.token);
        TokenClaims claims = expected.claims;
        compareUnsigned("protocolId, read", claims.protocolId(), token.protocolId());
        compareUnsigned("createTimestamp, read", claims.createTimestamp(), token.createTimestamp());
        compareUnsigned("expireTimestamp, read", claims.expireTimestamp(), token.expireTimestamp());
        compare("nonce, read", expected.nonce, token.nonce());
        compare("private part, read", expected.privateEncrypted, token.sealedPrivate());
        compare("timeoutSeconds, read", claims.timeoutSeconds(), token.timeoutSeconds());
        compare("publicAddresses, read", claims.publicServers(), token.servers());
        compareKey("clientToServerKey", expected.clientToServerKey, token.clientToServerKey());
        compareKey("serverToClientKey", expected.serverToClientKey, token.serverToClientKey());
        compare("whether it states reasons", false, token.statesReasons());
    }

    private static void verifyReadByServer(ConnectTokenCase expected) throws Mismatch {
        TokenClaims claims = expected.claims;
        PrivateToken token =
                openPrivate(
                        expected.privateKey,
                        claims.protocolId(),
                        claims.expireTimestamp(),
                        expected.nonce,
                        expected.privateEncrypted);
        compareUnsigned("clientId, read", claims.clientId(), token.clientId());
        compare("private timeoutSeconds, read", claims.timeoutSeconds(), token.timeoutSeconds());
        compare("internalAddresses, read", claims.internalServers(), token.servers());
        compareKey("clientToServerKey", expected.clientToServerKey, token.clientToServerKey());
        compareKey("serverToClientKey", expected.serverToClientKey, token.serverToClientKey());
        compare("userData, read", claims.userData().toBytes(), token.userData());
        compare("whether the private part states reasons", false, token.statesReasons());
    }

    static PublicToken readPublic(byte[] token) throws Mismatch {
        return switch (PublicToken.read(token)) {
            case TokenReading.Success(PublicToken readable) -> readable;
            case TokenReading.Failure(String problem) ->
                    throw new Mismatch("'token' cannot be read: " + problem);
        };
    }

    static PrivateToken openPrivate(
            byte[] privateKey, long protocolId, long expireTimestamp, byte[] nonce, byte[] sealed)
            throws Mismatch {
        PrivateToken token = new PrivateToken();
        Drop drop =
                token.open(
                        Conformance.CIPHERS.newTokenAead(),
                        privateKey,
                        protocolId,
                        expireTimestamp,
                        nonce,
                        ByteBuffer.wrap(sealed.clone()),
                        0);
        if (drop != Drop.NONE) {
            throw new Mismatch("the private part cannot be read: " + drop);
        }
        return token;
    }

    private static void compareKey(String what, PacketKey expected, PacketKey actual)
            throws Mismatch {
        compare(what + ", read", expected.array(), actual.array());
    }

    static void verifyChallengeToken(JsonNode node) throws Mismatch {
        VectorCase vector = VectorCase.of(node);
        long clientId = vector.u64("clientId");
        byte[] userData = vector.hex("userData", UserData.BYTES);
        long sequence = vector.u64("sequence");
        PacketKey key = vector.key("key");
        byte[] expected = vector.hex("encrypted", Wire.CHALLENGE_TOKEN_BYTES);

        PacketCipher cipher = Conformance.CIPHERS.newPacketCipher();
        byte[] sealed = new byte[Wire.CHALLENGE_TOKEN_BYTES];
        ChallengeToken.seal(cipher, key, sequence, clientId, userData, ByteBuffer.wrap(sealed), 0);
        compare("the sealed challenge token", expected, sealed);

        ByteBuffer opened = ByteBuffer.wrap(expected.clone());
        boolean opens = ChallengeToken.open(cipher, key, sequence, opened, 0);
        compare("whether the challenge token opens", true, opens);
        compareUnsigned("clientId, read", clientId, ChallengeToken.clientId(opened, 0));
        byte[] readUserData = new byte[UserData.BYTES];
        ChallengeToken.copyUserData(opened, 0, readUserData);
        compare("userData, read", userData, readUserData);
    }

    static void verifyAddress(JsonNode node) throws Mismatch {
        VectorCase vector = VectorCase.of(node);
        String text = vector.text("text");
        boolean isAddress = vector.bool("parsed");
        NetAddress address = parse(text);
        compare("whether it is an address", isAddress, address != null);
        if (address != null) {
            compare("the canonical form", vector.text("canonical"), address.toString());
            compare("the canonical form, read", address, NetAddress.parse(address.toString()));
        }
    }

    private static @Nullable NetAddress parse(String text) {
        try {
            return NetAddress.parse(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
