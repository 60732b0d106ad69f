package dev.hawser.web;

import java.util.List;

/// Where a web server's certificate comes from. Any thread; cheap: may be asked for each handshake.
public interface CertificateSource {
    /// {@return the certificate to show from now on; the same instance until it changes}
    WebCertificate current();

    /// {@return the SHA-256 hashes that clients are to accept, 64 hex digits each: the current one
    /// and, for a while, the next; empty when the certificate is signed by an authority}
    List<String> hashes();

    /// {@return a source that shows one certificate for ever, and announces its hash}
    static CertificateSource of(WebCertificate certificate) {
        List<String> hashes = List.of(certificate.sha256());
        return new CertificateSource() {
            @Override
            public WebCertificate current() {
                return certificate;
            }

            @Override
            public List<String> hashes() {
                return hashes;
            }
        };
    }
}
