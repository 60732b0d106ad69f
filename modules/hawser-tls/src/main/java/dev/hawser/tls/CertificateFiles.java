package dev.hawser.tls;

import dev.hawser.keys.SecretReaders;
import dev.hawser.time.SystemClock;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/// A certificate and its key in two PEM files that somebody renews. Who asks looks whether they
/// have changed, once a second; nothing runs in between.
///
/// New connections get a renewed certificate. One that cannot be used, because only one of the
/// files is there yet or because it has expired, is logged once and tried again, and the last one
/// stays.
public final class CertificateFiles implements CertificateSource {
    static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final Set<String> BROWSER_KEYS = Set.of("EC", "ECDSA", "RSA");

    private final PemFiles files;
    private final Clients clients;
    private final LongSupplier monotonicClock;
    private final InstantSource clock;
    private final Logger logger;

    /// Whoever finds somebody else looking goes on with what there is.
    private final ReentrantLock looking = new ReentrantLock();

    private volatile Shown shown;
    private volatile long lookedNanos;
    private String version;
    private String complaint = "";

    /// Who is to accept the certificate.
    enum Clients {
        ANY,
        BROWSERS
    }

    /// The two files.
    ///
    /// @param keyReaders who may be able to read the key
    record PemFiles(Path chain, Path key, SecretReaders keyReaders) {
        private ServerCertificate load() throws IOException {
            return PemPair.load(chain, key, keyReaders);
        }

        /// {@return a text that is another one when one of them has changed}
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
    }

    private record Shown(ServerCertificate certificate, List<String> hashes) {
        static Shown of(ServerCertificate certificate) {
            return new Shown(
                    certificate,
                    certificate.isSelfSigned() ? List.of(certificate.sha256()) : List.of());
        }
    }

    CertificateFiles(
            PemFiles files,
            Clients clients,
            LongSupplier monotonicClock,
            InstantSource clock,
            Logger logger)
            throws IOException {
        this.files = files;
        this.clients = clients;
        this.monotonicClock = monotonicClock;
        this.clock = clock;
        this.logger = logger;
        lookedNanos = monotonicClock.getAsLong();
        // Taken before: what changes meanwhile is noticed the next time.
        version = files.version();
        shown = load();
    }

    /// {@return what shows the certificate in two PEM files}
    ///
    /// @param certificateChain the server's own certificate first, then those up to, and without,
    ///   the root, as every authority hands it out (`fullchain.pem`)
    /// @param privateKey its key, PKCS#8 or the older forms of EC and RSA, not encrypted; only its
    ///   owner may be able to use the file
    /// @throws IOException when they cannot be used; the message says which file, why, and what to
    ///   do
    public static CertificateFiles open(Path certificateChain, Path privateKey) throws IOException {
        return open(certificateChain, privateKey, SecretReaders.OWNER);
    }

    /// {@return what shows the certificate in two PEM files}
    ///
    /// @param certificateChain as with the other method
    /// @param privateKey as with the other method
    /// @param keyReaders who may be able to read the key's file
    /// @throws IOException when they cannot be used; the message says which file, why, and what to
    ///   do
    public static CertificateFiles open(
            Path certificateChain, Path privateKey, SecretReaders keyReaders) throws IOException {
        return open(new PemFiles(certificateChain, privateKey, keyReaders), Clients.ANY);
    }

    static CertificateFiles open(PemFiles files, Clients clients) throws IOException {
        return new CertificateFiles(
                files,
                clients,
                System::nanoTime,
                SystemClock.INSTANT_SOURCE,
                System.getLogger("dev.hawser.tls"));
    }

    @Override
    public ServerCertificate current() {
        look();
        return shown.certificate();
    }

    @Override
    public List<String> hashes() {
        look();
        return shown.hashes();
    }

    /// Shows what the files hold at this moment, whether they have changed or not.
    ///
    /// @throws IOException when it cannot be used; the last one stays
    public void reload() throws IOException {
        looking.lock();
        try {
            replace(files.version());
        } finally {
            looking.unlock();
        }
    }

    private void look() {
        long nowNanos = monotonicClock.getAsLong();
        if (nowNanos - lookedNanos < LOOK_NANOS || !looking.tryLock()) {
            return;
        }
        try {
            lookedNanos = nowNanos;
            String versionNow = files.version();
            if (!versionNow.equals(version)) {
                tryReplace(versionNow);
            }
        } finally {
            looking.unlock();
        }
    }

    /// A change that cannot be used is logged once and tried again: two files are not written in
    /// one step.
    private void tryReplace(String versionNow) {
        try {
            replace(versionNow);
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

    private void replace(String versionNow) throws IOException {
        shown = load();
        version = versionNow;
        complaint = "";
        logger.log(
                Level.INFO,
                "New connections get the certificate in "
                        + files.chain()
                        + ", which is valid until "
                        + shown.certificate().notAfter());
    }

    private Shown load() throws IOException {
        ServerCertificate loaded = files.load();
        Instant now = clock.instant();
        if (!now.isBefore(loaded.notAfter())) {
            throw new IOException(
                    files.chain()
                            + ": the certificate expired at "
                            + loaded.notAfter()
                            + ": renew it, or set the clock of this machine, which says "
                            + now);
        }
        if (now.isBefore(loaded.notBefore())) {
            throw new IOException(
                    files.chain()
                            + ": the certificate is not valid before "
                            + loaded.notBefore()
                            + ": wait, or set the clock of this machine, which says "
                            + now);
        }
        if (clients == Clients.BROWSERS) {
            checkForBrowsers(loaded);
        }
        return Shown.of(loaded);
    }

    private void checkForBrowsers(ServerCertificate loaded) throws IOException {
        if (!BROWSER_KEYS.contains(loaded.key().getAlgorithm())) {
            throw new IOException(
                    files.key()
                            + " holds a key that browsers take no certificates of: order one with"
                            + " ECDSA on P-256, or RSA");
        }
        if (loaded.isSelfSigned() && !loaded.isAcceptedByHash()) {
            logger.log(
                    Level.WARNING,
                    files.chain()
                            + ": the certificate has signed itself, and browsers will refuse it:"
                            + " by its hash they accept only ECDSA on P-256, valid for "
                            + ServerCertificate.VALIDITY_BY_HASH_MAX.toDays()
                            + " days at most. Get one of an authority, or use"
                            + " CertificateSource.development(…)");
        }
    }

    @Override
    public String toString() {
        return "certificate in " + files.chain();
    }
}
