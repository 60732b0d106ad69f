package dev.hawser.web;

import dev.hawser.tls.ServerCertificate;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.time.Instant;
import java.util.List;

/// Certificates as developers have them: self-signed, of days.
final class Certificates {
    private Certificates() {}

    static ServerCertificate selfSigned() {
        try {
            Instant now = Instant.now();
            X509Bundle bundle =
                    new CertificateBuilder()
                            .algorithm(CertificateBuilder.Algorithm.ecp256)
                            .subject("CN=localhost")
                            .addSanIpAddress("127.0.0.1")
                            .notBefore(now.minusSeconds(3600))
                            .notAfter(now.plusSeconds(3600))
                            .setIsCertificateAuthority(true)
                            .buildSelfSigned();
            return new ServerCertificate(
                    bundle.getKeyPair().getPrivate(), List.of(bundle.getCertificate()));
        } catch (Exception e) {
            throw new AssertionError("a certificate can be made", e);
        }
    }
}
