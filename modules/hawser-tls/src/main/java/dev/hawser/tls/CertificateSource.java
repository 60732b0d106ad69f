package dev.hawser.tls;

import dev.hawser.time.SystemClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Where a server's certificate comes from. Any thread; cheap: may be asked for each handshake.
public interface CertificateSource {
    /// {@return the certificate to show from now on; the same instance until it changes}
    ServerCertificate current();

    /// {@return the SHA-256 hashes that clients are to accept, 64 hex digits each: that of the
    /// current one first, and for a while those of the next and the last; empty when the
    /// certificate is signed by an authority}
    List<String> hashes();

    /// {@return a source of certificates that nobody vouches for, made here: ECDSA on P-256, valid
    /// for 13 days, another one every 9 days or so}
    ///
    /// Browsers take them over WebTransport, since the token service tells them the hashes. The
    /// next one is announced for two days before it is shown. After a restart it is another one,
    /// which players who have a token from before do not know.
    ///
    /// @param hosts names and addresses by which clients dial; none for this machine: `localhost`,
    ///   `127.0.0.1` and `::1`
    /// @throws IllegalArgumentException when one is neither name nor address
    static CertificateSource development(String... hosts) {
        try {
            return development((CertificateFolder) null, hosts);
        } catch (IOException e) {
            throw new UncheckedIOException("in memory nothing fails", e);
        }
    }

    /// {@return the same, kept in a folder, so that they are the same after a restart}
    ///
    /// @param folder of one process, made where there is none; each certificate is a file with its
    ///   key, which only its owner may read, and is deleted when it has been seen to end
    /// @param hosts as with the other method; certificates for other hosts are not used
    /// @throws IOException when the folder cannot be made or read, or what is in it cannot be used;
    ///   the message says what to do
    static CertificateSource development(Path folder, String... hosts) throws IOException {
        return development(new CertificateFolder(folder), hosts);
    }

    private static CertificateSource development(
            @Nullable CertificateFolder folder, String... hosts) throws IOException {
        return new DevelopmentCertificates(
                hosts.length == 0 ? List.of("localhost", "127.0.0.1", "::1") : List.of(hosts),
                SystemClock.INSTANT_SOURCE,
                System::nanoTime,
                folder,
                System.getLogger("dev.hawser.tls"));
    }

    /// {@return a source for browsers that shows what two PEM files hold, see [CertificateFiles]}
    ///
    /// A key that no browser takes a certificate of is refused. The hashes are empty, unless the
    /// certificate has signed itself.
    ///
    /// @param certificateChain the server's own certificate first, as every authority hands it out
    ///   (`fullchain.pem`)
    /// @param privateKey its key, PKCS#8 or the older forms of EC and RSA, not encrypted; only its
    ///   owner may be able to read it
    /// @throws IOException when they cannot be used; the message says which file, why, and what to
    ///   do
    static CertificateSource pem(Path certificateChain, Path privateKey) throws IOException {
        return CertificateFiles.open(
                certificateChain, privateKey, CertificateFiles.Clients.BROWSERS);
    }

    /// {@return a source that shows one certificate for ever, and announces its hash}
    static CertificateSource of(ServerCertificate certificate) {
        Objects.requireNonNull(certificate, "certificate");
        List<String> hashes = List.of(certificate.sha256());
        return new CertificateSource() {
            @Override
            public ServerCertificate current() {
                return certificate;
            }

            @Override
            public List<String> hashes() {
                return hashes;
            }
        };
    }
}
