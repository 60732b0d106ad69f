package dev.hawser.token;

import java.security.cert.CertificateException;

/// A server showed a certificate that is not pinned.
final class NotPinnedException extends CertificateException {
    private static final long serialVersionUID = 1;

    NotPinnedException(String shown) {
        super("the SHA-256 of the one shown is " + shown);
    }
}
