package dev.hawser.backend.problem;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.TestLog;
import dev.hawser.backend.audit.AuditEntry;
import dev.hawser.backend.audit.AuditLog;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// What strangers can write into the log: a line a minute for each cause, however much they do.
class LimitedLogTest {
    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

    private final TestLog written = new TestLog();
    private final List<String> lines = written.lines;
    private long nowNanos = Long.MAX_VALUE - 5;
    private final LimitedLog log = new LimitedLog(written, () -> nowNanos);

    @Test
    void ofEachCauseALineAMinuteSaysHowManyThereWere() {
        for (int i = 0; i < 1000; i++) {
            log.log(Level.WARNING, "one", () -> "one");
        }
        log.log(Level.WARNING, "other", () -> "other");
        assertThat(lines).containsExactly("WARNING one", "WARNING other");

        nowNanos += MINUTE - 1;
        log.log(Level.WARNING, "one", () -> "one");
        assertThat(lines).hasSize(2);

        nowNanos++;
        log.log(Level.WARNING, "one", () -> "one");
        log.log(Level.WARNING, "one", () -> "one");
        assertThat(lines.removeLast())
                .isEqualTo("WARNING one (1000 more of this since the last line)");

        nowNanos += 5 * MINUTE;
        log.log(Level.WARNING, "other", () -> "other");
        assertThat(lines.getLast()).isEqualTo("WARNING other");
    }

    @Test
    void theAuditKeepsOneAMinuteOfWhatAnybodyCanCause() {
        AuditLog audit = AuditLog.toLogger(written);
        for (int i = 0; i < 100; i++) {
            audit.record(entry("not-authenticated", null));
            audit.record(entry(Problem.TOO_MANY, null));
            audit.record(entry(Problem.TOO_MANY, "ada"));
            audit.record(entry(AuditEntry.MINTED, "ada"));
            audit.record(entry("not-allowed", "bob"));
        }
        assertThat(lines.stream().filter(line -> line.contains("not-authenticated"))).hasSize(1);
        assertThat(lines.stream().filter(line -> line.contains(Problem.TOO_MANY))).hasSize(1);
        assertThat(lines.stream().filter(line -> line.contains("minted"))).hasSize(100);
        assertThat(lines.stream().filter(line -> line.contains("not-allowed"))).hasSize(100);
    }

    private static AuditEntry entry(String outcome, String subject) {
        return new AuditEntry(
                Instant.EPOCH,
                outcome,
                "203.0.113.7",
                subject == null ? null : "issuer",
                subject,
                null,
                List.of(),
                List.of(),
                null,
                null,
                null,
                null);
    }
}
