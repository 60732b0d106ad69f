package dev.hawser.backend.http;

import dev.hawser.backend.audit.AuditEntry;
import dev.hawser.backend.audit.AuditLog;
import dev.hawser.backend.problem.LimitedLog;
import dev.hawser.protocol.TokenTag;
import dev.hawser.protocol.WallClock;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Notes what became of requests, and goes on where that fails.
public final class Auditor {
    private final AuditLog audit;
    private final WallClock wallClock;
    private final LimitedLog log;

    public Auditor(AuditLog audit, WallClock wallClock, LimitedLog log) {
        this.audit = audit;
        this.wallClock = wallClock;
        this.log = log;
    }

    Instant now() {
        return Instant.ofEpochSecond(wallClock.unixSeconds());
    }

    void record(AuditEntry entry) {
        try {
            audit.record(entry);
        } catch (RuntimeException e) {
            log.log(Level.ERROR, "audit", () -> "The audit log failed", e);
        }
    }

    /// Notes that a game server may not seat a player.
    void refused(Request request, String outcome, String serverId, long clientId, TokenTag tag) {
        record(
                new AuditEntry(
                        now(),
                        outcome,
                        request.caller().getHostAddress(),
                        null,
                        null,
                        clientId,
                        List.of(serverId),
                        List.of(),
                        null,
                        tag.toString(),
                        null,
                        null));
    }

    /// Notes what an operator did.
    ///
    /// @param outcome one of [AuditEntry#OF_OPERATOR]
    /// @param text what was said of it
    void operator(
            Request request,
            String outcome,
            @Nullable String serverId,
            @Nullable Long clientId,
            @Nullable String text) {
        record(
                new AuditEntry(
                        now(),
                        outcome,
                        request.caller().getHostAddress(),
                        null,
                        null,
                        clientId,
                        serverId == null ? List.of() : List.of(serverId),
                        List.of(),
                        null,
                        null,
                        null,
                        text));
    }
}
