package dev.hawser.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Certificates that sign themselves, in virtual time.
class DevelopmentCertificatesTest {
    private static final Instant START = Instant.parse("2026-03-01T12:34:56.789Z");
    private static final Duration TOKEN_LIFETIME = Duration.ofSeconds(30);
    private static final List<String> HOSTS = List.of("localhost", "127.0.0.1", "::1");

    private final TestLog log = new TestLog();
    private Instant now = START;
    private Duration wrongBy = Duration.ZERO;

    private DevelopmentCertificates source(@Nullable Path folder) {
        return source(folder, HOSTS);
    }

    private DevelopmentCertificates source(@Nullable Path folder, List<String> hosts) {
        try {
            return new DevelopmentCertificates(
                    hosts,
                    () -> now.plus(wrongBy),
                    () -> START.until(now, ChronoUnit.NANOS),
                    folder == null ? null : new CertificateFolder(folder),
                    log);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void pass(Duration time) {
        now = now.plus(time);
    }

    /// What a browser asks of it.
    private void assertAcceptable(ServerCertificate certificate) {
        X509Certificate own = certificate.chain().getFirst();
        assertThat(certificate.chain()).hasSize(1);
        assertThat(Duration.between(certificate.notBefore(), certificate.notAfter()))
                .isLessThan(Duration.ofDays(14));
        // Also for clocks that are late or fast by most of a day.
        assertThat(certificate.notBefore()).isBefore(now.minus(Duration.ofHours(23)));
        assertThat(certificate.notAfter()).isAfter(now.plus(Duration.ofHours(23)));
        assertThat(own.getPublicKey()).isInstanceOf(ECPublicKey.class);
        assertThat(own.getSigAlgName()).isEqualTo("SHA256withECDSA");
        assertThat(own.getVersion()).isEqualTo(3);
        assertThat(own.getSerialNumber().signum()).isPositive();
        assertThat(certificate.isSelfSigned()).isTrue();
        assertThat(certificate.isAcceptedByHash()).isTrue();
    }

    @Test
    void inTwoYearsNoClientEverMeetsACertificateThatItWasNotToldOf() {
        DevelopmentCertificates source = source(null);
        Set<String> shown = new HashSet<>();
        ServerCertificate last = source.current();
        Instant changedAt = now;
        List<String> toldATokenAgo = source.hashes();
        assertAcceptable(last);
        shown.add(last.sha256());

        for (Instant end = START.plus(Duration.ofDays(730)); now.isBefore(end); ) {
            pass(TOKEN_LIFETIME);
            ServerCertificate current = source.current();
            List<String> hashes = source.hashes();
            if (!hashes.getFirst().equals(current.sha256())
                    || !toldATokenAgo.contains(current.sha256())
                    || hashes.size() > 2) {
                throw new AssertionError(
                        "at " + now + ": " + current + " of " + hashes + ", " + toldATokenAgo);
            }
            if (current != last) {
                assertAcceptable(current);
                assertThat(shown.add(current.sha256())).isTrue();
                // Who resumes a session of before is shown the last one.
                assertThat(hashes).containsExactly(current.sha256(), last.sha256());
                assertThat(Duration.between(changedAt, now)).isGreaterThan(Duration.ofDays(8));
                changedAt = now;
                last = current;
            }
            toldATokenAgo = hashes;
        }
        assertThat(shown).hasSizeBetween(75, 85);
        assertThat(log.lines).isEmpty();
    }

    @Test
    void theNextOneIsAnnouncedForTwoDaysBeforeItIsShown() {
        DevelopmentCertificates source = source(null);
        ServerCertificate first = source.current();
        now = first.notAfter().minus(Duration.ofDays(3)).minusSeconds(1);
        assertThat(source.hashes()).containsExactly(first.sha256());
        pass(Duration.ofSeconds(1));
        assertThat(source.hashes()).hasSize(2).startsWith(first.sha256());
        String next = source.hashes().getLast();
        now = first.notAfter().minus(Duration.ofDays(1)).minusSeconds(1);
        assertThat(source.current()).isSameAs(first);
        pass(Duration.ofSeconds(1));
        assertThat(source.current().sha256()).isEqualTo(next);
        assertThat(source.hashes()).containsExactly(next, first.sha256());
        now = first.notAfter().minusSeconds(1);
        assertThat(source.hashes()).containsExactly(next, first.sha256());
        pass(Duration.ofSeconds(1));
        assertThat(source.hashes()).containsExactly(next);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void howeverLongNobodyAsksWhatIsShownWasAnnounced(long seed) {
        Random random = new Random(seed);
        DevelopmentCertificates source = source(null);
        ServerCertificate last = source.current();
        List<String> told = source.hashes();
        int switches = 0;
        int tooLate = 0;
        for (int i = 0; i < 3000; i++) {
            pass(
                    random.nextInt(10) == 0
                            ? Duration.ofHours(random.nextInt(24 * 12))
                            : Duration.ofSeconds(30 + random.nextInt(7200)));
            ServerCertificate current = source.current();
            assertThat(current.notAfter()).as("seed %d, step %d", seed, i).isAfter(now);
            assertThat(source.hashes()).startsWith(current.sha256());
            if (current != last) {
                switches++;
                if (!told.contains(current.sha256())) {
                    // Nothing else would do: the last one has ended.
                    assertThat(last.notAfter()).isBeforeOrEqualTo(now);
                    tooLate++;
                }
            }
            last = current;
            told = source.hashes();
        }
        assertThat(switches).isGreaterThan(20);
        assertThat(tooLate).isLessThan(switches);
    }

    @Test
    void oneThatIsMadeLateIsAnnouncedForAnHourAllTheSame() {
        DevelopmentCertificates source = source(null);
        ServerCertificate first = source.current();
        now = first.notAfter().minus(Duration.ofHours(5));
        assertThat(source.current()).isSameAs(first);
        assertThat(source.hashes()).hasSize(2);
        pass(Duration.ofMinutes(59));
        assertThat(source.current()).isSameAs(first);
        pass(Duration.ofMinutes(1));
        assertThat(source.current()).isNotSameAs(first);
    }

    @Test
    void afterASleepBeyondItsEndThereIsAnotherOne() {
        DevelopmentCertificates source = source(null);
        ServerCertificate first = source.current();
        now = first.notAfter();
        assertThat(source.current()).isNotSameAs(first);
        assertAcceptable(source.current());
        assertThat(source.hashes()).containsExactly(source.current().sha256());
    }

    // ---- A clock that is wrong

    private void step(Duration wrong) {
        wrongBy = wrong;
        pass(Duration.ofSeconds(1));
    }

    @Test
    void aClockThatIsSetBackByHoursChangesNothing() {
        DevelopmentCertificates source = source(null);
        ServerCertificate first = source.current();
        step(Duration.ofHours(-23));
        assertThat(source.current()).isSameAs(first);
        assertThat(source.hashes()).containsExactly(first.sha256());
    }

    @ParameterizedTest
    @ValueSource(longs = {-1000, -3, 20, 1000})
    void whateverTheClockSaysOneIsShownThatIsValidThenAndNoneIsLost(long days) {
        DevelopmentCertificates source = source(null);
        ServerCertificate first = source.current();

        step(Duration.ofDays(days));

        ServerCertificate other = source.current();
        assertThat(other).isNotSameAs(first);
        assertThat(other.notBefore()).isBefore(now.plus(wrongBy));
        assertThat(other.notAfter()).isAfter(now.plus(wrongBy));
        assertThat(source.hashes()).containsExactly(other.sha256());

        step(Duration.ZERO);

        assertThat(source.hashes()).contains(first.sha256());
        if (Math.abs(days) > 13) {
            assertThat(source.current()).isSameAs(first);
            assertThat(source.hashes()).containsExactly(first.sha256());
        }
    }

    @Test
    void oneThatWasMadeByAClockThatWasAheadIsNotShownBeforeItsTime() {
        wrongBy = Duration.ofDays(400);
        DevelopmentCertificates source = source(null);
        ServerCertificate early = source.current();

        step(Duration.ZERO);

        assertThat(source.current()).isNotSameAs(early);
        assertAcceptable(source.current());
        assertThat(source.hashes()).containsExactly(source.current().sha256());
    }

    @Test
    void aClockThatStepsOnAndOnAnnouncesNoMoreThanAServerMaySay() {
        DevelopmentCertificates source = source(null);
        for (int i = 0; i < 20; i++) {
            step(Duration.ofHours(-26L * i));
            assertThat(source.hashes()).startsWith(source.current().sha256());
            assertThat(source.hashes()).hasSizeLessThanOrEqualTo(8).doesNotHaveDuplicates();
        }
    }

    @Test
    void itIsForItsHosts() throws Exception {
        ServerCertificate certificate = CertificateSource.development().current();
        assertThat(certificate.chain().getFirst().getSubjectAlternativeNames())
                .hasToString("[[2, localhost], [7, 127.0.0.1], [7, 0:0:0:0:0:0:0:1]]");
        ServerCertificate other =
                CertificateSource.development("play.example.org", "2001:db8::5").current();
        assertThat(SelfSigned.hostsOf(other.chain().getFirst()))
                .containsExactlyInAnyOrder("play.example.org", "2001:db8:0:0:0:0:0:5");
    }

    @Test
    void itIsPrintedWithoutItsKey() {
        ServerCertificate certificate = source(null).current();
        assertThat(certificate.sha256()).matches("[0-9a-f]{64}");
        assertThat(certificate.toString())
                .isEqualTo(
                        "ServerCertificate[CN=self-signed, until 2026-03-13T12:34:56Z, SHA-256 "
                                + certificate.sha256()
                                + "]");
    }

    // ---- Kept in a folder

    @TempDir private Path temporary;

    private Path folder() {
        return temporary.resolve("certificates");
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder())) {
            return files.sorted().toList();
        }
    }

    @Test
    void inAFolderItSurvivesRestartsAtAnyTime() throws IOException {
        DevelopmentCertificates source = source(folder());
        Random random = new Random(7);
        for (int i = 0; i < 300; i++) {
            pass(Duration.ofSeconds(random.nextInt(24 * 3600)));
            ServerCertificate current = source.current();
            List<String> hashes = source.hashes();
            assertThat(files()).hasSize(hashes.size());
            source = source(folder());
            assertThat(source.current().sha256()).isEqualTo(current.sha256());
            assertThat(source.current().key()).isEqualTo(current.key());
            assertThat(source.hashes()).isEqualTo(hashes);
        }
        assertThat(log.lines).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {-1000, 20, 1000})
    void aClockThatIsWrongAtTheStartDeletesNothingInTheFolder(long days) throws IOException {
        String first = source(folder()).current().sha256();
        wrongBy = Duration.ofDays(days);
        String other = source(folder()).current().sha256();
        pass(Duration.ofHours(1));
        assertThat(source(folder()).current().sha256()).isEqualTo(other).isNotEqualTo(first);

        wrongBy = Duration.ZERO;

        assertThat(source(folder()).current().sha256()).isEqualTo(first);
        assertThat(files()).hasSize(2);
    }

    @Test
    void aClockThatIsWrongForAWhileDeletesNothingInTheFolder() throws IOException {
        DevelopmentCertificates source = source(folder());
        String first = source.current().sha256();
        step(Duration.ofDays(20));
        assertThat(source.current().sha256()).isNotEqualTo(first);
        pass(Duration.ofDays(1));
        source.current();

        step(Duration.ZERO);

        assertThat(source.current().sha256()).isEqualTo(first);
        assertThat(source(folder()).current().sha256()).isEqualTo(first);
    }

    @Test
    void whatHasEndedIsDeletedWhenTimeHasPassedToo() throws IOException {
        DevelopmentCertificates source = source(folder());
        ServerCertificate first = source.current();
        now = first.notAfter();
        source.current();
        assertThat(files())
                .singleElement()
                .asString()
                .doesNotContain(first.sha256().substring(0, 16));
    }

    @Test
    void inAFolderOnlyItsOwnerCanReadIt() throws IOException {
        source(folder()).current();
        assertThat(files()).hasSize(1);
        if (files().getFirst().getFileSystem().supportedFileAttributeViews().contains("posix")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder())))
                    .isEqualTo("rwx------");
            assertThat(
                            PosixFilePermissions.toString(
                                    Files.getPosixFilePermissions(files().getFirst())))
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void aFileInTheFolderIsOnDiskWithItsName(@TempDir Path folder) throws IOException {
        Path kept = folder.resolve("kept");
        try (var recording = new Recording()) {
            recording.enable("jdk.FileForce").withoutThreshold();
            recording.start();
            source(kept);
            recording.stop();
            Path events = folder.resolve("events.jfr");
            recording.dump(events);
            List<Path> synced =
                    RecordingFile.readAllEvents(events).stream()
                            .map(event -> Path.of(event.getString("path")))
                            .toList();
            assertThat(synced).hasSize(2);
            assertThat(synced.getFirst().getParent()).isEqualTo(kept);
            assertThat(synced.getLast()).isEqualTo(kept);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 700})
    void anEmptyFileInTheFolderIsSetAside(int zeros, @TempDir Path folder) throws IOException {
        String first = source(folder).current().sha256();
        Path file;
        try (Stream<Path> files = Files.list(folder)) {
            file = files.findFirst().orElseThrow();
        }
        Files.write(file, new byte[zeros]);
        Path unfinished = folder.resolve(".hawser-development-123.new");
        Files.writeString(unfinished, "half a certif");

        String second = source(folder).current().sha256();
        assertThat(second).isNotEqualTo(first);
        assertThat(source(folder).current().sha256()).as("after a restart").isEqualTo(second);
        assertThat(log.lines).hasSize(1);
        assertThat(log.lines.getFirst()).contains(file + ".empty");
        assertThat(Path.of(file + ".empty")).exists();
        assertThat(file).doesNotExist();
        assertThat(unfinished).doesNotExist();
    }

