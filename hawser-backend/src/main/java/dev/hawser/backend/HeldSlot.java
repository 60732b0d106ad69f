package dev.hawser.backend;

/// A slot that is kept for a player.
final class HeldSlot {
    final long number;
    final long clientId;
    final KnownServer server;
    final long expiresAtNanos;

    HeldSlot(long number, long clientId, KnownServer server, long expiresAtNanos) {
        this.number = number;
        this.clientId = clientId;
        this.server = server;
        this.expiresAtNanos = expiresAtNanos;
    }
}
