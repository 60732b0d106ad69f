package dev.hawser.backend;

import dev.hawser.files.OwnerOnly;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;

/// A certificate with its chain and its private key, which belong together and are valid now.
record ServerCertificate(List<X509Certificate> chain, PrivateKey key) {
    private static final char[] NO_PASSWORD = {};

    ServerCertificate {
        chain = List.copyOf(chain);
    }

    /// {@return what two PEM files hold}
    ///
    /// @param chainFile certificates, the server's own first, as every authority hands them out
    /// @param keyFile its private key, PKCS#8 or the older forms of RSA and EC, not encrypted; only
    ///   its owner may be able to use it
    /// @throws IOException when they cannot be used; the message says why and what to do
    static ServerCertificate load(Path chainFile, Path keyFile, Instant now) throws IOException {
        if (Files.exists(keyFile)) {
            OwnerOnly.check(keyFile, "get another certificate");
        }
        List<X509Certificate> chain = new ArrayList<>();
        for (Object object : objectsIn(chainFile)) {
            if (object instanceof X509CertificateHolder holder) {
                chain.add(certificate(chainFile, holder));
            }
        }
        if (chain.isEmpty()) {
            throw new IOException(
                    chainFile + " holds no certificate: it must be PEM, the server's own first");
        }
        ServerCertificate loaded = new ServerCertificate(chain, key(keyFile));
        loaded.check(chainFile, keyFile, now);
        return loaded;
    }

    private static List<Object> objectsIn(Path file) throws IOException {
        try (Reader reader = Files.newBufferedReader(file);
                PEMParser parser = new PEMParser(reader)) {
            List<Object> objects = new ArrayList<>();
            for (Object next = parser.readObject(); next != null; next = parser.readObject()) {
                objects.add(next);
            }
            return objects;
        } catch (NoSuchFileException e) {
            throw new IOException(file + " is not there: name the PEM file");
        } catch (AccessDeniedException e) {
            throw new IOException(
                    file + " cannot be read by this process: check its owner and mode");
        } catch (IOException | RuntimeException e) {
            // What the parser says may repeat the key.
            throw new IOException(file + " is not PEM, or it is torn: write it again");
        }
    }

    private static X509Certificate certificate(Path file, X509CertificateHolder holder)
            throws IOException {
        try {
            return new JcaX509CertificateConverter().getCertificate(holder);
        } catch (GeneralSecurityException e) {
            throw new IOException(file + " holds a certificate that Java cannot read");
        }
    }

    private static PrivateKey key(Path file) throws IOException {
        for (Object object : objectsIn(file)) {
            switch (object) {
                case PrivateKeyInfo info -> {
                    return key(file, info);
                }
                case PEMKeyPair pair -> {
                    return key(file, pair.getPrivateKeyInfo());
                }
                case PKCS8EncryptedPrivateKeyInfo _ ->
                        throw new IOException(
                                file
                                        + " is encrypted: decrypt it, and let its mode keep others"
                                        + " out");
                default -> {
                    // Parameters of curves, certificates in the same file.
                }
            }
        }
        throw new IOException(file + " holds no private key: it must be PEM");
    }

    private static PrivateKey key(Path file, PrivateKeyInfo info) throws IOException {
        try {
            return new JcaPEMKeyConverter().getPrivateKey(info);
        } catch (IOException e) {
            throw new IOException(
                    file
                            + " holds a private key that Java cannot read: convert it with 'openssl"
                            + " pkcs8 -topk8 -nocrypt'");
        }
    }

    private void check(Path chainFile, Path keyFile, Instant now) throws IOException {
        X509Certificate own = chain.getFirst();
        Instant from = own.getNotBefore().toInstant();
        Instant to = own.getNotAfter().toInstant();
        if (now.isAfter(to)) {
            throw new IOException(
                    chainFile
                            + ": the certificate expired at "
                            + to
                            + ": renew it, or set the clock of this machine, which says "
                            + now);
        }
        if (now.isBefore(from)) {
            throw new IOException(
                    chainFile
                            + ": the certificate is not valid before "
                            + from
                            + ": wait, or set the clock of this machine, which says "
                            + now);
        }
        if (!belongsTo(own.getPublicKey())) {
            throw new IOException(
                    keyFile
                            + " is not the key of the first certificate in "
                            + chainFile
                            + ": the two files must come from the same order");
        }
    }

    /// {@return whether what the key signs is what the public key verifies}
    private boolean belongsTo(PublicKey publicKey) {
        String algorithm =
                switch (key.getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC", "ECDSA" -> "SHA256withECDSA";
                    default -> key.getAlgorithm();
                };
        try {
            byte[] nonce = new byte[32];
            new SecureRandom().nextBytes(nonce);
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(nonce);
            byte[] signed = signature.sign();
            signature.initVerify(publicKey);
            signature.update(nonce);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    /// {@return it in the form that Java's TLS takes}
    ///
    /// Of the two kinds of key store that every JDK has, PKCS #12 would hash twenty thousand times
    /// to hide the key from whoever reads a file that is none.
    KeyStore keyStore() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("JKS");
        store.load(null, NO_PASSWORD);
        store.setKeyEntry("server", key, NO_PASSWORD, chain.toArray(X509Certificate[]::new));
        return store;
    }
}
