package dev.hawser.backend.registry;

/// A slot that is kept for a player.
final class HeldSlot {
    final long number;
    final long clientId;
    final KnownServer server;
    final long expiresAtNanos;

    /// Whether the player has it already: with the connection that the new one is to follow.
    boolean isOwn;

    HeldSlot(long number, long clientId, KnownServer server, long expiresAtNanos, boolean isOwn) {
        this.number = number;
        this.clientId = clientId;
        this.server = server;
        this.expiresAtNanos = expiresAtNanos;
        this.isOwn = isOwn;
    }
}
