package dev.hawser.backend.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.TestLog;
import dev.hawser.protocol.KeyId;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.TokenTag;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The lines that the audit writes.
class AuditLogTest {
    private static final String TAG = new TokenTag(1, 2).toString();
    private static final String FORMER = new TokenTag(3, 4).toString();

    private final TestLog written = new TestLog();

    private String lineOf(String resumes) {
        AuditLog.toLogger(written)
                .record(
                        new AuditEntry(
                                Instant.EPOCH,
                                AuditEntry.MINTED,
                                "203.0.113.7",
                                "issuer",
                                "ada",
                                -1L,
                                List.of("home"),
                                List.of(NetAddress.parse("203.0.113.1:7777")),
                                KeyId.parse("0011223344556677"),
                                TAG,
                                resumes,
                                null));
        return written.lines.removeLast();
    }

    @Test
    void aTokenThatGoesOnWithAConnectionIsWrittenWithThatOnesTag() {
        assertThat(lineOf(FORMER))
                .isEqualTo(
                        "INFO {\"at\":\"1970-01-01T00:00:00Z\",\"outcome\":\"minted\","
                                + "\"from\":\"203.0.113.7\",\"issuer\":\"issuer\",\"subject\":\"ada\","
                                + "\"clientId\":\"18446744073709551615\",\"servers\":[\"home\"],"
                                + "\"addresses\":[\"203.0.113.1:7777\"],"
                                + "\"keyId\":\"0011223344556677\",\"tokenTag\":\""
                                + TAG
                                + "\",\"resumes\":\""
                                + FORMER
                                + "\"}");
    }

    @Test
    void aTokenThatBeginsOneNamesNoOther() {
        assertThat(lineOf(null)).endsWith("\"tokenTag\":\"" + TAG + "\"}");
    }
}
