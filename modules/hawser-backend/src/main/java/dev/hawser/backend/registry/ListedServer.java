package dev.hawser.backend.registry;

import dev.hawser.online.fleet.ServerAnnouncement;

/// A game server as its registry knows it.
///
/// @param announcement what it said last
/// @param reservedSlots of its free slots, those that are promised to players on their way
/// @param isDraining whether it is offered to nobody any more, by its own word or the operator's
/// @param silentSeconds since when nothing was heard of it; 0 for one that need not announce itself
public record ListedServer(
        ServerAnnouncement announcement,
        int reservedSlots,
        boolean isDraining,
        int silentSeconds) {}
