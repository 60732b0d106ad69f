package dev.hawser.backend;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A certificate in files that somebody renews: looks now and then whether they have changed, and
/// serves what they hold.
final class CertificateFiles {
    private final Path chain;
    private final Path key;
    private final InstantSource clock;
    private @Nullable TlsKeys served;
    private @Nullable Logger logger;
    private String version = "";
    private String complaint = "";
    private @Nullable ScheduledExecutorService watch;

    CertificateFiles(Path chain, Path key, InstantSource clock) {
        this.chain = chain;
        this.key = key;
        this.clock = clock;
    }

    /// {@return what the files hold}
    ///
    /// @throws IOException when it cannot be used
    synchronized ServerCertificate load() throws IOException {
        // Taken before: what changes meanwhile is noticed the next time.
        String versionNow = version();
        ServerCertificate certificate = ServerCertificate.load(chain, key, clock.instant());
        version = versionNow;
        return certificate;
    }

    synchronized void serve(TlsKeys keys, Logger log) {
        served = keys;
        logger = log;
    }

    /// Serves what the files hold now.
    ///
    /// @throws IOException when it cannot be used
    synchronized void reload() throws IOException {
        ServerCertificate certificate = load();
        if (served != null) {
            served.replace(certificate);
        }
        complaint = "";
        if (logger != null) {
            logger.log(
                    Level.INFO,
                    "New connections get the certificate in "
                            + chain
                            + ", which is valid until "
                            + certificate.chain().getFirst().getNotAfter().toInstant());
        }
    }

    /// Looks once: a change that cannot be used is logged once and tried again, since the two files
    /// are not written in one step.
    synchronized void look() {
        try {
            if (!version().equals(version)) {
                reload();
            }
        } catch (IOException | RuntimeException e) {
            String message = String.valueOf(e.getMessage());
            if (logger != null && !message.equals(complaint)) {
                complaint = message;
                logger.log(
                        Level.WARNING,
                        "The certificate stays as it was, since the new one cannot be used: "
                                + message);
            }
        }
    }

    synchronized void watch(Duration interval) {
        watch =
                Executors.newSingleThreadScheduledExecutor(task ->
                        Thread.ofPlatform().daemon().name("hawser-certificate").unstarted(task));
        var _ =
                watch.scheduleWithFixedDelay(
                        this::look,
                        interval.toMillis(),
                        interval.toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    synchronized void close() {
        if (watch != null) {
            watch.shutdownNow();
        }
    }

    private String version() throws IOException {
        return Files.getLastModifiedTime(chain)
                + "/"
                + Files.size(chain)
                + "/"
                + Files.getLastModifiedTime(key)
                + "/"
                + Files.size(key);
    }
}
