package dev.hawser.testkit.pair;

import dev.hawser.protocol.machine.ServerEvent;

/// What the application of a [SimulatedServer] does when a client asks to come in.
@FunctionalInterface
public interface AdmissionPolicy {
    /// Answers a request, now or later, with [SimulatedServer#admit] or [SimulatedServer#refuse],
    /// or never.
    void requested(SimulatedServer server, ServerEvent.Requested request);
}
