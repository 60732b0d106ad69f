package dev.hawser.tests.ciphers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hawser.protocol.crypto.Aead;
import dev.hawser.protocol.crypto.CipherProvider;
import dev.hawser.protocol.crypto.PacketCipher;
import dev.hawser.protocol.crypto.PacketKey;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The published cases: RFC 8439, the XChaCha draft, Wycheproof; by every provider.
@ParameterizedClass
@MethodSource("dev.hawser.tests.ciphers.Providers#all")
class PublishedCipherCasesTest {
    private static final String SUNSCREEN =
            """
            Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the \
            future, sunscreen would be it.\
            """;
    private static final String KEY_80_TO_9F =
            "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f";
    private static final String AAD_50_TO_C7 = "50515253c0c1c2c3c4c5c6c7";

    @Parameter private CipherProvider provider;

    /// One case of either AEAD, in hexadecimal digits.
    record Case(
            String name,
            String key,
            String nonce,
            String associatedData,
            String plain,
            String sealed,
            boolean isValid) {
        static Case of(JsonNode node) {
            return new Case(
                    node.get("tcId").asInt() + " " + node.get("comment").asText(),
                    node.get("key").asText(),
                    node.get("iv").asText(),
                    node.get("aad").asText(),
                    node.get("msg").asText(),
                    node.get("ct").asText() + node.get("tag").asText(),
                    node.get("result").asText().equals("valid"));
        }

        long sequence() {
            return ByteBuffer.wrap(hex(nonce)).order(ByteOrder.LITTLE_ENDIAN).getLong(4);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /// Seals and opens in place, whatever the cipher.
    private interface Sealing {
        void seal(ByteBuffer buffer, int length);

        boolean open(ByteBuffer buffer, int length);
    }

    private record RawSealing(Case published, Aead aead) implements Sealing {
        @Override
        public void seal(ByteBuffer buffer, int length) {
            aead.seal(
                    hex(published.key),
                    hex(published.nonce),
                    hex(published.associatedData),
                    buffer,
                    0,
                    length);
        }

        @Override
        public boolean open(ByteBuffer buffer, int length) {
            return aead.open(
                    hex(published.key),
                    hex(published.nonce),
                    hex(published.associatedData),
                    buffer,
                    0,
                    length);
        }
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }

    private static String text(String text) {
        return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
    }

    static Stream<Case> wycheproofChaCha20() throws IOException {
        return wycheproof("wycheproof-chacha20-poly1305.json");
    }

    /// Those whose nonce is one of a packet: four zero bytes and a sequence.
    static Stream<Case> wycheproofChaCha20WithPacketNonces() throws IOException {
        return wycheproofChaCha20().filter(c -> c.nonce.startsWith("00000000"));
    }

    static Stream<Case> wycheproofXChaCha20() throws IOException {
        return wycheproof("wycheproof-xchacha20-poly1305.json");
    }

    private static Stream<Case> wycheproof(String file) throws IOException {
        try (InputStream stream = PublishedCipherCasesTest.class.getResourceAsStream(file)) {
            JsonNode tests =
                    new ObjectMapper().readTree(Objects.requireNonNull(stream)).get("tests");
            return StreamSupport.stream(tests.spliterator(), false).map(Case::of);
        }
    }

    @ParameterizedTest
    @MethodSource("wycheproofChaCha20")
    void wycheproofAgreesOnChaCha20Poly1305(Case published) {
        check(published, anyNonce(published));
    }

    @ParameterizedTest
    @MethodSource("wycheproofChaCha20WithPacketNonces")
    void wycheproofAgreesOnPackets(Case published) {
        check(published, packets(published));
    }

    @ParameterizedTest
    @MethodSource("wycheproofXChaCha20")
    void wycheproofAgreesOnTokens(Case published) {
        check(published, tokens(published));
    }

    @Test
    void rfc8439Section282IsReproduced() {
        Case published =
                new Case(
                        "RFC 8439, 2.8.2",
                        KEY_80_TO_9F,
                        "070000004041424344454647",
                        AAD_50_TO_C7,
                        text(SUNSCREEN),
                        "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d6"
                                + "3dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b36"
                                + "92ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc"
                                + "3ff4def08e4b7a9de576d26586cec64b61161ae10b594f09e26a7e902ecbd060"
                                + "0691",
                        true);
        check(published, anyNonce(published));
    }

    @Test
    void rfc8439AppendixA5IsReproduced() {
        String plain =
                """
                Internet-Drafts are draft documents valid for a maximum of six months and may be \
                updated, replaced, or obsoleted by other documents at any time. It is inappropriate \
                to use Internet-Drafts as reference material or to cite them other than as \
                /\u201cwork in progress./\u201d\
                """;
        Case published =
                new Case(
                        "RFC 8439, A.5",
                        "1c9240a5eb55d38af333888604f6b5f0473917c1402b80099dca5cbc207075c0",
                        "000000000102030405060708",
                        "f33388860000000000004e91",
                        text(plain),
                        "64a0861575861af460f062c79be643bd5e805cfd345cf389f108670ac76c8cb2"
                                + "4c6cfc18755d43eea09ee94e382d26b0bdb7b73c321b0100d4f03b7f355894cf"
                                + "332f830e710b97ce98c8a84abd0b948114ad176e008d33bd60f982b1ff37c855"
                                + "9797a06ef4f0ef61c186324e2b3506383606907b6a7c02b0f9f6157b53c867e4"
                                + "b9166c767b804d46a59b5216cde7a4e99040c5a40433225ee282a1b0a06c523e"
                                + "af4534d7f83fa1155b0047718cbc546a0d072b04b3564eea1b422273f548271a"
                                + "0bb2316053fa76991955ebd63159434ecebb4e466dae5a1073a6727627097a10"
                                + "49e617d91d361094fa68f0ff77987130305beaba2eda04df997b714d6c6f2c29"
                                + "a6ad5cb4022b02709beead9d67890cbb22392336fea1851f38",
                        true);
        check(published, anyNonce(published));
        check(published, packets(published));
    }

    @Test
    void theXChaChaDraftAppendixA31IsReproduced() {
        Case published =
                new Case(
                        "draft-irtf-cfrg-xchacha-03, A.3.1",
                        KEY_80_TO_9F,
                        "404142434445464748494a4b4c4d4e4f5051525354555657",
                        AAD_50_TO_C7,
                        text(SUNSCREEN),
                        "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb"
                                + "731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b452"
                                + "2f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9"
                                + "21f9664c97637da9768812f615c68b13b52ec0875924c1c7987947deafd8780a"
                                + "cf49",
                        true);
        check(published, tokens(published));
    }

    /// Packets have nonces with four zero bytes in front, and most cases do not.
    private Sealing anyNonce(Case c) {
        return new RawSealing(c, provider.newPacketAead());
    }

    private Sealing packets(Case c) {
        PacketCipher cipher = provider.newPacketCipher();
        PacketKey key = PacketKey.ofBytes(hex(c.key));
        byte[] associatedData = hex(c.associatedData);
        return new Sealing() {
            @Override
            public void seal(ByteBuffer buffer, int length) {
                cipher.seal(key, c.sequence(), associatedData, buffer, 0, length);
            }

            @Override
            public boolean open(ByteBuffer buffer, int length) {
                return cipher.open(key, c.sequence(), associatedData, buffer, 0, length);
            }
        };
    }

    private Sealing tokens(Case c) {
        return new RawSealing(c, provider.newTokenAead());
    }

    private static void check(Case c, Sealing sealing) {
        byte[] plain = hex(c.plain);
        byte[] sealed = hex(c.sealed);
        byte[] opened = sealed.clone();
        assertThat(sealing.open(ByteBuffer.wrap(opened), opened.length)).isEqualTo(c.isValid);
        if (c.isValid) {
            assertThat(Arrays.copyOf(opened, plain.length)).isEqualTo(plain);
        }
        byte[] resealed = Arrays.copyOf(plain, sealed.length);
        sealing.seal(ByteBuffer.wrap(resealed), plain.length);
        // An invalid case is a valid one whose tag was changed.
        assertThat(Arrays.equals(resealed, sealed)).isEqualTo(c.isValid);
    }
}
