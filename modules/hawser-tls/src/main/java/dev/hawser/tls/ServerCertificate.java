package dev.hawser.tls;

import dev.hawser.files.PrivateFile;
import dev.hawser.time.SystemClock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;

/// A certificate of a server, with its chain and its private key. Immutable; printed without the
/// key.
public final class ServerCertificate {
    /// Browsers refuse a certificate by its hash when it is valid for longer.
    static final Duration VALIDITY_BY_HASH_MAX = Duration.ofDays(14);

    private static final int P256_BITS = 256;
    private static final char[] NO_PASSWORD = {};

    private final PrivateKey key;
    private final List<X509Certificate> chain;
    private final String sha256;
    private final Instant notBefore;
    private final Instant notAfter;

    /// Takes a key and the certificates that go with it.
    ///
    /// @param key the private key of the first certificate
    /// @param chain the server's own certificate first, then each one's issuer
    /// @throws IllegalArgumentException when the chain is empty or its first certificate has no
    ///   encoding
    public ServerCertificate(PrivateKey key, List<X509Certificate> chain) {
        this.key = key;
        this.chain = List.copyOf(chain);
        if (this.chain.isEmpty()) {
            throw new IllegalArgumentException(
                    "a chain of 0 certificates, but the server's own must be in it");
        }
        sha256 = sha256(this.chain.getFirst());
        notBefore = this.chain.getFirst().getNotBefore().toInstant();
        notAfter = this.chain.getFirst().getNotAfter().toInstant();
    }

    /// {@return a certificate that nobody vouches for, with a new key: for development, and for
    /// clients that know its hash from elsewhere and pin it}
    ///
    /// ECDSA on P-256, valid for 13 days, of which one lies in the past: clocks of clients may be
    /// late. What browsers accept by its hash is valid for at most 14.
    ///
    /// @param hosts names and addresses by which clients dial, at least one
    /// @throws IllegalArgumentException when there is none, or one is neither name nor address
    public static ServerCertificate selfSigned(String... hosts) {
        return SelfSigned.make(SystemClock.INSTANT_SOURCE.instant(), List.of(hosts));
    }

    /// {@return the private key}
    public PrivateKey key() {
        return key;
    }

    /// {@return the server's own certificate, then each one's issuer}
    public List<X509Certificate> chain() {
        return chain;
    }

    /// {@return the SHA-256 of the server's own certificate in DER, as 64 hex digits}
    public String sha256() {
        return sha256;
    }

    /// {@return the SHA-256 of a certificate in DER, as 64 hex digits}
    ///
    /// @throws IllegalArgumentException when it has no encoding
    public static String sha256(X509Certificate certificate) {
        try {
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
        } catch (CertificateEncodingException e) {
            throw new IllegalArgumentException("a certificate that has no encoding", e);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }

    /// {@return it in the form that Java's TLS and Netty's take}
    ///
    /// Handed the key itself, Netty makes a PKCS #12 key store of it, which hashes twenty thousand
    /// times to hide the key from whoever reads a file that is none.
    public KeyManagerFactory keyManagers() {
        try {
            KeyStore store = KeyStore.getInstance("JKS");
            store.load(null, NO_PASSWORD);
            store.setKeyEntry("server", key, NO_PASSWORD, chain.toArray(X509Certificate[]::new));
            // The algorithm that neither checks nor chooses.
            KeyManagerFactory factory = KeyManagerFactory.getInstance("SunX509");
            factory.init(store, NO_PASSWORD);
            return factory;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("this certificate cannot be used: " + this, e);
        }
    }

    /// {@return from when on it is valid}
    public Instant notBefore() {
        return notBefore;
    }

    /// {@return until when it is valid}
    public Instant notAfter() {
        return notAfter;
    }

    /// {@return whether nobody but itself vouches for it, so that clients must know its hash}
    boolean isSelfSigned() {
        X509Certificate own = chain.getFirst();
        if (!own.getSubjectX500Principal().equals(own.getIssuerX500Principal())) {
            return false;
        }
        try {
            own.verify(own.getPublicKey());
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    /// {@return whether browsers accept it when they are told its hash}
    boolean isAcceptedByHash() {
        return chain.getFirst().getPublicKey() instanceof ECPublicKey key
                && key.getParams().getOrder().bitLength() == P256_BITS
                && Duration.between(notBefore(), notAfter()).compareTo(VALIDITY_BY_HASH_MAX) <= 0;
    }

    /// Writes it to two new PEM files, the key for only its owner to read: for those who want it to
    /// be the same after a restart.
    ///
    /// @throws IOException when one is there already, or cannot be written
    public void writePem(Path chainFile, Path keyFile) throws IOException {
        for (Path file : List.of(chainFile, keyFile)) {
            if (Files.exists(file)) {
                throw new FileAlreadyExistsException(
                        file.toString(), null, "it is there already: choose another name");
            }
        }
        byte[] text = PemPair.keyText(this).getBytes(StandardCharsets.US_ASCII);
        new PrivateFile(keyFile).write(text);
        Arrays.fill(text, (byte) 0);
        Files.writeString(chainFile, PemPair.chainText(this), StandardOpenOption.CREATE_NEW);
    }

    @Override
    public String toString() {
        return "ServerCertificate["
                + chain.getFirst().getSubjectX500Principal()
                + ", until "
                + notAfter
                + ", SHA-256 "
                + sha256
                + "]";
    }
}
