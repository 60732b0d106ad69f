package dev.hawser.web;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Certificates that sign themselves, one after the other.
///
/// ```
///  first   ├─────────────── shown ───────────────┤- announced -┤
///  second                    ├─ - announced - - -─┼──────────── shown ───── …
///                            made: 3 days before   1 day before the first ends
/// ```
///
/// The next one is announced for two days before it is shown, so that whoever has fetched hashes
/// with a token knows it by then. The last one stays announced until it ends: a client that resumes
/// a TLS session checks the certificate with which that began. The last day of a certificate is
/// left for clocks that are fast.
///
/// Which of them is shown follows from their dates and the time alone, so that it is the same after
/// a restart. Whoever asks moves it on; nothing runs in between.
final class DevelopmentCertificates implements CertificateSource {
    /// How long before the end of the last one the next is made and announced.
    static final Duration MADE_AHEAD = Duration.ofDays(3);

    /// How long before its end a certificate is followed by the next.
    static final Duration FOLLOWED_AHEAD = Duration.ofDays(1);

    /// The next one is not shown before it has been announced for this long, as long as the last
    /// one is valid: when nobody has asked for days, and it was made late.
    static final Duration ANNOUNCED_MIN = Duration.ofHours(1);

    private static final Duration LOOK = Duration.ofSeconds(1);

    private final List<String> hosts;
    private final InstantSource clock;
    private final @Nullable CertificateFolder folder;
    private final Logger logger;

    /// Those that are valid, the oldest first.
    private final List<WebCertificate> certificates = new ArrayList<>();

    private volatile Shown shown;

    /// @param since when it was looked at
    private record Shown(WebCertificate certificate, List<String> hashes, Instant since) {
        boolean isFresh(Instant now) {
            return !now.isBefore(since) && now.isBefore(since.plus(LOOK));
        }
    }

    /// @param hosts names and addresses by which clients dial, at least one
    /// @param folder where they are kept; null for in memory only
    /// @throws IOException when what is kept there cannot be used
    DevelopmentCertificates(
            List<String> hosts,
            InstantSource clock,
            @Nullable CertificateFolder folder,
            Logger logger)
            throws IOException {
        this.hosts = List.copyOf(hosts);
        this.clock = clock;
        this.folder = folder;
        this.logger = logger;
        Instant now = clock.instant();
        if (folder != null) {
            for (WebCertificate kept : folder.load(logger)) {
                // Valid too late: the clock was wrong when it was made. For others: they changed.
                if (!now.isBefore(kept.notBefore())
                        && SelfSigned.hostsOf(kept.chain().getFirst())
                                .equals(SelfSigned.hostsOf(this.hosts))) {
                    certificates.add(kept);
                }
            }
            certificates.sort(Comparator.comparing(WebCertificate::notBefore));
        }
        shown = update(now);
    }

    @Override
    public WebCertificate current() {
        return shown().certificate();
    }

    @Override
    public List<String> hashes() {
        return shown().hashes();
    }

    private Shown shown() {
        Instant now = clock.instant();
        Shown last = shown;
        return last.isFresh(now) ? last : update(now);
    }

    private synchronized Shown update(Instant now) {
        while (!certificates.isEmpty() && !now.isBefore(certificates.getFirst().notAfter())) {
            forget(certificates.removeFirst());
        }
        if (certificates.isEmpty()) {
            make(now);
        }
        int current = 0;
        while (current + 1 < certificates.size() && isFollowed(now, current)) {
            current++;
        }
        WebCertificate certificate = certificates.get(current);
        if (certificate == certificates.getLast()
                && !now.isBefore(certificate.notAfter().minus(MADE_AHEAD))) {
            make(now);
        }
        List<String> hashes = new ArrayList<>();
        hashes.add(certificate.sha256());
        for (WebCertificate other : certificates) {
            if (other != certificate) {
                hashes.add(other.sha256());
            }
        }
        Shown next = new Shown(certificate, List.copyOf(hashes), now);
        shown = next;
        return next;
    }

    private boolean isFollowed(Instant now, int index) {
        Instant madeAt = certificates.get(index + 1).notBefore().plus(SelfSigned.BACKDATED);
        return !now.isBefore(certificates.get(index).notAfter().minus(FOLLOWED_AHEAD))
                && !now.isBefore(madeAt.plus(ANNOUNCED_MIN));
    }

    private void make(Instant now) {
        WebCertificate made = SelfSigned.make(now, hosts);
        certificates.add(made);
        if (folder == null) {
            return;
        }
        try {
            folder.write(made);
        } catch (IOException e) {
            logger.log(
                    Level.WARNING,
                    "A certificate cannot be kept in "
                            + folder
                            + ", so that it will be another one after a restart: "
                            + e);
        }
    }

    private void forget(WebCertificate ended) {
        if (folder == null) {
            return;
        }
        try {
            folder.delete(ended);
        } catch (IOException e) {
            logger.log(Level.DEBUG, "An old certificate cannot be deleted", e);
        }
    }

    @Override
    public String toString() {
        return "development certificate for " + hosts;
    }
}
