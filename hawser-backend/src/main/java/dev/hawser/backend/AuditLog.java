package dev.hawser.backend;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;

/// Keeps what became of requests for connect tokens, minted or refused.
///
/// Called on the virtual thread of each request before it is answered, any number at a time. One
/// that throws costs the player nothing: the failure is logged.
@FunctionalInterface
public interface AuditLog {
    /// Keeps an entry.
    void record(AuditEntry entry);

    /// {@return one that writes a line of JSON for each entry to the `System.Logger` named
    /// `dev.hawser.backend.audit`} What comes from a request cannot break out of its line: JSON
    /// escapes it.
    static AuditLog toLogger() {
        return toLogger(System.getLogger("dev.hawser.backend.audit"));
    }

    /// {@return one that writes a line of JSON for each entry to a logger}
    static AuditLog toLogger(Logger logger) {
        return entry -> logger.log(Level.INFO, line(entry));
    }

    private static String line(AuditEntry entry) {
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
            var addresses = json.putArray("addresses");
            entry.serverAddresses().forEach(address -> addresses.add(address.toString()));
        }
        if (entry.keyId() != null) {
            json.put("keyId", entry.keyId().toString());
        }
        if (entry.tokenTag() != null) {
            json.put("tokenTag", entry.tokenTag());
        }
        return new String(Json.bytes(json), StandardCharsets.UTF_8);
    }
}
