package dev.hawser.tls;

import dev.hawser.files.OwnerOnly;
import dev.hawser.keys.SecretReaders;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;

/// A certificate and its key as PEM (RFC 7468), in two files or in one. What cannot be used is said
/// with the file's name and what to do.
final class PemPair {
    /// The longest file, in bytes: a chain has some thousands.
    static final int FILE_BYTES_MAX = 1 << 20;

    private static final SecureRandom RANDOM = new SecureRandom();

    private PemPair() {}

    /// {@return what two files hold, whether or not it is valid now}
    ///
    /// @param chainFile certificates, the server's own first
    /// @param keyFile its private key, PKCS#8 or the older forms of EC and RSA, not encrypted
    /// @param keyReaders who may be able to read that
    static ServerCertificate load(Path chainFile, Path keyFile, SecretReaders keyReaders)
            throws IOException {
        checkPrivate(keyFile, keyReaders);
        List<X509Certificate> chain = chain(chainFile);
        PrivateKey key = key(keyFile);
        if (!belongs(key, chain.getFirst().getPublicKey())) {
            throw new IOException(
                    keyFile
                            + " is not the key of the first certificate in "
                            + chainFile
                            + ": both must come from the same order, and the server's own"
                            + " certificate must stand first");
        }
        return new ServerCertificate(key, chain);
    }

    private static void checkPrivate(Path file, SecretReaders readers) throws IOException {
        if (Files.exists(file)) {
            OwnerOnly.check(file, readers == SecretReaders.GROUP, "get another certificate");
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
                case PKCS8EncryptedPrivateKeyInfo _, PEMEncryptedKeyPair _ ->
                        throw new IOException(
                                file
                                        + " is encrypted: decrypt it with 'openssl pkey', and let"
                                        + " its mode keep others out");
                default -> {
                    // Parameters of curves, certificates in the same file.
                }
            }
        }
        throw new IOException(
                file + " holds no private key: it must be PEM, beginning with -----BEGIN");
    }

    private static PrivateKey key(Path file, PrivateKeyInfo info) throws IOException {
        try {
            return new JcaPEMKeyConverter().getPrivateKey(info);
        } catch (IOException e) {
            // What the parser says may repeat the key.
            throw new IOException(
                    file
                            + " holds a private key that Java cannot read: convert it with 'openssl"
                            + " pkcs8 -topk8 -nocrypt', or order one with ECDSA on P-256, or RSA");
        }
    }

    private static List<X509Certificate> chain(Path file) throws IOException {
        List<X509Certificate> chain = new ArrayList<>();
        for (Object object : objectsIn(file)) {
            if (object instanceof X509CertificateHolder holder) {
                try {
                    chain.add(new JcaX509CertificateConverter().getCertificate(holder));
                } catch (GeneralSecurityException e) {
                    throw new IOException(
                            file + " holds a certificate that Java cannot read: order another");
                }
            }
        }
        if (chain.isEmpty()) {
            throw new IOException(
                    file + " holds no certificate: it must be PEM, the server's own first");
        }
        return chain;
    }

    private static List<Object> objectsIn(Path file) throws IOException {
        try (Reader reader = new StringReader(text(file));
                PEMParser parser = new PEMParser(reader)) {
            List<Object> objects = new ArrayList<>();
            for (Object next = parser.readObject(); next != null; next = parser.readObject()) {
                objects.add(next);
            }
            return objects;
        } catch (NotReadable e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // What the parser says may repeat the key.
            throw new IOException(file + " is not PEM, or it is torn: write it again");
        }
    }

    private static String text(Path file) throws NotReadable {
        try (var source = Files.newInputStream(file)) {
            byte[] bytes = source.readNBytes(FILE_BYTES_MAX + 1);
            if (bytes.length > FILE_BYTES_MAX) {
                throw new NotReadable(
                        file + " has more than " + FILE_BYTES_MAX + " bytes: name the PEM file");
            }
            return new String(bytes, StandardCharsets.ISO_8859_1);
        } catch (NotReadable e) {
            throw e;
        } catch (NoSuchFileException e) {
            throw new NotReadable(file + " is not there: name the PEM file");
        } catch (AccessDeniedException e) {
            throw new NotReadable(
                    file + " cannot be read by this process: see its owner and its mode");
        } catch (IOException e) {
            throw new NotReadable(file + " cannot be read: " + e.getMessage());
        }
    }

    /// The file, not what stands in it.
    @SuppressWarnings("serial") // Never leaves the process.
    private static final class NotReadable extends IOException {
        NotReadable(String message) {
            super(message);
        }
    }

    /// {@return whether what the key signs is what the public key verifies}
    private static boolean belongs(PrivateKey key, PublicKey publicKey) {
        String algorithm =
                switch (key.getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC", "ECDSA" -> "SHA256withECDSA";
                    default -> key.getAlgorithm();
                };
        try {
            byte[] nonce = new byte[32];
            RANDOM.nextBytes(nonce);
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

    /// {@return key and chain as one text}
    static String text(ServerCertificate certificate) {
        return keyText(certificate) + chainText(certificate);
    }

    /// {@return the key alone}
    static String keyText(ServerCertificate certificate) {
        return text(List.of(new PemObject("PRIVATE KEY", certificate.key().getEncoded())));
    }

    /// {@return the chain alone, the server's own first}
    static String chainText(ServerCertificate certificate) {
        try {
            List<PemObject> chain = new ArrayList<>();
            for (X509Certificate each : certificate.chain()) {
                chain.add(new PemObject("CERTIFICATE", each.getEncoded()));
            }
            return text(chain);
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("this certificate has no encoding: " + certificate, e);
        }
    }

    private static String text(List<PemObject> objects) {
        StringWriter text = new StringWriter();
        try (PemWriter writer = new PemWriter(text)) {
            for (PemObject object : objects) {
                writer.writeObject(object);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory does not fail", e);
        }
        return text.toString();
    }
}
