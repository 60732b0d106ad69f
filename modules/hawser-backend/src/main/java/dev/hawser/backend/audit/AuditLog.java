package dev.hawser.backend.audit;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hawser.backend.problem.Json;
import dev.hawser.backend.problem.LimitedLog;
import dev.hawser.backend.problem.Problem;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.function.LongSupplier;

/// Keeps what became of requests for connect tokens, minted or refused, whom game servers may not
/// seat, and what operators did.
///
/// Called on the virtual thread of each request before it is answered, any number at a time. One
/// that throws costs the player nothing: the failure is logged. Strangers can cause entries, as
/// many as they send requests.
@FunctionalInterface
public interface AuditLog {
    /// Keeps an entry.
    void record(AuditEntry entry);

    /// {@return one that writes a line of JSON for each entry to the `System.Logger` named
    /// `dev.hawser.backend.audit`} What comes from a request cannot break out of its line: JSON
    /// escapes it.
    ///
    /// Of what anybody can cause, requests of nobody that is known and those beyond a limit, it
    /// writes one a minute for each outcome; its `unsaid` says how many it left out before.
    static AuditLog toLogger() {
        return toLogger(System.getLogger("dev.hawser.backend.audit"));
    }

    /// {@return one that writes a line of JSON for each entry to a logger}
    static AuditLog toLogger(Logger logger) {
        return toLogger(logger, System::nanoTime);
    }

    private static AuditLog toLogger(Logger logger, LongSupplier monotonicClock) {
        LimitedLog limit = new LimitedLog(logger, monotonicClock);
        return entry -> {
            // Outcomes are a few words of this program.
            boolean isFromAnybody =
                    !entry.isOfOperator()
                            && (entry.issuer() == null || entry.outcome().equals(Problem.TOO_MANY));
            long unsaid = isFromAnybody ? limit.count(entry.outcome()) : 0;
            if (unsaid != LimitedLog.UNSAID) {
                logger.log(Level.INFO, line(entry, unsaid));
            }
        };
    }

    private static String line(AuditEntry entry, long unsaid) {
        ObjectNode json = Json.object();
        json.put("at", entry.at().toString());
        json.put("outcome", entry.outcome());
        json.put("from", entry.callerAddress());
        if (entry.issuer() != null) {
            json.put("issuer", entry.issuer());
            json.put("subject", entry.subject());
        }
        Long clientId = entry.clientId();
        if (clientId != null) {
            json.put("clientId", Long.toUnsignedString(clientId));
        }
        if (!entry.servers().isEmpty()) {
            entry.servers().forEach(json.putArray("servers")::add);
        }
        if (!entry.serverAddresses().isEmpty()) {
            var addresses = json.putArray("addresses");
            entry.serverAddresses().forEach(address -> addresses.add(address.toString()));
        }
        if (entry.keyId() != null) {
            json.put("keyId", entry.keyId().toString());
        }
        if (entry.tokenTag() != null) {
            json.put("tokenTag", entry.tokenTag());
        }
        if (entry.resumes() != null) {
            json.put("resumes", entry.resumes());
        }
        if (entry.text() != null) {
            json.put("text", entry.text());
        }
        if (unsaid > 0) {
            json.put("unsaid", unsaid);
        }
        return new String(Json.bytes(json), StandardCharsets.UTF_8);
    }
}
