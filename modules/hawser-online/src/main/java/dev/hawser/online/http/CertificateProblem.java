package dev.hawser.online.http;

/// What is wrong with a certificate.
enum CertificateProblem {
    /// Its time is over.
    EXPIRED(
            "it has expired: renew it on the server, or set this machine's clock if that one is"
                    + " wrong"),

    /// Its time has not begun.
    NOT_YET_VALID("it is not valid yet: set this machine's clock, or the one where it was made"),

    /// It is somebody else's.
    WRONG_HOST(
            "it is for another host name: use the name that the certificate has, or get one for this"
                    + " name"),

    /// No authority that this machine trusts vouches for it.
    NOT_TRUSTED(
            "no authority that is trusted here vouches for it: use a certificate of a public"
                    + " authority, hand over its authority with trustStore(…), or, while developing,"
                    + " pin it with pinnedCertificates(…)"),

    /// It is none of those that were pinned.
    NOT_PINNED(
            "it is none of the pinned ones: somebody is in between, or the server has a new"
                    + " certificate, whose SHA-256 then belongs into pinnedCertificates(…)");

    private final String explanation;

    CertificateProblem(String explanation) {
        this.explanation = explanation;
    }

    /// {@return what it means and what to do, the end of an English sentence}
    String explanation() {
        return explanation;
    }
}
