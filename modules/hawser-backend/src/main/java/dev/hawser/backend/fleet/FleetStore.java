package dev.hawser.backend.fleet;

import dev.hawser.backend.registry.ServerRegistry;

/// The memory that all token services of a fleet share. Any thread may use it and its parts.
public interface FleetStore extends AutoCloseable {
    /// {@return the game servers, their slots, and which player each client id stands for}
    ServerRegistry registry();

    /// {@return which tokens are used up, and where players are}
    AdmissionStore admissions();

    /// {@return who may not play}
    BanStore bans();

    /// {@return what game servers are to be told}
    CommandQueue commands();

    /// {@return how often callers have asked}
    RequestBudgets budgets();

    /// Gives back what it has: connections, threads. What it remembers stays with the store.
    @Override
    void close();
}