    @Test
    void whatCannotBeUsedInTheFolderIsNamed() throws IOException {
        source(folder()).current();
        Path file = files().getFirst();
        String whole = Files.readString(file);
        Files.writeString(file, whole.substring(0, whole.length() / 2));
        assertThatThrownBy(() -> CertificateSource.development(folder()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("delete it");
    }

    @Test
    void otherFilesInTheFolderAndCertificatesForOtherHostsAreLeftAlone() throws IOException {
        ServerCertificate here = source(folder()).current();
        Files.writeString(folder().resolve("readme.pem"), "nothing");
        ServerCertificate there = source(folder(), List.of("play.example.org")).current();
        assertThat(there.sha256()).isNotEqualTo(here.sha256());
        assertThat(source(folder()).current().sha256()).isEqualTo(here.sha256());
        assertThat(source(folder(), List.of("play.example.org")).current().sha256())
                .isEqualTo(there.sha256());
        assertThat(files()).hasSize(3);
    }

    @Test
    void aFolderThatIsGoneIsSaidAndTheCertificateChangesAllTheSame() throws IOException {
        DevelopmentCertificates source = source(folder());
        ServerCertificate first = source.current();
        Files.delete(files().getFirst());
        Files.delete(folder());
        now = first.notAfter().minus(Duration.ofDays(1));
        assertThat(source.hashes()).hasSize(2);
        pass(Duration.ofHours(1));
        assertThat(source.current()).isNotSameAs(first);
        assertThat(log.lines)
                .singleElement()
                .asString()
                .startsWith("WARNING A certificate cannot be kept in " + folder());
    }
}
