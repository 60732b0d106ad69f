package dev.hawser.web;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/// A pair of PEM files that somebody renews. Who asks looks whether they have changed, once a
/// second; nothing runs in between.
final class PemCertificates implements CertificateSource {
    static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Path chain;
    private final Path key;
    private final LongSupplier monotonicClock;
    private final InstantSource clock;
    private final Logger logger;

    /// Whoever finds somebody else looking goes on with what there is.
    private final ReentrantLock looking = new ReentrantLock();

    private volatile Shown shown;
    private volatile long lookedNanos;
    private String version;
    private String complaint = "";

    private record Shown(WebCertificate certificate, List<String> hashes) {
        static Shown of(WebCertificate certificate) {
            return new Shown(
                    certificate,
                    certificate.isSelfSigned() ? List.of(certificate.sha256()) : List.of());
        }
    }

    PemCertificates(
            Path chain, Path key, LongSupplier monotonicClock, InstantSource clock, Logger logger)
            throws IOException {
        this.chain = chain;
        this.key = key;
        this.monotonicClock = monotonicClock;
        this.clock = clock;
        this.logger = logger;
        lookedNanos = monotonicClock.getAsLong();
        // Taken before: what changes meanwhile is noticed the next time.
        version = version();
        shown = load();
    }

    @Override
    public WebCertificate current() {
        look();
        return shown.certificate();
    }

    @Override
    public List<String> hashes() {
        look();
        return shown.hashes();
    }

    private void look() {
        long nowNanos = monotonicClock.getAsLong();
        if (nowNanos - lookedNanos < LOOK_NANOS || !looking.tryLock()) {
            return;
        }
        try {
            lookedNanos = nowNanos;
            reload();
        } finally {
            looking.unlock();
        }
    }

    /// A change that cannot be used is logged once and tried again: two files are not written in
    /// one step.
    private void reload() {
        String versionNow = version();
        if (versionNow.equals(version)) {
            return;
        }
        try {
            shown = load();
            version = versionNow;
            complaint = "";
            logger.log(
                    Level.INFO,
                    "New connections get the certificate in "
                            + chain
                            + ", which is valid until "
                            + shown.certificate().notAfter());
        } catch (IOException | RuntimeException e) {
            String message = String.valueOf(e.getMessage());
            if (!message.equals(complaint)) {
                complaint = message;
                logger.log(
                        Level.WARNING,
                        "The certificate stays as it was, since the new one cannot be used: "
                                + message);
            }
        }
    }

    private Shown load() throws IOException {
        WebCertificate loaded = PemPair.load(chain, key);
        Instant now = clock.instant();
        if (!now.isBefore(loaded.notAfter())) {
            throw new IOException(
                    chain
                            + ": the certificate expired at "
                            + loaded.notAfter()
                            + ": renew it, or set the clock of this machine, which says "
                            + now);
        }
        if (now.isBefore(loaded.notBefore())) {
            throw new IOException(
                    chain
                            + ": the certificate is not valid before "
                            + loaded.notBefore()
                            + ": wait, or set the clock of this machine, which says "
                            + now);
        }
        if (loaded.isSelfSigned() && !loaded.isAcceptedByHash()) {
            logger.log(
                    Level.WARNING,
                    chain
                            + ": the certificate has signed itself, and browsers will refuse it:"
                            + " by its hash they accept only ECDSA on P-256, valid for "
                            + WebCertificate.VALIDITY_BY_HASH_MAX.toDays()
                            + " days at most. Get one of an authority, or use"
                            + " CertificateSource.development(…)");
        }
        return Shown.of(loaded);
    }

    private String version() {
        return version(chain) + "/" + version(key);
    }

    private static String version(Path file) {
        try {
            BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
            return now.fileKey() + " " + now.lastModifiedTime() + " " + now.size();
        } catch (IOException e) {
            return "unreadable";
        }
    }

    @Override
    public String toString() {
        return "certificate in " + chain;
    }
}
