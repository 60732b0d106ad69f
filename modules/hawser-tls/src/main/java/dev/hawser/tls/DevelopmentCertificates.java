package dev.hawser.tls;

import dev.hawser.token.WebUrls;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
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
///
/// **A clock that is wrong** costs no certificate. One that is not valid, not yet or not any more,
/// is neither shown nor announced, but kept: it is as good as before once the clock is right. One
/// is deleted when it has ended by the clock and by the time that has passed since it was valid
/// here; what ends while nobody looks stays in the folder.
final class DevelopmentCertificates implements CertificateSource {
    /// How long before the end of the last one the next is made and announced.
    static final Duration MADE_AHEAD = Duration.ofDays(3);

    /// How long before its end a certificate is followed by the next.
    static final Duration FOLLOWED_AHEAD = Duration.ofDays(1);

    /// The next one is not shown before it has been announced for this long, as long as the last
    /// one is valid: when nobody has asked for days, and it was made late.
    static final Duration ANNOUNCED_MIN = Duration.ofHours(1);

    private static final Comparator<Kept> OLDEST_FIRST =
            Comparator.comparing(kept -> kept.certificate.notBefore());

    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final List<String> hosts;
    private final InstantSource clock;
    private final LongSupplier monotonicClock;
    private final @Nullable CertificateFolder folder;
    private final Logger logger;

    /// All that there are, whatever their dates, the oldest first.
    private final List<Kept> certificates = new ArrayList<>();

    private volatile Shown shown;

    private static final class Kept {
        final ServerCertificate certificate;
        private boolean wasValid;
        private long endsNanos;

        Kept(ServerCertificate certificate) {
            this.certificate = certificate;
        }

        boolean isValid(Instant now) {
            return !now.isBefore(certificate.notBefore()) && now.isBefore(certificate.notAfter());
        }

        /// It is valid: what is left of it has to pass. A clock that says less later is not
        /// believed.
        void validAt(Instant now, long nowNanos) {
            long ends = nowNanos + Duration.between(now, certificate.notAfter()).toNanos();
            endsNanos = wasValid && endsNanos - ends > 0 ? endsNanos : ends;
            wasValid = true;
        }

        boolean hasEnded(Instant now, long nowNanos) {
            return wasValid && !now.isBefore(certificate.notAfter()) && nowNanos - endsNanos >= 0;
        }
    }

    /// @param sinceNanos when it was looked at
    private record Shown(ServerCertificate certificate, List<String> hashes, long sinceNanos) {
        boolean isFresh(long nowNanos) {
            return nowNanos - sinceNanos < LOOK_NANOS;
        }
    }

    /// @param hosts names and addresses by which clients dial, at least one
    /// @param folder where they are kept; null for in memory only
    /// @throws IOException when what is kept there cannot be used
    DevelopmentCertificates(
            List<String> hosts,
            InstantSource clock,
            LongSupplier monotonicClock,
            @Nullable CertificateFolder folder,
            Logger logger)
            throws IOException {
        this.hosts = List.copyOf(hosts);
        this.clock = clock;
        this.monotonicClock = monotonicClock;
        this.folder = folder;
        this.logger = logger;
        if (folder != null) {
            for (ServerCertificate kept : folder.load(logger)) {
                // Those for others stay where they are: the hosts have changed, and may change
                // back.
                if (SelfSigned.hostsOf(kept.chain().getFirst())
                        .equals(SelfSigned.hostsOf(this.hosts))) {
                    certificates.add(new Kept(kept));
                }
            }
            certificates.sort(OLDEST_FIRST);
        }
        shown = update();
    }

    @Override
    public ServerCertificate current() {
        return shown().certificate();
    }

    @Override
    public List<String> hashes() {
        return shown().hashes();
    }

    private Shown shown() {
        Shown last = shown;
        return last.isFresh(monotonicClock.getAsLong()) ? last : update();
    }

    private synchronized Shown update() {
        long nowNanos = monotonicClock.getAsLong();
        Instant now = clock.instant();
        forgetEnded(now, nowNanos);
        List<ServerCertificate> valid = valid(now, nowNanos);
        if (valid.isEmpty()) {
            valid.add(make(now, nowNanos));
        }
        int current = 0;
        while (current + 1 < valid.size()
                && isFollowed(now, valid.get(current), valid.get(current + 1))) {
            current++;
        }
        ServerCertificate certificate = valid.get(current);
        if (current == valid.size() - 1
                && !now.isBefore(certificate.notAfter().minus(MADE_AHEAD))) {
            valid.add(make(now, nowNanos));
        }
        List<String> hashes = hashes(certificate, valid);
        Shown next = new Shown(certificate, hashes, nowNanos);
        shown = next;
        return next;
    }

    /// {@return the hash of the one that is shown, then those of the others, the newest first}
    private static List<String> hashes(
            ServerCertificate certificate, List<ServerCertificate> valid) {
        List<String> hashes = new ArrayList<>();
        hashes.add(certificate.sha256());
        for (int i = valid.size() - 1; i >= 0 && hashes.size() < WebUrls.CERTIFICATES_MAX; i--) {
            if (valid.get(i) != certificate) {
                hashes.add(valid.get(i).sha256());
            }
        }
        return List.copyOf(hashes);
    }

    private List<ServerCertificate> valid(Instant now, long nowNanos) {
        List<ServerCertificate> valid = new ArrayList<>();
        for (Kept kept : certificates) {
            if (kept.isValid(now)) {
                kept.validAt(now, nowNanos);
                valid.add(kept.certificate);
            }
        }
        return valid;
    }

    private void forgetEnded(Instant now, long nowNanos) {
        certificates.removeIf(kept -> {
            boolean hasEnded = kept.hasEnded(now, nowNanos);
            if (hasEnded) {
                forget(kept.certificate);
            }
            return hasEnded;
        });
    }

    private static boolean isFollowed(Instant now, ServerCertificate one, ServerCertificate next) {
        Instant madeAt = next.notBefore().plus(SelfSigned.BACKDATED);
        return !now.isBefore(one.notAfter().minus(FOLLOWED_AHEAD))
                && !now.isBefore(madeAt.plus(ANNOUNCED_MIN));
    }

    private ServerCertificate make(Instant now, long nowNanos) {
        ServerCertificate made = SelfSigned.make(now, hosts);
        Kept kept = new Kept(made);
        kept.validAt(now, nowNanos);
        certificates.add(kept);
        certificates.sort(OLDEST_FIRST);
        write(made);
        return made;
    }

    private void write(ServerCertificate made) {
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
                            + e.getMessage());
        }
    }

    private void forget(ServerCertificate ended) {
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
