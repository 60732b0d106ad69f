package dev.hawser.online.operator;

import java.util.Objects;

/// The server that leaves.
///
/// @param serverId its name
/// @param startId which start of it, 32 hexadecimal digits: one that starts later under the name
///   does not leave. Empty where it does not say
public record DrainedServer(String serverId, String startId) {
    /// Checks that all of it is there.
    public DrainedServer {
        Objects.requireNonNull(serverId, "serverId");
        Objects.requireNonNull(startId, "startId");
    }
}
